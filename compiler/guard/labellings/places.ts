// Where an end of a flow can lie, as a numbered list: place 0 is any workload that is not in today's
// inventory; the others are classes of today's endpoints and of addresses outside.
//
// A workload of today whose address no statement names and whose programs are seen is to every rule
// what a new one with its labels is, so it has no place of its own: a flow with it is found with the
// new one, and put into words with today's. That keeps the cost by rules, not by workloads.
import type { Expansion } from "../../extent/types.ts";
import type { Direction, Workload } from "../../inventory/types.ts";
import type { EndpointSet, Program } from "../../model/types.ts";
import { type CapabilityTable, seesField } from "../../plan/target.ts";
import type { Family } from "../../sets/address.ts";
import { type AddressClasses, addressClasses } from "../../sets/address-classes.ts";
import {
  type AddressSet,
  addressesOfFamily,
  everyAddress,
  isNoAddress,
  isWhole,
  noAddress,
  subtractAddresses,
  unionOfAddresses,
} from "../../sets/address-set.ts";
import { type Bitset, bitsetOf, intersection, isEmpty } from "../../sets/bitset.ts";
import type { Mentions } from "./mentions.ts";
import { directions, families } from "./variables.ts";

export type Place =
  | { readonly kind: "new" }
  | {
      readonly kind: "today";
      readonly family: Family;
      readonly endpoints: Bitset;
      /** Of the rules that may lose a program's condition, programs that nobody sees there. */
      readonly unseen: Readonly<Record<Direction, ReadonlySet<Program>>>;
    }
  | { readonly kind: "outside"; readonly family: Family; readonly addresses: AddressSet };

export interface Places {
  /** The first is "new". */
  readonly list: readonly Place[];
  /** Numbers of the places whose addresses are in `networks`, `fqdn` or `internet`, ascending. */
  readonly within: (set: EndpointSet) => readonly number[];
  /** Whether every address of the family is in it: then a new one is too. */
  readonly holdsAll: (set: EndpointSet, family: Family) => boolean;
}

export interface PlacesInput {
  readonly expansion: Expansion;
  readonly mentions: Mentions;
  readonly capabilities: CapabilityTable;
}

export function placesOf(input: PlacesInput): Places {
  const { mentions } = input;
  const sets = [...new Set(mentions.addresses.values())];
  const classes = addressClasses(sets);
  const parts = families.flatMap((family) => partsOf(classes[family], sets, family));
  const unseen = unseenPrograms(input);
  const list: Place[] = [{ kind: "new" }];
  const placesAt = parts.map((part) => {
    const first = list.length;
    list.push(...todayAt(input, unseen, part), ...outsideAt(input, part));
    return Array.from({ length: list.length - first }, (_, at) => first + at);
  });
  const byClass = new Map(parts.map(({ family, one }, at) => [`${family} ${one}`, placesAt[at]]));
  const holdsAll = (set: EndpointSet, family: Family) =>
    isWhole(mentions.addresses.get(set) ?? noAddress, family);
  return {
    list,
    within: (set) =>
      families.flatMap((family) => {
        const own = classes[family].classesOf(mentions.addresses.get(set) ?? noAddress) ?? [];
        return [...own, ...(holdsAll(set, family) ? ["fresh"] : [])].flatMap(
          (one) => byClass.get(`${family} ${one}`) ?? [],
        );
      }),
    holdsAll,
  };
}

/**
 * Addresses of one family that no set tells apart: a class, what is in none, and the symbolic addresses
 * of workloads without any, which are in no set but the whole.
 */
interface Part {
  readonly family: Family;
  readonly one: number | "rest" | "fresh";
  readonly addresses: AddressSet;
}

function partsOf(
  classes: AddressClasses,
  sets: readonly AddressSet[],
  family: Family,
): readonly Part[] {
  const named = Array.from({ length: classes.count }, (_, one) => ({
    family,
    one,
    addresses: classes.union([one]),
  }));
  const every = addressesOfFamily(everyAddress, family);
  const rest = subtractAddresses(every, unionOfAddresses(sets));
  return [
    ...named,
    ...(isNoAddress(rest) ? [] : [{ family, one: "rest" as const, addresses: rest }]),
    { family, one: "fresh", addresses: noAddress },
  ];
}

function outsideAt({ expansion }: PlacesInput, { family, addresses }: Part): readonly Place[] {
  return expansion.search.hasExternal(addresses) ? [{ kind: "outside", family, addresses }] : [];
}

/** Classes of today's endpoints there that differ from a new workload in more than labels. */
function todayAt(
  { expansion }: PlacesInput,
  unseen: readonly Unseen[],
  { family, one, addresses }: Part,
): readonly Place[] {
  const { universe } = expansion;
  const inside =
    one === "fresh" ? symbolicEndpoints(expansion, family) : universe.within(addresses);
  return unseen.flatMap(({ endpoints, programs }) => {
    const here = intersection(inside, endpoints);
    const isLikeNew =
      typeof one !== "number" && directions.every((end) => programs[end].size === 0);
    if (isEmpty(here) || isLikeNew) return [];
    return [{ kind: "today" as const, family, endpoints: here, unseen: programs }];
  });
}

function symbolicEndpoints({ universe }: Expansion, family: Family): Bitset {
  const found: number[] = [];
  for (const [at, endpoint] of universe.endpoints.entries()) {
    if (endpoint.address === undefined && endpoint.family === family) found.push(at);
  }
  return bitsetOf(universe.endpoints.length, found);
}

interface Unseen {
  readonly endpoints: Bitset;
  readonly programs: Readonly<Record<Direction, ReadonlySet<Program>>>;
}

/** Today's endpoints by the programs that no enforcer sees there, for each direction. */
function unseenPrograms({ expansion, mentions, capabilities }: PlacesInput): readonly Unseen[] {
  const { universe } = expansion;
  const none = { egress: new Set<Program>(), ingress: new Set<Program>() };
  if (mentions.lowered.length === 0) return [{ endpoints: universe.all, programs: none }];
  const found = new Map<string, { readonly members: number[]; readonly first: Workload }>();
  for (const [number, workload] of universe.workloads.entries()) {
    const { platform, launcher, appTags, enforcers } = workload;
    const key = JSON.stringify([
      ...[platform, launcher ?? "", appTags ?? ""],
      ...enforcers.flatMap(({ kind, directions }) => [kind, ...directions]),
    ]);
    const known = found.get(key) ?? { members: [], first: workload };
    found.set(key, known);
    const end = universe.firstOf[number + 1] as number; // one more than there are workloads
    for (let at = universe.firstOf[number] as number; at < end; at++) known.members.push(at);
  }
  return [...found].map(([, { members, first }]) => {
    const at = (direction: Direction) =>
      new Set(
        mentions.lowered.filter((program) => !isSeen(capabilities, first, direction, program)),
      );
    const programs = { egress: at("egress"), ingress: at("ingress") };
    return { endpoints: bitsetOf(universe.endpoints.length, members), programs };
  });
}

/** True where the program never runs, too: then there is no condition to lose. */
function isSeen(
  capabilities: CapabilityTable,
  workload: Workload,
  direction: Direction,
  { alternatives }: Program,
): boolean {
  const fields = [...(alternatives.get(workload.platform)?.keys() ?? [])];
  return (
    fields.length === 0 ||
    workload.enforcers.some(
      ({ kind, directions }) =>
        directions.includes(direction) &&
        fields.every((field) => seesField(capabilities[kind], workload, direction, field)),
    )
  );
}
