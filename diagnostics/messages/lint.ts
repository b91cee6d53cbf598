// SEG7xx: what `lint` reports. Only the one that can be an error is decided so far.
import { warning } from "../message.ts";

export const lintMessages = {
  SEG718: warning({
    name: "observed-depends-on-staged",
    title: "An observed workload depends on a staged rule and its window is about to end.",
    verb: "check",
    message: (p: { workload: string; rule: string; days: number; witness: string }) =>
      `observed \`${p.workload}\` depends on staged \`${p.rule}\` and its window ends ${p.days === 0 ? "today" : `in ${p.days} ${p.days === 1 ? "day" : "days"}`}: ${p.witness} will be refused`,
    help: (p) => `promote \`${p.rule}\` (remove \`staged\`), or extend the \`observe\``,
  }),
} as const;
