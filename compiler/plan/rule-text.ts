// User text on its way into a rule set. Names are never user text: they are hashes with a prefix of
// ours, so that no text can choose one or meet a keyword.
import { sha256 } from "../model/sha256.ts";

/** Of short texts: very many hosts ask for the same names. */
const digests = new Map<string, string>();
const digestsMax = 10_000;
const lengthMax = 200;

/** An opaque name: the same text gives the same name, and no text can choose it. */
export function opaqueName(prefix: string, text: string): string {
  if (text.length > lengthMax) return prefix + digestOf(text);
  let digest = digests.get(text);
  if (digest === undefined) {
    if (digests.size >= digestsMax) digests.clear();
    digest = digestOf(text);
    digests.set(text, digest);
  }
  return prefix + digest;
}

function digestOf(text: string): string {
  return sha256(text).slice(0, 12);
}

/** The rule's id where it is plain, else an opaque stand-in: fit for comments and log prefixes. */
export function printableId(ruleId: string): string {
  return /^[a-z0-9][a-z0-9.-]{0,79}$/.test(ruleId) ? ruleId : opaqueName("r-", ruleId);
}

/**
 * Ids of the rules it comes from, as many as fit into `lengthMax`, then `: because (ticket)` where
 * there is only one; not yet fit for any file.
 */
export function rawComment(
  entry: {
    readonly ruleId: string;
    readonly alsoRules: readonly string[];
    readonly because: string | undefined;
    readonly ticket: string | undefined;
  },
  lengthMax: number,
): string {
  const because = entry.because === undefined ? "" : `: ${entry.because}`;
  const ticket = entry.ticket === undefined ? "" : ` (${entry.ticket})`;
  const ids = [entry.ruleId, ...entry.alsoRules].map(printableId);
  return `${idsText(ids, lengthMax)}${because}${ticket}`;
}

/** As many as fit, and how many more there are. */
function idsText(ids: readonly string[], lengthMax: number): string {
  const whole = ids.join(", ");
  if (whole.length <= lengthMax) return whole;
  let kept = 0;
  for (let length = 0; kept < ids.length - 1 && length <= lengthMax; kept++) {
    length += (ids[kept]?.length ?? 0) + 2;
  }
  const shortened = () => `${ids.slice(0, kept).join(", ")} and ${ids.length - kept} more`;
  while (kept > 1 && shortened().length > lengthMax) kept--;
  return shortened();
}
