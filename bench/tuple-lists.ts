// Made-up packet classifiers in the three families of ClassBench (Taylor and Turner, 2007): access
// lists (acl), firewalls (fw) and IP chains (ipc). Prefix pairs are nested, few protocols and port
// classes repeat, and the families differ in how often a field is left open. Then ways to change a
// list without changing what it means, and one that changes it.
import type { TupleList, TupleRange, TupleRule } from "../compiler/verify/compare-tuples.ts";
import type { Random } from "./random.ts";

export interface Family {
  readonly name: string;
  /** How often a source, a destination address and either port is left open. */
  readonly openSource: number;
  readonly openDestination: number;
  readonly openSourcePort: number;
  readonly openPort: number;
  /** Distinct prefixes for each rule of a list of a thousand. */
  readonly sources: number;
  readonly destinations: number;
  readonly ports: number;
}

export const families: readonly Family[] = [
  {
    ...{ name: "acl", openSource: 0.04, openDestination: 0.02, openSourcePort: 1, openPort: 0.25 },
    ...{ sources: 0.18, destinations: 0.4, ports: 60 },
  },
  {
    ...{ name: "fw", openSource: 0.4, openDestination: 0.35, openSourcePort: 0.8, openPort: 0.2 },
    ...{ sources: 0.15, destinations: 0.25, ports: 50 },
  },
  {
    ...{ name: "ipc", openSource: 0.12, openDestination: 0.1, openSourcePort: 0.8, openPort: 0.3 },
    ...{ sources: 0.3, destinations: 0.35, ports: 55 },
  },
];

/** Source and destination address (IPv4), protocol, source and destination port. */
export const lines: readonly TupleRange[] = [
  { first: 0, last: 0xffffffff },
  { first: 0, last: 0xffffffff },
  { first: 0, last: 255 },
  { first: 0, last: 65535 },
  { first: 0, last: 65535 },
];

const deny = 0;
const permit = 1;

/** Every third rule denies; what no rule holds is denied. */
export function tupleList(family: Family, count: number, random: Random): TupleList {
  const growth = 1000 * (count / 1000) ** 0.8;
  const sources = prefixPool(Math.round(family.sources * growth), random);
  const destinations = prefixPool(Math.round(family.destinations * growth), random);
  const ports = portPool(Math.round(family.ports * (count / 1000) ** 0.3), random);
  const sourcePorts = portPool(8, random);
  const drawn = (): TupleRule => {
    const protocol = random.pick([6, 6, 6, 6, 17, 17, 1, 47, undefined]);
    const hasPorts = protocol === 6 || protocol === 17;
    const maybe = (isOpen: boolean, pool: readonly TupleRange[]) =>
      isOpen ? undefined : [oneOf(pool, random)];
    const fields = [
      maybe(random.chance(family.openSource), sources),
      maybe(random.chance(family.openDestination), destinations),
      protocol === undefined ? undefined : [{ first: protocol, last: protocol }],
      maybe(!hasPorts || random.chance(family.openSourcePort), sourcePorts),
      maybe(!hasPorts || random.chance(family.openPort), ports),
    ];
    return { fields, verdict: permit };
  };
  let rules: readonly TupleRule[] = [];
  for (let share = 2; rules.length < count; share *= 2) {
    const more = Array.from({ length: count * share }, drawn);
    rules = withoutCovered(narrowFirst(more, random));
  }
  rules = evenly(rules, count);
  return {
    rules: rules.map((rule, index) => ({ ...rule, verdict: index % 3 === 2 ? deny : permit })),
    otherwise: deny,
  };
}

/** As many of these, in their order. */
function evenly<T>(list: readonly T[], count: number): readonly T[] {
  return list.filter(
    (_, at) =>
      Math.floor((at * count) / list.length) !== Math.floor(((at + 1) * count) / list.length),
  );
}

/** ClassBench puts narrow rules before wide ones; people do so roughly. */
function narrowFirst(rules: readonly TupleRule[], random: Random): readonly TupleRule[] {
  const width = ({ fields }: TupleRule) =>
    fields.reduce((sum, ranges, field) => {
      const range = ranges?.[0] ?? lines[field];
      return sum + (range === undefined ? 0 : Math.log2(range.last - range.first + 1));
    }, random.integer(12));
  return rules
    .map((rule) => ({ rule, width: width(rule) }))
    .sort((a, b) => a.width - b.width)
    .map(({ rule }) => rule);
}

/** ClassBench also leaves out rules that one earlier rule covers. */
function withoutCovered(rules: readonly TupleRule[]): readonly TupleRule[] {
  const kept: TupleRule[] = [];
  // A rule can be covered only by one with its source or by one with a wider source.
  const bySource = new Map<TupleRange | undefined, TupleRule[]>();
  for (const rule of rules) {
    let isCovered = false;
    for (const [source, alike] of bySource) {
      if (source !== undefined && !encloses(source, rule.fields[0]?.[0])) continue;
      isCovered ||= alike.some((earlier) => covers(earlier, rule));
      if (isCovered) break;
    }
    if (isCovered) continue;
    kept.push(rule);
    const source = rule.fields[0]?.[0];
    const alike = bySource.get(source);
    if (alike === undefined) bySource.set(source, [rule]);
    else alike.push(rule);
  }
  return kept;
}

function encloses(wide: TupleRange, narrow: TupleRange | undefined): boolean {
  return narrow !== undefined && wide.first <= narrow.first && wide.last >= narrow.last;
}

