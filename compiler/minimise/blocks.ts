// Products of peers and services covered by as few such products as there can be. The parts of a
// partition are the rows, service atoms the columns, and a minimum cover of that relation by
// products (product-cover.ts) is a minimum list of blocks: identical rows never need two.
import { remembered } from "../plan/remembered.ts";
import type { PeerProduct } from "../plan/subtract.ts";
import type { Family } from "../sets/address.ts";
import type { ClassesByFamily } from "../sets/address-classes.ts";
import { type AddressSet, addressSharing } from "../sets/address-set.ts";
import { serviceAtoms } from "../sets/atoms.ts";
import {
  anyProtocol,
  intersectServices,
  isNoService,
  noService,
  protocolInterval,
  protocols,
  type ServiceSet,
  serviceSet,
  subtractServices,
  unionServices,
} from "../sets/service-set.ts";
import {
  type AtomPart,
  type PeerAtoms,
  partsOf,
  peerAtoms,
  type ShareAddresses,
  serviceText,
} from "./partition.ts";
import { productCover } from "./product-cover.ts";

export interface Block extends PeerProduct {
  /** Indices of the products that have a pair in it, ascending. */
  readonly of: readonly number[];
}

interface Blocks {
  /** Together exactly the pairs of the products; they may overlap. */
  readonly blocks: readonly Block[];
  /** No list of blocks is shorter: proved. */
  readonly lowerBound: number;
  readonly optimal: boolean;
}

export interface CoverOptions {
  /** Bounds the search of each list of blocks; see product-cover.ts. */
  readonly budgetMs: number;
  readonly share: ShareAddresses;
  /** Of peers: what the far ends of all slices tell apart. */
  readonly classes?: ClassesByFamily | undefined;
}

/**
 * The fewest blocks of one protocol each (a rule holds one protocol, so that is what a table counts),
 * or the fewest found within the budget and how far from proved they are. What has the same peers in
 * several protocols is put together again.
 */
export function blocksByProtocol(
  products: readonly PeerProduct[],
  family: Family,
  options: CoverOptions,
): BlocksByProtocol {
  const atoms = peerAtoms(products, family, options.classes?.[family]);
  const split = products.map(({ service }) => byProtocol(service));
  const covers = protocolClasses.flatMap((_, protocol) => {
    const services = split.map((each) => each[protocol] ?? noService);
    return services.every(isNoService) ? [] : [blocksOf(services, atoms, options)];
  });
  return {
    blocks: together(covers.flatMap(({ blocks }) => blocks)),
    count: covers.reduce((sum, { blocks }) => sum + blocks.length, 0),
    lowerBound: covers.reduce((sum, { lowerBound }) => sum + lowerBound, 0),
    optimal: covers.every(({ optimal }) => optimal),
  };
}

export interface BlocksByProtocol extends Blocks {
  /** Blocks of one protocol each, before those of equal peers were put together. */
  readonly count: number;
}

/** In how many protocols' rules the service ends up. */
export function protocolCount(service: ServiceSet): number {
  return byProtocol(service).filter((part) => !isNoService(part)).length;
}

/** The part of each protocol class: services are few, and asked about for very many products. */
const byProtocol = remembered((service: ServiceSet) =>
  protocolClasses.map((protocol) => intersectServices(service, protocol)),
);

const oneProtocol = [
  protocols.tcp,
  protocols.udp,
  protocols.sctp,
  protocols.icmp4,
  protocols.icmp6,
];
const protocolClasses: readonly ServiceSet[] = [
  ...oneProtocol.map((protocol) => serviceSet([protocolInterval(protocol)])),
  subtractServices(
    anyProtocol,
    serviceSet(oneProtocol.map((protocol) => protocolInterval(protocol))),
  ),
];

/** One block for equal peers, in the order of their first. */
function together(blocks: readonly Block[]): readonly Block[] {
  const share = addressSharing();
  const byPeers = new Map<AddressSet, Block>();
  for (const block of blocks) {
    const peers = share(block.remote);
    const before = byPeers.get(peers);
    byPeers.set(peers, before === undefined ? block : joined(before, block));
  }
  return [...byPeers.values()];
}

function joined(a: Block, b: Block): Block {
  return {
    remote: a.remote,
    service: unionServices(a.service, b.service),
    of: [...new Set([...a.of, ...b.of])].sort((x, y) => x - y),
  };
}

