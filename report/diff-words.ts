// The words in which every form of a diff speaks: what changed, why it deserves a look, who answers for it.
import {
  type Change,
  type PolicyDiff,
  type Section,
  sectionOf,
  sections,
} from "../compiler/diff/changes.ts";
import type { Danger } from "../compiler/diff/danger.ts";
import type { ResponsibleRule } from "../compiler/diff/responsible.ts";
import { positionAt, type Span } from "../diagnostics/source.ts";
import { counted, listed } from "./counted.ts";

export const sectionTitles: Readonly<Record<Section, string>> = {
  allowed: "newly allowed",
  open: "now gets through",
  refused: "no longer allowed",
  stopped: "no longer gets through",
};

export const dangerWords: Readonly<Record<Danger, string>> = {
  "from-outside": "from outside",
  administration: "administration port",
  "into-production": "production from non-production",
  "any-service": "any service",
  "not-in-policy": "allowed by no rule",
  "to-outside": "to outside",
};

/** `web -> api : https (tcp/443)`, in the words of the policy. */
export const flowText = ({ source, destination, serviceText, family }: Change): string =>
  `${source.text} -> ${destination.text} : ${serviceText}${family === undefined ? "" : ` (IPv${family} only)`}`;

/** What is to be said where intent and effect do not change together. */
export function layerText({ change, layer }: Change): string | undefined {
  if (layer === "both") return undefined;
  if (layer === "intent") {
    return change === "gained" ? "it got through before as well" : "it still gets through";
  }
  return change === "gained"
    ? "the policy allows no more than before"
    : "the policy allows no less than before";
}

/** `because the policy changed`; where a state between does not compile, it may be either. */
export const causeText = ({ causes }: Change): string =>
  `because the ${causes.join(" or the ")} changed`;

const statusWords = {
  added: "new",
  removed: "removed",
  changed: "changed",
  unchanged: "unchanged",
} as const;

/** `new allow crm.ssh-in`. */
export const ruleText = ({ status, effect, text }: ResponsibleRule): string =>
  `${statusWords[status]} ${effect} ${text}`;

/** `crm.seg:14`. */
export const lineOf = ({ source, start }: Span): string =>
  `${source.path}:${positionAt(source, start).line}`;

/** Where the rule stands; of a template's instance, also where it is used. */
export function rulePlace({ span, use, of }: ResponsibleRule): string {
  const place = use === undefined ? lineOf(span) : `${lineOf(span)}, used at ${lineOf(use)}`;
  return of === "old" ? `${place} (old version)` : place;
}

/** Rules that are listed one by one; all of them are in the JSON form. */
const rulesMax = 5;

/** The first rules of a change, and how many more there are. */
export const shownRules = ({ rules }: Change): readonly ResponsibleRule[] =>
  rules.slice(0, rulesMax);

export const moreRules = ({ rules }: Change): string | undefined =>
  rules.length > rulesMax ? `and ${counted(rules.length - rulesMax, "more rule")}` : undefined;

/** Those that there are, the one with the most dangerous change first. */
export const sectionsOf = ({ changes }: PolicyDiff): readonly Section[] => [
  ...new Set(changes.map(sectionOf)),
];

export const pairsText = (pairs: number): string =>
  counted(pairs, "pair of workloads", "pairs of workloads");

/** `newly allowed: 5 pairs of workloads in 2 changes; no longer allowed: …`; or that nothing changes. */
export function summaryText({ totals, changes }: PolicyDiff): string {
  if (changes.length === 0) return "no flow is newly allowed, none is refused that was allowed";
  return sections
    .flatMap((section) => {
      const total = totals[section];
      if (total.changes === 0) return [];
      return `${sectionTitles[section]}: ${pairsText(total.pairs)} in ${counted(total.changes, "change")}`;
    })
    .join("; ");
}

/** Workloads that came, went, or are others; nothing where they are the same. */
export function workloadLines({ workloads }: PolicyDiff): readonly string[] {
  const some = (names: readonly string[]) =>
    names.length > 5
      ? `${names.slice(0, 5).join(", ")} and ${names.length - 5} more`
      : listed(names);
  const { added, removed, changed } = workloads;
  const shown = changed
    .slice(0, 5)
    .map(({ name, what }) => `changed: ${name} (${what.join("; ")})`);
  return [
    ...(added.length === 0 ? [] : [`added: ${some(added)}`]),
    ...(removed.length === 0 ? [] : [`removed: ${some(removed)}`]),
    ...shown,
    ...(changed.length > shown.length
      ? [`changed: ${counted(changed.length - shown.length, "more workload")}`]
      : []),
  ];
}
