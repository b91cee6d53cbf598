// User text on its way into a ruleset. nft strings have no escape for `"`, rule comments end at 128
// bytes, and names must not be keywords: so names are ours, hashed and prefixed, and comments keep
// only what cannot end a string or a line.
import { rawComment } from "../../compiler/plan/rule-text.ts";

/**
 * Ids of the rules it comes from, then `: because (ticket)` where there is only one, in at most 128
 * bytes of UTF-8, without quotes or controls.
 */
export function ruleComment(entry: {
  readonly ruleId: string;
  readonly alsoRules: readonly string[];
  readonly because: string | undefined;
  readonly ticket: string | undefined;
}): string {
  return truncate(printable(rawComment(entry, 128)), 128);
}

/** What may stand between quotes: letters, digits, marks, punctuation, symbols, single spaces. */
function printable(text: string): string {
  return text
    .replaceAll(/["\\]/g, "'")
    .replaceAll(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu, " ")
    .replaceAll(/ +/g, " ")
    .trim();
}

function truncate(text: string, bytesMax: number): string {
  const encoder = new TextEncoder();
  if (encoder.encode(text).length <= bytesMax) return text;
  let kept = "";
  let bytes = 0;
  for (const character of text) {
    bytes += encoder.encode(character).length;
    if (bytes > bytesMax) break;
    kept += character;
  }
  return kept.trimEnd();
}
