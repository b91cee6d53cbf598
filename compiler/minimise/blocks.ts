// Products of peers and services covered by as few such products as there can be. The parts of a
// partition are the rows, service atoms the columns, and a minimum cover of that relation by
// products (product-cover.ts) is a minimum list of blocks: identical rows never need two.
import type { Family } from "../sets/address.ts";
import { type AddressSet, addressSharing, unionAddresses } from "../sets/address-set.ts";
import { type AddressAtom, serviceAtoms } from "../sets/atoms.ts";
import {
  anyProtocol,
  intersectServices,
  isNoService,
  protocolInterval,
  protocols,
  type ServiceSet,
  serviceSet,
  subtractServices,
  unionServices,
} from "../sets/service-set.ts";
import {
  type Part,
  type PeerProduct,
  partsOf,
  peerAtoms,
  type ShareAddresses,
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
  const atoms = peerAtoms(products, family);
  const covers = protocolClasses.map((protocol) =>
    blocksOf(
      products.map(({ service }) => intersectServices(service, protocol)),
      atoms,
      options,
    ),
  );
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
  return protocolClasses.filter((protocol) => !isNoService(intersectServices(service, protocol)))
    .length;
}

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
  peers: readonly AddressAtom[],
  { budgetMs, share }: CoverOptions,
): Blocks {
  const parts = partsOf(peers, services, share);
  if (parts.length <= 1) return { blocks: parts, lowerBound: parts.length, optimal: true };
  const atoms = serviceAtoms(parts.map(({ service }) => service));
  const edges = atoms.flatMap(({ of }, column) => of.flatMap((row) => [row, column]));
  const cover = productCover({
    rows: parts.length,
    columns: atoms.length,
    edges: Uint32Array.from(edges),
    budgetMs,
  });
  const blocks = withoutRepeats(cover.products, parts.length, atoms.length).map(
    ({ rows, columns }) => {
      const rowParts = rows.flatMap((row) => parts[row] ?? []);
      const service = unionServices(...columns.flatMap((column) => atoms[column]?.service ?? []));
      return {
        remote: share(unionAddresses(...rowParts.map(({ remote }) => remote))),
        service,
        of: partakers(rowParts, services, service),
      };
    },
  );
  return { blocks, lowerBound: cover.lowerBound, optimal: cover.optimal };
}

/** Products of these rows that have some service of the block. */
function partakers(
  parts: readonly Part[],
  services: readonly ServiceSet[],
  service: ServiceSet,
): readonly number[] {
  const all = new Set(parts.flatMap(({ of }) => of));
  return [...all]
    .filter((index) => {
      const own = services[index];
      return own !== undefined && !isNoService(intersectServices(own, service));
    })
    .sort((a, b) => a - b);
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
  const times = new Uint16Array(rows * columns);
  const count = ({ rows: held, columns: across }: Rectangle, by: number) => {
    for (const row of held) {
      for (const column of across) {
        const cell = row * columns + column;
        times[cell] = (times[cell] as number) + by; // within the table
      }
    }
  };
  for (const product of products) count(product, 1);
  return products.map((product) => {
    let { rows: kept } = product;
    for (const row of product.rows) {
      const elsewhere = product.columns.every(
        (column) => (times[row * columns + column] as number) > 1,
      );
      if (!elsewhere || kept.length === 1) continue;
      count({ rows: [row], columns: product.columns }, -1);
      kept = kept.filter((other) => other !== row);
    }
    return { rows: kept, columns: product.columns };
  });
}
