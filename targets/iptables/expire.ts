// A plan as time passes. The kernel stops matching a guarded rule by itself; here the same rules are
// found by their guard, so that they can be listed and taken out of a file.
import type { UtcDate } from "../../compiler/model/types.ts";
import type { ArtefactSize } from "../../compiler/plan/target.ts";
import { entryChains, families, type IptChain, type IptPlan, type IptRule } from "./ruleset.ts";
import { membersIn } from "./set-text.ts";

const secondsPerDay = 86_400;

/** What the kernel holds when every cgroup is there. */
export function measureIptables(plan: IptPlan): ArtefactSize {
  return {
    rules: rulesOf(plan).length,
    elements: plan.sets.reduce((sum, set) => sum + membersIn(set), 0),
  };
}

/** Rules with a last day, and that day, sorted, each once. */
export function iptablesExpiries(
  plan: IptPlan,
): readonly { readonly rule: string; readonly until: UtcDate }[] {
  const found = new Map<string, { readonly rule: string; readonly until: UtcDate }>();
  for (const rule of rulesOf(plan)) {
    const end = endSeconds(rule);
    if (end === undefined) continue;
    const until = new Date((end - secondsPerDay) * 1000).toISOString().slice(0, 10);
    const name = (rule.comment ?? "").replace(/[: ].*$/s, "");
    found.set(`${name} ${until}`, { rule: name, until });
  }
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? []);
}

/** The plan without the rules that had ended before `now`, nor what only they used. */
export function expireIptables(plan: IptPlan, now: UtcDate): IptPlan {
  const today = Date.parse(`${now}T00:00:00Z`) / 1000;
  const isOpen = (rule: IptRule) => (endSeconds(rule) ?? Number.POSITIVE_INFINITY) > today;
  const kept = (chains: readonly IptChain[]) =>
    reachable(chains.map((chain) => ({ ...chain, rules: chain.rules.filter(isOpen) })));
  const chains = { 4: kept(plan.chains[4]), 6: kept(plan.chains[6]) };
  const used = new Set(
    [...chains[4], ...chains[6]].flatMap(({ rules }) => rules.flatMap(setsOfRule)),
  );
  return { ...plan, chains, sets: plan.sets.filter(({ name }) => used.has(name)) };
}

const rulesOf = ({ chains }: IptPlan): readonly IptRule[] =>
  families.flatMap((family) => chains[family].flatMap(({ rules }) => rules));

/** Chains that a packet can come to. */
function reachable(chains: readonly IptChain[]): readonly IptChain[] {
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const reached = new Set<string>();
  const open: string[] = Object.values(entryChains);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (reached.has(name)) continue;
    reached.add(name);
    for (const { target } of byName.get(name)?.rules ?? []) {
      if ("chain" in target) open.push(target.chain);
    }
  }
  return chains.filter(({ name }) => reached.has(name));
}

const endSeconds = ({ matches }: IptRule): number | undefined => {
  const ends = matches.flatMap((match) => (match.kind === "before" ? [match.seconds] : []));
  return ends.length === 0 ? undefined : Math.min(...ends);
};

export const setsOfRule = ({ matches }: IptRule): readonly string[] =>
  matches.flatMap((match) => ("set" in match ? [match.set] : []));
