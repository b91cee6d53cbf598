// A larger set of vertices of which no two are joined, by local search: one that is joined to none
// of the set is added; else one that is joined to a single member takes its place, the one that has
// waited longest first. The neighbourhoods are those of Andrade, Resende and Werneck, "Fast local
// search for the maximum independent set problem", Journal of Heuristics 2012.
import { lowest } from "./dense-bits.ts";
import type { KernelGraph } from "./kernel-graph.ts";
import type { Meter } from "./meter.ts";
import { type Chance, seededChance } from "./seeded-chance.ts";

export interface MoreApart {
  /** A set so large is not looked further than. */
  readonly enough: number;
  /** How many moves without a larger set are tried. */
  readonly patience: number;
  readonly meter: Meter;
}

/** Never fewer vertices than in `start`, no two of which are joined. */
export function moreApart(
  graph: KernelGraph,
  start: readonly number[],
  { enough, patience, meter }: MoreApart,
): readonly number[] {
  const state = stateOf(graph, meter);
  for (const vertex of start) change(state, vertex, 1);
  const chance = seededChance(graph.size);
  let best = start;
  for (let idle = 0; idle < patience && best.length < enough && !meter.isSpent(); idle++) {
    state.moves++;
    move(state, chance, idle % shakeEvery === shakeEvery - 1);
    if (state.count <= best.length) continue;
    best = [...state.isIn.keys()].filter((vertex) => state.isIn[vertex] === 1);
    idle = 0;
  }
  return best;
}

const shakeEvery = 2_000;
const looks = 12;

interface State {
  readonly graph: KernelGraph;
  readonly meter: Meter;
  count: number;
  moves: number;
  readonly isIn: Uint8Array;
  /** When the vertex last left or joined the set. */
  readonly movedAt: Int32Array;
  /** How many members a vertex is joined to, and the sum of their numbers: of one, which it is. */
  readonly joined: Int32Array;
  readonly joinedSum: Float64Array;
  /** Vertices outside the set that are joined to none of it, or to one. */
  readonly free: Pool;
  readonly single: Pool;
}

function stateOf(graph: KernelGraph, meter: Meter): State {
  const { size } = graph;
  const state: State = {
    graph,
    meter,
    count: 0,
    moves: 0,
    isIn: new Uint8Array(size),
    movedAt: new Int32Array(size),
    joined: new Int32Array(size),
    joinedSum: new Float64Array(size),
    free: poolOf(size),
    single: poolOf(size),
  };
  for (let vertex = 0; vertex < size; vertex++) put(state.free, vertex);
  return state;
}

function move(state: State, chance: Chance, isShake: boolean): void {
  const { free, single, graph } = state;
  if (free.length > 0) join(state, oldestOf(state, free, chance));
  else if (single.length > 0 && !isShake) join(state, oldestOf(state, single, chance));
  else join(state, chance(graph.size));
}

/** Adds a vertex; members that are joined to it leave. */
function join(state: State, vertex: number): void {
  if (state.isIn[vertex] === 1) return;
  if (state.joined[vertex] === 1) change(state, state.joinedSum[vertex] as number, -1);
  else if ((state.joined[vertex] as number) > 1) {
    forEachNear(state, vertex, (near) => {
      if (state.isIn[near] === 1) change(state, near, -1);
    });
  }
  change(state, vertex, 1);
}

/** Puts a vertex into the set, or takes it out. */
function change(state: State, vertex: number, by: 1 | -1): void {
  const { isIn, joined, joinedSum } = state;
  isIn[vertex] = by === 1 ? 1 : 0;
  state.movedAt[vertex] = state.moves;
  state.count += by;
  forEachNear(state, vertex, (near) => {
    if (near !== vertex) {
      joined[near] = (joined[near] as number) + by;
      joinedSum[near] = (joinedSum[near] as number) + by * vertex;
    }
    place(state, near);
  });
}

/** Keeps a vertex in the pool it belongs to. */
function place({ isIn, joined, free, single }: State, vertex: number): void {
  const members = isIn[vertex] === 1 ? -1 : (joined[vertex] as number);
  if (members === 0) put(free, vertex);
  else take(free, vertex);
  if (members === 1) put(single, vertex);
  else take(single, vertex);
}

function forEachNear({ graph, meter }: State, vertex: number, visit: (near: number) => void): void {
  const { words, near } = graph;
  meter.spend(words * 4);
  for (let at = 0; at < words; at++) {
    for (let word = near[vertex * words + at] as number; word !== 0; word &= word - 1) {
      visit(at * 32 + lowest(word));
    }
  }
}

function oldestOf({ movedAt }: State, pool: Pool, chance: Chance): number {
  let best = pool.items[chance(pool.length)] as number;
  for (let i = 1; i < looks; i++) {
    const other = pool.items[chance(pool.length)] as number;
    if ((movedAt[other] as number) < (movedAt[best] as number)) best = other;
  }
  return best;
}

/** A set of numbers to draw from: members stand in front, and each knows its place. */
interface Pool {
  length: number;
  readonly items: Int32Array;
  readonly places: Int32Array;
}

function poolOf(size: number): Pool {
  return { length: 0, items: new Int32Array(size), places: new Int32Array(size).fill(-1) };
}

function put(pool: Pool, item: number): void {
  if (pool.places[item] !== -1) return;
  pool.items[pool.length] = item;
  pool.places[item] = pool.length++;
}

function take(pool: Pool, item: number): void {
  const place = pool.places[item] as number;
  if (place === -1) return;
  const last = pool.items[--pool.length] as number;
  pool.items[place] = last;
  pool.places[last] = place;
  pool.places[item] = -1;
}
