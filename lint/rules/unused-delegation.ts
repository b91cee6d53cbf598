// Delegations of which no rule of the module that has them makes use.

import type { Extent, Product, Term } from "../../compiler/extent/types.ts";
import type { Direction } from "../../compiler/inventory/types.ts";
import type { Delegation, Rule } from "../../compiler/model/types.ts";
import { addressesMeet, noAddress } from "../../compiler/sets/address-set.ts";
import { type Bitset, difference, intersects, isEmpty } from "../../compiler/sets/bitset.ts";
import { intersectServices, isNoService } from "../../compiler/sets/service-set.ts";
import type { LintContext } from "../context.ts";
import { defineRule } from "../rule.ts";

const org = (delegation: string) => `module org root by org
label role: enum { web, db, admin }
team org owns workloads where role is admin writes { org }
team app owns workloads where role is web writes { app }
team dba owns workloads where role is db
${delegation}
`;

const app = `module app by app
allow app-reads = workloads where role is web -> workloads where role is db : tcp/5432
`;

export const unusedDelegation = defineRule("SEG404", {
  rationale: `A delegation lets a module write rules for workloads that it does not own. One that no rule needs is
authority that nobody uses: a later rule may use it without anybody being asked. Rules count whether
they are staged, observed or in force.`,
  invalid: [
    {
      policy: {
        "org.seg": org(
          "delegate ingress of (workloads where role is db) : { tcp/5432 } to { app }\ndelegate ingress of (workloads where role is admin) : tcp/22 to { app }",
        ),
        "app.seg": app,
      },
      reports: ["org.seg:7"],
    },
    {
      // What a module owns it may write anyway.
      policy: {
        "org.seg": org(
          "delegate ingress of (workloads where role is db) : tcp/5432 to { app }\ndelegate egress of (workloads where role is web) : tcp/5432 to { app }",
        ),
        "app.seg": app,
      },
      reports: ["org.seg:7"],
    },
  ],
  valid: [
    {
      policy: {
        "org.seg": org("delegate ingress of (workloads where role is db) : tcp/5432 to { app }"),
        "app.seg": app,
      },
    },
    {
      policy: {
        "org.seg": org("delegate ingress of (workloads where role is db) : tcp/5432 to { app }"),
        "app.seg": app,
      },
      inventory: `- { name: web-1, platform: linux, labels: { role: web }, addresses: [10.0.0.1] }
`,
    },
  ],
  seeAlso: [
    "[Owners](../language.md#teams-and-delegation)",
    "[SEG401](SEG401.md): a rule beyond its module's authority",
  ],
  check(context, report) {
    if (context.expansion.universe.workloads.length === 0) return;
    const byModule = Map.groupBy(context.model.rules, ({ module }) => module.name);
    for (const delegation of context.model.delegations) {
      // Of nobody who is there today: what will need it is not known.
      if (isEmpty(context.expansion.extentOf(delegation.of).managed)) continue;
      for (const module of delegation.to) {
        const rules = byModule.get(module) ?? [];
        if (rules.some((rule) => needs(context, rule, delegation))) continue;
        report(delegation.span, { module });
      }
    }
  },
});

/** Whether the rule may have flows that its module could not write without the delegation. */
function needs(context: LintContext, rule: Rule, delegation: Delegation): boolean {
  if (rule.module.isRoot) return false;
  const { expansion } = context;
  const of = expansion.extentOf(delegation.of).managed;
  const peers = expansion.extentOf(delegation.with);
  const { products, trespasses } = expansion.flowsOf(rule);
  return [...products, ...trespasses.map(({ product }) => product)].some(
    (product) =>
      !isNoService(intersectServices(product.service, delegation.service)) &&
      delegation.directions.some((direction) =>
        meets(expansion.ownedByModule(rule.module), product, { direction, of, peers }),
      ),
  );
}

/** Ends that the module owns need none, unless their peer is outside. */
function meets(
  owned: Bitset,
  { source, destination }: Product,
  { direction, of, peers }: { direction: Direction; of: Bitset; peers: Extent },
): boolean {
  const [end, peer] = direction === "egress" ? [source, destination] : [destination, source];
  if (!intersects(end.managed, of)) return false;
  const isForeign = intersects(difference(end.managed, owned), of);
  return (isForeign && intersects(peer.managed, peers.managed)) || meetOutside(peer, peers);
}

const meetOutside = ({ external }: Term, peers: Extent) =>
  external !== noAddress && addressesMeet(external, peers.external);
