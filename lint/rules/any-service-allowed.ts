// Allows of every service, but to outside, which is SEG706.
import { anyService, equalServices } from "../../compiler/sets/service-set.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import { nameOf } from "../written-rules.ts";
import { isWideOpen } from "./everything-to-outside.ts";

export const anyServiceAllowed = defineRule("SEG705", {
  rationale: `A rule with \`any-service\` allows whatever listens at its destinations, today and after the next installation:
administration, file shares, databases, what somebody started for a test. List what is needed; where nobody
knows, a staged rule and its log say.`,
  invalid: [
    {
      policy: `${exampleHeader}
allow web-to-db = workloads where role is web -> workloads where role is db : any-service
`,
      reports: [4],
    },
    {
      policy: `${exampleHeader}
service everything = any-service
allow web-to-db = workloads where role is web -> workloads where role is db : everything
`,
      reports: [5],
    },
    {
      policy: `${exampleHeader}
segment web = workloads where role is web
service some = tcp/5432
service all = any-service
template serves(s: service) {
  allow requests = web -> workloads where role is db : $s
}
use one = serves(s: some)
use two = serves(s: all)
`,
      reports: [8],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
allow web-to-db = workloads where role is web -> workloads where role is db : tcp/5432
deny no-way-back = workloads where role is db -> workloads where role is web : any-service
never data = outside -> workloads where role is db : any-service
`,
    },
  ],
  seeAlso: ["[Services](../language.md#services)", "[SEG706](SEG706.md): every service to outside"],
  check(context, report) {
    for (const rule of context.written.flatMap(({ rules }) => rules)) {
      const { service, serviceSpan, destination } = rule.flow;
      if (rule.effect !== "allow" || !equalServices(service, anyService)) continue;
      if (!isWideOpen(destination)) report(serviceSpan, { rule: nameOf(rule) });
    }
  },
});
