// SEG7xx: what is most likely not meant. Rules of the room `lint` report most of them.
import { warning } from "../message.ts";
import { listed, type NamedWorkloads } from "./authority.ts";

export const lintMessages = {
  SEG701: warning({
    name: "redundant-rule",
    title: "A rule that allows nothing that others do not allow",
    message: (
      p:
        | { why: "repeated"; rule: string; line: number; path: string }
        | { why: "covered"; rule: string; by: readonly string[]; refusedBy: readonly string[] },
    ) => {
      if (p.why === "repeated")
        return `this rule says what \`${p.rule}\` says at ${p.path}:${p.line}`;
      if (p.by.length === 0) {
        return `rule \`${p.rule}\` allows nothing today: ${several(p.refusedBy)} ${p.refusedBy.length === 1 ? "refuses" : "refuse"} all of it`;
      }
      const rest =
        p.refusedBy.length === 0
          ? ""
          : `, but for what ${several(p.refusedBy)} refuse${p.refusedBy.length === 1 ? "s" : ""}`;
      return `rule \`${p.rule}\` allows nothing today that ${several(p.by)} ${p.by.length === 1 ? "does" : "do"} not already allow${rest}`;
    },
    help: (p) =>
      p.why === "repeated"
        ? "remove one of the two"
        : "remove it, unless workloads to come need it; or narrow what covers it",
  }),
  SEG702: warning({
    name: "networks-cover-others",
    title: "Addresses of a rule that belong to workloads its module may not write",
    message: (p: { peer: string; workloads: NamedWorkloads; module: string }) =>
      `\`${p.peer}\` covers managed workloads; ${listed(p.workloads)} ${p.workloads.count === 1 ? "is" : "are"} left out, because module \`${p.module}\` may not write them`,
    help: () => "name the workloads by their segment, and ask their owner for a `delegate`",
  }),
  SEG703: warning({
    name: "one-family",
    title: "Networks of one family where peers have addresses of both",
    message: (p: { has: 4 | 6; count: number }) =>
      `the networks are only IPv${p.has}, but ${p.count === 1 ? "1 peer has an" : `${p.count} peers have`} IPv${p.has === 4 ? 6 : 4} address${p.count === 1 ? "" : "es"} too`,
    help: (p) =>
      `add the IPv${p.has === 4 ? 6 : 4} range, or say \`family v${p.has}\` to show that it is meant`,
  }),
  SEG704: warning({
    name: "dns-without-tcp",
    title: "DNS on UDP only",
    message: () => "DNS is allowed on UDP only; large answers need TCP",
    help: () => "write `{ udp/53, tcp/53 }`",
  }),
  SEG705: warning({
    name: "any-service-allowed",
    title: "`any-service` in an `allow`",
    message: (p: { rule: string }) => `rule \`${p.rule}\` allows every service`,
    help: () => "list the services that are needed",
  }),
  SEG706: warning({
    name: "everything-to-outside",
    title: "Every service to anywhere outside",
    message: (p: { rule: string; peer: string }) =>
      `rule \`${p.rule}\` allows every service to \`${p.peer}\``,
    help: () => "name the networks or host names that are needed, and their services",
  }),
  SEG707: warning({
    name: "rule-ends",
    title: "A rule that ends soon, or has ended",
    message: (p: { rule: string; days: number; until: string }) =>
      p.days < 0
        ? `rule \`${p.rule}\` ended ${daysText(-p.days)} ago`
        : `rule \`${p.rule}\` ends ${p.days === 0 ? "today" : `in ${daysText(p.days)}`}: ${p.until} is its last day`,
    help: (p) => (p.days < 0 ? "remove it, or renew it" : "renew it, or leave it to end"),
  }),
  SEG708: warning({
    name: "idle-deny",
    title: "A deny that refuses nothing that is allowed",
    message: (p: { rule: string; by: readonly string[] }) =>
      p.by.length === 0
        ? `deny \`${p.rule}\` refuses nothing today that is allowed`
        : `deny \`${p.rule}\` refuses nothing today that ${several(p.by)} ${p.by.length === 1 ? "does" : "do"} not already refuse`,
    help: () =>
      "remove it, unless workloads to come need it; what must never be allowed is promised by a `never`",
  }),
  SEG709: warning({
    name: "staged-for-long",
    title: "A rule that has been staged for long",
    message: (p: { rule: string; days: number }) =>
      `rule \`${p.rule}\` has been staged for ${daysText(p.days)}`,
    help: () => "promote it (remove `staged`), or remove it",
  }),
  SEG710: warning({
    name: "unexplained-rule",
    title: "A rule across owners or to the internet without a reason",
    message: (p: { rule: string; crosses: "owners" | "internet" }) =>
      p.crosses === "owners"
        ? `rule \`${p.rule}\` crosses owners and says neither \`because\` nor \`ticket\``
        : `rule \`${p.rule}\` reaches the internet and says neither \`because\` nor \`ticket\``,
    help: () => 'add `because "…"` or `ticket "…"`',
  }),
  SEG712: warning({
    name: "unnamed-service",
    title: "A service written out that has a name",
    message: (p: { service: string }) => `this is what \`${p.service}\` says`,
    help: (p) => `write \`${p.service}\``,
  }),
  SEG713: warning({
    name: "open-administration",
    title: "A port of administration that is open to others than hosts of administrators",
    message: (p: { rule: string; services: string; hosts: string; who: string }) =>
      `rule \`${p.rule}\` opens ${p.services} to ${p.who}, beside \`${p.hosts}\``,
    help: (p) => `let only \`${p.hosts}\` in there`,
  }),
  SEG714: warning({
    name: "same-service-twice",
    title: "Two services that say the same",
    message: (p: { service: string; other: string; line: number }) =>
      `service \`${p.service}\` says what \`${p.other}\` says on line ${p.line}`,
    help: (p) => `write \`service ${p.service} = ${p.other}\`, or use one of the two`,
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
  SEG717: warning({
    name: "unpromised-administration",
    title: "No guardrail promises that administrators keep access",
    message: (p: { rule: string; services: string; promise: string }) =>
      `rule \`${p.rule}\` lets administrators in at ${p.services}, and no \`always\` promises that this stays so`,
    help: (p) => `write \`${p.promise}\` in the root module`,
  }),
  SEG718: warning({
    either: true,
    name: "observed-depends-on-staged",
    title: "An observed workload depends on a staged rule and its window is about to end.",
    message: (p: { workload: string; rule: string; days: number; witness: string }) =>
      `observed \`${p.workload}\` depends on staged \`${p.rule}\` and its window ends ${p.days === 0 ? "today" : `in ${p.days} ${p.days === 1 ? "day" : "days"}`}: ${p.witness} will be refused`,
    help: (p) => `promote \`${p.rule}\` (remove \`staged\`), or extend the \`observe\``,
  }),
  SEG719: warning({
    name: "long-observation",
    title: "An `observe` that ends far in the future",
    message: (p: { days: number; until: string; most: number }) =>
      `nothing is enforced here for ${daysText(p.days)} more, until ${p.until}`,
    help: (p) => `let it end within ${daysText(p.most)}, and extend it then if it must be`,
  }),
  SEG720: warning({
    name: "bypasses-balancer",
    title: "A rule past a load balancer",
    message: (p: { rule: string; servers: string; balancers: string }) =>
      `${p.rule} lets clients outside reach ${p.servers} past the load balancer ${p.balancers}, at a port that it uses itself`,
    help: () => "let only the balancer in there, or give these clients a port of their own",
  }),
  SEG799: warning({
    name: "idle-suppression",
    title: "A suppression that suppresses nothing",
    message: (p: { code: string; why: IdleReason }) => {
      switch (p.why) {
        case "nothing":
          return `there is no ${p.code} here to suppress`;
        case "unknown":
          return `\`${p.code}\` is no code of a finding`;
        case "form":
          return "this is no suppression: write `# seg-allow SEG710: why`, with one code";
        case "itself":
          return "a suppression that suppresses nothing cannot be suppressed";
        case "error":
          return `${p.code} is an error: only warnings can be suppressed`;
        case "raised":
          return `segc.yaml makes ${p.code} an error: only warnings can be suppressed`;
        case "compile":
          return `${p.code} is about artefacts: no place in a policy can suppress it`;
        case "root":
          return `${p.code} can be suppressed in the root module only`;
        case "reason":
          return `this suppression of ${p.code} gives no reason, so it suppresses nothing`;
      }
    },
    help: (p) =>
      p.why === "reason"
        ? `write \`# seg-allow ${p.code}: why, and a ticket\``
        : "remove the comment",
  }),
} as const;

/** Why a suppression suppresses nothing. */
export type IdleReason =
  | "nothing"
  | "unknown"
  | "form"
  | "itself"
  | "error"
  | "raised"
  | "compile"
  | "root"
  | "reason";

const daysText = (days: number) => (days === 1 ? "1 day" : `${days} days`);

/** "`a`", "`a` and `b`", "`a`, `b` and 3 more". */
function several(names: readonly string[]): string {
  const shown = names.slice(0, 2).map((name) => `\`${name}\``);
  const more = names.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(" and ");
}
