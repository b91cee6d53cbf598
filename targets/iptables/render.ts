// A plan as files: the sets, one rules file for each family, and for each the chains that ask for
// cgroups once more, in full. The rules files leave those questions out, so they load on a host where
// no cgroup is there yet; the loader puts the chains in their place in the same transaction.
import type { OutputFile } from "../../compiler/plan/target.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { ruleText } from "./render-rule.ts";
import { asksCgroup, families, type IptChain, type IptPlan } from "./ruleset.ts";
import { setsPath, setText } from "./set-text.ts";
import { sideFiles } from "./side-files.ts";

export const rulesPath = (family: Family) => `rules.v${family}`;
export const programsPath = (family: Family) => `programs.v${family}`;

export function renderIptables(plan: IptPlan): readonly OutputFile[] {
  return [
    { path: setsPath, text: lines([setsHeader]) + plan.sets.map(setText).join("") },
    ...families.map((family) => ({
      path: rulesPath(family),
      text: tableText(rulesHeader, plan.chains[family].map(baseOf), family),
    })),
    ...families.map((family) => ({
      path: programsPath(family),
      text: tableText(
        programsHeader,
        plan.chains[family].filter(({ rules }) => rules.some(asksCgroup)),
        family,
      ),
    })),
    ...sideFiles(plan),
  ];
}

const setsHeader = "# Written by segc. Every set is filled aside and takes its place at once.";
const rulesHeader = "# Written by segc. Owns the chains SEG-* and touches no other.";
const programsHeader = "# Written by segc. Chains that ask for cgroups, whole.";

/** A list, not arguments: of those an engine takes no hundred thousand. */
const lines = (list: readonly string[]) => list.map((line) => `${line}\n`).join("");

const baseOf = ({ name, rules }: IptChain): IptChain => ({
  name,
  rules: rules.filter((rule) => !asksCgroup(rule)),
});

function tableText(header: string, chains: readonly IptChain[], family: Family): string {
  return lines([
    header,
    "*filter",
    ...chains.map(({ name }) => `:${name} - [0:0]`),
    ...chains.flatMap(({ name, rules }) => rules.map((rule) => ruleText(name, rule, family))),
    "COMMIT",
  ]);
}
