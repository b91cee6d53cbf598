// An explained flow, for people and as data: what the policy says, by which rule at which line,
// and what each enforcer on the path does about it.
import type { ExplainedCase, Explanation, ThroughBalancer } from "../compiler/guard/explain.ts";
import { escapeText } from "../diagnostics/render-display.ts";
import { placeJson } from "../diagnostics/render-json.ts";
import type { Style } from "../diagnostics/render-style.ts";
import { placeOf } from "../diagnostics/render-text.ts";
import { counted, listed } from "./counted.ts";

/** Everything about the question, its verdict first. */
export function explanationLines(explanation: Explanation, style: Style): readonly string[] {
  const { question, verdict, cases, through } = explanation;
  return [
    `${verdictWord(verdict, style)}: ${style.strong(escapeText(question))}`,
    ...cases.flatMap((each) => ["", ...caseLines(each, style)]),
    ...through.flatMap((each) => ["", ...throughLines(each, style)]),
  ];
}

/** Client to balancer and balancer to server, the first of each kind. */
function throughLines({ balancers, inbound, onward }: ThroughBalancer, style: Style) {
  const legs = [inbound, onward].flatMap((cases) => {
    const [first, ...more] = cases;
    if (first === undefined) return [];
    const others =
      more.length === 0 ? "" : style.faint(` (and ${counted(more.length, "more kind")})`);
    return [
      `  ${escapeText(first.witness)}${others}`,
      ...ruleLines(first).map((line) => `  ${line}`),
    ];
  });
  return [
    `${style.help("allowed")}  through ${listed(balancers.map((name) => escapeText(name)))}, as two flows`,
    ...legs,
  ];
}

function verdictWord(verdict: Explanation["verdict"], style: Style): string {
  switch (verdict) {
    case "allowed":
      return style.help("allowed");
    case "denied":
      return style.error("denied");
    case "partly":
      return style.warning("allowed in part");
    case "same-host":
      return style.note("same host: not enforced");
    case "no-flow":
      return style.note(
        "no such flow: the ends share no address family or realm, or the service always passes (replies, errors, neighbour discovery)",
      );
  }
}

function caseLines(each: ExplainedCase, style: Style): readonly string[] {
  const said = each.allowed ? style.help("allowed") : style.error("denied");
  return [
    `${said}  ${escapeText(each.witness)} ${style.faint(likeIt(each))}`,
    ...ruleLines(each),
    ...each.near.flatMap(nearLines),
    ...memberLines(each),
    ...each.path.map(
      ({ workload, kind, id, direction, does }) =>
        `  ${direction} of ${escapeText(workload)}: ${kind} ${escapeText(id)} ${deeds[does]}`,
    ),
    ...(each.path.length === 0 ? ["  no enforcer stands at either end"] : []),
    ...effectLines(each, style),
  ];
}

const deeds = {
  passes: "lets it pass",
  refuses: "refuses it",
  observes: "only observes: it passes and is logged",
} as const;

function ruleLines({ allowed, rules }: ExplainedCase): readonly string[] {
  if (rules.length === 0) return ["  no rule allows it, and everything not allowed is refused"];
  return rules.map(({ id, effect, staged, until, span }) => {
    const end = until === undefined ? "" : ` until ${until}`;
    const note = staged ? ", staged: no effect yet" : overruled(allowed, effect);
    return `  ${effect} ${escapeText(id)}${end} at ${placeOf(span)}${note}`;
  });
}

/** Processes of pairs that were counted already are no more flows. */
const likeIt = ({ flows }: ExplainedCase) =>
  flows === 0 ? "(the same pairs, this process)" : `(${counted(flows, "flow")} like it)`;

function nearLines({ id, span, missing }: ExplainedCase["near"][number]): readonly string[] {
  return [
    `  nearest is allow ${escapeText(id)} at ${placeOf(span)}:`,
    ...missing.map((text) => `    ${escapeText(text)}`),
  ];
}

/** Segments of either end; what is in none says nothing. */
function memberLines({ source, destination }: ExplainedCase): readonly string[] {
  return [source, destination].flatMap(({ text, segments }) =>
    segments.length === 0 ? [] : `  ${escapeText(text)} is in ${listed(segments.map(escapeOne))}`,
  );
}

const escapeOne = (text: string) => escapeText(text);

const overruled = (allowed: boolean, effect: "allow" | "deny") =>
  !allowed && effect === "allow" ? ", overruled by the deny" : "";

/** What gets through differs from what the policy says only where nobody enforces it. */
function effectLines({ allowed, passes }: ExplainedCase, style: Style): readonly string[] {
  if (allowed === passes) return [];
  return [
    `  ${style.warning(passes ? "it gets through all the same" : "it does not get through all the same")}`,
  ];
}

/** The same as data. */
export function explanationJson({ question, verdict, cases, through }: Explanation) {
  return {
    question,
    verdict,
    cases: cases.map(caseJson),
    through: through.map(({ balancers, inbound, onward }) => ({
      balancers,
      inbound: inbound.map(caseJson),
      onward: onward.map(caseJson),
    })),
  };
}

const caseJson = ({ rules, near, ...rest }: ExplainedCase) => ({
  ...rest,
  near: near.map(({ span, ...rule }) => ({ ...rule, place: placeJson(span) })),
  rules: rules.map(({ span, until, ...rule }) => ({
    ...rule,
    ...(until === undefined ? {} : { until }),
    place: placeJson(span),
  })),
});
