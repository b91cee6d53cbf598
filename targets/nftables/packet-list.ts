// A plan as the list of products that decides first packets, in the form that policies are compared
// in (compiler/plan/packet-list.ts): chains are unfolded, conditions become sets. What cannot be said
// in that form is a fault and never a guess: a table that holds it is not proved.
import type { Direction } from "../../compiler/inventory/types.ts";
import type {
  PacketList,
  PacketRule,
  PacketVerdict,
  ProcessTest,
} from "../../compiler/plan/packet-list.ts";
import type { MeaningOf } from "../../compiler/plan/target.ts";
import {
  type AddressSet,
  addressesOfFamily,
  everyAddress,
  intersectAddresses,
  isNoAddress,
} from "../../compiler/sets/address-set.ts";
import {
  anyProtocol,
  intersectServices,
  isNoService,
  type ServiceSet,
} from "../../compiler/sets/service-set.ts";
import { baselineFaults } from "./baseline-faults.ts";
import { conjunction, processTests } from "./process-tests.ts";
import type { Match, NftChain, NftPlan, NftRule, NftVerdictMap } from "./ruleset.ts";
import { serviceOfMatch } from "./service-match.ts";

/** The lists of both hooks, without the directions that have no base chain. */
export function nftablesMeaning(plan: NftPlan): MeaningOf {
  const unfolding: Unfolding = {
    chains: new Map(plan.chains.map((chain) => [chain.name, chain])),
    sets: new Map(plan.addressSets.map((set) => [set.name, set.addresses])),
    maps: new Map(plan.verdictMaps.map((map) => [map.name, map.branches])),
    processes: processTests(plan),
    faults: [],
  };
  const lists = plan.chains.flatMap((chain): readonly PacketList[] => {
    if (chain.base === undefined) return [];
    const direction = chain.base.hook === "input" ? "ingress" : "egress";
    const { policy } = chain.base;
    const rules = unfold({ ...unfolding, direction, policy }, chain, everything);
    return [{ direction, rules, otherwise: policy }];
  });
  return { lists, faults: [...baselineFaults(plan), ...unfolding.faults] };
}

interface Unfolding {
  readonly chains: ReadonlyMap<string, NftChain>;
  readonly sets: ReadonlyMap<string, AddressSet>;
  readonly maps: ReadonlyMap<string, NftVerdictMap["branches"]>;
  /** By name of the identity set. */
  readonly processes: (set: string, level: number) => ProcessTest;
  readonly faults: string[];
}

interface Walk extends Unfolding {
  readonly direction: Direction;
  readonly policy: PacketVerdict;
}

/** What has been asked of a packet on the way to a rule. */
type Condition = Omit<PacketRule, "verdict">;

const everything: Condition = {
  remote: everyAddress,
  local: undefined,
  service: anyProtocol,
  processes: [],
  notProcesses: [],
  before: undefined,
};

/** The rules of a chain for the packets that reach it. */
function unfold(walk: Walk, chain: NftChain, reached: Condition): readonly PacketRule[] {
  const rules: PacketRule[] = [];
  let here = reached;
  for (const rule of chain.rules) {
    if (rule.verdict === undefined) continue;
    const condition = conditionOf(walk, here, rule);
    if (condition === undefined) continue;
    if (rule.verdict.kind === "return") here = without(walk, here, condition, chain);
    else rules.push(...outcomes(walk, rule, condition));
  }
  return rules;
}

function outcomes(walk: Walk, { verdict }: NftRule, condition: Condition): readonly PacketRule[] {
  switch (verdict?.kind) {
    case "accept":
    case "drop":
      return [{ ...condition, verdict: verdict.kind }];
    case "jump":
      return unfold(walk, chainOf(walk, verdict.chain), condition);
    case "goto":
      return [
        ...unfold(walk, chainOf(walk, verdict.chain), condition),
        { ...condition, verdict: walk.policy },
      ];
    case "vmap":
      return (walk.maps.get(verdict.map) ?? []).flatMap(({ chain: name, addresses }) => {
        const met = narrowed(walk, condition, verdict.end, addresses);
        return met === undefined ? [] : unfold(walk, chainOf(walk, name), met);
      });
    default:
      return [];
  }
}

function chainOf({ chains }: Walk, name: string): NftChain {
  const chain = chains.get(name);
  if (chain === undefined) throw new Error(`bug in segc (nftables): no chain ${name}`);
  return chain;
}

