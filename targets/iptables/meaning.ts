// What a plan does to the first packets of exchanges, as the flat lists that artefacts and policies
// are compared in: chains are unfolded, and a `return` becomes what the rules after it must not hold.
//
// A list has every rule that can decide a packet of state NEW that has not come over the loopback
// interface. Out of it are what is no flow (replies, errors, neighbour discovery) and the rest of the
// baseline: listener discovery within the link, and DHCP, which alone is told by its source port.
import type { Direction } from "../../compiler/inventory/types.ts";
import {
  type DirectionMeaning,
  firstPacket,
  type PacketList,
  type PacketMode,
  type PacketRule,
} from "../../compiler/plan/packet-list.ts";
import type { MeaningOf } from "../../compiler/plan/target.ts";
import { type Family, knownPrefix } from "../../compiler/sets/address.ts";
import { addressSet, equalAddressSets, isAddressSubset } from "../../compiler/sets/address-set.ts";
import {
  equalServices,
  icmpInterval,
  isServiceSubset,
  packetsOfFamily,
  serviceSet,
} from "../../compiler/sets/service-set.ts";
import { lastInstant } from "./entry.ts";
import {
  type Conditions,
  conditionsOf,
  contentsOf,
  everything,
  type Held,
  isOfMode,
  type Narrowing,
  narrow,
  recordsOf,
  without,
} from "./held.ts";
import {
  entryChains,
  families,
  type IptChain,
  type IptPlan,
  type IptRule,
  type RuleTarget,
} from "./ruleset.ts";

/** One list for each direction in which something is filtered. */
export function meaningOf(plan: IptPlan): readonly PacketList[] {
  return (["ingress", "egress"] as const).flatMap((direction) => {
    const name = entryChains[direction];
    const isEmpty = families.every(
      (family) => plan.chains[family].find((chain) => chain.name === name)?.rules.length === 0,
    );
    return isEmpty ? [] : [listOf(plan, direction)];
  });
}

interface Walk extends Narrowing {
  readonly chains: ReadonlyMap<string, IptChain>;
  /** Chains that lead to a verdict; the others only log. */
  readonly deciding: ReadonlySet<string>;
  readonly found: PacketRule[];
  readonly keepsBaseline: boolean;
}

/** Both directions in two parts: what looks at the mode of a packet, and the rest. */
export function iptablesMeaning(plan: IptPlan): MeaningOf {
  const faults: string[] = [];
  const directions = (["ingress", "egress"] as const).flatMap((direction) => {
    const name = entryChains[direction];
    const tables = families.map((family) => tableOf(plan, direction, family, faults));
    if (tables.every(({ chain }) => chain.rules.length === 0)) return [];
    const opened = tables.map((table) => openingOf(table));
    const rest = tables.map((table, index) =>
      unfolded(table, undefined, table.chain.rules.slice(opened[index]?.length ?? 0)),
    );
    const drops = rest.every((list, index) => isDropAll(list.at(-1), tables[index]?.all));
    const leads = opened.flat().filter(({ target }) => !staysIn(target));
    if (leads.length > 0) faults.push(`chain \`${name}\` is left before all modes are looked at`);
    const matches = tables.flatMap(({ plan: of }) =>
      of.flatMap(({ rules }) => rules.flatMap((rule) => rule.matches)),
    );
    const meaning: DirectionMeaning = {
      direction,
      opening: (mode) =>
        tables.flatMap((table, index) => unfolded(table, mode, opened[index] ?? [])),
      openingKey: keyOf(tables, opened),
      asks: {
        hopLimits: matches.flatMap((match) => (match.kind === "hop-limit" ? [match.value] : [])),
        sourcePorts: matches.flatMap((match) =>
          match.kind === "ports" && match.end === "source"
            ? match.ranges.flatMap(({ first, last }) => [first, last])
            : [],
        ),
      },
      rules: rest.flatMap((list) => (drops ? list.slice(0, -1) : list)),
      otherwise: drops ? "drop" : "accept",
    };
    return [meaning];
  });
  return { directions, faults, lastInstant };
}

