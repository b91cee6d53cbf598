// SEG3xx: what may stand where (language.md 6.2 and 11, "Types").
import { error, warning } from "../message.ts";

const sources: Readonly<Record<string, string>> = {
  enum: "an enum",
  set: "a set",
  name: "a name label",
  string: "a string label",
};
const kindOf = (kind: string) => sources[kind] ?? kind;

export const typeMessages = {
  SEG301: error({
    name: "unknown-label-value",
    title: "A value that the label does not have",
    message: (p: { label: string; value: string; suggestion: string }) =>
      `\`${p.label}\` has no value \`${p.value}\`${p.suggestion}`,
    help: (p) => `use a declared value, or add \`${p.value}\` to label \`${p.label}\``,
  }),
  SEG302: warning({
    name: "value-of-no-workload",
    title: "A value of an open label that no workload has",
    message: (p: { label: string; value: string; nearest: string | undefined }) =>
      `no workload has \`${p.label} is ${p.value}\`${p.nearest === undefined ? "" : `; closest in the inventory: \`${p.nearest}\``}`,
    help: (p) =>
      p.nearest === undefined
        ? "correct the value, or leave it if such workloads are still to come"
        : `write \`${p.nearest}\` if that is meant`,
  }),
  SEG303: error({
    name: "unguarded-negation",
    title: "A negative test that silently includes workloads without the label",
    message: (p: { label: string; test: string; within: boolean }) =>
      `\`${p.label}\` is optional: ${p.within ? "`not` around " : ""}\`${p.test}\` would include every workload that has no \`${p.label}\``,
    help: (p) =>
      p.within
        ? `put \`has ${p.label} and\` before the \`not ( … )\` to leave them out, or \`not (has ${p.label}) or\` to keep them`
        : `write \`has ${p.label} and ${p.test}\` to leave them out, or \`(not (has ${p.label}) or ${p.test})\` to keep them`,
  }),
  SEG304: error({
    name: "label-kind-mismatch",
    title: "A test or value that does not fit the kind of the label",
    message: (
      p:
        | { why: "test"; label: string; kind: string; test: string }
        | { why: "value"; label: string; kind: string; wanted: "name" | "string" },
    ) =>
      p.why === "test"
        ? `\`${p.label}\` is ${kindOf(p.kind)}; \`${p.test}\` does not test that`
        : `\`${p.label}\` is ${kindOf(p.kind)}; its values are written ${p.wanted === "string" ? "in quotes" : "without quotes"}`,
    help: (p) => {
      if (p.why === "value") {
        return p.wanted === "string" ? "put the value in quotes" : "remove the quotes";
      }
      return p.kind === "set"
        ? `use \`${p.label} has …\``
        : `use \`${p.label} is …\` or \`${p.label} in { … }\``;
    },
  }),
  SEG305: error({
    name: "program-in-segment",
    title: "A program where only machines can be named",
    message: (p: { program: string; where: string }) =>
      `a program is part of a peer, not of ${p.where}: \`${p.program}@…\``,
    help: () => "write `program@segment` in the rule itself",
  }),
  SEG306: error({
    name: "not-a-program-at-workloads",
    title: "`@` without a program on its left or workloads on its right",
    message: (p: { side: "left" | "right"; found: string }) =>
      p.side === "left"
        ? `left of \`@\` must be one program name or an inline program; ${p.found}`
        : `right of \`@\` must be workloads; ${p.found}`,
    help: (p) =>
      p.side === "left"
        ? "write `program@segment`, the program first"
        : "name a segment of workloads: nothing is known of programs outside the inventory",
  }),
  SEG307: error({
    name: "names-outside-destination",
    title: "Host names anywhere but in the destination of an `allow`",
    message: () =>
      "host names may only be the destination of an `allow`: their list of addresses is never complete",
    help: () => "use `networks { … }`, or rely on default deny",
  }),
  SEG308: error({
    name: "incomparable-label",
    title: "`when same` or `when different` that cannot be compared",
    message: (
      p:
        | { why: "label"; relation: string; label: string; kind: string; optional: boolean }
        | { why: "peer"; relation: string; label: string },
    ) =>
      p.why === "label"
        ? `\`when ${p.relation} ${p.label}\` needs a required enum label, but \`${p.label}\` is ${p.optional ? "optional" : kindOf(p.kind)}`
        : `\`when ${p.relation} ${p.label}\` needs workloads at both ends: only they have labels`,
    help: (p) =>
      p.why === "label"
        ? `compare a required enum label, or make \`${p.label}\` one`
        : "use segments of workloads for both peers, or leave `when` out",
  }),
  SEG309: error({
    name: "template-argument",
    title: "A template parameter that is unknown, missing, given twice or of another type",
    message: (
      p:
        | { why: "unknown"; template: string; parameter: string; suggestion: string }
        | { why: "missing"; template: string; parameter: string }
        | { why: "twice"; template: string; parameter: string }
        | { why: "ill-typed"; parameter: string; wanted: string; found: string }
        | { why: "not-a-template"; name: string; found: string }
        | { why: "outside"; parameter: string },
    ) => {
      switch (p.why) {
        case "unknown":
          return `template \`${p.template}\` has no parameter \`${p.parameter}\`${p.suggestion}`;
        case "missing":
          return `template \`${p.template}\` needs parameter \`${p.parameter}\``;
        case "twice":
          return `parameter \`${p.parameter}\` of template \`${p.template}\` is given twice`;
        case "ill-typed":
          return `parameter \`${p.parameter}\` stands for a ${p.wanted}, not for a ${p.found}`;
        case "not-a-template":
          return `\`${p.name}\` is a ${p.found}, not a template`;
        case "outside":
          return `\`$${p.parameter}\` stands outside a template`;
      }
    },
    help: (p) => {
      switch (p.why) {
        case "unknown":
          return "correct the parameter's name, or remove it";
        case "missing":
          return `add \`${p.parameter}: …\``;
        case "twice":
          return "remove one of them";
        case "ill-typed":
          return `use a ${p.wanted}`;
        case "not-a-template":
          return "name a template after `=`";
        case "outside":
          return "write the name itself: parameters exist only inside `template … { … }`";
      }
    },
  }),
  SEG310: error({
    name: "reply-as-flow",
    title: "An ICMP reply or error in an `allow`",
    message: (p: { service: string }) =>
      `\`${p.service}\` in an \`allow\`: replies and errors always come with their flow`,
    help: () => "remove it",
  }),
  SEG311: warning({
    name: "program-without-platform",
    title: "A program without an alternative for the platform of selected workloads",
    message: (p: { program: string; platforms: string; count: number; workloads: string }) =>
      `${p.program} has no alternative for ${p.platforms}; ${p.count === 1 ? "1 selected workload never matches" : `${p.count} selected workloads never match`}: ${p.workloads}`,
    help: (p) => `add an alternative for ${p.platforms}, or narrow what stands after \`@\``,
  }),
  SEG312: error({
    name: "expiring-deny",
    title: "`until` on a `deny`",
    message: (p: { date: string }) => `\`until\` on a \`deny\` would open access after ${p.date}`,
    help: () => "remove `until`, or turn the rule into an `allow` with `until`",
  }),
  SEG313: error({
    name: "unnamed-rule",
    title: "A rule that needs a name",
    message: (p: { because: string }) => `a rule that ${p.because} needs a name`,
    help: () => "logs, counters and tests refer to it by name: write `allow NAME = …`",
  }),
  SEG314: error({
    name: "fallback-network-on-deny",
    title: "`fallback network` on a `deny`",
    message: () => "`fallback network` on a `deny`: a deny always widens to the network",
    help: () => "remove `fallback network`",
  }),
} as const;
