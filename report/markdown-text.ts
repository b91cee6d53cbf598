// Text of users in Markdown, inert by construction: every character that could mean something to Markdown,
// to HTML or to a forge (mentions, links, issue numbers) is written as a numeric entity, within <code>.
import { escapeText } from "../diagnostics/render-display.ts";

/** Longer texts are cut: a table is for reading. */
const lengthMax = 300;

/** User text as code. */
export function codeText(text: string): string {
  const shown = text.length > lengthMax ? `${text.slice(0, lengthMax)}…` : text;
  return `<code>${entities(escapeText(shown))}</code>`;
}

/**
 * Anything but letters, digits and a few signs as an entity. Those few mean nothing in the middle of a
 * line: links need `:`, `.` or `[`, mentions `@`, numbers of issues `#`, HTML `<`, `>` and `&`.
 */
export function entities(text: string): string {
  return [...text]
    .map((one) => (/^[A-Za-z0-9 (){},/-]$/.test(one) ? one : `&#${one.codePointAt(0)};`))
    .join("");
}
