// What a live host lets through or refuses otherwise than its slice says, and what stands beside the rules
// of segc. A flow is found for each difference; where a rule is not understood, both ways are told.

import type { Direction } from "../../../compiler/inventory/types.ts";
import type { UtcDate } from "../../../compiler/model/types.ts";
import { everything, withoutAll } from "../../../compiler/plan/allow-only.ts";
import type { DirectionMeaning } from "../../../compiler/plan/packet-list.ts";
import type { DirectionSlice, EnforcerSlice, SliceEntry } from "../../../compiler/plan/slice.ts";
import { describeDiscrepancy, type Names } from "../../../compiler/verify/describe.ts";
import { requiredRules } from "../../../compiler/verify/required.ts";
import { type Discrepancy, discrepancies } from "../../../compiler/verify/verify-slice.ts";
import { unnamed } from "../address-ranges.ts";
import { type Bound, baselineFaults, passing, profileText } from "./live-meaning.ts";
import { type LiveHost, type ProfileName, profileNames } from "./live-rule.ts";

export interface LiveDrift {
  readonly kind: "opened" | "closed" | "other";
  readonly text: string;
}

export function driftOfHost(
  whole: EnforcerSlice,
  host: LiveHost,
  { from, names }: { readonly from: UtcDate; readonly names: Names },
): readonly LiveDrift[] {
  const found = new Map<string, { readonly drift: LiveDrift; readonly profiles: ProfileName[] }>();
  const add = (profile: ProfileName, drift: LiveDrift) => {
    const key = `${drift.kind} ${drift.text}`;
    const before = found.get(key);
    if (before === undefined) found.set(key, { drift, profiles: [profile] });
    else if (!before.profiles.includes(profile)) before.profiles.push(profile);
  };
  const halves = asOf(whole, from).directions;
  const known = new Map<string, readonly LiveDrift[]>();
  for (const profile of profileNames) {
    for (const one of settingsOff(host, profile)) add(profile, one);
    const text = profileText(host, profile);
    const drifts =
      known.get(text) ?? halves.flatMap((half) => driftOfHalf(half, host, profile, names));
    known.set(text, drifts);
    for (const one of drifts) add(profile, one);
  }
  return [
    ...[...found.values()].map(({ drift, profiles }) => ({
      ...drift,
      text:
        profiles.length === profileNames.length
          ? drift.text
          : `${drift.text} (${profiles.join(", ")})`,
    })),
    ...unclear(host),
  ];
}

/** A host knows no days: what is still to end is there, and what has ended must be gone. */
function asOf(slice: EnforcerSlice, now: UtcDate): EnforcerSlice {
  const lasting = ({ until }: SliceEntry) => until === undefined || until >= now;
  return {
    ...slice,
    directions: slice.directions.map((half) => ({
      ...half,
      allows: half.allows.filter(lasting).map((entry) => ({ ...entry, until: undefined })),
    })),
  };
}

/** Of both, what passes is put together by union, so that one cannot hide what the other opens. */
function driftOfHalf(
  half: DirectionSlice,
  host: LiveHost,
  profile: ProfileName,
  names: Names,
): readonly LiveDrift[] {
  const { direction } = half;
  const allowed = passingOf(half);
  const told = (kind: LiveDrift["kind"], a: readonly SliceEntry[], b: readonly SliceEntry[]) =>
    compared(half, a, b).map((one): LiveDrift => {
      const text = describeDiscrepancy(one, names).replace("the artefact", "the host");
      return { kind: one.kind === "packet" ? kind : "other", text };
    });
  const openedBy = (bound: Bound) =>
    told("opened", allowed, [...allowed, ...passing(host, profile, direction, bound)]);
  const surely = openedBy("least");
  // Only if what is not understood of some rule is met.
  const perhaps = ({ kind, text }: LiveDrift): LiveDrift => ({
    kind,
    text: text.replace(" and accepted by ", " and perhaps accepted by "),
  });
  const least = passing(host, profile, direction, "least");
  return [
    ...(surely.length > 0 ? surely : openedBy("most").map(perhaps)),
    ...told("closed", [...allowed, ...least], least),
    ...baselineFaults(host, profile, direction).map((text) => ({ kind: "other" as const, text })),
  ];
}

/** What a direction of a slice lets through: its allows without what its denies take of them. */
function passingOf({ observed, denies, allows }: DirectionSlice): readonly SliceEntry[] {
  const open = observed === undefined ? allows : everything;
  return open.flatMap((allow) => withoutAll(allow, denies, "windows"));
}

const lets = (direction: Direction, allows: readonly SliceEntry[]): DirectionSlice => ({
  direction,
  observed: undefined,
  judgesProcesses: false,
  denies: [],
  allows,
  stagedDenies: [],
  stagedAllows: [],
});

/** A packet that one lets through and the other does not. */
function compared(
  { direction }: DirectionSlice,
  required: readonly SliceEntry[],
  found: readonly SliceEntry[],
): readonly Discrepancy[] {
  const meaning: DirectionMeaning = {
    direction,
    opening: undefined,
    openingKey: undefined,
    asks: { hopLimits: [], sourcePorts: [] },
    rules: requiredRules(lets(direction, found)),
    otherwise: "drop",
  };
  const host = { id: "live", kind: "windows-firewall", workloads: [] } as const;
  return discrepancies(
    { ...host, directions: [lets(direction, required)] },
    { directions: [meaning], faults: [], nobody: unnamed, hasBaseline: true },
  );
}

function settingsOff(host: LiveHost, profile: ProfileName): readonly LiveDrift[] {
  const { enabled, localMerge } = host.profiles[profile];
  return [
    ...(enabled ? [] : [{ kind: "other" as const, text: "the firewall is off" }]),
    ...(localMerge
      ? [{ kind: "other" as const, text: "rules of the local store are in force" }]
      : []),
  ];
}

const shown = 3;

function unclear({ rules, unread }: LiveHost): readonly LiveDrift[] {
  const odd = rules.filter(({ enabled, unknown }) => enabled && unknown.length > 0);
  const texts = [
    ...odd.map(
      ({ name, unknown }) => `rule \`${name}\` has ${unknown.join(", ")}, which is not understood`,
    ),
    ...unread.map((line) => `\`${line.slice(0, 120)}\` cannot be read`),
  ];
  const more = texts.length - shown;
  return [
    ...texts.slice(0, shown).map((text) => ({ kind: "other" as const, text })),
    ...(more > 0
      ? [{ kind: "other" as const, text: `${more} more rules and lines like that` }]
      : []),
  ];
}
