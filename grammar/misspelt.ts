// Names that are not written as names are (SEG108). One name is one problem, however often it is
// used: the fix corrects every place.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";
import { reservedWords } from "./tokens.ts";

export interface MisspeltUse {
  readonly text: string;
  readonly span: Span;
}

/** One diagnostic for each distinct text, at its first use. */
export function misspeltNames(uses: readonly MisspeltUse[]): readonly Diagnostic[] {
  const byText = new Map<string, Span[]>();
  for (const { text, span } of uses) {
    const spans = byText.get(text);
    if (spans === undefined) byText.set(text, [span]);
    else spans.push(span);
  }
  return [...byText].flatMap(([text, spans]) => {
    const [first, ...others] = spans.sort((a, b) => a.start - b.start);
    if (first === undefined) return [];
    const name = asName(text);
    const related = others.map((span) => ({ message: "and here", span }));
    return [
      diagnose(
        "SEG108",
        first,
        { text },
        {
          help: name === undefined ? adviceFor(text) : `write \`${name}\``,
          ...(related.length === 0 ? {} : { related }),
          ...(name === undefined ? {} : { fix: spans.map((span) => ({ span, text: name })) }),
        },
      ),
    ];
  });
}

/** `Outside`: a reserved word may have been meant, but not if this is a name's declaration. */
function adviceFor(text: string): string {
  const word = text.toLowerCase();
  const isReserved = (reservedWords as readonly string[]).includes(word); // widened, as below
  return isReserved
    ? `write \`${word}\` if you mean that; it cannot be a name`
    : "choose another name";
}

/** `Web_Tier` -> `web-tier`, `WebTier` -> `web-tier`; undefined where nothing sensible is left. */
export function asName(text: string): string | undefined {
  const name = text
    .normalize("NFKD")
    .replace(/\p{M}+/gu, "")
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[_-]+/g, "-")
    .replace(/^-|-$/g, "");
  const isName = /^[a-z][a-z0-9-]*$/.test(name); // its hyphens are single, and none ends it
  // Widened, so that any text may be asked for.
  return isName && !(reservedWords as readonly string[]).includes(name) ? name : undefined;
}
