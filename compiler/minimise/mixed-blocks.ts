// Products of peers and services covered by as few blocks as there can be, where one rule lists
// addresses of both families and holds one protocol, or every protocol there is. Peers of either
// family are rows of one relation for each protocol; peers that may do everything share one block and
// are no rows of any, since a rule for all protocols is shorter than one for each.
import type { PeerProduct } from "../plan/subtract.ts";
import type { Family } from "../sets/address.ts";
import {
  type AddressSet,
  equalAddressSets,
  everyAddress,
  isNoAddress,
  rangeCount,
  rangesMeeting,
  unionAddresses,
  unionOfAddresses,
} from "../sets/address-set.ts";
import { serviceAtoms } from "../sets/atoms.ts";
import {
  intersectServices,
  isNoService,
  protocolInterval,
  type ServiceSet,
  serviceSet,
  servicesOfFamily,
} from "../sets/service-set.ts";
import { type Block, type CoverOptions, coverOf } from "./blocks.ts";
import { type AtomPart, type PeerAtoms, partsOf, peerAtoms, serviceText } from "./partition.ts";
import { holdsAll } from "./service-pieces.ts";

export interface FamilyProduct extends PeerProduct {
  readonly family: Family;
}

export interface MixedBlock extends Block {
  /** Every service of the families of its peers. */
  readonly isEverything: boolean;
}

export interface MixedBlocks {
  readonly blocks: readonly MixedBlock[];
  /** Rules, once longer lists of peers are split. */
  readonly count: number;
  readonly lowerBound: number;
  readonly optimal: boolean;
}

export interface MixedOptions extends CoverOptions {
  /** The most ranges of addresses that a rule lists. */
  readonly rangesMax: number;
  /** Whether a rule may be for all protocols. */
  readonly mayBeAll: boolean;
}

const families = [4, 6] as const;

export function mixedBlocks(
  products: readonly FamilyProduct[],
  options: MixedOptions,
): MixedBlocks {
  const sides = families.map((family) => sideOf(products, family, options));
  const whole = sides.flatMap(({ whole: one }) => (one === undefined ? [] : [one]));
  const everything: readonly MixedBlock[] =
    whole.length === 0
      ? []
      : [
          {
            remote: options.share(unionOfAddresses(whole.map(({ remote }) => remote))),
            service: servicesOfFamily(4),
            of: whole.flatMap(({ of }) => of),
            isEverything: true,
          },
        ];
  const free = unionOfAddresses(whole.map(({ remote }) => remote));
  const covers = protocolsOf(sides).map((protocol) =>
    coverProtocol(sides, protocol, { ...options, free }),
  );
  const all = [
    ...everything.map((block) => ({
      blocks: [block],
      lowerBound: rulesOf(block.remote, options.rangesMax),
    })),
    ...covers,
  ];
  const blocks = all.flatMap((one) => one.blocks);
  const rules = ({ isEverything, remote, service }: MixedBlock) =>
    rulesFor(isEverything ? { remote } : { remote, service }, options);
  const count = blocks.reduce((sum, block) => sum + rules(block), 0);
  const lowerBound = all.reduce((sum, one) => sum + one.lowerBound, 0);
  return { blocks, count, lowerBound, optimal: count === lowerBound };
}

/** Rules of a block: none lists more than so many ranges. */
const rulesFor = (
  { remote, service }: Pick<Block, "remote"> & { readonly service?: ServiceSet },
  { rangesMax }: MixedOptions,
) => rulesOf(remote, rangesMax) * (service === undefined ? 1 : listsOf(service));

/** All addresses of both families are no list. */
export const rulesOf = (remote: AddressSet, rangesMax: number): number =>
  equalAddressSets(remote, everyAddress) ? 1 : Math.ceil(rangeCount(remote) / rangesMax);

/** A list of ports or ICMP types has so many items at most ([MS-FASP] 2.2.4 to 2.2.12). */
export const itemsMax = 1000;

/** Lists of one protocol: an ICMP type with some codes only is an item for each of them. */
function listsOf({ intervals }: ServiceSet): number {
  const isIcmp = intervals.some(({ first }) => [1, 58].includes(Math.floor(first / 65536)));
  const items = isIcmp
    ? intervals.reduce((sum, { first, last }) => sum + icmpItems(first, last), 0)
    : intervals.length;
  return Math.ceil(items / itemsMax);
}

function icmpItems(first: number, last: number): number {
  let items = 0;
  for (let type = first >> 8; type <= last >> 8; type++) {
    const codes = Math.min(last, type * 256 + 255) - Math.max(first, type * 256) + 1;
    items += codes === 256 ? 1 : codes;
  }
  return items;
}

/** One family: its products, and the peers among which rows are told. */
interface Side {
  readonly services: readonly ServiceSet[];
  /** Their places among all products. */
  readonly places: readonly number[];
  readonly atoms: PeerAtoms;
  /** Peers that may do everything; they are none of the atoms. */
  readonly whole: Pick<Block, "remote" | "of"> | undefined;
}

