// One way from live to desired, with its proof. Rules that would let in too much on the way are put off until
// interfaces carry what they shall, and the way is proved again.
import type { AwsLimits } from "../../../compiler/quotas.ts";
import { type Cidr, formatCidr } from "../../../compiler/sets/address.ts";
import type { LiveAccount } from "../account/account.ts";
import { type Bounds, boundsOf, type FlowIds, type Flows, jointOf, told } from "./bounds.ts";
import type { Desired } from "./desired.ts";
import { type Ends, endsOf } from "./ends.ts";
import { lateEntryKey } from "./list-steps.ts";
import type { Phase } from "./phase.ts";
import { lateKey, phasesOf, type Way } from "./phases.ts";
import { type Overrun, overruns } from "./quotas.ts";
import { reachOf } from "./reach.ts";
import { nothing, type ServiceTable, serviceTable } from "./services.ts";
import { after, type State, stateOf } from "./state.ts";

export interface Attempt {
  readonly phases: readonly Phase[];
  /** The first is what is live; one more after each phase. */
  readonly states: readonly State[];
  readonly excess: readonly Flows[];
  readonly gaps: readonly Flows[];
  readonly overruns: readonly Overrun[];
}

/** Rules are put off at most that often: each time at least one more is. */
const roundsMax = 8;

export function attemptOf(
  live: LiveAccount,
  desired: Desired,
  attach: Way["attach"],
  limits: AwsLimits,
): Attempt {
  const start = stateOf(live);
  const late = new Set<string>();
  for (let round = 1; ; round++) {
    const way: Way = { attach, late, slots: limits.groupsPerInterface };
    const phases = phasesOf(start, desired, way);
    const states = [start];
    for (const phase of phases) states.push(after(states.at(-1) ?? start, phase));
    const proof = proofOf(live, states);
    const before = late.size;
    if (round < roundsMax) {
      for (const flows of proof.bounds.excess) putOff(flows, proof.ends, { start, desired, late });
    }
    if (late.size === before) {
      const flowsOf = (ids: FlowIds) => told(proof.ends, proof.services, ids);
      return {
        phases,
        states,
        excess: proof.bounds.excess.map(flowsOf),
        gaps: proof.bounds.gaps.map(flowsOf),
        overruns: overruns(states, limits, desired.lists.own),
      };
    }
  }
}

interface Proof {
  readonly bounds: Bounds;
  readonly ends: Ends;
  readonly services: ServiceTable;
}

function proofOf(live: LiveAccount, states: readonly State[]): Proof {
  const ends = endsOf(live, states, prefixesOf(states));
  const services = serviceTable();
  const joint = jointOf(ends, reachOf({ links: live.links, states, ends, services }), services);
  const found = new Map<string, FlowIds>();
  const lost = new Map<string, FlowIds>();
  const add = (to: Map<string, FlowIds>, flows: FlowIds) => {
    const key = `${flows.from} ${flows.to}`;
    const before = to.get(key)?.services ?? nothing;
    to.set(key, { ...flows, services: services.union(before, flows.services) });
  };
  const last = states.length - 1;
  for (let phase = 0; phase < last; phase++) {
    if (!isSeen(states[phase], states[phase + 1])) continue;
    const way = { first: 0, last, states: [phase, phase + 1] };
    const { excess, gaps } = boundsOf(joint, services, way);
    for (const flows of excess) add(found, flows);
    for (const flows of gaps) add(lost, flows);
  }
  return { bounds: { excess: [...found.values()], gaps: [...lost.values()] }, ends, services };
}

/** Whether any interface notices: else what passes is what passed before. */
function isSeen(before: State | undefined, after: State | undefined): boolean {
  if (before === undefined || after === undefined) return true;
  for (const [id, groups] of after.carried) {
    if (before.carried.get(id)?.join() !== groups.join()) return true;
  }
  for (const [ref, list] of after.lists) {
    const own = before.lists.get(ref);
    if (own !== undefined && own.entries !== list.entries) return true;
  }
  const carried = new Set([...after.carried.values()].flat());
  return [...carried].some((ref) => {
    const [then, now] = [before.groups.get(ref), after.groups.get(ref)];
    return then?.ingress !== now?.ingress || then?.egress !== now?.egress;
  });
}

export function prefixesOf(states: readonly State[]): readonly Cidr[] {
  const sets = new Set(
    states.flatMap(({ groups }) =>
      [...groups.values()].flatMap((one) => [one.ingress, one.egress]),
    ),
  );
  const lists = new Set(
    states.flatMap((state) => [...state.lists.values()].map(({ entries }) => entries)),
  );
  return [
    ...[...sets].flatMap((rules) =>
      [...rules.values()].flatMap(({ peer }) => (peer.kind === "cidr" ? [peer.cidr] : [])),
    ),
    ...[...lists].flatMap((entries) => [...entries.values()]),
  ];
}

interface PuttingOff {
  readonly start: State;
  readonly desired: Desired;
  readonly late: Set<string>;
}

/** New rules of prefixes that let the flows in: what the sender's own groups will refuse later on. */
function putOff({ to, from }: FlowIds, ends: Ends, { start, desired, late }: PuttingOff): void {
  const receiver = ends.classes[to]?.interface;
  if (receiver === undefined) return;
  for (const group of desired.state.carried.get(receiver) ?? []) {
    const before = start.groups.get(group)?.ingress;
    for (const [key, rule] of desired.state.groups.get(group)?.ingress ?? []) {
      const isThere = before?.has(key) === true;
      if (rule.peer.kind === "list") {
        const { list } = rule.peer;
        const had = start.lists.get(list);
        const more = [...(desired.state.lists.get(list)?.entries.values() ?? [])]
          .filter((cidr) => !isThere || had?.entries.has(formatCidr(cidr)) !== true)
          .filter((cidr) => ends.inside(cidr).includes(from));
        if (more.length > 0 && !isThere) late.add(lateKey(group, "ingress", rule));
        else for (const cidr of more) late.add(lateEntryKey(list, cidr));
      }
      if (isThere || rule.peer.kind !== "cidr") continue;
      if (ends.inside(rule.peer.cidr).includes(from)) late.add(lateKey(group, "ingress", rule));
    }
  }
}
