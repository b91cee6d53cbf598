// A rule as a live host has it, whoever made it. What we do not understand of it is kept word for word:
// such a rule may hold for less than the rest of it says, and so is judged both ways (live-meaning.ts).
import type { RuleContent } from "../rules.ts";

export const profileNames = ["Domain", "Private", "Public"] as const;
export type ProfileName = (typeof profileNames)[number];

/** Where a rule stands: `local` ones count only where policy lets them. */
export type Store = "policy" | "local";

export interface LiveRule extends RuleContent {
  readonly name: string;
  readonly store: Store;
  readonly enabled: boolean;
  readonly profiles: readonly ProfileName[];
  /** Conditions that are not understood, as they stand there: `IFType=Lan`, `RA4=LocalSubnet`. */
  readonly unknown: readonly string[];
}

export interface LiveProfile {
  readonly enabled: boolean;
  readonly inbound: "block" | "allow";
  readonly outbound: "block" | "allow";
  /** Rules of the local store are in force. */
  readonly localMerge: boolean;
  /** Rules that allow what comes in are not in force. */
  readonly shielded: boolean;
}

export interface LiveHost {
  readonly profiles: Readonly<Record<ProfileName, LiveProfile>>;
  readonly rules: readonly LiveRule[];
  /** Lines or entries that could not be read at all, as text. */
  readonly unread: readonly string[];
}
