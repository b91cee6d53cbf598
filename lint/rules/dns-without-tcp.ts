// Allows of udp/53 where nothing allows tcp/53 between the same ends.
import type { Rule } from "../../compiler/model/types.ts";
import { isActive } from "../../compiler/plan/context.ts";
import {
  hasService,
  portInterval,
  protocols,
  serviceSet,
} from "../../compiler/sets/service-set.ts";
import type { Edit } from "../../diagnostics/diagnostic.ts";
import type { ServiceExpression } from "../../grammar/ast.ts";
import type { LintContext } from "../context.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import { isPort } from "../service-items.ts";
import type { WrittenRule } from "../written-rules.ts";

export const dnsWithoutTcp = defineRule("SEG704", {
  rationale: `A resolver that has more to say than fits into a datagram says so, and the client asks again over TCP. Where only
\`udp/53\` is allowed, most names resolve and some do not, on some days. The fix allows \`tcp/53\` as well;
where a module may not, the delegation comes first.`,
  fix: "changes the meaning",
  invalid: [
    {
      policy: `${exampleHeader}
allow use-dns = workloads -> workloads where role is admin : udp/53
`,
      reports: [4],
    },
    {
      policy: `${exampleHeader}
service dns = udp/53
allow use-dns = workloads -> workloads where role is admin : { dns, udp/123 }
`,
      reports: [5],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
allow use-dns = workloads -> workloads where role is admin : { udp/53, tcp/53 }
`,
    },
    {
      policy: `${exampleHeader}
allow use-dns = workloads -> workloads where role is admin : udp/53
allow large-answers = workloads -> workloads where role is admin : tcp/53
`,
    },
  ],
  seeAlso: ["[Services](../language.md#services)", "RFC 7766: DNS over TCP is not optional"],
  check(context, report) {
    for (const written of context.written) {
      const [rule] = written.rules;
      if (!written.rules.some((one) => lacksTcp(context, one))) continue;
      const fix = fixFor(written);
      report(rule.flow.serviceSpan, {}, fix.length === 0 ? {} : { fix });
    }
  },
});

const dnsPort = 53;
const tcpDns = serviceSet([portInterval(protocols.tcp, dnsPort, dnsPort)]);

/** Whether it names udp/53, no range around it, and no rule allows tcp/53 for the same. */
function lacksTcp(context: LintContext, rule: Rule): boolean {
  const { effect, flow, meta } = rule;
  const { intervals } = flow.service;
  const [udp, tcp] = [protocols.udp, protocols.tcp].map((one) =>
    portInterval(one, dnsPort, dnsPort),
  );
  const hasDns = intervals.some(({ first, last }) => first === udp?.first && last === udp.last);
  if (effect !== "allow" || !hasDns || hasService(flow.service, tcp?.first ?? 0)) return false;
  if (!isActive(meta.until, context.now)) return false;
  const products = context.expansion
    .flowsOf(rule)
    .products.map((product) => ({ ...product, service: tcpDns }));
  return context.covers().coverOf(products, (other) => other.effect === "allow") === undefined;
}

/** Behind each \`udp/53\` that stands in the rule itself. */
function fixFor({ tree }: WrittenRule): readonly Edit[] {
  const { items, braced }: ServiceExpression = tree.flow.service;
  const found = items.find((item) => isPort(item, "udp", dnsPort));
  if (found === undefined) return [];
  const { span } = found;
  return braced
    ? [{ span: { ...span, start: span.end }, text: ", tcp/53" }]
    : [{ span, text: "{ udp/53, tcp/53 }" }];
}
