// A plan as time passes. The kernel stops matching a guarded rule by itself; here the same rules are
// found by their guard, so that they can be listed and taken out of a file.
import type { UtcDate } from "../../compiler/model/types.ts";
import type { ArtefactSize } from "../../compiler/plan/target.ts";
import { listingOf } from "./elements.ts";
import { endOf } from "./entry.ts";
import { type NftPlan, type NftRule, targetsOf } from "./ruleset.ts";
import { stamped } from "./stamp.ts";

/** What the kernel holds: rules, and elements of named sets (identity sets when all are filled). */
export function measureNftables(plan: NftPlan): ArtefactSize {
  const elements = [
    ...plan.addressSets.map(({ addresses }) => listingOf(addresses).countOf(addresses)),
    ...plan.verdictMaps.flatMap(({ branches }) => {
      const listing = listingOf(...branches.map(({ addresses }) => addresses));
      return branches.map(({ addresses }) => listing.countOf(addresses));
    }),
  ];
  return {
    rules: plan.chains.reduce((sum, { rules }) => sum + rules.length, 0),
    elements: elements.reduce((sum, count) => sum + count, plan.members.length),
  };
}

/** Rules with a last day, and that day, sorted, each once. */
export function nftablesExpiries(
  plan: NftPlan,
): readonly { readonly rule: string; readonly until: UtcDate }[] {
  const found = new Map<string, { readonly rule: string; readonly until: UtcDate }>();
  for (const rule of plan.chains.flatMap(({ rules }) => rules)) {
    const end = endSeconds(rule);
    if (end === undefined) continue;
    const until = new Date((end - 86_400) * 1000).toISOString().slice(0, 10);
    const name = (rule.comment ?? "").replace(/[:, ].*$/s, "");
    found.set(`${name} ${until}`, { rule: name, until });
  }
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? []);
}

/** The plan without the rules that had ended before `now`, nor what only they used. */
export function expireNftables(plan: NftPlan, now: UtcDate): NftPlan {
  const today = endOf(now) - 86_400;
  const chains = plan.chains.map((chain) => ({
    ...chain,
    rules: chain.rules.filter((rule) => (endSeconds(rule) ?? Number.POSITIVE_INFINITY) > today),
  }));
  const called = new Set(
    chains.flatMap(({ rules }) => rules.flatMap((rule) => targetsOf(rule, plan.verdictMaps))),
  );
  const kept = chains.filter(({ name, base }) => base !== undefined || called.has(name));
  const used = new Set(kept.flatMap(({ rules }) => rules.flatMap(setsOf)));
  return stamped({
    ...plan,
    chains: kept,
    addressSets: plan.addressSets.filter(({ name }) => used.has(name)),
    verdictMaps: plan.verdictMaps.filter(({ name }) => used.has(name)),
  });
}

const endSeconds = ({ matches }: NftRule): number | undefined => {
  const ends = matches.flatMap((match) => (match.kind === "before" ? [match.seconds] : []));
  return ends.length === 0 ? undefined : Math.min(...ends);
};

/** Names of the sets and maps that a rule asks. */
const setsOf = ({ matches, verdict }: NftRule): readonly string[] => [
  ...matches.flatMap((match) =>
    match.kind === "address" && match.of.kind === "set" ? [match.of.name] : [],
  ),
  ...(verdict?.kind === "vmap" ? [verdict.map] : []),
];
