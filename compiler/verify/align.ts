// Two lists -> layers of both (layers.ts) that are as alike as the lists are: a rule of both stands
// in one layer of both, and so do a rule and the parts it was split into. What then differs in some
// layer is little where the lists differ little, however far rules have moved.
import { covered, Layering } from "./layers.ts";
import type { MergedAxis, MergedList, MergedPair } from "./merged.ts";

type Layers = readonly (readonly number[])[];

/**
 * Links can ask for what no layers give (two that cross): then layers would rise for ever. After
 * some passes, those that are not met are given up; after some rounds, layers are taken as they
 * are. Layers are right however they were linked, only less alike.
 */
const passesMax = 5;
const roundsMax = 4;

/** Layers of both lists, as many of one as of the other. */
export function alignedLayers(
  { axes, a, b }: MergedPair,
  order: readonly number[],
): readonly [Layers, Layers] {
  const [layeringA, layeringB] = layeringsOf(axes, order, a, b);
  let links = linksOf(a, layeringA, b, layeringB);
  let found = settle(layeringA, layeringB, links);
  for (let round = 1; round < roundsMax && !found.isStable; round++) {
    const { inA, inB } = found;
    links = linksBy(layeringA, layeringB, (link) =>
      links.ofA.forEach((linked, rule) => {
        for (const other of linked) if (inA[rule] === inB[other]) link(rule, other);
      }),
    );
    found = settle(layeringA, layeringB, links);
  }
  const depth = 1 + Math.max(deepest(found.inA), deepest(found.inB));
  return [layeringA.group(found.inA, depth), layeringB.group(found.inB, depth)];
}

/** Raises the rules of either list to where those linked with them stand, in turns. */
function settle(layeringA: Layering, layeringB: Layering, { ofA, ofB }: BothLinks) {
  let inA = layeringA.assign(new Int32Array(layeringA.count));
  for (let pass = 0; ; pass++) {
    const inB = layeringB.assign(leastOf(layeringB.count, ofB, inA));
    const next = layeringA.assign(leastOf(layeringA.count, ofA, inB));
    const isStable = next.every((layer, rule) => layer === inA[rule]);
    if (isStable || pass === passesMax) return { inA, inB, isStable };
    inA = next;
  }
}

function layeringsOf(
  axes: readonly MergedAxis[],
  order: readonly number[],
  a: MergedList,
  b: MergedList,
): readonly [Layering, Layering] {
  return [new Layering(axes, order, a), new Layering(axes, order, b)];
}

const deepest = (layers: Int32Array) => layers.reduce((most, layer) => Math.max(most, layer), -1);

/** For each rule, the rules of the other list that should stand in its layer. */
type Links = readonly (readonly number[])[];

interface BothLinks {
  readonly ofA: Links;
  readonly ofB: Links;
}

/** The links that `each` makes. */
function linksBy(
  layeringA: Layering,
  layeringB: Layering,
  each: (link: (inA: number, inB: number) => void) => void,
): BothLinks {
  const ofA = Array.from({ length: layeringA.count }, (): number[] => []);
  const ofB = Array.from({ length: layeringB.count }, (): number[] => []);
  each((inA, inB) => {
    ofA[inA]?.push(inB);
    ofB[inB]?.push(inA);
  });
  return { ofA, ofB };
}

function leastOf(count: number, links: Links, others: Int32Array): Int32Array {
  const least = new Int32Array(count);
  for (let rule = 0; rule < count; rule++) {
    for (const other of links[rule] ?? []) {
      const layer = others[other] as number; // links are rules of the other list
      if (layer !== covered && layer > (least[rule] as number)) least[rule] = layer;
    }
  }
  return least;
}

/** More pairs of rules that only one list has are not looked at: such lists are not alike. */
const pairsMax = 4_000_000;

function linksOf(
  a: MergedList,
  layeringA: Layering,
  b: MergedList,
  layeringB: Layering,
): BothLinks {
  const ofA = Array.from({ length: layeringA.count }, (): number[] => []);
  const ofB = Array.from({ length: layeringB.count }, (): number[] => []);
  const link = (inA: number, inB: number) => {
    ofA[inA]?.push(inB);
    ofB[inB]?.push(inA);
  };
  const byKey = new Map(ofA.map((_, rule) => [keyOf(a, rule), rule]));
  for (let rule = 0; rule < ofB.length; rule++) {
    const same = byKey.get(keyOf(b, rule));
    if (same !== undefined) link(same, rule);
  }
  const onlyA = unlinked(ofA);
  const onlyB = unlinked(ofB);
  if (onlyA.length * onlyB.length > pairsMax) return { ofA, ofB };
  for (const inA of onlyA) {
    for (const inB of onlyB) {
      if (a.verdicts[inA] !== b.verdicts[inB] || !differInOneSet(a, inA, b, inB)) continue;
      const isPart = layeringA.covers(inA, layeringB, inB) || layeringB.covers(inB, layeringA, inA);
      if (isPart) link(inA, inB);
    }
  }
  return { ofA, ofB };
}

/** A rule that is split keeps all sets but one. */
function differInOneSet(a: MergedList, inA: number, b: MergedList, inB: number): boolean {
  const width = a.sets.length / a.verdicts.length;
  let differing = 0;
  for (let axis = 0; axis < width && differing < 2; axis++) {
    if (a.sets[inA * width + axis] !== b.sets[inB * width + axis]) differing++;
  }
  return differing < 2;
}

function unlinked(links: Links): readonly number[] {
  return links.flatMap((linked, rule) => (linked.length === 0 ? [rule] : []));
}

/** Equal for rules that have the same sets and verdict: sets are numbered for both lists. */
function keyOf({ sets, verdicts }: MergedList, rule: number): string {
  const width = sets.length / verdicts.length;
  return `${verdicts[rule]} ${sets.subarray(rule * width, (rule + 1) * width).join()}`;
}
