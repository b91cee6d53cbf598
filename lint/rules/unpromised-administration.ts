// Policies that let administrators in, and promise nowhere that this stays so.
import type { Rule } from "../../compiler/model/types.ts";
import { isEmpty } from "../../compiler/sets/bitset.ts";
import {
  anyService,
  equalServices,
  intersectServices,
  isNoService,
} from "../../compiler/sets/service-set.ts";
import { formatServices } from "../../compiler/sets/service-text.ts";
import type { LintContext } from "../context.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import { nameOf } from "../written-rules.ts";

export const unpromisedAdministration = defineRule("SEG717", {
  rationale: `A later change may take the administrators' access away: a label is renamed, a rule ends, a \`deny\` is added. When
that is in force, nobody gets in to put it right. An \`always\` fails the build before. It is asked for where
some rule without an end lets workloads administer others, at the \`adminPorts\` (\`tcp/22\`, \`tcp/3389\`, \`tcp/5985-5986\`), and
is said once, at the first such rule.`,
  settings: ["adminPorts"],
  invalid: [
    {
      policy: `${exampleHeader}
segment administrators = workloads where role is admin
allow admin-ssh = administrators -> workloads : tcp/22
allow web-reads = workloads where role is web -> workloads where role is db : tcp/5432
`,
      reports: [5],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
segment administrators = workloads where role is admin
allow admin-ssh = administrators -> workloads : tcp/22
always admin-reach = administrators -> workloads except administrators : tcp/22
`,
    },
    {
      policy: `${exampleHeader}
allow web-reads = workloads where role is web -> workloads where role is db : tcp/5432
`,
    },
  ],
  seeAlso: [
    "[Guardrails](../language.md#guardrails)",
    "[SEG713](SEG713.md): ports of administration that are open to others",
  ],
  check(context, report) {
    const { adminPorts } = context.settings;
    const isPromised = context.model.guardrails.some(
      ({ verb, flow }) =>
        verb === "always" && !isNoService(intersectServices(flow.service, adminPorts)),
    );
    const rule = isPromised
      ? undefined
      : context.written.flatMap(({ rules }) => rules).find((one) => administers(context, one));
    if (rule === undefined) return;
    const services = formatServices(intersectServices(rule.flow.service, adminPorts));
    const promise = `always admin-reach = … -> … : ${services}`;
    report(rule.flow.span, { rule: nameOf(rule), services, promise });
  },
});

/** Whether it lets workloads in at such a port, for good; every service is SEG705 before that. */
function administers({ expansion, settings }: LintContext, rule: Rule): boolean {
  const { effect, staged, flow, meta } = rule;
  if (effect !== "allow" || staged || meta.until !== undefined) return false;
  if (isNoService(intersectServices(flow.service, settings.adminPorts))) return false;
  if (equalServices(flow.service, anyService)) return false;
  const { products } = expansion.flowsOf(rule);
  return products.some(
    ({ source, destination }) => !isEmpty(source.managed) && !isEmpty(destination.managed),
  );
}