function covers(wide: TupleRule, narrow: TupleRule): boolean {
  for (let field = 0; field < lines.length; field++) {
    const [x, y] = [wide.fields[field]?.[0], narrow.fields[field]?.[0]];
    if (x !== undefined && (y === undefined || x.first > y.first || x.last < y.last)) return false;
  }
  return true;
}

/** The first of a pool are met far more often than the last. */
function oneOf<T>(pool: readonly T[], random: Random): T {
  const share = (random.integer(2 ** 20) / 2 ** 20) ** 2;
  const found = pool[Math.floor(share * pool.length)];
  if (found === undefined) throw new Error("an empty pool");
  return found;
}

/** Prefixes of all lengths; most lie within one that was drawn before. */
function prefixPool(count: number, random: Random): readonly TupleRange[] {
  const pool: { readonly first: number; readonly last: number; readonly length: number }[] = [];
  while (pool.length < count) {
    const outer =
      pool.length === 0 || random.chance(0.15) ? undefined : pool[random.integer(pool.length)];
    const least = outer === undefined ? 8 : outer.length;
    if (least === 32) continue;
    const length = random.chance(0.35) ? 32 : least + 1 + random.integer(Math.min(12, 32 - least));
    const size = 2 ** (32 - length);
    const room = outer === undefined ? 2 ** 32 : 2 ** (32 - outer.length);
    const first = (outer?.first ?? 0) + size * random.integer(room / size);
    pool.push({ first, last: first + size - 1, length });
  }
  return pool.map(({ first, last }) => ({ first, last }));
}

/** Well-known ports, single ones, short ranges and the two wide ones of ClassBench. */
function portPool(count: number, random: Random): readonly TupleRange[] {
  const known = [80, 443, 25, 53, 22, 21, 123, 161, 1433, 3306].map(
    (port) => [port, port] as const,
  );
  const pool = [...known, [1024, 65535] as const, [0, 1023] as const].slice(0, count);
  while (pool.length < count) {
    const first = random.integer(20_000);
    pool.push([first, first + (random.chance(0.7) ? 0 : random.integer(400))]);
  }
  return pool.map(([first, last]) => ({ first, last }));
}

/**
 * The same meaning in other words: some rules split in two, some narrower ones put behind one that
 * covers them, and every rule moved as far as a drawn distance and its neighbours let it.
 */
export function rewritten({ rules, otherwise }: TupleList, random: Random): TupleList {
  const split = rules.flatMap((rule) => (random.chance(0.05) ? halves(rule, random) : [rule]));
  const added = [...split];
  for (let i = 0; i < rules.length * 0.03; i++) {
    const at = random.integer(added.length);
    const rule = added[at];
    if (rule === undefined) continue;
    const [narrow = rule] = halves(rule, random);
    const place = at + 1 + random.integer(added.length - at);
    added.splice(place, 0, { ...narrow, verdict: random.integer(2) });
  }
  const moved = [...added];
  for (let i = 0; i < added.length; i++) {
    const distance = random.integer(added.length / 2);
    move(moved, random.integer(added.length), random.chance(0.5) ? 1 : -1, distance);
  }
  return { rules: moved, otherwise };
}

/** Two rules that hold together what one held. */
function halves(rule: TupleRule, random: Random): readonly TupleRule[] {
  const field = random.pick([0, 1, 4]);
  const range = rule.fields[field]?.[0] ?? lines[field];
  if (range === undefined || range.first === range.last) return [rule];
  const middle = Math.floor((range.first + range.last) / 2);
  const part = (first: number, last: number) => ({
    ...rule,
    fields: rule.fields.with(field, [{ first, last }]),
  });
  return [part(range.first, middle), part(middle + 1, range.last)];
}

function move(rules: TupleRule[], from: number, step: 1 | -1, distance: number): void {
  const rule = rules[from];
  if (rule === undefined) return;
  let at = from;
  for (let moved = 0; moved < distance; moved++) {
    const other = rules[at + step];
    if (other === undefined || (other.verdict !== rule.verdict && meet(rule, other))) break;
    rules[at] = other;
    at += step;
  }
  rules[at] = rule;
}

function meet(a: TupleRule, b: TupleRule): boolean {
  for (let field = 0; field < lines.length; field++) {
    const [x, y] = [a.fields[field]?.[0], b.fields[field]?.[0]];
    if (x !== undefined && y !== undefined && (x.first > y.last || x.last < y.first)) return false;
  }
  return true;
}

/** One rule says the opposite, and decides at least its own lowest tuple. */
export function mutant(list: TupleList, random: Random): TupleList {
  for (;;) {
    const at = random.integer(list.rules.length);
    const rule = list.rules[at];
    if (rule === undefined) continue;
    const tuple = rule.fields.map(
      (ranges, field) => ranges?.[0]?.first ?? lines[field]?.first ?? 0,
    );
    if (list.rules.findIndex((other) => holds(other, tuple)) !== at) continue;
    const flipped = { ...rule, verdict: rule.verdict === deny ? permit : deny };
    return { ...list, rules: list.rules.with(at, flipped) };
  }
}

function holds({ fields }: TupleRule, tuple: readonly number[]): boolean {
  return fields.every((ranges, field) => {
    const value = tuple[field] ?? 0;
    return ranges?.some(({ first, last }) => first <= value && value <= last) ?? true;
  });
}

/** The verdict of a list on one tuple, by the definition. */
export function verdictOn({ rules, otherwise }: TupleList, tuple: readonly number[]): number {
  return rules.find((rule) => holds(rule, tuple))?.verdict ?? otherwise;
}
