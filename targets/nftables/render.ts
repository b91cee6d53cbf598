// A plan as files: the table (`segc.nft`), the cgroups that carry processes (`identities`), the
// loader, and what systemd needs. One statement and one brace per line: nft 1.0.6 wants it so, and a
// diff of two artefacts reads like a diff of two policies.
import type { OutputFile } from "../../compiler/plan/target.ts";
import { listingOf } from "./elements.ts";
import { rulesetPath } from "./loader.ts";
import { matchText, verdictText } from "./render-rule.ts";
import {
  type NftAddressSet,
  type NftChain,
  type NftPlan,
  type NftRule,
  type NftVerdictMap,
  tableName,
  targetsOf,
} from "./ruleset.ts";
import { sideFiles } from "./side-files.ts";

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
    ...(plan.stamp === undefined ? [] : stampLines(plan.stamp)),
    ...plan.identitySets.flatMap(identitySetLines),
    ...plan.addressSets.flatMap(addressSetLines),
    ...chainsAndMaps(plan),
    "}",
  ]);
}

/** A list, not arguments: of those an engine takes no hundred thousand. */
const lines = (list: readonly string[]) => list.map((line) => `${line}\n`).join("");

const stampLines = (name: string) => [`  set ${name} {`, "    type ipv4_addr", "  }"];

const identitySetLines = (name: string) => [`  set ${name} {`, "    type cgroupsv2", "  }"];

function addressSetLines({ name, family, addresses }: NftAddressSet): readonly string[] {
  const { isInterval, linesOf, roomFor } = listingOf(addresses);
  return [
    `  set ${name} {`,
    `    type ipv${family}_addr`,
    ...sizeLine(roomFor([addresses])),
    ...(isInterval ? ["    flags interval"] : []),
    "    elements = {",
    linesOf(addresses).slice(0, -1),
    "    }",
    "  }",
  ];
}

const sizeLine = (room: number | undefined) => (room === undefined ? [] : [`    size ${room}`]);

function verdictMapLines({ name, family, branches }: NftVerdictMap): readonly string[] {
  const sets = branches.map(({ addresses }) => addresses);
  const { isInterval, linesOf, roomFor } = listingOf(...sets);
  return [
    `  map ${name} {`,
    `    type ipv${family}_addr : verdict`,
    ...sizeLine(roomFor(sets)),
    ...(isInterval ? ["    flags interval"] : []),
    "    elements = {",
    ...branches.map(({ chain, addresses }) => linesOf(addresses, ` : jump ${chain}`).slice(0, -1)),
    "    }",
    "  }",
  ];
}

/** nft resolves a name at once, so chains and maps stand before the chains that lead to them. */
function chainsAndMaps({ chains, verdictMaps }: NftPlan): readonly string[] {
  const chainOf = new Map(chains.map((chain) => [chain.name, chain]));
  const mapOf = new Map(verdictMaps.map((map) => [map.name, map]));
  const placed = new Set<NftChain | NftVerdictMap>();
  const text: string[] = [];
  const place = (chain: NftChain) => {
    if (placed.has(chain)) return;
    placed.add(chain);
    for (const rule of chain.rules) {
      for (const name of targetsOf(rule, verdictMaps)) {
        const next = chainOf.get(name);
        if (next !== undefined) place(next);
      }
      const map = rule.verdict?.kind === "vmap" ? mapOf.get(rule.verdict.map) : undefined;
      if (map === undefined || placed.has(map)) continue;
      placed.add(map);
      text.push(...verdictMapLines(map));
    }
    text.push(...chainLines(chain));
  };
  for (const chain of chains) place(chain);
  return text;
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
