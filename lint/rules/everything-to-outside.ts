// Allows of every service to everything outside.
import type { EndpointSet } from "../../compiler/model/types.ts";
import { anyService, equalServices } from "../../compiler/sets/service-set.ts";
import { textOf } from "../../diagnostics/source.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import { nameOf } from "../written-rules.ts";

export const everythingToOutside = defineRule("SEG706", {
  rationale: `A rule that allows every service to \`outside\`, \`internet\` or \`anywhere\` is as good as none: whatever is stolen
leaves by it, and whoever broke in is reached through it. Name the networks or host names that are needed.`,
  invalid: [
    {
      policy: `${exampleHeader}
allow updates = workloads where role is web -> internet : any-service { because "updates" }
`,
      reports: [4],
    },
    {
      policy: `${exampleHeader}
segment world = { outside, workloads where role is db }
allow updates = workloads where role is web -> world : any-service { because "updates" }
`,
      reports: [5],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
allow updates = workloads where role is web -> networks { 192.0.2.0/24, 2001:db8::/48 } : tcp/443
`,
    },
  ],
  seeAlso: ["[Sets](../language.md#sets)", "[SEG705](SEG705.md): every service between workloads"],
  check(context, report) {
    for (const rule of context.written.flatMap(({ rules }) => rules)) {
      const { service, destination, destinationSpan } = rule.flow;
      if (rule.effect !== "allow" || !equalServices(service, anyService)) continue;
      if (!isWideOpen(destination)) continue;
      report(destinationSpan, {
        rule: nameOf(rule),
        peer: textOf(destinationSpan).replace(/\s+/g, " "),
      });
    }
  },
});

/** Whether everything outside, or all of the internet, is in the set. */
export function isWideOpen(set: EndpointSet): boolean {
  switch (set.kind) {
    case "outside":
    case "internet":
    case "anywhere":
      return true;
    case "union":
      return set.of.some(isWideOpen);
    case "difference":
      return isWideOpen(set.of);
    default:
      return false;
  }
}
