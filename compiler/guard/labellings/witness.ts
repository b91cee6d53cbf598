// Offending flows -> one of them that is easy to tell: as few new workloads as will do, of each only
// the labels that matter, and for the rest an endpoint of today's inventory or an address. What is told
// is a real flow: the meaning itself is asked.
import type { Diagram } from "../../bdd/diagrams.ts";
import type { Direction, Workload } from "../../inventory/types.ts";
import type { Predicate } from "../../model/types.ts";
import type { Endpoint } from "../../semantics/denotation.ts";
import type { Flow } from "../../semantics/semantics.ts";
import { members } from "../../sets/bitset.ts";
import { endpointsAt, endsOfToday, type FlowEnds, onlyNew } from "./flow-ends.ts";
import type { Labellings } from "./flows.ts";
import { type TraitsAt, traitsThatMatter } from "./matter.ts";
import { type Slice, sliceOf } from "./slice.ts";
import type { Trait } from "./traits.ts";
import { directions } from "./variables.ts";

export interface Witness {
  readonly flow: Flow;
  readonly traits: TraitsAt;
}

/** One of the flows that meet the conditions; undefined where none is known to be possible. `offends` asks the meaning. */
export function witnessOf(
  labellings: Labellings,
  conditions: readonly Diagram[],
  offends: (flow: Flow) => boolean,
): Witness | undefined {
  const { diagrams } = labellings.ends;
  const slice = sliceOf(labellings, conditions);
  if (slice === undefined || diagrams.isExhausted) return undefined;
  const traits = traitsThatMatter(labellings, slice);
  // Within an attempt that has failed nothing is what it says.
  if (diagrams.isExhausted) return undefined;
  const ends = endpointsAt(labellings, slice);
  const made = { flow: flowBetween(slice, ends), traits };
  if (!offends(made.flow)) {
    throw new Error("bug in segc (guard): a flow of new workloads is not what it was found to be");
  }
  return withToday(labellings, slice, { ends, traits }, offends) ?? made;
}

const flowBetween = ({ service }: Slice, { egress, ingress }: FlowEnds): Flow => ({
  source: egress,
  destination: ingress,
  service,
});

/** Puts a workload of today in the place of a new one that it is like. */
function withToday(
  labellings: Labellings,
  slice: Slice,
  { ends, traits }: { readonly ends: FlowEnds; readonly traits: TraitsAt },
  offends: (flow: Flow) => boolean,
): Witness | undefined {
  if (slice.isNew.length < 2) return undefined;
  for (const end of directions) {
    for (const workload of todayWith(labellings, traits[end] ?? [])) {
      for (const today of endsOfToday(labellings, workload, slice.family)) {
        const flow = flowBetween(slice, replaced(ends, end, today));
        if (offends(flow)) return { flow, traits: { ...traits, [end]: undefined } };
      }
    }
  }
  return undefined;
}

/** The other end is where the new one is. */
function replaced(
  ends: FlowEnds,
  end: Direction,
  today: Omit<FlowEnds[Direction], "process">,
): FlowEnds {
  const { realm } = today;
  const there = { ...today, process: ends[end].process };
  const moved = (other: Endpoint): Endpoint => ({
    ...other,
    realm,
    workload: other.workload && { ...other.workload, name: onlyNew },
  });
  return end === "egress"
    ? { egress: there, ingress: moved(ends.ingress) }
    : { egress: moved(ends.egress), ingress: there };
}

/** The first few workloads of today that have all these traits. */
function todayWith({ expansion }: Labellings, traits: readonly Trait[]): readonly Workload[] {
  const { universe, extentOf } = expansion;
  const of = traits.flatMap(({ predicate }) => predicate ?? []);
  const where: Predicate | undefined = of.length === 0 ? undefined : { kind: "and", of };
  const found = new Set<Workload>();
  for (const at of members(extentOf({ kind: "workloads", where }).managed)) {
    const workload = universe.workloads[universe.endpoints[at]?.workload ?? -1];
    if (workload !== undefined) found.add(workload);
    if (found.size === candidatesMax) break;
  }
  return [...found];
}

const candidatesMax = 4;
