// A rule as a live host has it, whoever made it. What we do not understand of it is kept word for word:
// such a rule may hold for less than the rest of it says, and so is judged both ways (live-meaning.ts).
import type { Direction } from "../../../compiler/inventory/types.ts";
import type { AddressSet } from "../../../compiler/sets/address-set.ts";
import type { NumberRanges } from "../../../compiler/sets/service-parts.ts";
import type { IcmpKind } from "../rules.ts";

export const profileNames = ["Domain", "Private", "Public"] as const;
export type ProfileName = (typeof profileNames)[number];

/** Where a rule stands: `local` ones count only where policy lets them. */
export type Store = "policy" | "local";

export interface LiveRule {
  readonly name: string;
  readonly store: Store;
  readonly enabled: boolean;
  readonly direction: Direction;
  readonly action: "allow" | "block";
  readonly profiles: readonly ProfileName[];
  readonly protocol: number | undefined;
  readonly localPorts: NumberRanges | undefined;
  readonly remotePorts: NumberRanges | undefined;
  readonly icmp: readonly IcmpKind[] | undefined;
  readonly local: AddressSet | undefined;
  readonly remote: AddressSet | undefined;
  readonly program: string | undefined;
  readonly service: string | undefined;
  /** Security identifier. */
  readonly user: string | undefined;
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
