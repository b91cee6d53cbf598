// A diff for a terminal: gained before lost, the most dangerous first.
import { type Change, type PolicyDiff, type Section, sectionOf } from "../compiler/diff/changes.ts";
import { escapeText } from "../diagnostics/render-display.ts";
import type { Style } from "../diagnostics/render-style.ts";
import { counted } from "./counted.ts";
import {
  causeText,
  dangerWords,
  flowText,
  layerText,
  moreRules,
  pairsText,
  rulePlace,
  ruleText,
  sectionsOf,
  sectionTitles,
  shownRules,
  summaryText,
  workloadLines,
} from "./diff-words.ts";

/** More changes than this are read by machines. */
const shownMax = 200;

export function diffLines(diff: PolicyDiff, style: Style): readonly string[] {
  const workloads = workloadLines(diff);
  return [
    ...sectionsOf(diff).flatMap((section) => sectionLines(diff, section, style)),
    ...(workloads.length === 0
      ? []
      : ["workloads", ...workloads.map((line) => `  ${escapeText(line)}`), ""]),
    summaryText(diff),
  ];
}

function sectionLines({ changes }: PolicyDiff, section: Section, style: Style): readonly string[] {
  const own = changes.filter((one) => sectionOf(one) === section);
  if (own.length === 0) return [];
  const paint = own[0]?.change === "gained" ? style.warning : style.note;
  const more = own.length - shownMax;
  return [
    paint(sectionTitles[section]),
    "",
    ...own.slice(0, shownMax).flatMap((one) => [...changeLines(one, style), ""]),
    ...(more > 0
      ? [`  and ${counted(more, "more change")}: \`--format json\` has them all`, ""]
      : []),
  ];
}

function changeLines(change: Change, style: Style): readonly string[] {
  const { dangers, example, pairs, notes } = change;
  const more = moreRules(change);
  const layer = layerText(change);
  return [
    `  ${style.strong(escapeText(flowText(change)))}`,
    ...(dangers.length === 0
      ? []
      : [`    ${style.error(dangers.map((danger) => dangerWords[danger]).join(", "))}`]),
    ...(layer === undefined ? [] : [`    ${layer}`]),
    `    for one: ${escapeText(example)} ${style.faint(`(${pairsText(pairs)})`)}`,
    ...shownRules(change).map(
      (rule) => `    ${escapeText(ruleText(rule))} at ${escapeText(rulePlace(rule))}`,
    ),
    ...(more === undefined ? [] : [`    ${more}`]),
    ...notes.map((note) => `    ${escapeText(note)}`),
    `    ${style.faint(causeText(change))}`,
  ];
}
