// A diff as one HTML page: no script, nothing loaded, every text of users escaped.
import { type Change, type PolicyDiff, type Section, sectionOf } from "../compiler/diff/changes.ts";
import { escapeText } from "../diagnostics/render-display.ts";
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

const css = `body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#222;background:#fff}
code{font:13px/1.5 ui-monospace,monospace;overflow-wrap:anywhere}
details{border-left:.3rem solid #b45309;padding:.3rem .8rem;margin:.5rem 0;background:#faf7f2}
details.lost{border-color:#2563eb;background:#f4f7fd}
.why{color:#b91c1c}.quiet{color:#666}
@media (prefers-color-scheme:dark){body{color:#ddd;background:#181818}details{background:#25211a}details.lost{background:#1a2030}.why{color:#f87171}.quiet{color:#999}}`;

export function diffHtml(diff: PolicyDiff): string {
  const workloads = workloadLines(diff);
  return [
    "<!doctype html>",
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width">',
    `<title>segc diff</title><style>${css}</style></head><body>`,
    "<h1>Who may talk to whom</h1>",
    `<p>${html(summaryText(diff))}.</p>`,
    ...sectionsOf(diff).flatMap((section) => sectionHtml(diff, section)),
    ...(workloads.length === 0
      ? []
      : ["<h2>Workloads</h2><ul>", ...workloads.map((line) => `<li>${code(line)}</li>`), "</ul>"]),
    "</body></html>",
    "",
  ].join("\n");
}

function sectionHtml({ changes }: PolicyDiff, section: Section): readonly string[] {
  const own = changes.filter((one) => sectionOf(one) === section);
  if (own.length === 0) return [];
  return [`<h2>${html(sectionTitles[section])}</h2>`, ...own.map(entry)];
}

function entry(change: Change): string {
  const { change: kind, dangers, example, pairs, notes } = change;
  const why = dangers.map((danger) => dangerWords[danger]).join(", ");
  const layer = layerText(change);
  const more = moreRules(change);
  const items = [
    `for one: ${code(example)}`,
    ...(layer === undefined ? [] : [html(layer)]),
    ...shownRules(change).map((rule) => `${code(ruleText(rule))} at ${code(rulePlace(rule))}`),
    ...(more === undefined ? [] : [html(more)]),
    ...notes.map(html),
    `<span class="quiet">${html(causeText(change))}</span>`,
  ];
  return [
    `<details class="${kind}"><summary>${code(flowText(change))}`,
    why === "" ? "" : ` <span class="why">${html(why)}</span>`,
    ` <span class="quiet">${html(pairsText(pairs))}</span></summary><ul>`,
    ...items.map((item) => `<li>${item}</li>`),
    "</ul></details>",
  ].join("");
}

const entitiesOf: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const html = (text: string): string =>
  escapeText(text).replace(/[&<>"']/g, (one) => entitiesOf[one] ?? "");

const code = (text: string): string => `<code>${html(text)}</code>`;
