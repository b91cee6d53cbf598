// Which rules answer for a change: of what is gained, the allows of the new version and the denies that are
// gone; of what is lost, the other way round. Rules that the other version does not have, or that say
// something else there, come first.
import type { Span } from "../../diagnostics/source.ts";
import { programsIn } from "../model/programs-in.ts";
import type { Rule } from "../model/types.ts";
import type { Comparison, Kind } from "./cells.ts";
import type { Entry } from "./entries.ts";
import type { PointProduct } from "./products.ts";
import { nothing, type ServiceTable } from "./service-table.ts";

export interface ResponsibleRule {
  readonly id: string;
  /** What a person calls it: its name, or its text. */
  readonly text: string;
  readonly effect: Rule["effect"];
  /** Whether the other version has a rule of this id. */
  readonly status: "added" | "removed" | "changed" | "unchanged";
  /** The version that its lines are of. */
  readonly of: "old" | "new";
  readonly span: Span;
  /** Of an instance of a template, where it is used. */
  readonly use: Span | undefined;
}

export interface RulesFinder {
  /** Entries of a version that start at some of the points. */
  readonly from: (version: 0 | 1, points: readonly number[]) => readonly Entry[];
  /** The rule of this id in the new version. */
  readonly ruleNow: (id: string) => Rule | undefined;
  readonly statusOf: (version: 0 | 1, rule: Rule) => ResponsibleRule["status"];
}

export function rulesFinder({ entries, versions }: Comparison): RulesFinder {
  const ids = [0, 1].map(
    (version) =>
      new Map(versions[version]?.context.model.rules.map((rule) => [rule.id, rule] as const)),
  );
  return {
    from: (version, points) => [
      ...new Set(points.flatMap((point) => entries[version]?.from(point) ?? [])),
    ],
    ruleNow: (id) => ids[1]?.get(id),
    statusOf: (version, rule) => {
      const other = ids[1 - version]?.get(rule.id);
      if (other === undefined) return version === 1 ? "added" : "removed";
      return textOf(other) === textOf(rule) ? "unchanged" : "changed";
    },
  };
}

/** All that a rule says by itself; what its segments hold is another matter. */
const textOf = ({ flow, effect, staged, meta }: Rule) =>
  JSON.stringify([
    ...[effect, staged, flow.text, flow.family, flow.service.intervals],
    ...[flow.condition?.relation, flow.condition?.label.name],
    ...[meta.until, meta.fallbackNetwork, meta.fallbackCidr],
    [flow.source, flow.destination]
      .flatMap(programsIn)
      .map(({ key, alternatives }) => [
        key,
        [...alternatives].map(([platform, fields]) => [platform, [...fields]]),
      ]),
  ]);

export interface Explained {
  readonly products: readonly PointProduct[];
  /** The flow that is shown for an example: some rule must answer for it. */
  readonly example: Spot;
}

/** Two points and a service. */
export interface Spot {
  readonly source: number;
  readonly destination: number;
  readonly service: number;
}

/**
 * Rules that answer for a change: those that are others in the two versions and name some flow of it. Where
 * they do not say why the example is what it is, the rules that decide the example stand behind them.
 */
export function responsibleRules(
  { services }: Pick<Comparison, "services">,
  finder: RulesFinder,
  { change, layer }: Kind,
  { products, example }: Explained,
): readonly ResponsibleRule[] {
  const [own, other] = change === "gained" ? ([1, 0] as const) : ([0, 1] as const);
  const moved = new Map<string, ResponsibleRule>();
  let isExplained = false;
  const isMet = (entry: Entry, product: PointProduct) =>
    services.meet(entry.service, product.service) !== nothing &&
    meets(entry.source.members, product.sources) &&
    meets(entry.destination.members, product.destinations);
  for (const [version, effect] of [
    [own, "allow"],
    [other, "deny"],
    ...(layer === "effect" ? ([[own, "deny"]] as const) : []),
  ] as const) {
    if (layer === "effect" && effect === "allow") continue;
    for (const product of products) {
      for (const entry of finder.from(version, product.sources)) {
        if (entry.rule.effect !== effect || entry.reading === "written") continue;
        const status = finder.statusOf(version, entry.rule);
        if (status === "unchanged" || !isMet(entry, product)) continue;
        isExplained ||= isAt(services, entry, example);
        moved.set(entry.rule.id, described(finder, version, entry.rule));
      }
    }
  }
  if (isExplained || layer === "effect") return [...moved.values()];
  // A deny has the last word: it is the reason where it speaks in one version alone.
  const deciding = (version: 0 | 1, effect: Rule["effect"]) =>
    finder
      .from(version, [example.source])
      .filter(({ rule, reading }) => rule.effect === effect && reading !== "written")
      .filter((entry) => isAt(services, entry, example))
      .map(({ rule }) => described(finder, version, rule));
  const denies = deciding(other, "deny");
  const isDenyAlone = denies.length > 0 && deciding(other, "allow").length > 0;
  const reasons = isDenyAlone ? denies : [...deciding(own, "allow"), ...denies];
  for (const one of reasons) moved.set(one.id, one);
  return [...moved.values()];
}

const isAt = (services: ServiceTable, entry: Entry, { source, destination, service }: Spot) =>
  services.meet(entry.service, service) !== nothing &&
  meets(entry.source.members, [source]) &&
  meets(entry.destination.members, [destination]);

/** With the lines that the rule has now, where it still is. */
function described(finder: RulesFinder, version: 0 | 1, found: Rule): ResponsibleRule {
  const now = finder.ruleNow(found.id);
  const { id, span, use, effect } = now ?? found;
  // What stands in a template speaks of its parameters.
  const text = found.named || found.flow.text.includes("$") ? id : found.flow.text;
  const of = now === undefined ? "old" : "new";
  return { id, text, effect, status: finder.statusOf(version, found), of, span, use };
}

/** Both ascend. */
function meets(a: Int32Array, b: readonly number[]): boolean {
  let at = 0;
  for (const point of b) {
    while (at < a.length && (a[at] as number) < point) at++; // in range
    if (a[at] === point) return true;
  }
  return false;
}
