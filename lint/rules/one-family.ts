// Rules with networks of one family, where the workloads at the other end have addresses of both.

import { nameWorkloads } from "../../compiler/extent/named-workloads.ts";
import type { EndpointSet, Rule } from "../../compiler/model/types.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { addressesOfFamily, isNoAddress } from "../../compiler/sets/address-set.ts";
import { type Bitset, intersection, isEmpty, union } from "../../compiler/sets/bitset.ts";
import type { LintContext } from "../context.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";

export const oneFamily = defineRule("SEG703", {
  rationale: `\`networks\` names addresses of one family only, and the workloads at the other end speak both. What is allowed
works over IPv4 and is refused over IPv6, or the other way round; which of the two a client tries first
is up to the client. \`family v4\` says that it is meant.`,
  invalid: [
    {
      policy: `${exampleHeader}
allow office = networks { 192.0.2.0/24 } -> workloads where role is web : tcp/443
`,
      reports: [4],
    },
    {
      policy: `${exampleHeader}
segment office = networks { 2001:db8::/48 }
allow office-in = office -> workloads where role is web : tcp/443
`,
      reports: [5],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
allow office = networks { 192.0.2.0/24, 2001:db8::/48 } -> workloads where role is web : tcp/443
`,
    },
    {
      policy: `${exampleHeader}
allow office = networks { 192.0.2.0/24 } -> workloads where role is web : tcp/443 { family v4 }
`,
    },
    {
      policy: `${exampleHeader}
allow readers = { networks { 192.0.2.0/24 }, workloads where role is admin }
  -> workloads where role is web : tcp/443
`,
    },
  ],
  seeAlso: [
    "[Sets](../language.md#sets)",
    "[What may stand in braces](../language.md#what-may-stand-in-braces)",
  ],
  check(context, report) {
    for (const rule of context.written.flatMap(({ rules }) => rules)) {
      const { effect, flow } = rule;
      if (effect !== "allow") continue;
      for (const [set, peer, span] of [
        [flow.source, flow.destination, flow.sourceSpan],
        [flow.destination, flow.source, flow.destinationSpan],
      ] as const) {
        const found =
          flow.family === undefined ? missingFamily(context, rule, set, peer) : undefined;
        if (found !== undefined) report(span, found);
      }
    }
  },
});

function missingFamily(context: LintContext, rule: Rule, set: EndpointSet, peer: EndpointSet) {
  if (!hasNetworks(set)) return undefined;
  const { expansion, model } = context;
  const { external, byIdentity } = expansion.extentOf(set);
  const families = ([4, 6] as const).filter(
    (family) => !isNoAddress(addressesOfFamily(external, family)),
  );
  const [has] = families;
  if (has === undefined || families.length > 1) return undefined;
  const missing = has === 4 ? 6 : 4;
  const row = ofFamily(context, missing);
  // Somebody at this end has the other family by other means than the networks.
  if (!isEmpty(intersection(byIdentity, row))) return undefined;
  const peers = intersection(expansion.extentOf(peer).managed, row);
  if (isEmpty(peers) || expansion.productsOf(rule.flow).length === 0) return undefined;
  return { has, count: nameWorkloads(model, expansion, peers).count };
}

function ofFamily({ expansion }: LintContext, family: Family): Bitset {
  const { groups, none } = expansion.universe;
  return groups
    .filter((group) => group.family === family)
    .map(({ members }) => members)
    .reduce(union, none);
}

function hasNetworks(set: EndpointSet): boolean {
  if (set.kind === "union") return set.of.some(hasNetworks);
  return set.kind === "networks";
}
