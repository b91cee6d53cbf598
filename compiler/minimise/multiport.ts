// Ports of one rule as few iptables `multiport` matches as possible: a match has 15 slots, a port
// takes one and a range two (iptables-extensions(8), "multiport: up to 15 ports can be specified. A
// port range (port:port) counts as two ports").

export interface PortRange {
  readonly first: number;
  readonly last: number;
}

const slots = 15;
const rangeSlots = 2;
const rangesMax = Math.floor(slots / rangeSlots);

/**
 * Matches whose ranges are together those given. With r ranges and s single ports there are
 * max(ceil(r / 7), ceil((2 r + s) / 15)) of them, and there cannot be fewer: a match holds 7 ranges
 * at most, and 15 slots. Ranges are sorted, disjoint and not adjacent, and so is each match; ranges
 * are placed first, 7 to a match, since the slot that is left over takes a single port.
 */
export function multiportMatches(ranges: readonly PortRange[]): readonly (readonly PortRange[])[] {
  const wide = ranges.filter(({ first, last }) => first !== last);
  const single = ranges.filter(({ first, last }) => first === last);
  const matches: PortRange[][] = [];
  for (let at = 0; at < wide.length; at += rangesMax) {
    matches.push(wide.slice(at, at + rangesMax));
  }
  let next = 0;
  for (const match of matches) {
    const free = slots - match.length * rangeSlots;
    match.push(...single.slice(next, next + free));
    next += free;
  }
  for (; next < single.length; next += slots) matches.push(single.slice(next, next + slots));
  return matches.map((match) => match.toSorted((a, b) => a.first - b.first));
}
