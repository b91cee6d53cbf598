// User text on its way into a ruleset. nft strings have no escape for `"`, rule comments end at 128
// bytes, and names must not be keywords: so names are ours, hashed and prefixed, and comments keep
// only what cannot end a string or a line.
import { sha256 } from "../../compiler/model/sha256.ts";

/** An opaque name: the same text gives the same name, and no text can choose it. */
export function opaqueName(prefix: string, text: string): string {
  return `${prefix}${sha256(text).slice(0, 12)}`;
}

/** The rule's id where it is plain, else an opaque stand-in: fit for comments and log prefixes. */
export function printableId(ruleId: string): string {
  return /^[a-z0-9][a-z0-9.-]{0,79}$/.test(ruleId) ? ruleId : opaqueName("r-", ruleId);
}

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
  const because = entry.because === undefined ? "" : `: ${entry.because}`;
  const ticket = entry.ticket === undefined ? "" : ` (${entry.ticket})`;
  const ids = [entry.ruleId, ...entry.alsoRules].map(printableId);
  return truncate(printable(`${idsText(ids)}${because}${ticket}`), 128);
}

/** As many as fit, and how many more there are. */
function idsText(ids: readonly string[]): string {
  const whole = ids.join(", ");
  if (whole.length <= 128) return whole;
  let kept = ids.length - 1;
  const shortened = () => `${ids.slice(0, kept).join(", ")} and ${ids.length - kept} more`;
  while (kept > 1 && shortened().length > 128) kept--;
  return shortened();
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
