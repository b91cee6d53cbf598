// Which rules answer for a change: of what is gained, the allows of the new version and the denies that are
// gone; of what is lost, the other way round. Rules that the other version does not have, or that say
// something else there, come first.
import type { Span } from "../../diagnostics/source.ts";
import type { Rule } from "../model/types.ts";
import type { Comparison, Kind } from "./cells.ts";
import type { Entry } from "./entries.ts";
import type { PointProduct } from "./products.ts";
import { nothing } from "./service-table.ts";

export interface ResponsibleRule {
  readonly id: string;
  /** What a person calls it: its name, or its text. */
  readonly text: string;
  readonly effect: Rule["effect"];
  /** Whether the other version has a rule of this id. */
  readonly status: "added" | "removed" | "changed" | "unchanged";
  readonly span: Span;
  /** Of an instance of a template, where it is used. */
  readonly use: Span | undefined;
}

/** Beyond these, rules are not listed one by one. */
const rulesMax = 5;

export interface RulesFinder {
  /** Entries of a version that start at some of the points. */
  readonly from: (version: 0 | 1, points: readonly number[]) => readonly Entry[];
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
    statusOf: (version, rule) => {
      const other = ids[1 - version]?.get(rule.id);
      if (other === undefined) return version === 1 ? "added" : "removed";
      return textOf(other) === textOf(rule) ? "unchanged" : "changed";
    },
  };
}

const textOf = ({ flow, effect, staged, meta }: Rule) =>
  JSON.stringify([effect, staged, flow.text, meta.until, meta.fallbackNetwork, meta.fallbackCidr]);

/** Rules that name some flow of the products. */
export function responsibleRules(
  { services }: Pick<Comparison, "services">,
  finder: RulesFinder,
  { change, layer }: Kind,
  products: readonly PointProduct[],
): readonly ResponsibleRule[] {
  if (layer === "effect") return [];
  const [own, other] = change === "gained" ? ([1, 0] as const) : ([0, 1] as const);
  const found = new Map<string, ResponsibleRule>();
  const look = (
    version: 0 | 1,
    effect: Rule["effect"],
    only: (one: ResponsibleRule) => boolean,
  ) => {
    for (const product of products) {
      for (const { rule, ...entry } of finder.from(version, product.sources)) {
        if (found.size >= rulesMax) return;
        const key = `${version} ${rule.id}`;
        const isMet =
          rule.effect === effect &&
          !found.has(key) &&
          entry.reading !== "written" &&
          services.meet(entry.service, product.service) !== nothing &&
          meets(entry.destination.members, product.destinations);
        if (!isMet) continue;
        const one = described(finder, version, rule);
        if (only(one)) found.set(key, one);
      }
    }
  };
  const isMoved = ({ status }: ResponsibleRule) => status !== "unchanged";
  look(own, "allow", isMoved);
  look(other, "deny", isMoved);
  if (found.size === 0) look(own, "allow", () => true);
  if (found.size === 0) look(other, "deny", () => true);
  return [...found.values()];
}

function described(finder: RulesFinder, version: 0 | 1, rule: Rule): ResponsibleRule {
  const { id, span, use, effect } = rule;
  const text = rule.named ? id : rule.flow.text;
  return { id, text, effect, status: finder.statusOf(version, rule), span, use };
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
