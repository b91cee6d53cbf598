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
import { intersectServices } from "../sets/service-set.ts";
import { settled, subtractBox } from "./box.ts";
import type { DirectionSlice, SliceEntry } from "./slice.ts";

export interface AllowOnly {
  /** Rules that block; of programs where the direction is enforced, of anything where it is observed. */
  readonly blocks: readonly SliceEntry[];
  /** None has `notPrograms`. */
  readonly allows: readonly SliceEntry[];
  /** What blocks and allows do not say as the direction does: an entry in whose way it is. */
  readonly inexact: SliceEntry | undefined;
}

/** @param keepsDenies denies that need not be taken out stay, as rules that block */
export function allowOnly(
  half: DirectionSlice,
  platform: Platform,
  keepsDenies: boolean,
): AllowOnly {
  if (half.observed !== undefined) {
    const { denies } = half;
    const inexact = denies.find(({ notPrograms }) => notPrograms.length > 0);
    return { blocks: denies, allows: [], inexact };
  }
  const isKept = (deny: SliceEntry) => keepsDenies && deny.notPrograms.length === 0;
  const kept = half.denies.filter(isKept);
  const cut = half.denies.filter((deny) => !isKept(deny));
  const left = half.allows.flatMap((allow) => withoutAll(allow, cut, platform));
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

function withoutAll(
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
