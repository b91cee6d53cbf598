// Characters that begin no token: strings without an end, typographic signs, habits from other
// languages. The words for what was found, and what to write instead where that is clear.
import type { IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";

interface Advice {
  readonly help: string;
  readonly text?: string;
}

const typographic = 'names are made of `a`-`z`, digits and single hyphens; strings stand in `"`';

const advice: ReadonlyMap<string, Advice> = new Map([
  ["→", { help: "write `->`", text: "->" }],
  ["⇒", { help: "write `->`", text: "->" }],
  ["=>", { help: "write `->`", text: "->" }],
  [">", { help: "write `->` between source and destination" }],
  [";", { help: "statements need no separator", text: "" }],
  ["!=", { help: "write `is not`", text: "is not" }],
  ["!", { help: "write `not ( … )` or `is not` in a condition, `except` between sets" }],
  ["|", { help: "write a union as `{ a, b }`, alternatives in a condition with `or`" }],
  ["||", { help: "write `or`", text: "or" }],
  ["'", { help: 'strings stand in `"`' }],
  ["“", { help: 'strings stand in `"`', text: '"' }],
  ["”", { help: 'strings stand in `"`', text: '"' }],
  ["‘", { help: typographic }],
  ["’", { help: typographic }],
  ["–", { help: "write a plain `-`", text: "-" }],
  ["—", { help: "write a plain `-`", text: "-" }],
  ["\u00a0", { help: "write a plain space", text: " " }],
]);

/** SEG100 for a token of type `Unknown`. */
export function strangeText(expected: string, token: IToken, span: Span): Diagnostic {
  const { image } = token;
  if (image.startsWith('"')) {
    return diagnose(
      "SEG100",
      span,
      { expected: 'a closing `"`', found: "the end of the line" },
      { help: "end the string on its line; write a line break in it as `\\n`" },
    );
  }
  const known = advice.get(image);
  const fix = known?.text === undefined ? {} : { fix: [{ span, text: known.text }] };
  return diagnose(
    "SEG100",
    span,
    { expected, found: wordsFor(image) },
    { ...(known === undefined ? {} : { help: known.help }), ...fix },
  );
}

function wordsFor(image: string): string {
  const shown = image.length > 20 ? `${image.slice(0, 20)}…` : image;
  const visible = /[\p{L}\p{N}\p{P}\p{S}]/u.test(image);
  if (visible) return `\`${shown}\``;
  const point = (image.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `the character U+${point}`;
}
