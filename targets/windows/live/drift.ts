// What a live host lets through or refuses otherwise than its slice says, and what stands beside the rules
// of segc. A flow is found for each difference; where a rule is not understood, both ways are told.

import type { Direction } from "../../../compiler/inventory/types.ts";
import type { UtcDate } from "../../../compiler/model/types.ts";
import type { PacketRule } from "../../../compiler/plan/packet-list.ts";
import type { EnforcerSlice, SliceEntry } from "../../../compiler/plan/slice.ts";
import type { MeaningOf } from "../../../compiler/plan/target.ts";
import { describeDiscrepancy, type Names } from "../../../compiler/verify/describe.ts";
import { requiredRules } from "../../../compiler/verify/required.ts";
import { type Discrepancy, discrepancies } from "../../../compiler/verify/verify-slice.ts";
import { prepareWindows } from "../plan.ts";
import { liveMeaning } from "./live-meaning.ts";
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
  const slice = asOf(whole, from);
  const allowed = allowedBy(slice);
  for (const profile of profileNames) {
    for (const one of settingsOff(host, profile)) add(profile, one);
    const [most, least] = [liveMeaning(host, profile, "most"), liveMeaning(host, profile, "least")];
    const opened = discrepancies(slice, opening(most, allowed), { from });
    const surely = discrepancies(slice, opening(least, allowed), { from });
    const closed = discrepancies(slice, least, { from }).filter((one) => !isOpened(one));
    for (const one of [...opened, ...closed]) {
      const kind = one.kind !== "packet" ? "other" : isOpened(one) ? "opened" : "closed";
      const said = describeDiscrepancy(one, names).replace("the artefact", "the host");
      // Only if what is not understood of some rule is met.
      const isSure = kind !== "opened" || surely.some((sure) => isAlike(sure, one));
      add(profile, { kind, text: isSure ? said : said.replace("accepted", "perhaps accepted") });
    }
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

const isAlike = (a: Discrepancy, b: Discrepancy) =>
  a.kind === "packet" && b.kind === "packet" && a.direction === b.direction && isOpened(a);

const isOpened = (one: Discrepancy) => one.kind === "packet" && one.found === "accept";

/** What the slice lets through, by direction: its allows without what its denies take of them. */
function allowedBy(slice: EnforcerSlice): ReadonlyMap<Direction, readonly PacketRule[]> {
  const { directions } = prepareWindows(slice);
  return new Map(
    directions.map((half) => [
      half.direction,
      requiredRules(half).filter(({ verdict }) => half.denies.length === 0 && verdict === "accept"),
    ]),
  );
}

/** The host as if it let through all that it must: what differs then is open and should not be. */
const opening = (
  { directions, ...rest }: MeaningOf,
  allowed: ReadonlyMap<Direction, readonly PacketRule[]>,
): MeaningOf => ({
  ...rest,
  directions: directions.map((one) => ({
    ...one,
    rules: [...(allowed.get(one.direction) ?? []), ...one.rules],
  })),
});

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