function sideOf(
  products: readonly FamilyProduct[],
  family: Family,
  { classes, mayBeAll }: MixedOptions,
): Side {
  const places = [...products.keys()].filter((place) => products[place]?.family === family);
  const own = places.flatMap((place) => products[place] ?? []);
  const services = own.map(({ service }) => service);
  const atoms = peerAtoms(own, family, classes?.[family]);
  // The points of protocol 0, and so some product of it, are in every whole.
  const mayBeWhole = mayBeAll && services.some(({ intervals }) => intervals[0]?.first === 0);
  const full = mayBeWhole
    ? partsOf(atoms, services).filter(({ service }) => holdsAll(service, family))
    : [];
  if (full.length === 0) return { services, places, atoms, whole: undefined };
  const taken = new Set(full.flatMap((part) => part.atoms));
  return {
    services,
    places,
    atoms: leaving(atoms, taken),
    whole: {
      remote: unionOfAddresses(full.map((part) => atoms.union(part.atoms))),
      of: [...new Set(full.flatMap((part) => part.of))].map((at) => places[at] ?? 0),
    },
  };
}

/** The other atoms, numbered anew. */
function leaving({ count, of, starts, union }: PeerAtoms, taken: ReadonlySet<number>): PeerAtoms {
  const kept = Array.from({ length: count }, (_, atom) => atom).filter((atom) => !taken.has(atom));
  const lists = kept.map((atom) => of.subarray(starts[atom], starts[atom + 1]));
  const places = new Int32Array(kept.length + 1);
  lists.forEach((list, at) => {
    places[at + 1] = (places[at] ?? 0) + list.length;
  });
  return {
    count: kept.length,
    of: Int32Array.from(lists.flatMap((list) => [...list])),
    starts: places,
    union: (some) => union(some.flatMap((atom) => kept[atom] ?? [])),
  };
}

/** The protocols that some peers may use, others than those that may do everything. */
function protocolsOf(sides: readonly Side[]): readonly number[] {
  const found = new Set<number>();
  for (const { services, atoms } of sides) {
    const used = new Set([...atoms.of].flatMap((at) => services[at] ?? []));
    for (const { intervals } of used) {
      for (const { first, last } of intervals) {
        for (let at = Math.floor(first / 65536); at <= Math.floor(last / 65536); at++)
          found.add(at);
      }
    }
  }
  return [...found].sort((a, b) => a - b);
}

/** A row: peers of each family with the same services of the protocol. */
interface Row {
  readonly service: ServiceSet;
  readonly parts: readonly (readonly [Side, AtomPart])[];
}

interface ProtocolOptions extends MixedOptions {
  /** Peers that may do everything, and so be in any list that is shorter with them. */
  readonly free: AddressSet;
}

function coverProtocol(sides: readonly Side[], protocol: number, options: ProtocolOptions) {
  const all = serviceSet([protocolInterval(protocol)]);
  const rows = rowsOf(sides, all);
  const cover =
    rows.length <= 1
      ? { products: rows.map(({ service }) => ({ rows: [0], service })), lowerBound: rows.length }
      : coverOf(
          rows.map(({ service }) => service),
          options.budgetMs,
        );
  const blocks = cover.products.map((product): MixedBlock => {
    const parts = product.rows.flatMap((row) => rows[row]?.parts ?? []);
    return {
      remote: options.share(filled(peersOf(parts), options)),
      service: product.service,
      of: [...new Set(parts.flatMap((part) => partakers(part, product.service)))],
      isEverything: false,
    };
  });
  const isSplit = blocks.some((block) => rulesFor(block, options) > 1);
  const longest = isSplit ? leastRules(rows, options) : 0;
  return { blocks, lowerBound: Math.max(cover.lowerBound, longest) };
}

/** As few ranges as there can be: two become one where only free peers are between them. */
const filled = (remote: AddressSet, { free }: ProtocolOptions): AddressSet =>
  isNoAddress(free) ? remote : rangesMeeting(unionAddresses(remote, free), remote);

const peersOf = (parts: Row["parts"]): AddressSet =>
  unionOfAddresses(parts.map(([side, { atoms }]) => side.atoms.union(atoms)));

function rowsOf(sides: readonly Side[], protocol: ServiceSet): readonly Row[] {
  const rows = new Map<string, { service: ServiceSet; parts: [Side, AtomPart][] }>();
  for (const side of sides) {
    const services = side.services.map((service) => intersectServices(service, protocol));
    for (const part of partsOf(side.atoms, services)) {
      const key = serviceText(part.service);
      const row = rows.get(key);
      if (row === undefined) rows.set(key, { service: part.service, parts: [[side, part]] });
      else row.parts.push([side, part]);
    }
  }
  return [...rows.values()];
}

/** Products with some service of the block, by their places among all. */
function partakers([side, { of }]: Row["parts"][number], service: ServiceSet): readonly number[] {
  return of.flatMap((at) => {
    const own = side.services[at];
    const isMet = own !== undefined && !isNoService(intersectServices(own, service));
    return isMet ? [side.places[at] ?? 0] : [];
  });
}

/**
 * Every list of a rule lies within the peers that may use each of its services, and so holds no two of
 * their ranges in one entry: one service alone needs as many rules as its ranges fill.
 */
function leastRules(rows: readonly Row[], options: ProtocolOptions): number {
  const atoms = serviceAtoms(rows.map(({ service }) => service));
  const needed = atoms.map(({ of }) => {
    const remote = unionOfAddresses(of.map((row) => peersOf(rows[row]?.parts ?? [])));
    return rulesFor({ remote: filled(remote, options) }, options);
  });
  return Math.max(0, ...needed);
}

/** The service of a block for peers of one family. */
export const serviceIn = ({ service, isEverything }: MixedBlock, family: Family): ServiceSet =>
  isEverything ? servicesOfFamily(family) : service;
