// A plan as the lists of products that decide packets, in the form that policies are compared in
// (compiler/plan/packet-list.ts): chains are unfolded, conditions become sets. What cannot be said in
// that form is a fault and never a guess: a table that holds it is not proved.
import type { Direction } from "../../compiler/inventory/types.ts";
import type {
  DirectionMeaning,
  PacketMode,
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
import { conjunction, processTests } from "./process-tests.ts";
import { matchText } from "./render-rule.ts";
import type { Match, NftChain, NftPlan, NftRule, NftVerdictMap } from "./ruleset.ts";
import { serviceOfMatch } from "./service-match.ts";

/** Both hooks, without the directions that have no base chain. */
export function nftablesMeaning(plan: NftPlan): MeaningOf {
  const unfolding: Unfolding = {
    chains: new Map(plan.chains.map((chain) => [chain.name, chain])),
    sets: new Map(plan.addressSets.map((set) => [set.name, set.addresses])),
    maps: new Map(plan.verdictMaps.map((map) => [map.name, map.branches])),
    processes: processTests(plan),
    faults: [],
  };
  const directions = plan.chains.flatMap((chain) => directionOf(unfolding, chain) ?? []);
  return { directions, faults: unfolding.faults };
}

function directionOf(unfolding: Unfolding, { name, base, rules }: NftChain) {
  if (base === undefined) return undefined;
  const walk = {
    ...unfolding,
    direction: base.hook === "input" ? ("ingress" as const) : ("egress" as const),
    policy: base.policy,
  };
  const deciding = rules.filter((rule) => decides(unfolding, rule));
  const end = deciding.findLastIndex(({ matches }) => matches.some(isOfMode)) + 1;
  const opening = deciding.slice(0, end);
  // What returns from the hook would have to be kept from the rest of the chain too.
  if (opening.some(({ verdict }) => verdict?.kind === "return")) {
    unfolding.faults.push(`chain \`${name}\` returns before all modes are looked at`);
  }
  const unfolded = (mode: PacketMode | undefined, list: readonly NftRule[]) =>
    unfold({ ...walk, mode }, { name, base, rules: list }, everything);
  const matches = opening.flatMap((rule) => rule.matches);
  const meaning: DirectionMeaning = {
    direction: walk.direction,
    opening: (mode) => unfolded(mode, opening),
    openingKey: keyOf(opening),
    asks: {
      hopLimits: matches.flatMap((match) => (match.kind === "hop-limit" ? [match.value] : [])),
      sourcePorts: matches.flatMap((match) =>
        match.kind === "ports" && match.end === "sport"
          ? match.ranges.flatMap(({ first, last }) => [first, last])
          : [],
      ),
    },
    rules: unfolded(undefined, deciding.slice(end)),
    otherwise: base.policy,
  };
  return meaning;
}

/** Undefined where the rules themselves do not say all that they do. */
function keyOf(rules: readonly NftRule[]): string | undefined {
  const isWhole = rules.every(
    ({ matches, verdict }) =>
      (verdict?.kind === "accept" || verdict?.kind === "drop") &&
      matches.every((match) =>
        match.kind === "address" ? isInPlace(match) : match.kind !== "cgroup",
      ),
  );
  const texts = rules.map((rule) => [rule.matches.map(matchText).join(" "), rule.verdict]);
  return isWhole ? JSON.stringify(texts) : undefined;
}

/** Its addresses stand in it. Who is in a set of cgroups never does. */
const isInPlace = ({ of }: Match & { readonly kind: "address" }) => of.kind === "addresses";

/** A jump to where packets are only logged decides nothing. */
function decides({ chains }: Unfolding, { verdict }: NftRule): boolean {
  if (verdict?.kind !== "jump") return verdict !== undefined;
  return (
    chains
      .get(verdict.chain)
      ?.rules.some((rule) => rule.verdict?.kind !== "return" && rule.verdict !== undefined) ?? true
  );
}

/** Conditions on what rules of a policy do not speak of. */
const isOfMode = (match: Match): boolean =>
  match.kind === "loopback" ||
  match.kind === "state" ||
  match.kind === "tracked-direction" ||
  match.kind === "hop-limit" ||
  (match.kind === "ports" && match.end === "sport");

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
  /** Undefined behind the opening, where no rule may look at it. */
  readonly mode: PacketMode | undefined;
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
  const deciding = chain.rules.filter((rule) => rule.verdict !== undefined && decides(walk, rule));
  for (const [at, rule] of deciding.entries()) {
    const condition = conditionOf(walk, here, rule);
    if (condition === undefined) continue;
    if (rule.verdict?.kind === "return") here = without(walk, here, condition, chain);
    else {
      // A packet that comes back from where the rest leads, too, has missed nothing.
      const isLast = deciding.slice(at).every((later) => isGotoAs(later, rule));
      rules.push(...outcomes(walk, { chain, isLast }, rule, condition));
    }
  }
  return rules;
}

