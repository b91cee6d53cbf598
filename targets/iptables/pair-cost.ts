// Which blocks cost a packet less as pairs in a set than as rules of their own. What counts are packets
// that nothing permits, half of them to ports that no rule is for, half to the dearest: the one for
// which most rules look up the peer.
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import type { Cidr, Family } from "../../compiler/sets/address.ts";
import { cidrsOf, isWhole } from "../../compiler/sets/address-set.ts";
import { serviceAtoms } from "../../compiler/sets/atoms.ts";
import {
  intersectServices,
  type ServiceSet,
  servicesOfFamily,
} from "../../compiler/sets/service-set.ts";
import { isHost } from "./address-sets.ts";
import { loadNs, lookupNs, visitNs } from "./cost.ts";
import { pairCount } from "./pair-members.ts";
import { serviceParts } from "./service-match.ts";

/** A rule for each block is easier to read: pairs go only where a packet gains this much. */
const gainNsMin = 50;

/** An entry, and what it is as rules of its own. */
export interface Block {
  readonly entry: SliceEntry;
  readonly cidrs: readonly Cidr[];
  readonly service: ServiceSet;
  readonly rules: number;
  /** Of asking its set of peers; 0 where a rule compares one prefix. */
  readonly lookupNs: number;
  /** Members for one peer; undefined where pairs cannot say it. */
  readonly points: number | undefined;
  /** Pieces of services that all blocks tell apart. */
  readonly atoms: readonly number[];
}

export function blocksOf(entries: readonly SliceEntry[], family: Family): readonly Block[] {
  const flows = servicesOfFamily(family);
  const services = entries.map(({ service }) => intersectServices(service, flows));
  const atoms: number[][] = entries.map(() => []);
  for (const [atom, { of }] of serviceAtoms(services).entries()) {
    for (const block of of) atoms[block]?.push(atom);
  }
  return entries.map((entry, index): Block => {
    const service = services[index] ?? entry.service;
    const cidrs = cidrsOf(entry.remote);
    return {
      entry,
      cidrs,
      service,
      rules: serviceParts(service, family).length,
      lookupNs: cidrs.length > 1 ? lookupNs(lengthsOf(cidrs).size) : 0,
      points: isWhole(entry.remote, family) ? undefined : pairCount(service, family),
      atoms: atoms[index] ?? [],
    };
  });
}

const lengthsOf = (cidrs: readonly Cidr[]) => new Set(cidrs.map(({ length }) => length));

/** Blocks that become pairs, and those that stay. */
export interface Cut {
  readonly pairs: readonly Block[];
  readonly rest: readonly Block[];
  /** Prefixes of at least this length are taken apart into hosts. */
  readonly hostLength: number;
}

/** Undefined where no pairs are better. */
export function bestCut(blocks: readonly Block[], family: Family): Cut | undefined {
  const rules = blocks.reduce((sum, block) => sum + visitNs(family, block.rules), 0);
  const lookups = blocks.reduce((sum, block) => sum + block.lookupNs, 0);
  if (rules + lookups / 2 < lookupNs(1) + gainNsMin) return undefined;
  const full = family === 4 ? 32 : 128;
  let best: (Cut & Priced) | undefined;
  for (const hostLength of [full, full - 4]) {
    for (const kinds of ["hosts", "prefixes", "both"] as const) {
      const cut = cheapest(blocks, { hostLength, kinds }, family);
      if (best === undefined || cut.ns < best.ns) best = cut;
    }
  }
  return best !== undefined && best.ns + gainNsMin <= best.wholeNs ? best : undefined;
}

interface Priced {
  readonly ns: number;
  /** With no pairs at all. */
  readonly wholeNs: number;
}

interface Form {
  readonly hostLength: number;
  readonly kinds: "hosts" | "prefixes" | "both";
}

