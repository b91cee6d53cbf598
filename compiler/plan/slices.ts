// A checked policy -> what each enforcer of one kind must do: one slice for all workloads that
// must enforce the same, named by a hash of its content.
//
// A workload's own addresses may be among its peers: traffic within a workload is no flow, and so
// one slice serves every member of a segment that talks to itself.

import type { Expansion, Universe } from "../extent/types.ts";
import type { Direction, EnforcerKind, Workload } from "../inventory/types.ts";
import { sha256 } from "../model/sha256.ts";
import { shortIds } from "../model/short-ids.ts";
import type { Model, UtcDate } from "../model/types.ts";
import type { IpAddress } from "../sets/address.ts";
import { type AddressSet, addressSetOf } from "../sets/address-set.ts";
import { bitsetOf, intersection, members, union } from "../sets/bitset.ts";
import {
  accountsKey,
  classify,
  type EndpointClasses,
  type Spot,
  spotsKey,
  spotsOf,
} from "./alike.ts";
import { isActive, type PlanContext, planContext } from "./context.ts";
import { kindsOf, profileKey } from "./ends.ts";
import { entriesAt, type SpotEntries } from "./entries.ts";
import { localView } from "./local-process.ts";
import { isOf, type Piece, piecesOf } from "./pieces.ts";
import { type Remotes, remotesOf } from "./remotes.ts";
import { type DirectionSlice, type EnforcerSlice, judgeProcesses } from "./slice.ts";
import { entryText, laterOf, type PlacedBox, sliceEntries } from "./slice-entries.ts";
import type { CapabilityTable } from "./target.ts";