/** One family of one direction. */
interface Table extends Omit<Walk, "mode" | "found"> {
  readonly plan: readonly IptChain[];
  readonly chain: IptChain;
  /** Every packet of the family. */
  readonly all: Held;
}

function tableOf(plan: IptPlan, direction: Direction, family: Family, faults: string[]): Table {
  const chains = new Map(plan.chains[family].map((chain) => [chain.name, chain]));
  return {
    direction,
    family,
    chains,
    deciding: decidingChains(plan.chains[family]),
    contents: contentsOf(plan),
    records: recordsOf(plan),
    faults,
    keepsBaseline: true,
    plan: plan.chains[family],
    chain: chainOf(chains, entryChains[direction]),
    all: everything(family, packetsOfFamily(family)),
  };
}

function unfolded(
  table: Table,
  mode: PacketMode | undefined,
  rules: readonly IptRule[],
): readonly PacketRule[] {
  const walk: Walk = { ...table, mode, found: [] };
  unfold(walk, { name: table.chain.name, rules }, [table.all]);
  return walk.found;
}

/** Up to the last rule that decides by the mode, here or in a chain it jumps to. */
function openingOf(table: Table): readonly IptRule[] {
  const asks = ({ matches, target }: IptRule): boolean =>
    target.kind !== "log" &&
    !isSilent(table, target) &&
    (matches.some(isOfMode) ||
      ("chain" in target && chainOf(table.chains, target.chain).rules.some(asks)));
  return table.chain.rules.slice(0, table.chain.rules.findLastIndex(asks) + 1);
}

/** Undefined where the rules themselves do not say all that they do. */
function keyOf(tables: readonly Table[], opened: readonly (readonly IptRule[])[]) {
  const deciding = opened.map((rules, index) =>
    rules.flatMap(({ matches, target }) => {
      const table = tables[index];
      if (table === undefined || target.kind === "log" || isSilent(table, target)) return [];
      const inner = "chain" in target ? chainOf(table.chains, target.chain).rules : [];
      return [{ matches, target, inner: inner.map((rule) => [rule.matches, rule.target]) }];
    }),
  );
  // Who is in a cgroup is said by other files, what is in a set by another one.
  const isElsewhere = /"kind":"((address|pair)-set|cgroup)"/;
  const isWhole = deciding
    .flat()
    .every(({ matches, inner }) =>
      [matches, ...inner].every((list) => !isElsewhere.test(JSON.stringify(list))),
    );
  const nests = deciding.flat().some(({ inner }) => JSON.stringify(inner).includes('"chain"'));
  return isWhole && !nests ? JSON.stringify(deciding) : undefined;
}

function listOf(plan: IptPlan, direction: Direction): PacketList {
  const records = recordsOf(plan);
  const rules = families.map((family) => {
    const chains = new Map(plan.chains[family].map((chain) => [chain.name, chain]));
    const deciding = decidingChains(plan.chains[family]);
    const mode = firstPacket;
    const contents = contentsOf(plan);
    const common = { direction, family, chains, deciding, contents, records };
    const walk: Walk = { ...common, mode, faults: [], found: [], keepsBaseline: false };
    unfold(walk, chainOf(chains, entryChains[direction]), [everything(family)]);
    return walk.found;
  });
  const drops = rules.every((list, index) =>
    isDropAll(list.at(-1), everything(families[index] ?? 4)),
  );
  return drops
    ? { direction, rules: rules.flatMap((list) => list.slice(0, -1)), otherwise: "drop" }
    : { direction, rules: rules.flat(), otherwise: "accept" };
}

function isDropAll(rule: PacketRule | undefined, all: Held | undefined): boolean {
  return (
    all !== undefined &&
    rule?.verdict === "drop" &&
    equalAddressSets(rule.remote, all.remote) &&
    equalServices(rule.service, all.service) &&
    rule.local === undefined &&
    rule.before === undefined &&
    rule.processes.length + rule.notProcesses.length === 0
  );
}

