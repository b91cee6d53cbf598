// A change of an account -> lines for people.
import { escapeText } from "../diagnostics/render-display.ts";
import type { Style } from "../diagnostics/render-style.ts";
import { counted } from "./counted.ts";
import { tableLines } from "./table.ts";

/** As `targets/aws` sums a transition up; what is shown of it. */
export interface ChangeSummary {
  readonly counts: {
    readonly groups: {
      readonly created: number;
      readonly changed: number;
      readonly deleted: number;
    };
    readonly rules: { readonly added: number; readonly removed: number };
    readonly attachments: number;
    readonly lists: {
      readonly created: number;
      readonly changed: number;
      readonly deleted: number;
    };
    readonly rulesPerGroup: { readonly most: number; readonly limit: number };
    readonly groupsPerInterface: { readonly most: number; readonly limit: number };
  };
  readonly phases: readonly {
    readonly text: string;
    readonly steps: number;
    readonly calls: number;
  }[];
  readonly way: string;
  readonly gaps: readonly string[];
  readonly excess: readonly string[];
  readonly overruns: readonly string[];
  readonly opened: readonly string[];
  readonly closed: readonly string[];
  readonly handOvers: readonly string[];
  readonly released: readonly string[];
  readonly templates: readonly string[];
  readonly dropped: readonly string[];
  readonly relies: readonly string[];
  readonly foreign: { readonly accepted: readonly string[]; readonly open: readonly string[] };
}

const shownMax = 10;

/** @param settle seconds after each phase */
export function changeLines(
  summary: ChangeSummary,
  settle: number,
  style: Style,
): readonly string[] {
  const { counts, phases } = summary;
  const hints = [
    ...summary.handOvers.map((text) => `${style.warning("by its owner")}  ${escapeText(text)}`),
    ...summary.templates.map((text) => `${style.warning("launch template")}  ${escapeText(text)}`),
    ...summary.released.map((text) => `${style.warning("released")}  ${escapeText(text)}`),
    ...listedFlows(style.faint("relies"), summary.relies),
    ...listedFlows(style.faint("accepted"), summary.foreign.accepted),
    ...listedFlows(style.error("foreign"), summary.foreign.open),
    ...(summary.foreign.open.length === 0 ? [] : [acceptance]),
  ];
  if (phases.length === 0) {
    return [
      ...hints,
      summary.foreign.open.length > 0 ? "no changes" : `${style.help("ok")}: no changes`,
    ];
  }
  const { groups, rules, lists, attachments } = counts;
  const rows = phases.map(({ text, steps, calls }, index) => [
    String(index + 1),
    text,
    String(steps),
    String(calls),
  ]);
  const right = (title: string) => ({ title, align: "right" as const });
  return [
    ...hints,
    `groups: ${groups.created} to create, ${groups.changed} to change, ${groups.deleted} to delete`,
    `rules: ${rules.added} to add, ${rules.removed} to remove; ${counted(attachments, "interface")} get other groups`,
    ...(lists.created + lists.changed + lists.deleted === 0
      ? []
      : [
          `prefix lists: ${lists.created} to create, ${lists.changed} to change, ${lists.deleted} to delete`,
        ]),
    ...quotaLine(counts),
    "",
    ...tableLines(
      [{ title: "phase" }, { title: "what" }, right("steps"), right("calls")],
      rows,
      style.faint,
    ),
    `${settle} s pass after each phase that interfaces notice, then everything is read again`,
    "",
    ...listedFlows(style.added("opens"), summary.opened),
    ...listedFlows(style.removed("closes"), summary.closed),
    ...listedFlows(style.warning("note"), summary.dropped),
    ...summary.overruns.map((text) => `${style.error("quota")}  ${escapeText(text)}`),
    ...listedFlows(style.error("gap"), summary.gaps),
    ...listedFlows(style.error("excess"), summary.excess),
    ...(rules.removed === 0
      ? []
      : ["connections that are open when their rule is taken away go on until they are idle"]),
    proofLine(summary),
  ];
}

const acceptance =
  "groups of others let through what the policy does not; take them off the interfaces, or accept them in segc.yaml (`targets: aws: accepted`)";

/** Of what changes; nothing where only empty groups go. */
function quotaLine(counts: ChangeSummary["counts"]): readonly string[] {
  const { attachments, rulesPerGroup, groupsPerInterface } = counts;
  const ofGroups = `${rulesPerGroup.most} of ${rulesPerGroup.limit} rules in a group`;
  const ofInterfaces = `${groupsPerInterface.most} of ${groupsPerInterface.limit} groups on an interface`;
  const parts = [
    ...(rulesPerGroup.most === 0 ? [] : [ofGroups]),
    ...(attachments === 0 ? [] : [ofInterfaces]),
  ];
  return parts.length === 0 ? [] : [`quotas on the way: ${parts.join(", ")}`];
}

function proofLine({ gaps, excess, overruns, way }: ChangeSummary): string {
  const said = (flows: readonly string[]) =>
    flows.length === 0 ? "none" : counted(flows.length, "kind of flow", "kinds of flows");
  const proof = `gap: ${said(gaps)}, excess: ${said(excess)}`;
  if (overruns.length > 0) return `no order keeps to the quotas; the best found is ${way}`;
  if (gaps.length + excess.length > 0) {
    return `no order is proved; the best found (${way}) has ${proof}`;
  }
  return `${proof}: proved for every order in which the calls of a phase arrive (${way})`;
}

const listedFlows = (label: string, flows: readonly string[]): readonly string[] => [
  ...flows.slice(0, shownMax).map((text) => `${label}  ${escapeText(text)}`),
  ...more(flows.length),
];

const more = (count: number): readonly string[] =>
  count > shownMax ? [`  and ${count - shownMax} more`] : [];

/** Why a plan and an account do not go together. */
export type ChangeProblem =
  | {
      readonly kind: "no-interface";
      readonly interface: string;
      readonly workload: string;
      readonly network: string;
    }
  | { readonly kind: "no-network"; readonly network: string }
  | {
      readonly kind: "not-joined";
      readonly network: string;
      readonly peer: string;
      readonly direction: "ingress" | "egress";
    }
  | { readonly kind: "stale"; readonly group: string; readonly rule: string; readonly peer: string }
  | { readonly kind: "other-network"; readonly interface: string; readonly vpc: string };

export const problemText = (problem: ChangeProblem): string => escapeText(plainText(problem));

function plainText(problem: ChangeProblem): string {
  switch (problem.kind) {
    case "no-interface":
      return `${problem.network} has no interface ${problem.interface} (${problem.workload}); read the inventory again`;
    case "no-network":
      return `the realm \`${problem.network}\` of the inventory is no id of a VPC`;
    case "not-joined":
      return notJoinedText(problem);
    case "stale":
      return `rule ${problem.rule} of ${problem.group} names ${problem.peer} by a peering that is gone, and does nothing: take it away, then plan again`;
    case "other-network":
      return `interface ${problem.interface} is in ${problem.vpc}, and in another network in the inventory`;
  }
}

function notJoinedText({
  network,
  peer,
  direction,
}: Extract<ChangeProblem, { kind: "not-joined" }>): string {
  const [from, to] = direction === "ingress" ? [peer, network] : [network, peer];
  const need =
    direction === "ingress"
      ? "an active peering in one region, or a transit gateway with security group referencing at it and at both attachments"
      : "an active peering in one region";
  return `groups are named for ${direction === "ingress" ? "what comes" : "what goes"} from ${from} to ${to}, and nothing joins these as \`targets: aws:\` of segc.yaml says: it takes ${need}`;
}
