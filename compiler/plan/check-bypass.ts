// SEG720: a rule by which clients outside reach a server past the load balancer in front of it, at a port that
// the balancer itself uses: whatever the balancer adds (certificates, a filter, a log) is not on that way.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { Product } from "../extent/types.ts";
import type { Rule } from "../model/types.ts";
import { isNoAddress } from "../sets/address-set.ts";
import { type Bitset, bitsetOf, difference, intersection, isEmpty, union } from "../sets/bitset.ts";
import { intersectServices, isNoService, type ServiceSet } from "../sets/service-set.ts";
import { activeRules, type PlanContext } from "./context.ts";
import { listed, namesOf, ruleText, workloadsAt } from "./words.ts";

/** What balancers that somebody outside may reach send on. */
interface Onward {
  readonly rule: Rule;
  readonly balancers: Bitset;
  readonly targets: Bitset;
  readonly service: ServiceSet;
}

/** One for each rule, with the first balancer that it passes by. */
export function checkBypass(context: PlanContext): readonly Diagnostic[] {
  const { universe } = context.expansion;
  const balancers = bitsetOf(
    universe.endpoints.length,
    [...universe.endpoints.entries()].flatMap(([index, { workload }]) =>
      universe.workloads[workload]?.balancer ? [index] : [],
    ),
  );
  if (isEmpty(balancers)) return [];
  const allows = activeRules(context).filter(({ effect, staged }) => effect === "allow" && !staged);
  const said = allows.flatMap((rule) =>
    context.expansion.flowsOf(rule).products.map((product) => ({ rule, product })),
  );
  const fromOutside = said.filter(({ product }) => !isNoAddress(product.source.external));
  const fronted = fromOutside
    .map(({ product }) => intersection(product.destination.managed, balancers))
    .reduce(union, universe.none);
  const onward = said.flatMap(({ rule, product }): readonly Onward[] => {
    const own = intersection(fronted, product.source.managed);
    const targets = difference(product.destination.managed, balancers);
    return isEmpty(own) || isEmpty(targets)
      ? []
      : [{ rule, balancers: own, targets, service: product.service }];
  });
  const reported = new Set<Rule>();
  return fromOutside.flatMap(({ rule, product }) => {
    if (reported.has(rule)) return [];
    const passed = onward.find((one) => isPassedBy(one, product));
    if (passed === undefined) return [];
    reported.add(rule);
    const servers = intersection(product.destination.managed, passed.targets);
    return diagnose(
      "SEG720",
      rule.span,
      {
        rule: ruleText(rule),
        servers: listed(namesOf(workloadsAt(universe, servers))),
        balancers: listed(namesOf(workloadsAt(universe, passed.balancers))),
      },
      { related: [{ message: "what the balancer sends on", span: passed.rule.span }] },
    );
  });
}

const isPassedBy = ({ targets, service }: Onward, { destination, ...product }: Product): boolean =>
  !isEmpty(intersection(destination.managed, targets)) &&
  !isNoService(intersectServices(product.service, service));
