// SEG7xx: what is most likely not meant.
import { warning } from "../message.ts";
import { listed, type NamedWorkloads } from "./authority.ts";

export const lintMessages = {
  SEG701: warning({
    name: "redundant-rule",
    title: "A rule that is written twice",
    message: (p: { rule: string; line: number; path: string }) =>
      `this rule says what \`${p.rule}\` says at ${p.path}:${p.line}`,
    help: () => "remove one of the two",
  }),
  SEG702: warning({
    name: "networks-cover-others",
    title: "Addresses of a rule that belong to workloads its module may not write",
    message: (p: { peer: string; workloads: NamedWorkloads; module: string }) =>
      `\`${p.peer}\` covers managed workloads; ${listed(p.workloads)} ${p.workloads.count === 1 ? "is" : "are"} left out, because module \`${p.module}\` may not write them`,
    help: () => "name the workloads by their segment, and ask their owner for a `delegate`",
  }),
  SEG715: warning({
    name: "selects-nothing",
    title: "A segment, or a rule of one family, that selects nothing",
    message: (
      p: { why: "segment"; segment: string } | { why: "family"; rule: string; family: string },
    ) =>
      p.why === "segment"
        ? `segment \`${p.segment}\` covers no workload of the inventory`
        : `\`family ${p.family}\` leaves nothing of rule \`${p.rule}\``,
    help: (p) =>
      p.why === "segment"
        ? "check the labels; where it may be empty, give its tests fixtures"
        : "remove `family`, or give both ends addresses of that family",
  }),
  SEG718: warning({
    name: "observed-depends-on-staged",
    title: "An observed workload depends on a staged rule and its window is about to end.",
    message: (p: { workload: string; rule: string; days: number; witness: string }) =>
      `observed \`${p.workload}\` depends on staged \`${p.rule}\` and its window ends ${p.days === 0 ? "today" : `in ${p.days} ${p.days === 1 ? "day" : "days"}`}: ${p.witness} will be refused`,
    help: (p) => `promote \`${p.rule}\` (remove \`staged\`), or extend the \`observe\``,
  }),
  SEG720: warning({
    name: "bypasses-balancer",
    title: "A rule past a load balancer",
    message: (p: { rule: string; servers: string; balancers: string }) =>
      `${p.rule} lets clients outside reach ${p.servers} past the load balancer ${p.balancers}, at a port that it uses itself`,
    help: () => "let only the balancer in there, or give these clients a port of their own",
  }),
} as const;
