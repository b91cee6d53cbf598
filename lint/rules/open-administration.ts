// Ports of administration that rules open to others than the hosts of administrators.
import { nameWorkloads } from "../../compiler/extent/named-workloads.ts";
import type { Product } from "../../compiler/extent/types.ts";
import type { Rule } from "../../compiler/model/types.ts";
import { isActive } from "../../compiler/plan/context.ts";
import { subtractAddresses } from "../../compiler/sets/address-set.ts";
import { type Bitset, difference, isEmpty, union } from "../../compiler/sets/bitset.ts";
import {
  anyService,
  equalServices,
  intersectServices,
  isNoService,
  type ServiceSet,
} from "../../compiler/sets/service-set.ts";
import { formatServices } from "../../compiler/sets/service-text.ts";
import { named } from "../../diagnostics/messages/authority.ts";
import type { LintContext } from "../context.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import { nameOf } from "../written-rules.ts";

const adminHosts = "adminHosts: app.administrators\n";

export const openAdministration = defineRule("SEG713", {
  rationale: `Whoever breaks into one host goes on to the next by the ports that hosts are administered by. They should be open
to hosts of administrators alone, not to a whole role or to outside. \`adminHosts\` says which segment that is;
where segc.yaml names none, nothing is said. \`adminPorts\` says which ports are meant (\`tcp/22\`, \`tcp/3389\`,
\`tcp/5985-5986\`).`,
  settings: ["adminHosts", "adminPorts"],
  invalid: [
    {
      policy: `${exampleHeader}
segment administrators = workloads where role is admin
allow admin-ssh = administrators -> workloads : tcp/22
allow web-ssh = workloads where role is web -> workloads where role is db : { tcp/22, tcp/5432 }
always admin-reach = administrators -> workloads where role is db : tcp/22
`,
      settings: adminHosts,
      reports: [6],
    },
    {
      policy: `${exampleHeader}
segment administrators = workloads where role is admin
allow web-reads = workloads where role is web -> workloads where role is db : tcp/5432
`,
      settings: `${adminHosts}adminPorts: [tcp/5000-6000]\n`,
      reports: [5],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
segment administrators = workloads where role is admin
allow admin-ssh = administrators -> workloads : tcp/22
always admin-reach = administrators -> workloads where role is db : tcp/22
`,
      settings: adminHosts,
    },
  ],
  seeAlso: [
    "[segc.yaml](../project-file.md#lint)",
    "[SEG717](SEG717.md): no promise that administrators keep access",
  ],
  check(context, report) {
    const { adminHosts: hosts, adminPorts } = context.settings;
    const segment = context.model.segments.find(({ qualified }) => qualified === hosts?.segment);
    if (hosts === undefined || segment === undefined) return;
    const allowed = context.expansion.extentOf(segment.set);
    for (const rule of context.written.flatMap(({ rules }) => rules)) {
      const shared = intersectServices(rule.flow.service, adminPorts);
      // Every service is SEG705 and SEG706: one cause, one finding.
      const isAny = equalServices(rule.flow.service, anyService);
      if (rule.effect !== "allow" || isNoService(shared) || isAny) continue;
      const others = othersIn(context, rule, allowed, shared);
      if (others.length === 0) continue;
      report(rule.flow.sourceSpan, {
        rule: nameOf(rule),
        services: formatServices(shared),
        hosts: hosts.segment,
        who: whoIs(context, others),
      });
    }
  },
});

/** The flows at ports of administration that start elsewhere. */
function othersIn(
  { expansion, now }: LintContext,
  rule: Rule,
  allowed: { readonly managed: Bitset; readonly external: Product["source"]["external"] },
  service: ServiceSet,
): readonly Product[] {
  if (!isActive(rule.meta.until, now)) return [];
  return expansion
    .flowsOf(rule)
    .products.map((product) => ({
      ...product,
      service,
      source: {
        ...product.source,
        managed: difference(product.source.managed, allowed.managed),
        external: subtractAddresses(product.source.external, allowed.external),
      },
    }))
    .filter(expansion.search.hasFlow);
}

function whoIs({ model, expansion }: LintContext, others: readonly Product[]): string {
  const managed = others.map(({ source }) => source.managed).reduce(union);
  if (isEmpty(managed)) return "addresses outside";
  const { count, names } = nameWorkloads(model, expansion, managed);
  return `${count === 1 ? "1 workload" : `${count} workloads`} (${named(names, count)})`;
}
