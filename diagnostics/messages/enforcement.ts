// SEG5xx: what the enforcers of the inventory cannot do for a rule (language.md 6.4 and 7), and
// SEG808, which only a rule that names an account can bring to light.
import { error, warning } from "../message.ts";

export const enforcementMessages = {
  SEG501: error({
    name: "program-not-visible",
    title: "A program that no enforcer at its end can tell apart",
    message: (
      p:
        | { why: "unseen"; program: string; workloads: string; enforcers: string }
        | { why: "no-product"; rules: string; example: string }
        | {
            why: "left-out";
            program: string;
            enforcers: string;
            workloads: string;
            artefact: string;
            others: number;
          },
    ) =>
      p.why === "left-out"
        ? `only ${p.enforcers} of ${p.workloads} can tell ${p.program} apart, and this compile leaves it out: ${p.artefact}${p.others > 0 ? ` and ${p.others} more` : ""} would let every process there through`
        : p.why === "unseen"
          ? `${p.program} can only be told apart on the host, but ${p.workloads} by ${p.enforcers}`
          : `each end sees only its own process, so pairs of programs cannot be enforced: together with ${p.rules} this rule would also let other pairs through (${p.example})`,
    help: (p) =>
      p.why === "left-out"
        ? "compile that target too (`--target` names several), or accept `fallback network`, which opens the rule to every process there"
        : p.why === "unseen"
          ? "add a host enforcer that sees the program, or accept `fallback network`, which opens the rule to every process there"
          : "name the programs of one end only, or use different services for the two rules",
  }),
  SEG502: error({
    name: "names-need-addresses",
    title: "Host names without `fallback cidr`, or with one that holds managed workloads",
    message: (
      p: { why: "missing" } | { why: "managed"; range: string; workload: string; address: string },
    ) =>
      p.why === "missing"
        ? "no target resolves host names: they need `fallback cidr`"
        : `\`fallback cidr\` may only hold addresses outside the inventory, but \`${p.range}\` contains ${p.address} of \`${p.workload}\``,
    help: (p) =>
      p.why === "missing"
        ? "add `{ fallback cidr { … } }` with the addresses that the names' owner publishes"
        : "leave the managed address out of the range, or name the workload's segment instead",
  }),
  SEG503: error({
    name: "field-needs-launcher",
    title: "A program field that is only visible with help on the host",
    message: (p: {
      fields: string;
      program: string;
      enforcers: string;
      setting: string;
      workloads: string;
    }) =>
      `${p.fields} of ${p.program} cannot be matched by ${p.enforcers} without \`${p.setting}\`, which ${p.workloads}`,
    help: (p) =>
      p.setting.startsWith("launcher")
        ? "use one of `unit`, `cgroup`, `user`, `group` instead, or give the workload `launcher: segc` in the inventory"
        : "use `path` or `service` instead, or give the workload `app-tags: segc` in the inventory",
  }),
  SEG504: error({
    name: "path-names-interpreter",
    title: "A `path` that is a script or an interpreter",
    message: (p: { path: string; why: "script" | "interpreter" }) =>
      p.why === "script"
        ? `\`${p.path}\` is a script: its process runs the interpreter, so every script run by it would match`
        : `\`${p.path}\` is an interpreter: every script run by it would match`,
    help: () => "tell the program apart by `unit` or `user` (on Windows `service` or `user`)",
  }),
  SEG505: warning({
    name: "program-may-not-match",
    title: "A program told by what is reported not to match",
    message: (p: { field: string; value: string; direction: string; reason: string }) =>
      `${p.field} \`${p.value}\` is reported not to match ${p.direction === "egress" ? "what it sends" : "what comes to it"}: ${p.reason}`,
    help: () => "allow it by the far end and the service instead, or try it on a host first",
  }),
  SEG506: error({
    either: true,
    name: "nothing-enforces",
    title: "A rule with flows that no enforcer filters",
    message: (p: { rule: string; pairs: number; bare: number }) =>
      p.bare < p.pairs
        ? `${p.bare} of the ${p.pairs} address pairs of ${p.rule} have no enforcer at either end`
        : `nothing enforces ${p.rule}: ${p.pairs === 1 ? "its one address pair has no" : `none of its ${p.pairs} address pairs has an`} enforcer at either end`,
    help: () => "add an enforcer to one of the ends in the inventory, or remove the rule",
  }),
  SEG509: warning({
    name: "deny-widened",
    title: "A deny that refuses more than it says",
    message: (
      p:
        | { why: "process"; programs: string; workloads: string; enforcers: string }
        | { why: "service"; service: string; enforcers: string; pair: string },
    ) =>
      p.why === "process"
        ? `this deny refuses every process on ${p.workloads}: ${p.enforcers} cannot tell ${p.programs} apart`
        : `this deny refuses more than \`${p.service}\` between ${p.pair}: ${p.enforcers} cannot match it exactly`,
    help: (p) =>
      p.why === "process"
        ? "leave it if that is meant, or deny nothing and allow only the other programs"
        : "leave it if that is meant, or name a service that every enforcer matches",
  }),
  SEG510: error({
    name: "expiry-not-enforced",
    title: "An end date where neither the enforcer nor a schedule ends access",
    message: (p: { until: string; workloads: string; enforcers: string }) =>
      `access until ${p.until} would not end by itself: ${p.enforcers} of ${p.workloads} cannot expire rules, and no expiry schedule is declared`,
    help: () => "declare `expiry: { schedule: … }` in `segc.yaml` and run `segc expire` on it",
  }),
  SEG511: error({
    name: "service-not-exact",
    title: "A service that no enforcer on the path can match exactly",
    message: (p: { service: string; enforcers: string; pair: string }) =>
      `${p.enforcers} cannot match \`${p.service}\` exactly, and nothing else stands between ${p.pair}`,
    help: () => "allow the whole protocol (`sctp/*`), or add an enforcer that matches ports",
  }),
  SEG512: error({
    either: true,
    name: "no-common-realm",
    title: "A rule with pairs of workloads that share no realm",
    message: (p: { rule: string; pairs: number; apart: number; example: string }) =>
      p.apart < p.pairs
        ? `${p.apart} of the ${p.pairs} pairs of ${p.rule} share no realm (${p.example}); there is no address translation in edition 1`
        : `no pair of ${p.rule} shares a realm (${p.pairs === 1 ? "1 pair" : `${p.pairs} pairs`}, ${p.example}); there is no address translation in edition 1`,
    help: () => "narrow the rule, or give a workload an address in the other's realm",
  }),
  SEG513: warning({
    name: "log-not-supported",
    title: "A rule with `log` where an enforcer cannot log",
    message: (p: { log: string; workloads: string; enforcers: string }) =>
      `\`log ${p.log}\` has no effect on ${p.workloads}: ${p.enforcers} cannot log what a rule lets pass`,
    help: () => "use the flow log of the platform there, or remove `log`",
  }),
  SEG808: error({
    name: "account-without-number",
    title: "A user or group of a program that the inventory gives no number",
    message: (p: { kind: "user" | "group"; account: string; program: string; workloads: string }) =>
      `${p.kind} \`${p.account}\` of ${p.program} has no number on ${p.workloads}`,
    help: (p) => `add it to \`${p.kind}s:\` of the workload in the inventory`,
  }),
} as const;
