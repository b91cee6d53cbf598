// Extents, products and authority against the naive oracle, on random small projects.
import fc from "fast-check";
import { expect, test } from "vitest";
import { checkAuthority } from "../../compiler/extent/authority.ts";
import { expand } from "../../compiler/extent/expand.ts";
import type { Inventory } from "../../compiler/inventory/types.ts";
import type { Model, Rule } from "../../compiler/model/types.ts";
import { hasBit } from "../../compiler/sets/bitset.ts";
import { model } from "./makers.ts";
import { inProduct, inTerm, numberOf } from "./member.ts";
import * as oracle from "./oracle.ts";
import { endpointsIn, flowSets, flowsAmong, inventories, models, sets } from "./random.ts";

const runs = process.env.SEGC_FULL === "1" ? 2_000 : 300;
const timeout = 300_000;

test("an extent selects the endpoints of its set, and knows which by identity", { timeout }, () => {
  fc.assert(
    fc.property(inventories, sets, (inventory, set) => {
      const { universe, extentOf } = expand(model(), inventory);
      const extent = extentOf(set);
      for (const x of endpointsIn(inventory.workloads, [set])) {
        const terms = extent.terms.filter((term) => inTerm(universe, term, x));
        const way = oracle.selection(set, x);
        expect(terms.length > 0, oracle.describe(x)).toBe(way !== "no");
        if (x.workload === undefined) continue;
        expect(
          terms.some((term) => term.byIdentity),
          oracle.describe(x),
        ).toBe(way === "identity");
      }
    }),
    { numRuns: runs },
  );
});

test("rows over all processes are exact: each endpoint in them has a process", { timeout }, () => {
  fc.assert(
    fc.property(inventories, sets, (inventory, set) => {
      const { universe, extentOf } = expand(model(), inventory);
      const extent = extentOf(set);
      const held = endpointsIn(inventory.workloads, [set]).filter((x) => x.workload !== undefined);
      for (const number of universe.endpoints.keys()) {
        const ways = held
          .filter((x) => numberOf(universe, x) === number)
          .map((x) => oracle.selection(set, x));
        expect(hasBit(extent.managed, number)).toBe(ways.some((way) => way !== "no"));
        expect(hasBit(extent.byIdentity, number)).toBe(ways.includes("identity"));
      }
    }),
    { numRuns: runs },
  );
});

test("products hold the flows of a flow set, and each holds one", { timeout }, () => {
  fc.assert(
    fc.property(inventories, flowSets, (inventory, set) => {
      const expansion = expand(model(), inventory);
      const products = expansion.productsOf(set);
      const met = new Set<number>();
      const endpoints = endpointsIn(inventory.workloads, [set.source, set.destination]);
      for (const one of flowsAmong(endpoints, [set.service])) {
        const holding = oracle.isFlow(one)
          ? [...products.keys()].filter((at) =>
              inProduct(expansion.universe, products[at] as (typeof products)[0], one),
            )
          : [];
        for (const at of holding) met.add(at);
        expect(holding.length > 0, show(one)).toBe(oracle.denotes(set, one));
      }
      expect(met.size).toBe(products.length);
    }),
    { numRuns: runs },
  );
});

test("removal and breaches of authority are those of every single flow", { timeout }, () => {
  fc.assert(
    fc.property(inventories, models, (inventory, project) => {
      for (const rule of project.rules) compareRule(project, inventory, rule);
    }),
    { numRuns: runs },
  );
});

function compareRule(project: Model, inventory: Inventory, rule: Rule): void {
  const expansion = expand(project, inventory);
  const { products, removed, trespasses } = expansion.flowsOf(rule);
  const endpoints = endpointsIn(inventory.workloads, setsOf(project, rule));
  const services = [rule.flow.service, ...project.delegations.map(({ service }) => service)];
  const breaches = new Set<string>();
  let crosses = false;
  for (const one of flowsAmong(endpoints, services)) {
    const isIn = (list: readonly { product: (typeof products)[0] }[]) =>
      oracle.isFlow(one) && list.some(({ product }) => inProduct(expansion.universe, product, one));
    const kept = isIn(products.map((product) => ({ product })));
    if (!oracle.denotes(rule.flow, one)) {
      expect([kept, isIn(removed), isIn(trespasses)], show(one)).toEqual([false, false, false]);
      continue;
    }
    const fate = oracle.fate(project, rule, one);
    expect(kept, show(one)).toBe(fate !== "removed");
    if (fate === "removed") expect(isIn(removed), show(one)).toBe(true);
    expect(isIn(trespasses), show(one)).toBe(Array.isArray(fate));
    if (Array.isArray(fate)) for (const breach of fate) breaches.add(breach);
    const isForeign = oracle
      .managedEnds(one)
      .some(({ end }) => !oracle.owns(project, rule.module, end));
    if (fate !== "removed" && isForeign) crosses = true;
  }
  const isExternal = endpoints.some(
    (x) =>
      x.workload === undefined &&
      (oracle.selects(rule.flow.source, x) || oracle.selects(rule.flow.destination, x)),
  );
  if (!rule.named && (crosses || isExternal)) breaches.add("SEG313");
  expect(reported(project, inventory)).toEqual(firstThreePerCode([...breaches]));
}

/** As messages list them. */
function firstThreePerCode(breaches: readonly string[]): readonly string[] {
  const codes = [...new Set(breaches.map((breach) => breach.slice(0, 6)))];
  return codes
    .flatMap((code) =>
      breaches
        .filter((breach) => breach.startsWith(code))
        .sort()
        .slice(0, 3),
    )
    .sort();
}

const setsOf = (project: Model, rule: Rule) => [
  ...[rule.flow.source, rule.flow.destination],
  ...project.delegations.flatMap((delegation) => [delegation.of, delegation.with]),
  ...[...project.teams.values()].map(({ owns }) => owns),
];

/** "SEG401 w1": codes, with the workloads that the message names. */
function reported(project: Model, inventory: Inventory): readonly string[] {
  return checkAuthority(project, expand(project, inventory))
    .filter(({ code }) => code !== "SEG403")
    .flatMap(({ code, message }) => {
      const names = /\((.*?)\)/.exec(message)?.[1]?.match(/w\d/g) ?? [];
      if (code === "SEG401" || code === "SEG402") return names.map((name) => `${code} ${name}`);
      return [code];
    })
    .sort();
}

const show = ({ source, destination, point }: oracle.Flow) =>
  `${oracle.describe(source)} -> ${oracle.describe(destination)} : ${point}`;
