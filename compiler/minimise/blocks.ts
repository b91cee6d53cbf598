// Products of peers and services covered by as few such products as there can be. The parts of a
// partition are the rows, service atoms the columns, and a minimum cover of that relation by
// products (product-cover.ts) is a minimum list of blocks: identical rows never need two.
import type { Family } from "../sets/address.ts";
import { unionAddresses } from "../sets/address-set.ts";
import { serviceAtoms } from "../sets/atoms.ts";
import { intersectServices, isNoService, unionServices } from "../sets/service-set.ts";
import { type Part, type PeerProduct, partition, type ShareAddresses } from "./partition.ts";
import { productCover } from "./product-cover.ts";

export interface Block extends PeerProduct {
  /** Indices of the products that have a pair in it, ascending. */
  readonly of: readonly number[];
}

export interface Blocks {
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

/** The fewest blocks, or the fewest found within the budget and how far from proved they are. */
export function blocksOf(
  products: readonly PeerProduct[],
  family: Family,
  { budgetMs, share }: CoverOptions,
): Blocks {
  const parts = partition(products, family, share);
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
        of: partakers(rowParts, products, service),
      };
    },
  );
  return { blocks, lowerBound: cover.lowerBound, optimal: cover.optimal };
}

/** Products of these rows that have some service of the block. */
function partakers(
  parts: readonly Part[],
  products: readonly PeerProduct[],
  service: PeerProduct["service"],
): readonly number[] {
  const all = new Set(parts.flatMap(({ of }) => of));
  return [...all]
    .filter((index) => {
      const product = products[index];
      return product !== undefined && !isNoService(intersectServices(product.service, service));
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
