// A plan as files: the table (`segc.nft`), the cgroups that carry processes (`identities`), the
// loader, and what systemd needs. One statement and one brace per line: nft 1.0.6 wants it so, and a
// diff of two artefacts reads like a diff of two policies.
import type { OutputFile } from "../../compiler/plan/target.ts";
import { cidrText, matchText, verdictText } from "./render-rule.ts";
import {
  type NftAddressSet,
  type NftChain,
  type NftPlan,
  type NftRule,
  tableName,
} from "./ruleset.ts";
import { rulesetPath, sideFiles } from "./side-files.ts";

export function renderNftables(plan: NftPlan): readonly OutputFile[] {
  return [{ path: rulesetPath, text: rulesetText(plan) }, ...sideFiles(plan)];
}

/** The table alone. Adding it first makes deleting it safe; one file is one transaction. */
export function rulesetText(plan: NftPlan): string {
  return lines([
    "# Written by segc. Replaces its own table in one transaction and touches no other.",
    `add table inet ${tableName}`,
    `delete table inet ${tableName}`,
    `table inet ${tableName} {`,
    ...plan.identitySets.flatMap(identitySetLines),
    ...plan.addressSets.flatMap(addressSetLines),
    ...chainsInCallOrder(plan.chains).flatMap(chainLines),
    "}",
  ]);
}

/** A list, not arguments: of those an engine takes no hundred thousand. */
const lines = (list: readonly string[]) => list.map((line) => `${line}\n`).join("");

const identitySetLines = (name: string) => [`  set ${name} {`, "    type cgroupsv2", "  }"];

const addressSetLines = ({ name, family, cidrs }: NftAddressSet) => [
  `  set ${name} {`,
  `    type ipv${family}_addr`,
  "    flags interval",
  "    elements = {",
  ...cidrs.map((cidr) => `      ${cidrText(cidr)},`),
  "    }",
  "  }",
];

/** nft resolves a jump at once, so a chain stands before the chains that lead to it. */
function chainsInCallOrder(chains: readonly NftChain[]): readonly NftChain[] {
  const byName = new Map(chains.map((chain) => [chain.name, chain]));
  const placed = new Set<NftChain>();
  const place = (chain: NftChain) => {
    if (placed.has(chain)) return;
    for (const { verdict } of chain.rules) {
      const next =
        verdict !== undefined && "chain" in verdict ? byName.get(verdict.chain) : undefined;
      if (next !== undefined) place(next);
    }
    placed.add(chain);
  };
  for (const chain of chains) place(chain);
  return [...placed];
}

const chainLines = ({ name, base, rules }: NftChain) => [
  `  chain ${name} {`,
  ...(base === undefined
    ? []
    : [`    type filter hook ${base.hook} priority filter`, `    policy ${base.policy}`]),
  ...rules.map((rule) => `    ${ruleText(rule)}`),
  "  }",
];

function ruleText({ matches, limit, log, verdict, comment }: NftRule): string {
  return [
    ...matches.map(matchText),
    ...(limit === undefined
      ? []
      : [`limit rate ${limit.rate}/second burst ${limit.burst} packets`]),
    ...(log === undefined ? [] : [`log prefix "${log}"`]),
    ...(verdict === undefined ? [] : [verdictText(verdict)]),
    ...(comment === undefined ? [] : [`comment "${comment}"`]),
  ].join(" ");
}
