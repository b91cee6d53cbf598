// A direction for an enforcer whose rules can only say which processes they are for, never which they
// are not for: what denies refuse is taken out of the allows, exactly; an allow for "every process but
// this one" becomes one for every process and a rule that blocks this one, which beats it.
import type { Platform } from "../inventory/types.ts";
import {
  addressesMeet,
  addressesOfFamily,
  everyAddress,
  intersectAddresses,
  isNoAddress,
  subtractAddresses,
} from "../sets/address-set.ts";
import { intersectServices, isServiceSubset, servicesOfFamily } from "../sets/service-set.ts";
import { settled, subtractBox } from "./box.ts";
import type { DirectionSlice, SliceEntry } from "./slice.ts";

export interface AllowOnly {
  /** Rules that block. */
  readonly blocks: readonly SliceEntry[];
  /** None has `notPrograms`. */
  readonly allows: readonly SliceEntry[];
  /** What blocks and allows do not say as the direction does: an entry in whose way it is. */
  readonly inexact: SliceEntry | undefined;
}

/**
 * An observed direction lets everything pass that no deny refuses: an allow for all of it, of which
 * denies are taken as of any other.
 * @param keepsDenies denies that need not be taken out stay, as rules that block
 */
export function allowOnly(
  half: DirectionSlice,
  platform: Platform,
  keepsDenies: boolean,
): AllowOnly {
  const isObserved = half.observed !== undefined;
  const isKept = (deny: SliceEntry) =>
    (keepsDenies || isObserved) && deny.notPrograms.length === 0 && !refusesEverything(deny);
  const kept = half.denies.filter(isKept);
  const cut = half.denies.filter((deny) => !isKept(deny));
  const open = isObserved ? everything : half.allows;
  const left = open.flatMap((allow) => withoutAll(allow, cut, platform));
  const excepted = left.flatMap((allow) =>
    allow.notPrograms.map((program) => ({
      ...allow,
      programs: [...allow.programs, program],
      notPrograms: [],
    })),
  );
  const blocks = [...kept, ...excepted.flatMap((block) => settledEntry(block, platform) ?? [])];
  return {
    blocks,
    allows: left.map((allow) => ({ ...allow, notPrograms: [] })),
    // A deny that is kept beats every allow by its own meaning.
    inexact: left.find((allow) =>
      excepted.some((block) => haveProcessInCommon(allow, block, platform)),
    ),
  };
}

/** To leave its peers out of an allow is shorter than a rule that blocks for each protocol. */
const refusesEverything = ({ family, service, programs }: SliceEntry): boolean =>
  programs.length === 0 && isServiceSubset(servicesOfFamily(family), service);

/** What an observed direction lets pass before its denies: a rule for each family. */
export const everything: readonly SliceEntry[] = ([4, 6] as const).map((family) => ({
  ruleId: "observed",
  alsoRules: [],
  because: undefined,
  ticket: undefined,
  family,
  local: undefined,
  remote: addressesOfFamily(everyAddress, family),
  service: servicesOfFamily(family),
  programs: [],
  notPrograms: [],
  until: undefined,
  log: "none",
}));

/** What is left of an allow, exactly; it may be for every process but some. */
export function withoutAll(
  allow: SliceEntry,
  denies: readonly SliceEntry[],
  platform: Platform,
): readonly SliceEntry[] {
  return denies.reduce<readonly SliceEntry[]>(
    (parts, deny) => parts.flatMap((part) => without(part, deny, platform)),
    [allow],
  );
}

function without(allow: SliceEntry, deny: SliceEntry, platform: Platform): readonly SliceEntry[] {
  if (!haveProcessInCommon(allow, deny, platform)) return [allow];
  const [own, other] = [localOf(allow), localOf(deny)];
  const apart = subtractAddresses(own, other);
  const beside = isNoAddress(apart) ? [] : [{ ...allow, local: apart }];
  const local = deny.local === undefined ? allow.local : intersectAddresses(own, other);
  const parts = subtractBox(allow, deny).map((box) => ({ ...allow, ...box, local }));
  return [...beside, ...parts.flatMap((part) => settledEntry(part, platform) ?? [])];
}

const localOf = ({ local, family }: SliceEntry) => local ?? addressesOfFamily(everyAddress, family);

/** Whether some packet of some process is in both. */
function haveProcessInCommon(a: SliceEntry, b: SliceEntry, platform: Platform): boolean {
  if (a.family !== b.family || !addressesMeet(a.remote, b.remote)) return false;
  if (a.local !== undefined && b.local !== undefined && !addressesMeet(a.local, b.local)) {
    return false;
  }
  const both = {
    remote: a.remote,
    service: intersectServices(a.service, b.service),
    programs: [...a.programs, ...b.programs],
    notPrograms: [...a.notPrograms, ...b.notPrograms],
  };
  return settled(both, platform) !== undefined;
}

function settledEntry(entry: SliceEntry, platform: Platform): SliceEntry | undefined {
  const box = settled(entry, platform);
  return box === undefined ? undefined : { ...entry, ...box };
}
