// The rules of a version as products, in the two readings that the language has: lowered to what
// enforcers can see, and as written, which is what counts between ends that nobody enforces.
import type { Product, Term } from "../extent/types.ts";
import type { Rule } from "../model/types.ts";
import { activeRules } from "../plan/context.ts";
import { loweredProducts } from "../plan/lowering.ts";
import type { Version } from "./version.ts";

export type Reading = "both" | "lowered" | "written";

export interface Part extends Product {
  readonly rule: Rule;
  readonly reading: Reading;
}

/** Of every rule that is in force. */
export function partsOf({ context }: Version): readonly Part[] {
  return activeRules(context)
    .filter((rule) => !rule.staged)
    .flatMap((rule): readonly Part[] => {
      const written = context.expansion.flowsOf(rule).products;
      const lowered = loweredProducts(context, rule);
      if (areSame(written, lowered)) return written.map((one) => part(rule, "both", one));
      return [
        ...written.map((one) => part(rule, "written", one)),
        ...lowered.map((one) => part(rule, "lowered", one)),
      ];
    });
}

const part = (rule: Rule, reading: Reading, product: Product): Part => ({
  ...product,
  rule,
  reading,
});

/** True where lowering has left all as it was; false may be said of equal ones that are new objects. */
function areSame(a: readonly Product[], b: readonly Product[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, index) => {
      const other = b[index];
      return (
        other !== undefined &&
        areSameTerms(one.source, other.source) &&
        areSameTerms(one.destination, other.destination) &&
        one.service === other.service
      );
    })
  );
}

const areSameTerms = (a: Term, b: Term) =>
  a === b ||
  (a.managed === b.managed &&
    a.external === b.external &&
    a.include === b.include &&
    a.exclude === b.exclude);
