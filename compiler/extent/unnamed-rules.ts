// Rules that need a name (language.md 6.3, SEG313): staged ones, those with an end date, those
// that cross owners or have an external end. Logs, counters and tests speak of them by name.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { Model, Rule } from "../model/types.ts";
import { noAddress } from "../sets/address-set.ts";
import { difference, isEmpty } from "../sets/bitset.ts";
import type { Expansion, Product } from "./types.ts";

/** One SEG313 per unnamed rule that needs a name. */
export function checkNames(model: Model, expansion: Expansion): readonly Diagnostic[] {
  return model.rules.flatMap((rule) => {
    const because = rule.named ? undefined : needOfName(expansion, rule);
    return because === undefined ? [] : [diagnose("SEG313", rule.span, { because })];
  });
}

function needOfName(expansion: Expansion, rule: Rule): string | undefined {
  if (rule.staged) return "is staged";
  if (rule.meta.until !== undefined) return "has an end date";
  const { flow } = rule;
  const isExternal = [flow.source, flow.destination].some((set) =>
    expansion.search.hasExternal(expansion.extentOf(set).external),
  );
  if (isExternal) return "has an external end";
  return crossesOwners(expansion, rule) ? "crosses owners" : undefined;
}

/** Some managed end of some flow is not in own(module). */
function crossesOwners(expansion: Expansion, rule: Rule): boolean {
  const owned = expansion.ownedByModule(rule.module);
  if (owned === expansion.universe.all) return false;
  const foreign = (term: Product["source"]) => ({
    ...term,
    managed: difference(term.managed, owned),
  });
  const hasForeign = (product: Product, end: "source" | "destination") => {
    const part = foreign(product[end]);
    if (isEmpty(part.managed)) return false;
    return expansion.search.hasFlow({ ...product, [end]: { ...part, external: noAddress } });
  };
  return expansion
    .flowsOf(rule)
    .products.some(
      (product) => hasForeign(product, "source") || hasForeign(product, "destination"),
    );
}