/** Adds what the chain decides for packets in any of the products. */
function unfold(walk: Walk, chain: IptChain, held: readonly Held[]): void {
  let open = held;
  for (const { alternatives, target } of runsOf(walk, chain)) {
    if (target.kind === "log" || isSilent(walk, target)) continue;
    const inside = open.flatMap((one) => narrow(walk, one, alternatives) ?? []);
    if (inside.length === 0) continue;
    if (target.kind === "accept" || target.kind === "drop") {
      for (const one of inside) add(walk, { ...one, verdict: target.kind });
    } else if ("chain" in target) unfold(walk, chainOf(walk.chains, target.chain), inside);
    if (comesBack(walk, target)) continue;
    open = open.flatMap((one) => without(walk, one, narrow(walk, one, alternatives)));
    if (open.length === 0) return;
  }
}

/** A jump to where nothing is decided. */
const isSilent = ({ deciding }: Pick<Walk, "deciding">, target: RuleTarget) =>
  target.kind === "jump" && !deciding.has(target.chain);

/** False where the rules after this one must be kept from its packets. */
function comesBack({ chains }: Walk, target: RuleTarget): boolean {
  if (target.kind === "return") return false;
  return target.kind !== "goto" || decidesAll(chainOf(chains, target.chain));
}

const decidesAll = ({ rules }: IptChain) => {
  const last = rules.at(-1);
  const decides = last?.target.kind === "accept" || last?.target.kind === "drop";
  return decides && last.matches.length === 0 && rules.every(({ target }) => staysIn(target));
};

const staysIn = ({ kind }: RuleTarget) => kind !== "return" && kind !== "goto";

/**
 * Rules that differ only in the process they ask for are one rule with alternatives; one that asks a
 * set of pairs is a rule for each of its products.
 */
interface Run {
  readonly alternatives: readonly Conditions[];
  readonly target: RuleTarget;
}

function runsOf({ contents }: Walk, { rules }: IptChain): readonly Run[] {
  const runs: { alternatives: Conditions[]; target: RuleTarget; isProcess: boolean }[] = [];
  for (const rule of rules) {
    const { matches, target } = rule;
    const isProcess = asksOnlyProcess(rule);
    const last = runs.at(-1);
    const joins = isProcess && last?.isProcess === true;
    const conditions = conditionsOf(contents, matches);
    if (joins && JSON.stringify(last.target) === JSON.stringify(target)) {
      last.alternatives.push(...conditions);
    } else {
      for (const one of conditions) runs.push({ alternatives: [one], target, isProcess });
    }
  }
  return runs;
}

const asksOnlyProcess = ({ matches }: IptRule) =>
  matches.length > 0 && matches.every(({ kind }) => kind === "owner" || kind === "cgroup");

function decidingChains(chains: readonly IptChain[]): ReadonlySet<string> {
  const deciding = new Set<string>();
  for (let before = -1; before !== deciding.size; ) {
    before = deciding.size;
    for (const { name, rules } of chains) {
      const decides = rules.some(({ target }) =>
        "chain" in target
          ? deciding.has(target.chain)
          : target.kind === "accept" || target.kind === "drop",
      );
      if (decides) deciding.add(name);
    }
  }
  return deciding;
}

function chainOf(chains: ReadonlyMap<string, IptChain>, name: string): IptChain {
  const chain = chains.get(name);
  if (chain === undefined) throw new Error(`bug in segc (iptables): no chain ${name}`);
  return chain;
}

function add(walk: Walk, rule: PacketRule): void {
  const isKept = walk.keepsBaseline || rule.verdict === "drop" || !isBaseline(walk.direction, rule);
  if (isKept) walk.found.push(rule);
}

const fromLink = addressSet(["::/128", "fe80::/10"].map(knownPrefix));
const toLink = addressSet(["fe80::/10", "ff02::/16"].map(knownPrefix));
const listenerDiscovery = serviceSet(
  [130, 131, 132, 143].map((type) => icmpInterval(6, type, undefined)),
);

/** True for what is let in as listener discovery within the link, and nothing wider. */
function isBaseline(direction: Direction, { remote, local, service }: PacketRule): boolean {
  const [near, far] = direction === "ingress" ? [toLink, fromLink] : [fromLink, toLink];
  return (
    local !== undefined &&
    isAddressSubset(local, near) &&
    isAddressSubset(remote, far) &&
    isServiceSubset(service, listenerDiscovery)
  );
}
