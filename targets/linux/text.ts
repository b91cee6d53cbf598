// User text on its way into a Linux rule set. Names are never user text: they are hashes with a
// prefix of ours, so that no text can choose one or meet a keyword.
import { sha256 } from "../../compiler/model/sha256.ts";

/** An opaque name: the same text gives the same name, and no text can choose it. */
export function opaqueName(prefix: string, text: string): string {
  return `${prefix}${sha256(text).slice(0, 12)}`;
}

/** The rule's id where it is plain, else an opaque stand-in: fit for comments and log prefixes. */
export function printableId(ruleId: string): string {
  return /^[a-z0-9][a-z0-9.-]{0,79}$/.test(ruleId) ? ruleId : opaqueName("r-", ruleId);
}

/** `id: because (ticket)`, not yet fit for any file. */
export function rawComment(entry: {
  readonly ruleId: string;
  readonly because: string | undefined;
  readonly ticket: string | undefined;
}): string {
  const because = entry.because === undefined ? "" : `: ${entry.because}`;
  const ticket = entry.ticket === undefined ? "" : ` (${entry.ticket})`;
  return `${printableId(entry.ruleId)}${because}${ticket}`;
}