const isGotoAs = ({ verdict: a }: NftRule, { verdict: b }: NftRule) =>
  a?.kind === "goto" && b?.kind === "goto" && a.chain === b.chain;

function outcomes(
  walk: Walk,
  { chain: { name, base }, isLast }: { readonly chain: NftChain; readonly isLast: boolean },
  { verdict }: NftRule,
  condition: Condition,
): readonly PacketRule[] {
  switch (verdict?.kind) {
    case "accept":
    case "drop":
      return [{ ...condition, verdict: verdict.kind }];
    case "jump":
      return unfold(walk, chainOf(walk, verdict.chain), condition);
    case "goto":
      // WHY: the kernel goes on behind the last jump there, and only in the hook with the policy.
      if (base === undefined && !decidesAll(chainOf(walk, verdict.chain))) {
        if (isLast) return unfold(walk, chainOf(walk, verdict.chain), condition); // nothing is passed by
        walk.faults.push(`chain \`${name}\` goes to where packets come back from`);
      }
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

/** No packet falls off the end, or returns, unless a chain it is sent to returns and so goes on here. */
const decidesAll = ({ rules }: NftChain): boolean => {
  const end = rules.findIndex(
    ({ verdict, matches }) =>
      matches.length === 0 && (verdict?.kind === "accept" || verdict?.kind === "drop"),
  );
  const leaves = ({ verdict }: NftRule) => verdict?.kind === "return" || verdict?.kind === "goto";
  return end >= 0 && !rules.slice(0, end).some(leaves);
};

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

/** Undefined where no packet of the mode can satisfy the rule. */
function conditionOf(walk: Walk, reached: Condition, rule: NftRule): Condition | undefined {
  let condition: Condition | undefined = reached;
  for (const match of rule.matches) {
    if (condition === undefined) return undefined;
    condition = isOfMode(match) ? inMode(walk, condition, match) : asked(walk, condition, match);
  }
  return condition;
}

function inMode(walk: Walk, condition: Condition, match: Match): Condition | undefined {
  const { mode, direction } = walk;
  if (mode === undefined) {
    walk.faults.push(`a rule behind the opening asks for \`${matchText(match)}\``);
    return condition;
  }
  const holds = (is: boolean) => (is ? condition : undefined);
  switch (match.kind) {
    case "loopback":
      return holds(mode.loopback && (match.end === "iif") === (direction === "ingress"));
    case "state":
      return holds(mode.state === match.state);
    case "tracked-direction": {
      const isTracked = mode.state !== "invalid" && mode.state !== "untracked";
      return holds(isTracked && mode.reply === (match.direction === "reply"));
    }
    case "hop-limit":
      return mode.hopLimit === match.value
        ? narrowed(walk, condition, remoteEnd(walk), wholeFamily[6])
        : undefined;
    case "ports": {
      const isHeld = match.ranges.some(
        ({ first, last }) => first <= mode.sourcePort && mode.sourcePort <= last,
      );
      const any: Match = { ...match, end: "dport", ranges: [{ first: 0, last: 65535 }] };
      return isHeld ? serving(walk, condition, any) : undefined;
    }
    default:
      return condition;
  }
}

function asked(walk: Walk, condition: Condition, match: Match): Condition | undefined {
  switch (match.kind) {
    case "family":
      return narrowed(walk, condition, remoteEnd(walk), wholeFamily[match.family]);
    case "address": {
      const addresses = match.of.kind === "set" ? walk.sets.get(match.of.name) : match.of.addresses;
      if (addresses === undefined) {
        throw new Error("bug in segc (nftables): a set is missing");
      }
      return narrowed(walk, condition, match.end, addresses);
    }
    case "before": {
      const before = Math.min(condition.before ?? match.seconds, match.seconds);
      return { ...condition, before };
    }
    case "cgroup":
      return withTest(condition, walk.processes(match.set, match.level));
    case "uid":
      return withTest(condition, [new Map([["user", `${match.id}`]])]);
    case "gid":
      return withTest(condition, [new Map([["group", `${match.id}`]])]);
    default:
      return serving(walk, condition, match);
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
  const both: ServiceSet = intersectServices(condition.service, serviceOfMatch(match));
  if (isNoService(both)) return undefined;
  const served = { ...condition, service: both };
  // ICMP of a family implies the family.
  return match.kind === "icmp-type" || match.kind === "icmp-code"
    ? narrowed(walk, served, remoteEnd(walk), wholeFamily[match.family])
    : served;
}
