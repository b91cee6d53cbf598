// Packets at every edge of what policies speak of. A packet is made of one choice on each axis
// (addresses, ports, ICMP, process); where all combinations are too many, packets next to each rule
// come first, one axis varied at a time, and a seeded sample of the rest fills up.
import { type Axis, axesOf, type Choice, flowsOf } from "./axes.ts";
import type { FirewallPolicy, Packet, Rule } from "./policy.ts";
import { refuse } from "./strict.ts";

export interface BoundaryOptions {
  /** The same seed gives the same packets. */
  readonly seed: number;
  readonly packetsMax: number;
}

/** Packets without repeats, at most `packetsMax`. */
export function boundaryPackets(
  policies: readonly FirewallPolicy[],
  { seed, packetsMax }: BoundaryOptions,
): readonly Packet[] {
  const rules = distinctRules(policies);
  const spaces = spacesOf(rules);
  const total = spaces.reduce((sum, space) => sum + sizeOf(space), 0);
  if (total <= packetsMax) return spaces.flatMap(allOf);
  const random = randomFrom(seed);
  // At most half is next to the rules: the rest is where rules meet.
  const own = rules.map((rule) => ({ rule, spaces: spacesOf([rule]) }));
  const near = own.flatMap((each) => around(each.rule, each.spaces, random));
  const packets = new PacketSet(shuffled(near, random).slice(0, Math.ceil(packetsMax / 2)));
  const attemptsMax = 8 * packetsMax;
  for (let attempt = 0; attempt < attemptsMax && packets.size < packetsMax; attempt += 1) {
    // Of all rules together and of one alone by turns: among many edges few are one rule's.
    const isOfOne = attempt % 2 === 1 && own.length > 0;
    const from = isOfOne ? pick(own, random).spaces : spaces;
    packets.add(pickOf(pick(from, random), random));
  }
  return packets.list;
}

/** Packets of one direction, family and protocol: any one choice on each axis. */
interface Space {
  readonly flow: Packet;
  readonly axes: readonly Axis[];
}

function spacesOf(rules: readonly Rule[]): readonly Space[] {
  return flowsOf(rules).map((flow) => ({ flow, axes: axesOf(rules, flow) }));
}

const sizeOf = ({ axes }: Space) => axes.reduce((size, { values }) => size * values.length, 1);

function allOf({ flow, axes }: Space): readonly Packet[] {
  return axes.reduce<readonly Packet[]>(
    (packets, { values }) =>
      packets.flatMap((packet) => values.map((choice) => ({ ...packet, ...choice }))),
    [flow],
  );
}

const pickOf = ({ flow, axes }: Space, random: Random): Packet =>
  joined(
    flow,
    axes.map(({ values }) => pick(values, random)),
  );

function joined(flow: Packet, choices: readonly Choice[]): Packet {
  let packet = flow;
  for (const choice of choices) packet = { ...packet, ...choice };
  return packet;
}

/** Packets the rule is for, and the same with each axis in turn at each of its values. */
function around(rule: Rule, spaces: readonly Space[], random: Random): readonly Packet[] {
  return spaces
    .filter(({ flow }) => rule.protocol === undefined || rule.protocol === flow.protocol)
    .flatMap(({ flow, axes }) => {
      const inside = axes.map(({ values, meets }) =>
        values.filter((choice) => meets(rule, choice)),
      );
      if (inside.some((choices) => choices.length === 0)) return [];
      const within = inside.map((choices) => pick(choices, random));
      return axes.flatMap(({ values }, varied) =>
        values.map((value) => joined(flow, within.with(varied, value))),
      );
    });
}

/** Rules that differ in more than their names. */
function distinctRules(policies: readonly FirewallPolicy[]): readonly Rule[] {
  const found = new Map<string, Rule>();
  for (const rule of policies.flatMap((policy) => policy.rules)) {
    const { name, title, description, until, ...meant } = rule;
    const key = JSON.stringify(meant, (_, value: unknown) =>
      typeof value === "bigint" ? value.toString() : value,
    );
    if (!found.has(key)) found.set(key, rule);
  }
  return [...found.values()];
}

class PacketSet {
  readonly #packets = new Map<string, Packet>();
  constructor(packets: readonly Packet[]) {
    for (const packet of packets) this.add(packet);
  }
  get size(): number {
    return this.#packets.size;
  }
  get list(): readonly Packet[] {
    return [...this.#packets.values()];
  }
  add(packet: Packet): void {
    this.#packets.set(JSON.stringify(packet), packet);
  }
}

/** At least 0 and below 1. */
type Random = () => number;

/** Mulberry32: small, and the same on every machine. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function pick<T>(items: readonly T[], random: Random): T {
  const item = items[Math.floor(random() * items.length)];
  return item === undefined ? refuse("nothing to choose from") : item;
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => ({ item, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}