/** What is left for the rest of a chain once some packets have returned from it. */
function without(walk: Walk, here: Condition, gone: Condition, { name }: NftChain): Condition {
  const differs =
    gone.remote !== here.remote ||
    gone.local !== here.local ||
    gone.service !== here.service ||
    gone.before !== here.before ||
    gone.notProcesses !== here.notProcesses;
  const tests = gone.processes.slice(here.processes.length);
  if (differs || tests.length === 0) {
    walk.faults.push(`chain \`${name}\` returns on something else than the process`);
    return here;
  }
  return { ...here, notProcesses: [...here.notProcesses, conjunction(tests)] };
}

/** Undefined where no first packet of an exchange can satisfy the rule. */
function conditionOf(walk: Walk, reached: Condition, rule: NftRule): Condition | undefined {
  if (isBeyondFlows(walk, rule)) return undefined;
  let condition: Condition | undefined = reached;
  for (const match of rule.matches) {
    if (condition === undefined) return undefined;
    condition = asked(walk, condition, match);
  }
  return condition;
}

function asked(walk: Walk, condition: Condition, match: Match): Condition | undefined {
  switch (match.kind) {
    case "loopback":
      return undefined;
    case "family":
      return narrowed(walk, condition, remoteEnd(walk), wholeFamily[match.family]);
    case "address": {
      const addresses = match.of.kind === "set" ? walk.sets.get(match.of.name) : match.of.addresses;
      if (addresses === undefined) {
        throw new Error("bug in segc (nftables): a set is missing");
      }
      return narrowed(walk, condition, match.end, addresses);
    }
    case "protocol":
    case "not-protocol":
    case "ports":
    case "icmp-type":
    case "icmp-code":
      return serving(walk, condition, match);
    case "state":
      return match.state === "new" ? condition : undefined;
    case "tracked-direction":
      return match.direction === "original" ? condition : undefined;
    case "before": {
      const before = Math.min(condition.before ?? match.seconds, match.seconds);
      return { ...condition, before };
    }
    case "hop-limit":
      walk.faults.push("a rule asks for a hop limit outside neighbour discovery");
      return condition;
    case "cgroup":
      return withTest(condition, walk.processes(match.set, match.level));
    case "uid":
      return withTest(condition, [new Map([["user", `${match.id}`]])]);
    case "gid":
      return withTest(condition, [new Map([["group", `${match.id}`]])]);
  }
}

const withTest = (condition: Condition, test: ProcessTest): Condition => ({
  ...condition,
  processes: [...condition.processes, test],
});

const wholeFamily = {
  4: addressesOfFamily(everyAddress, 4),
  6: addressesOfFamily(everyAddress, 6),
};

const remoteEnd = ({ direction }: Walk) => (direction === "ingress" ? "saddr" : "daddr");

function narrowed(
  walk: Walk,
  condition: Condition,
  end: "saddr" | "daddr",
  addresses: AddressSet,
): Condition | undefined {
  const field = end === remoteEnd(walk) ? "remote" : "local";
  const before = condition[field];
  // WHY: keeping the object lets the comparison remember what it knows about it.
  const after =
    before === undefined || before === everyAddress
      ? addresses
      : intersectAddresses(before, addresses);
  return isNoAddress(after) ? undefined : { ...condition, [field]: after };
}

function serving(walk: Walk, condition: Condition, match: Match): Condition | undefined {
  const service = serviceOfMatch(match);
  if (service === undefined) {
    walk.faults.push("a rule asks for a source port outside DHCP");
    return condition;
  }
  const both: ServiceSet = intersectServices(condition.service, service);
  if (isNoService(both)) return undefined;
  const served = { ...condition, service: both };
  // ICMP of a family implies the family.
  return match.kind === "icmp-type" || match.kind === "icmp-code"
    ? narrowed(walk, served, remoteEnd(walk), wholeFamily[match.family])
    : served;
}

/** Neighbour discovery and the DHCP client's own ports are no flows (language.md section 7, B). */
function isBeyondFlows({ direction }: Walk, { matches }: NftRule): boolean {
  const types = matches.find((match) => match.kind === "icmp-type");
  const isDiscovery =
    types?.kind === "icmp-type" &&
    types.family === 6 &&
    types.ranges.every(({ first, last }) => first >= 133 && last <= 136);
  if (isDiscovery) return true;
  const [sport, dport, ...others] = matches;
  if (sport?.kind !== "ports" || dport?.kind !== "ports" || others.length > 0) return false;
  const [from, to] = direction === "egress" ? [sport, dport] : [dport, sport];
  const only = (match: Match & { readonly kind: "ports" }) =>
    match.ranges.length === 1 && match.ranges[0]?.first === match.ranges[0]?.last
      ? match.ranges[0]?.first
      : undefined;
  const isClient = `${only(from)}>${only(to)}`;
  return (
    sport.protocol === "udp" &&
    dport.protocol === "udp" &&
    sport.end === "sport" &&
    dport.end === "dport" &&
    (isClient === "68>67" || isClient === "546>547")
  );
}
