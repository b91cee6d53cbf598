// SEG6xx: guardrails and tests. The flows named in these messages are always flows that occur.
import { error, warning } from "../message.ts";

const flows = (count: number) => (count === 1 ? "1 flow" : `${count} flows`);

export const guaranteeMessages = {
  SEG601: error({
    name: "guardrail-violated",
    title: "A guardrail does not hold.",
    message: (p: {
      guardrail: string;
      rule: string | undefined;
      witness: string;
      count: number;
    }) =>
      p.rule === undefined
        ? `\`${p.guardrail}\` fails: ${p.witness} is not allowed (${flows(p.count)} in all)`
        : `\`${p.guardrail}\` is violated by rule \`${p.rule}\`: ${p.witness} (${flows(p.count)} in all)`,
    help: (p) =>
      p.rule === undefined
        ? "allow this flow, or take it out of the guardrail with a dated `except`"
        : `narrow \`${p.rule}\`, or add a dated \`except\` to the guardrail`,
  }),
  SEG602: warning({
    name: "guardrail-latently-violated",
    title: "A guardrail holds only for today's inventory.",
    verb: "check",
    message: (p: {
      guardrail: string;
      /** "a workload with `role resolver`"; undefined: it could not be decided. */
      who: string | undefined;
    }) =>
      p.who === undefined
        ? `\`${p.guardrail}\` holds for today's inventory; whether it does for every possible workload is undecided`
        : `\`${p.guardrail}\` holds only for today's inventory: ${p.who} would break it`,
    help: (p) =>
      p.who === undefined
        ? "too many combinations of labels matter here: say the guardrail of fewer workloads at a time"
        : undefined,
  }),
  SEG603: warning({
    either: true,
    name: "guardrail-not-enforced",
    title: "A guardrail holds in the policy but not in effect.",
    verb: "check",
    message: (p: {
      guardrail: string;
      witness: string;
      count: number;
      until: string | undefined;
    }) =>
      p.until === undefined
        ? `\`${p.guardrail}\` holds in the policy but nothing enforces it: ${p.witness} (${flows(p.count)} in all)`
        : `\`${p.guardrail}\` holds in the policy but not in effect until ${p.until}: ${p.witness} is only observed (${flows(p.count)} in all)`,
    help: (p) =>
      p.until === undefined
        ? "put an enforcer at either end, or add a dated `except` that says why there is none"
        : `enforcement starts at the first apply after ${p.until}; end the \`observe\` earlier to close it now`,
  }),
  SEG604: error({
    name: "guardrail-fails-later",
    title: "An `always` guardrail fails on a later day, when a rule ends.",
    message: (p: { guardrail: string; from: string; rule: string; witness: string }) =>
      `\`${p.guardrail}\` fails from ${p.from}, when \`${p.rule}\` ends: ${p.witness} is not allowed`,
    help: (p) => `renew \`${p.rule}\`, or give what it allows a rule of its own without \`until\``,
  }),
  SEG605: error({
    either: true,
    name: "guardrail-matches-nothing",
    title: "A guardrail, or an exception of one, that speaks of no possible flow.",
    message: (p: { guardrail: string; excepted?: boolean; exception?: string }) => {
      if (p.exception !== undefined) {
        return `exception \`${p.exception}\` of \`${p.guardrail}\` excuses no possible flow`;
      }
      return p.excepted === true
        ? `every flow of \`${p.guardrail}\` is excepted, so it promises nothing`
        : `\`${p.guardrail}\` matches no possible flow, so it promises nothing`;
    },
    help: (p) =>
      `check the segments and the realm on both sides, or remove the ${p.exception === undefined ? "guardrail" : "exception"}`,
  }),
  SEG606: error({
    name: "exception-ended",
    title: "An exception of a guardrail has ended.",
    message: (p: { exception: string; guardrail: string; until: string; count: number }) =>
      p.count === 0
        ? `exception \`${p.exception}\` of \`${p.guardrail}\` ended on ${p.until}`
        : `exception \`${p.exception}\` of \`${p.guardrail}\` ended on ${p.until}; ${flows(p.count)} it excused ${p.count === 1 ? "is a violation" : "are violations"} again`,
    help: () => "renew it with a ticket, or close the flows and remove it",
  }),
  SEG607: warning({
    name: "traffic-never-filtered",
    title: "A guardrail or a deny about traffic that an enforcer cannot filter",
    message: (p: { subject: string; enforcer: string; traffic: string; workloads: string }) =>
      `\`${p.subject}\` meets traffic that ${p.enforcer} cannot filter: ${p.traffic}, from ${p.workloads}`,
    help: () =>
      "close it by other means on that platform, and take it out with an `except` that says so",
  }),
  SEG608: warning({
    name: "internet-in-guardrail",
    title: "`internet` in a guardrail, which leaves private ranges out",
    message: (p: { verb: string }) =>
      `\`internet\` in \`${p.verb}\` leaves private ranges out: a forgotten network is not in it`,
    help: () => "say `outside`, which is everything that is not in the inventory",
  }),
  SEG611: error({
    name: "test-failed",
    title: "A test of the policy fails.",
    message: (p: {
      test: string;
      expected: "allowed" | "denied";
      by: string | undefined;
      witness: string;
    }) =>
      p.expected === "denied"
        ? `test ${JSON.stringify(p.test)}: expected denied, but allowed by \`${p.by}\`: ${p.witness}`
        : `test ${JSON.stringify(p.test)}: expected allowed, but ${p.by === undefined ? "no rule allows it" : `denied by \`${p.by}\``}: ${p.witness}`,
    help: (p) =>
      p.by === undefined
        ? "add the rule that the test expects, or correct the test"
        : `narrow \`${p.by}\`, or correct the test`,
  }),
  SEG612: error({
    name: "test-checks-nothing",
    title: "A test, or an assertion of one, that speaks of no flow at all.",
    message: (p: { test: string; expected: string | undefined }) =>
      p.expected === undefined
        ? `test ${JSON.stringify(p.test)} asserts nothing`
        : `test ${JSON.stringify(p.test)}: this \`${p.expected}\` checks no flow at all`,
    help: (p) =>
      p.expected === undefined
        ? "add what is to hold: `allowed A -> B : SERVICE` or `denied A -> B : SERVICE`"
        : "add a fixture for each side: `workload NAME { … }` inside the test",
  }),
} as const;
