// Who may write what: ownership, delegations, guardrails over other teams' workloads.
import { error, warning } from "../message.ts";

/** Workloads as messages name them. */
export interface NamedWorkloads {
  readonly count: number;
  /** The first three. */
  readonly names: readonly string[];
  /** Their owners. */
  readonly teams: readonly string[];
}

export const authorityMessages = {
  SEG401: error({
    name: "ingress-not-owned",
    title: "a rule opens ingress to, or a guardrail covers, workloads its module does not own",
    message: (p: {
      /** "rule `crm.x` opens ingress to" */
      readonly subject: string;
      readonly workloads: NamedWorkloads;
      readonly module: string;
    }) => `${p.subject} ${listed(p.workloads)}; module \`${p.module}\` may not`,
  }),
  SEG402: error({
    name: "egress-not-owned",
    title: "a rule opens egress of workloads its module does not own",
    message: (p: {
      readonly subject: string;
      readonly workloads: NamedWorkloads;
      readonly module: string;
    }) => `${p.subject} ${listed(p.workloads)}; module \`${p.module}\` may not`,
  }),
  SEG403: error({
    name: "delegation-beyond-owner",
    title: "a delegation covers what the module that writes it could not give away",
    message: (
      p: { readonly module: string } & (
        | { readonly reason: "workloads"; readonly workloads: NamedWorkloads }
        | { readonly reason: "outside" }
      ),
    ) =>
      p.reason === "outside"
        ? `\`delegate\` covers peers outside the inventory; module \`${p.module}\` is not the root module`
        : `\`delegate\` covers ${listed(p.workloads)}; module \`${p.module}\` does not own them`,
    help: (p) =>
      p.reason === "outside"
        ? "write this delegation in the root module, or leave the outside out of `with`"
        : "let the owner or the root module write this delegation, or narrow what follows `of`",
  }),
  SEG404: warning({
    name: "unused-delegation",
    title: "a delegation that no rule needs",
    message: (p: { readonly module: string }) => `delegation to \`${p.module}\` is never used`,
    help: (p) =>
      `remove it, or take \`${p.module}\` out of it: what nobody needs only lets rules in that nobody expects`,
  }),
  SEG405: warning({
    name: "unowned-workloads",
    title: "workloads that belong to no team",
    message: (p: { readonly count: number; readonly names: readonly string[] }) =>
      `${p.count === 1 ? "1 workload belongs" : `${p.count} workloads belong`} to no team: ${named(p.names, p.count)}`,
    help: () => "extend what some team `owns`",
  }),
  SEG406: error({
    name: "external-peer-not-delegated",
    title: "a rule has an external end and no delegation covers that peer",
    message: (p: { readonly rule: string; readonly peer: string; readonly module: string }) =>
      `rule \`${p.rule}\` has an external end (${p.peer}); no delegation to \`${p.module}\` covers that peer`,
  }),
  SEG407: warning({
    name: "authority-latently-exceeded",
    title: "a rule is within the authority of its module only for today's inventory",
    verb: "check",
    message: (p: {
      readonly rule: string;
      readonly module: string;
      /** "a workload with `role resolver`"; undefined: it could not be decided. */
      readonly who: string | undefined;
    }) =>
      p.who === undefined
        ? `whether rule \`${p.rule}\` stays within the authority of \`${p.module}\` for every possible workload is undecided`
        : `latent: ${p.who} would put rule \`${p.rule}\` beyond the authority of \`${p.module}\``,
    help: (p) =>
      p.who === undefined
        ? "too many combinations of labels matter here: narrow the rule, or take it apart"
        : undefined,
  }),
} as const;

/** "3 workloads of team `dba` (db-1, db-2, db-3)". */
export function listed({ count, names, teams }: NamedWorkloads): string {
  const workloads = count === 1 ? "1 workload" : `${count} workloads`;
  return `${workloads} ${ofTeams(teams)} (${named(names, count)})`;
}

/** "`db-1`, `db-2`, `db-3`, …" */
export function named(names: readonly string[], count: number): string {
  const shown = names.map((name) => `\`${name}\``);
  return (count > names.length ? [...shown, "…"] : shown).join(", ");
}

function ofTeams(teams: readonly string[]): string {
  if (teams.length === 0) return "of no team";
  const word = teams.length === 1 ? "team" : "teams";
  return `of ${word} ${teams.map((team) => `\`${team}\``).join(", ")}`;
}
