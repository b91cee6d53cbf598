// A diff as a comment on a pull request: what a reviewer must know in ten seconds, a table, and details
// folded away. Whatever its size it fits a comment; what does not fit is counted.
import {
  type Change,
  type PolicyDiff,
  type Section,
  sectionOf,
  sections,
} from "../compiler/diff/changes.ts";
import { counted } from "./counted.ts";
import {
  causeText,
  dangerWords,
  layerText,
  moreRules,
  pairsText,
  rulePlace,
  ruleText,
  sectionTitles,
  shownRules,
  summaryText,
  workloadLines,
} from "./diff-words.ts";
import { codeText } from "./markdown-text.ts";

/** Characters; GitHub takes 65,536 in a comment, and others add to ours. */
export const commentMax = 60_000;

/** Rows of the table; all changes stand in the details as long as they fit. */
const rowsMax = 25;

/** Of the comment, what the table and the list of workloads may take: names can be long. */
const tableMax = 30_000;
const workloadsMax = 8_000;

export function diffMarkdown(diff: PolicyDiff): string {
  const { changes } = diff;
  const head = [`### ${headline(diff)}`, "", ...opening(diff)];
  if (changes.length === 0) return `${[...head, ...workloadPart(diff)].join("\n")}\n`;
  const shown = fitting(changes.slice(0, rowsMax).map(row), tableMax);
  const left = changes.length - shown.length;
  const table = [
    "| | who -> whom : service | why to look | pairs |",
    "|---|---|---|--:|",
    ...shown,
    ...(left > 0 ? [`| | …and ${counted(left, "more change")} | | |`] : []),
    "",
  ];
  const fixed = [...head, "", ...table, ...workloadPart(diff)].join("\n");
  return `${fixed}\n${details(changes, commentMax - fixed.length - 500)}\n`;
}

/** The first texts that fit. */
function fitting(texts: readonly string[], room: number): readonly string[] {
  let length = 0;
  const end = texts.findIndex((text) => {
    length += text.length + 1;
    return length > room;
  });
  return end < 0 ? texts : texts.slice(0, end);
}

/** Both ends and the service are told however long the others are. */
const flowCode = ({ source, destination, serviceText, family }: Change): string =>
  codeText(
    [
      `${shortened(source.text)} -> ${shortened(destination.text)} : ${shortened(serviceText)}`,
      ...(family === undefined ? [] : [`(IPv${family} only)`]),
    ].join(" "),
  );

const shortened = (text: string): string => (text.length > 90 ? `${text.slice(0, 90)}…` : text);

function headline({ totals, changes }: PolicyDiff): string {
  if (changes.length === 0) return "No flow changes";
  const parts = sections.flatMap((section) =>
    totals[section].changes === 0 ? [] : `${totals[section].changes} ${headlines[section]}`,
  );
  return `Who may talk to whom: ${parts.join(", ")}`;
}

const headlines: Readonly<Record<Section, string>> = {
  allowed: "newly allowed",
  open: "newly open in effect",
  refused: "no longer allowed",
  stopped: "closed in effect",
};

function opening(diff: PolicyDiff): readonly string[] {
  const [first] = diff.changes;
  if (first === undefined) return [`${summaryText(diff)}.`];
  const why = first.dangers.map((danger) => dangerWords[danger]).join(", ");
  const most =
    first.change === "gained" && why !== ""
      ? ["", `**Look first at** ${flowCode(first)}: ${why}.`]
      : [];
  return [`${summaryText(diff)}.`, ...most];
}

function row(change: Change): string {
  const why = [
    ...change.dangers.map((danger) => dangerWords[danger]),
    ...(change.layer === "intent" ? [layerText(change) ?? ""] : []),
  ];
  const what = flowCode(change);
  return `| ${signs[sectionOf(change)]} | ${what} | ${why.join(", ")} | ${change.pairs} |`;
}

const signs: Readonly<Record<Section, string>> = {
  allowed: "➕ allowed",
  open: "➕ gets through",
  refused: "➖ refused",
  stopped: "➖ stopped",
};

function workloadPart(diff: PolicyDiff): readonly string[] {
  const lines = workloadLines(diff).map((line) => `- ${codeText(line)}`);
  const shown = fitting(lines, workloadsMax);
  const more = shown.length < lines.length ? ["- …"] : [];
  return lines.length === 0 ? [] : ["Workloads:", ...shown, ...more, ""];
}

/** As many as fit. */
function details(changes: readonly Change[], room: number): string {
  const parts = fitting(changes.map(detail), room);
  const left = changes.length - parts.length;
  const rest =
    left > 0
      ? [`…and ${counted(left, "more change")}, which do not fit here: \`segc diff\` shows them.`]
      : [];
  return [
    "<details><summary>Examples and the rules that answer for it</summary>",
    "",
    ...parts,
    ...rest,
    "",
    "</details>",
  ].join("\n");
}

function detail(change: Change): string {
  const layer = layerText(change);
  const more = moreRules(change);
  return [
    `- ${sectionTitles[sectionOf(change)]}: ${flowCode(change)}`,
    `  - for one: ${codeText(change.example)} (${pairsText(change.pairs)})`,
    ...(layer === undefined ? [] : [`  - ${layer}`]),
    ...shownRules(change).map(
      (rule) => `  - ${codeText(ruleText(rule))} at ${codeText(rulePlace(rule))}`,
    ),
    ...(more === undefined ? [] : [`  - ${more}`]),
    ...change.notes.map((note) => `  - ${codeText(note)}`),
    `  - ${causeText(change)}`,
    "",
  ].join("\n");
}