/** Slices of all enforcers of `kind`, sorted by id. */
export function slicesOf(
  model: Model,
  expansion: Expansion,
  capabilities: CapabilityTable,
  now: UtcDate,
  kind: EnforcerKind,
): readonly EnforcerSlice[] {
  const slices = new Map<string, EnforcerSlice>();
  const context = planContext(model, expansion, capabilities, now);
  for (const slice of slicing(context, kind).each()) {
    const before = slices.get(slice.id);
    slices.set(slice.id, before === undefined ? slice : joinWorkloads(before, slice.workloads));
  }
  return [...slices.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The same for more workloads. */
export function joinWorkloads<Holder extends { readonly workloads: readonly string[] }>(
  holder: Holder,
  workloads: readonly string[],
): Holder {
  return { ...holder, workloads: [...holder.workloads, ...workloads].sort() };
}

/** The slices of one kind, not yet made. */
export interface Slicing {
  /** The far ends of rules, as enforcers of this kind meet them. */
  readonly peers: readonly AddressSet[];
  /**
   * Slices one at a time, so that nobody has to hold them all; a few may come again under one id, for
   * other workloads.
   */
  readonly each: () => Generator<EnforcerSlice>;
}

export function slicing(context: PlanContext, kind: EnforcerKind): Slicing {
  const task = taskOf(context, kind);
  return { peers: peersOf(task), each: () => eachSlice(task) };
}

function peersOf({ universe, pieces, remotes }: Task): readonly AddressSet[] {
  const peers = new Set<AddressSet>();
  for (const piece of [...pieces.egress, ...pieces.ingress]) {
    for (const group of universe.groups) {
      if (isOf(piece, group.family)) peers.add(remotes.all(piece.far, group));
    }
  }
  return [...peers];
}

function* eachSlice(task: Task): Generator<EnforcerSlice> {
  const groups = groupAlike(task);
  const piecesAt = piecesOfFirst(task, groups);
  const idFor = shortIds();
  for (const alike of groups) {
    const workloads = alike.map((index) => workloadAt(task, index).name).sort();
    const slice = sliceOf(task, piecesAt, alike);
    yield { ...slice, id: idFor(slice.id), workloads };
  }
}

/** What all slices of one kind have in common. */
interface Task {
  readonly context: PlanContext;
  readonly kind: EnforcerKind;
  readonly universe: Universe;
  readonly pieces: Readonly<Record<Direction, readonly Piece[]>>;
  readonly classes: EndpointClasses;
  readonly remotes: Remotes;
  /** `u` or `g`, then the name of an account that some program names. */
  readonly accounts: readonly string[];
  /** Last day on which the workload is observed, by workload index. */
  readonly observed: Readonly<Record<Direction, ReadonlyMap<number, UtcDate>>>;
}

const directions = ["egress", "ingress"] as const;

function taskOf(context: PlanContext, kind: EnforcerKind): Task {
  const { universe } = context.expansion;
  const holders = (direction: Direction) =>
    context.ends[direction].where((kinds) => kinds.includes(kind));
  const [senders, receivers] = [holders("egress"), holders("ingress")];
  const pieces = {
    egress: piecesOf(context, "egress", senders),
    ingress: piecesOf(context, "ingress", receivers),
  };
  const rows = directions.flatMap((side) => pieces[side].map((piece) => piece.local.managed));
  return {
    context,
    kind,
    universe,
    pieces,
    classes: classify(universe, union(senders, receivers), rows),
    remotes: remotesOf(universe),
    accounts: accountsIn([...pieces.egress, ...pieces.ingress]),
    observed: {
      egress: observedUntil(context, "egress"),
      ingress: observedUntil(context, "ingress"),
    },
  };
}

function accountsIn(pieces: readonly Piece[]): readonly string[] {
  const accounts = new Set<string>();
  for (const { local } of pieces) {
    for (const program of [...local.include, ...local.exclude]) {
      for (const fields of program.alternatives.values()) {
        const [user, group] = [fields.get("user"), fields.get("group")];
        if (user !== undefined) accounts.add(`u${user}`);
        if (group !== undefined) accounts.add(`g${group}`);
      }
    }
  }
  return [...accounts].sort();
}

function observedUntil(
  { model, expansion, now }: PlanContext,
  direction: Direction,
): ReadonlyMap<number, UtcDate> {
  const last = new Map<number, UtcDate>();
  for (const { directions: sides, of, until } of model.observations) {
    if (!sides.includes(direction) || !isActive(until, now)) continue;
    for (const endpoint of members(expansion.extentOf(of).managed)) {
      const workload = expansion.universe.endpoints[endpoint]?.workload ?? -1;
      last.set(workload, laterOf(last.get(workload), until));
    }
  }
  return last;
}

/** Workloads of this kind, by index, those certainly alike together. */
function groupAlike(task: Task): readonly (readonly number[])[] {
  const { universe, classes, kind, accounts, observed } = task;
  const alike = new Map<string, number[]>();
  for (const [index, workload] of universe.workloads.entries()) {
    if (!workload.enforcers.some((enforcer) => enforcer.kind === kind)) continue;
    const key = JSON.stringify([
      profileKey(workload),
      accountsKey(workload, accounts),
      directions.map((side) => observed[side].get(index) ?? null),
      spotsKey(universe, classes, spotsOf(universe, classes, index)),
    ]);
    const mates = alike.get(key);
    if (mates === undefined) alike.set(key, [index]);
    else mates.push(index);
  }
  return [...alike.values()];
}

/** By direction and endpoint: the pieces whose local end holds it. */
type PiecesAt = Readonly<Record<Direction, ReadonlyMap<number, readonly Piece[]>>>;

/** For one workload of each group: the others are alike. */
function piecesOfFirst(task: Task, groups: readonly (readonly number[])[]): PiecesAt {
  const { universe, classes } = task;
  const asked = bitsetOf(
    universe.endpoints.length,
    groups.flatMap(([first = 0]) =>
      spotsOf(universe, classes, first).map(({ endpoint }) => endpoint),
    ),
  );
  const find = (pieces: readonly Piece[]) => {
    const found = new Map<number, Piece[]>();
    for (const piece of pieces) {
      for (const endpoint of members(intersection(piece.local.managed, asked))) {
        const list = found.get(endpoint);
        if (list === undefined) found.set(endpoint, [piece]);
        else list.push(piece);
      }
    }
    return found;
  };
  return { egress: find(task.pieces.egress), ingress: find(task.pieces.ingress) };
}

/** Its id is a whole digest still. */
function sliceOf(task: Task, piecesAt: PiecesAt, alike: readonly number[]): EnforcerSlice {
  const [index] = alike as [number]; // a group is made with its first member
  const workload = workloadAt(task, index);
  const halves = directions
    .filter((side) => kindsOf(workload, side).includes(task.kind))
    .map((side) => halfOf(task, piecesAt, index, side));
  return { kind: task.kind, id: idOf(task.kind, halves), workloads: [], directions: halves };
}

function workloadAt({ universe }: Task, index: number): Workload {
  const workload = universe.workloads[index];
  if (workload === undefined) throw new Error(`bug in segc (slices): no workload ${index}`);
  return workload;
}

function halfOf(
  task: Task,
  piecesAt: PiecesAt,
  index: number,
  direction: Direction,
): DirectionSlice {
  const { universe, classes, context, kind, remotes } = task;
  const view = localView(context.capabilities, kind, workloadAt(task, index), direction);
  const until = task.observed[direction].get(index);
  const placed: Record<keyof SpotEntries, PlacedBox[]> = {
    denies: [],
    allows: [],
    stagedDenies: [],
    stagedAllows: [],
  };
  for (const spot of spotsOf(universe, classes, index)) {
    const endpoint = universe.endpoints[spot.endpoint];
    const group = universe.groups[endpoint?.group ?? -1];
    if (group === undefined) continue;
    const pieces = piecesAt[direction].get(spot.endpoint) ?? [];
    const entries = entriesAt({ group, view, remotes, observed: until !== undefined }, pieces);
    const place = { family: group.family, local: localOf(universe, spot) };
    for (const list of lists) {
      placed[list].push(...entries[list].map((one) => ({ ...one, ...place })));
    }
  }
  const denies = sliceEntries(placed.denies, "enforced");
  const allows = sliceEntries(placed.allows, "enforced");
  return {
    direction,
    observed: until === undefined ? undefined : { until },
    judgesProcesses: judgeProcesses([...denies, ...allows]),
    denies,
    allows,
    stagedDenies: sliceEntries(placed.stagedDenies, "staged"),
    stagedAllows: sliceEntries(placed.stagedAllows, "staged"),
  };
}

const lists = ["denies", "allows", "stagedDenies", "stagedAllows"] as const;

function localOf(universe: Universe, { only }: Spot): PlacedBox["local"] {
  if (only === undefined) return undefined;
  const addresses = only.flatMap((at): readonly IpAddress[] => {
    const address = universe.endpoints[at]?.address;
    return address === undefined ? [] : [address];
  });
  return addressSetOf(addresses);
}

function idOf(kind: EnforcerKind, halves: readonly DirectionSlice[]): string {
  const content = halves.map((half) => [
    half.direction,
    half.observed?.until ?? null,
    ...lists.map((list) => half[list].map(entryText)),
  ]);
  return sha256(JSON.stringify([kind, content]));
}
