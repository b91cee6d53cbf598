// Which blocks cost a packet less as pairs in a set than as rules of their own. What counts are packets
// that nothing permits, half of them to ports that no rule is for, half to the dearest: the one for
// which most rules look up the peer.
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { isWhole } from "../../compiler/sets/address-set.ts";
import { serviceAtoms } from "../../compiler/sets/atoms.ts";
import { fullLength } from "../../compiler/sets/prefix-list.ts";
import {
  intersectServices,
  type ServiceSet,
  servicesOfFamily,
} from "../../compiler/sets/service-set.ts";
import { loadNs, lookupNs, visitNs } from "./cost.ts";
import { pairCount } from "./pair-members.ts";
import { apart, ownSet, type PeerShape, shapeOf } from "./peer-shape.ts";
import { serviceParts } from "./service-match.ts";

/** A rule for each block is easier to read: pairs go only where a packet gains this much. */
const gainNsMin = 50;

/** An entry, and what it is as rules of its own. */
export interface Block {
  readonly entry: SliceEntry;
  readonly shape: PeerShape;
  readonly service: ServiceSet;
  readonly rules: number;
  /** Of asking its set of peers, and of loading that; 0 where a rule compares one prefix. */
  readonly lookupNs: number;
  readonly loadNs: number;
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
    const shape = shapeOf(entry.remote);
    const set = shape.count > 1 ? ownSet(shape, family) : undefined;
    return {
      entry,
      shape,
      service,
      rules: serviceParts(service, family).length,
      lookupNs: set?.lookupNs ?? 0,
      loadNs: loadNs("address", set?.members ?? 0),
      points: isWhole(entry.remote, family) ? undefined : pairCount(service, family),
      atoms: atoms[index] ?? [],
    };
  });
}

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
  const full = fullLength(family);
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
  const { hosts, prefixes, lengths } = apart(block.shape, hostLength, family);
  if (kinds === "hosts" ? prefixes > 0 : kinds === "prefixes" && hosts > 0) return undefined;
  const members = (hosts + prefixes) * block.points;
  const price =
    loadNs("pair", members) - block.loadNs - visitNs(family, block.rules) - block.lookupNs / 2;
  return { block, members, hasHosts: hosts > 0, lengths, price };
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

  add({ rules, lookupNs: ns, loadNs: load, atoms }: Block): void {
    this.#fixed += visitNs(this.#family, rules) + load;
    if (ns === 0) return;
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