/** The fewest blocks of these services of the products. */
function blocksOf(
  services: readonly ServiceSet[],
  peers: PeerAtoms,
  { budgetMs, share }: CoverOptions,
): Blocks {
  const parts = partsOf(peers, services);
  const [only] = parts;
  if (only === undefined) return { blocks: [], lowerBound: 0, optimal: true };
  if (parts.length === 1) {
    const { of, service, atoms } = only;
    const block = { of, service, remote: share(peers.union(atoms)) };
    return { blocks: [block], lowerBound: 1, optimal: true };
  }
  const { products, lowerBound, optimal } = coverOf(
    parts.map(({ service }) => service),
    budgetMs,
  );
  const blocks = products.map(({ rows, service }) => {
    const rowParts = rows.flatMap((row) => parts[row] ?? []);
    return {
      remote: share(peers.union(rowParts.flatMap(({ atoms }) => atoms))),
      service,
      of: partakers(rowParts, services, service),
    };
  });
  return { blocks, lowerBound, optimal };
}

export interface Cover {
  readonly products: readonly { readonly rows: readonly number[]; readonly service: ServiceSet }[];
  readonly lowerBound: number;
  readonly optimal: boolean;
}

/** Very many hosts have the same relation, if with other peers: each is solved once. */
const solved = new Map<string, Cover>();
const solvedMax = 10_000;

/** The fewest products of rows that may have these services. */
export function coverOf(rows: readonly ServiceSet[], budgetMs: number): Cover {
  const key = `${budgetMs} ${rows.map(serviceText).join(" ")}`;
  const known = solved.get(key);
  if (known !== undefined) return known;
  const atoms = serviceAtoms(rows);
  // Nothing in common: each row is a product by itself, and no two are in one.
  if (atoms.every(({ of }) => of.length === 1)) {
    const products = rows.map((service, row) => ({ rows: [row], service }));
    return { products, lowerBound: rows.length, optimal: true };
  }
  const edges = atoms.flatMap(({ of }, column) => of.flatMap((row) => [row, column]));
  const cover = productCover({
    rows: rows.length,
    columns: atoms.length,
    edges: Uint32Array.from(edges),
    budgetMs,
  });
  const products = withoutRepeats(cover.products, rows.length, atoms.length).map((product) => ({
    rows: product.rows,
    service: unionServices(...product.columns.flatMap((column) => atoms[column]?.service ?? [])),
  }));
  const found = { products, lowerBound: cover.lowerBound, optimal: cover.optimal };
  if (solved.size >= solvedMax) solved.clear();
  solved.set(key, found);
  return found;
}

/** Products of these rows that have some service of the block. */
function partakers(
  parts: readonly AtomPart[],
  services: readonly ServiceSet[],
  service: ServiceSet,
): readonly number[] {
  const all = new Uint8Array(services.length);
  for (const { of } of parts) for (const index of of) all[index] = 1;
  const meets = new Map<ServiceSet, boolean>();
  return Array.from(all.keys()).filter((index) => {
    const own = services[index];
    if (all[index] === 0 || own === undefined) return false;
    const isMet = meets.get(own) ?? !isNoService(intersectServices(own, service));
    meets.set(own, isMet);
    return isMet;
  });
}

interface Rectangle {
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/**
 * Fewest products, and then fewest members: a row (its addresses are elements of a set) leaves a
 * product where other products hold all its pairs.
 */
function withoutRepeats(
  products: readonly Rectangle[],
  rows: number,
  columns: number,
): readonly Rectangle[] {
  const places = placesOfRepeated(products, rows);
  if (places.size === 0) return products;
  const times = new Uint16Array(places.size * columns);
  const count = ({ rows: held, columns: across }: Rectangle, by: number) => {
    for (const row of held) {
      const place = places.get(row);
      if (place === undefined) continue;
      for (const column of across) {
        const cell = place * columns + column;
        times[cell] = (times[cell] as number) + by; // within the table
      }
    }
  };
  for (const product of products) count(product, 1);
  return products.map((product) => {
    let { rows: kept } = product;
    for (const row of product.rows) {
      const place = places.get(row);
      if (place === undefined || kept.length === 1) continue;
      const elsewhere = product.columns.every(
        (column) => (times[place * columns + column] as number) > 1,
      );
      if (!elsewhere) continue;
      count({ rows: [row], columns: product.columns }, -1);
      kept = kept.filter((other) => other !== row);
    }
    return { rows: kept, columns: product.columns };
  });
}

/** Rows of several products, numbered: mostly few, and a table of all would be the square of very many. */
function placesOfRepeated(
  products: readonly Rectangle[],
  rows: number,
): ReadonlyMap<number, number> {
  const seen = new Uint8Array(rows);
  const places = new Map<number, number>();
  for (const { rows: held } of products) {
    for (const row of held) {
      if (seen[row] === 1 && !places.has(row)) places.set(row, places.size);
      seen[row] = 1;
    }
  }
  return places;
}
