// Sets of addresses as prefixes with exceptions, decided by the longest prefix that holds an address:
// the fewest entries there can be. Optimal routing table construction (Draves, King, Venkatachary,
// Zill: "Constructing Optimal IP Routing Tables", INFOCOM 1999) with two next hops, in and out, and
// "out" for what no entry holds; as costs from the leaves up, because "out" at the top is free.
import type { Cidr, Family } from "./address.ts";
import { comparePoints, type Edges } from "./edges.ts";

export interface PrefixEntry {
  readonly cidr: Cidr;
  /** False: an exception, its addresses are not in the set. */
  readonly isIn: boolean;
}

/**
 * The fewest entries, ascending, a prefix before those inside it. None is of length 0, which no
 * ipset takes. Without an exception where none saves anything; the list is then `prefixesBetween`,
 * but for the whole family, which is two halves.
 */
export function prefixesWithExceptions(edges: Edges, family: Family): readonly PrefixEntry[] {
  const width = family === 4 ? 1 : 4;
  const words = new Array<number>(width).fill(0);
  const isToTheEnd = edges[edges.length - width] === 2 ** 32; // past the last address
  const to = isToTheEnd ? edges.length - width : edges.length;
  const top = blockOf({ edges, width }, { words, length: 0 }, { from: 0, to, isIn: false });
  const halves = top.halves ?? halvesOf(top);
  const entries: PrefixEntry[] = [];
  for (const half of halves) addEntries(entries, half, false, family);
  return entries;
}

interface Line {
  readonly edges: Edges;
  readonly width: number;
}

/** An aligned block of addresses: its first one, and how many bits are fixed. */
interface Place {
  readonly words: readonly number[];
  readonly length: number;
}

/** Edges from a block's first address on, as words, and whether the address before is in the set. */
interface Part {
  readonly from: number;
  readonly to: number;
  readonly isIn: boolean;
}

interface Block extends Place {
  /** Of all its addresses, where there are no halves. */
  readonly isIn: boolean;
  readonly halves: readonly [Block, Block] | undefined;
  /** Entries in the block where what stands around it says "out", and where it says "in". */
  readonly underOut: number;
  readonly underIn: number;
}

function blockOf(line: Line, place: Place, part: Part): Block {
  const { edges, width } = line;
  const begins =
    part.from < part.to && comparePoints(edges, part.from, place.words, 0, width) === 0;
  const from = begins ? part.from + width : part.from;
  const isIn = begins !== part.isIn;
  if (from === part.to) return uniform(place, isIn);
  const [first, second] = placesIn(place);
  const cut = firstFrom(line, from, part.to, second.words);
  const isOdd = ((cut - from) / width) % 2 === 1;
  const low = blockOf(line, first, { from, to: cut, isIn });
  const high = blockOf(line, second, { from: cut, to: part.to, isIn: isIn !== isOdd });
  const out = low.underOut + high.underOut;
  const inside = low.underIn + high.underIn;
  return {
    ...place,
    isIn: false,
    halves: [low, high],
    underOut: Math.min(out, 1 + inside),
    underIn: Math.min(inside, 1 + out),
  };
}

const uniform = (place: Place, isIn: boolean): Block => ({
  ...place,
  isIn,
  halves: undefined,
  underOut: Number(isIn),
  underIn: Number(!isIn),
});

const halvesOf = (block: Block): readonly Block[] =>
  placesIn(block).map((place) => uniform(place, block.isIn));

function placesIn({ words, length }: Place): readonly [Place, Place] {
  const second = [...words];
  const word = length >>> 5;
  second[word] = (second[word] as number) + 2 ** (31 - (length & 31)); // a shorter prefix has its word
  return [
    { words, length: length + 1 },
    { words: second, length: length + 1 },
  ];
}

/** The first edge at or after the point, from a place on. */
function firstFrom(
  { edges, width }: Line,
  from: number,
  to: number,
  point: readonly number[],
): number {
  let low = from / width;
  let high = to / width;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePoints(edges, middle * width, point, 0, width) < 0) low = middle + 1;
    else high = middle;
  }
  return low * width;
}

/** What the block needs below an entry that says `around`. */
function addEntries(into: PrefixEntry[], block: Block, around: boolean, family: Family): void {
  const { halves, isIn, underOut, underIn } = block;
  if (halves === undefined) {
    if (isIn !== around) into.push({ cidr: cidrOf(block, family), isIn });
    return;
  }
  const [low, high] = halves;
  const cost = around ? underIn : underOut;
  const without = around ? low.underIn + high.underIn : low.underOut + high.underOut;
  const under = cost === without ? around : !around;
  if (under !== around) into.push({ cidr: cidrOf(block, family), isIn: under });
  addEntries(into, low, under, family);
  addEntries(into, high, under, family);
}

function cidrOf({ words, length }: Place, family: Family): Cidr {
  const [a = 0, b = 0, c = 0, d = 0] = words;
  return family === 4
    ? { address: { family, words: [a] }, length }
    : { address: { family, words: [a, b, c, d] }, length };
}
