// Rules that need a name (language.md 6.3, SEG313): staged ones, those with an end date, those
// that cross owners or have an external end. Logs, counters and tests speak of them by name.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { type Details, diagnose } from "../../diagnostics/registry.ts";
import { textOf } from "../../diagnostics/source.ts";
import { suggestRuleName } from "../model/rule-name.ts";
import type { Model, Rule } from "../model/types.ts";
import { noAddress } from "../sets/address-set.ts";
import { difference, isEmpty } from "../sets/bitset.ts";
import type { Expansion, Product } from "./types.ts";

/** One SEG313 per unnamed rule that needs a name. */
export function checkNames(model: Model, expansion: Expansion): readonly Diagnostic[] {
  const taken = new Set([...model.rules, ...model.guardrails].map(({ id }) => id));
  const places = new Set<string>();
  return model.rules.flatMap((rule) => {
    const because = rule.named ? undefined : needOfName(expansion, rule);
    // A rule of a template is written once, however often it is used.
    const place = `${rule.span.source.path}:${rule.span.start}`;
    if (because === undefined || (rule.use !== undefined && places.has(place))) return [];
    places.add(place);
    return [diagnose("SEG313", rule.span, { because }, proposal(taken, rule))];
  });
}

/** `allow web -> …` becomes `allow web-to-api = web -> …`. */
function proposal(taken: Set<string>, rule: Rule): Details {
  const verb = /^(?:staged\s+)?(?:allow|deny)\b/.exec(textOf(rule.span))?.[0];
  if (verb === undefined) return {};
  const name = freeName(taken, rule);
  const start = rule.span.start + verb.length;
  return {
    help: `logs, counters and tests refer to it by name: write \`${verb} ${name} = …\``,
    fix: [{ span: { ...rule.span, start, end: start }, text: ` ${name} =` }],
  };
}

function freeName(taken: Set<string>, rule: Rule): string {
  const first = suggestRuleName(rule);
  let name = first;
  for (let more = 2; taken.has(`${rule.module.name}.${name}`); more++) name = `${first}-${more}`;
  taken.add(`${rule.module.name}.${name}`);
  return name;
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
export function crossesOwners(expansion: Expansion, rule: Rule): boolean {
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