/** The best of the ways to cut the list of blocks in two, once those that gain most stand first. */
function cheapest(blocks: readonly Block[], form: Form, family: Family): Cut & Priced {
  const shares = blocks
    .flatMap((block) => shareOf(block, form, family) ?? [])
    .sort((a, b) => a.price - b.price);
  const movable = new Set(shares.map(({ block }) => block));
  const list = new ListCost(family);
  for (const block of blocks) if (!movable.has(block)) list.add(block);
  const restNs = [list.ns]; // by how many of the last shares stay
  for (const { block } of shares.toReversed()) {
    list.add(block);
    restNs.push(list.ns);
  }
  const pairs = new PairCost(family);
  let best = { ns: list.ns, count: 0 };
  for (const [index, share] of shares.entries()) {
    pairs.add(share);
    const ns = pairs.ns + (restNs[shares.length - index - 1] ?? 0);
    if (ns < best.ns) best = { ns, count: index + 1 };
  }
  const moved = new Set(shares.slice(0, best.count).map(({ block }) => block));
  return {
    pairs: blocks.filter((block) => moved.has(block)),
    rest: blocks.filter((block) => !moved.has(block)),
    hostLength: form.hostLength,
    ns: best.ns,
    wholeNs: list.ns,
  };
}

/** What a block would be in the sets of pairs. */
interface Share {
  readonly block: Block;
  /** Members, the ones of prefixes among them. */
  readonly members: number;
  readonly hasHosts: boolean;
  /** Of prefixes that stay such. */
  readonly lengths: ReadonlySet<number>;
  /** What its members cost, less what its rules do. */
  readonly price: number;
}

function shareOf(block: Block, { hostLength, kinds }: Form, family: Family): Share | undefined {
  if (block.points === undefined) return undefined;
  const prefixes = block.cidrs.filter((cidr) => !isNarrow(cidr, hostLength));
  const hasHosts = prefixes.length < block.cidrs.length;
  if (kinds === "hosts" ? prefixes.length > 0 : kinds === "prefixes" && hasHosts) return undefined;
  const full = family === 4 ? 32 : 128;
  const peers = block.cidrs.reduce(
    (sum, cidr) => sum + (isNarrow(cidr, hostLength) ? 2 ** (full - cidr.length) : 1),
    0,
  );
  const members = peers * block.points;
  const price =
    loadNs("pair", members) -
    loadNs("address", block.cidrs.length) -
    visitNs(family, block.rules) -
    block.lookupNs / 2;
  return { block, members, hasHosts, lengths: lengthsOf(prefixes), price };
}

/** Taken for the hosts in it; the null address is none to the kernel. */
export const isNarrow = ({ address, length }: Cidr, hostLength: number): boolean =>
  length >= hostLength && address.words.some((word) => word !== 0);

export function hostsIn(cidr: Cidr): readonly Cidr[] {
  if (isHost(cidr)) return [cidr];
  const { family, words } = cidr.address;
  const full = family === 4 ? 32 : 128;
  return Array.from({ length: 2 ** (full - cidr.length) }, (_, at): Cidr => {
    const [a = 0, b = 0, c = 0, d = 0] = words;
    const address =
      family === 4
        ? ({ family, words: [a + at] } as const)
        : ({ family, words: [a, b, c, d + at] } as const);
    return { address, length: full };
  });
}

/** Rules one after another: every one is visited, and the sets of those for one service are asked. */
class ListCost {
  readonly #family: Family;
  readonly #lookups = new Map<number, number>();
  #fixed = 0;
  #dearest = 0;

  constructor(family: Family) {
    this.#family = family;
  }

  add({ rules, cidrs, lookupNs: ns, atoms }: Block): void {
    this.#fixed += visitNs(this.#family, rules);
    if (ns === 0) return;
    this.#fixed += loadNs("address", cidrs.length);
    for (const atom of atoms) {
      const sum = (this.#lookups.get(atom) ?? 0) + ns;
      this.#lookups.set(atom, sum);
      this.#dearest = Math.max(this.#dearest, sum);
    }
  }

  get ns(): number {
    return this.#fixed + this.#dearest / 2;
  }
}

/** One rule and one look-up for each of the two sets, whatever is in them. */
class PairCost {
  readonly #family: Family;
  readonly #lengths = new Set<number>();
  #hasHosts = false;
  #members = 0;

  constructor(family: Family) {
    this.#family = family;
  }

  add({ members, hasHosts, lengths }: Share): void {
    this.#members += members;
    this.#hasHosts ||= hasHosts;
    for (const length of lengths) this.#lengths.add(length);
  }

  get ns(): number {
    const rule = visitNs(this.#family, 1);
    const hosts = this.#hasHosts ? rule + lookupNs(1) : 0;
    const prefixes = this.#lengths.size > 0 ? rule + lookupNs(this.#lengths.size) : 0;
    return hosts + prefixes + loadNs("pair", this.#members);
  }
}
