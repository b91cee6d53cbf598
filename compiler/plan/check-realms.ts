// SEG512: a rule whose identities select pairs of workloads that share no realm: there is no flow
// between them, and edition 1 has no address translation (language.md 6.5 and 11). An error where
// no pair does, a warning where some do.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { Workload } from "../inventory/types.ts";
import type { Rule } from "../model/types.ts";
import { noAddress } from "../sets/address-set.ts";
import { isEmpty } from "../sets/bitset.ts";
import type { PlanContext } from "./context.ts";
import { ruleText, workloadsAt } from "./words.ts";

export function checkRealms(context: PlanContext, rule: Rule): readonly Diagnostic[] {
  const { expansion } = context;
  if (!hasRealms(context) && hasPairByIdentity(context, rule)) return [];
  const sources = expansion.extentOf(rule.flow.source).byIdentity;
  const destinations = expansion.extentOf(rule.flow.destination).byIdentity;
  if (isEmpty(sources) || isEmpty(destinations)) return [];
  const from = workloadsAt(expansion.universe, sources);
  const to = workloadsAt(expansion.universe, destinations);
  const pairs = countPairs(rule, from, to);
  if (pairs.apart === 0) return [];
  const [a, b] = pairs.example ?? [];
  const parameters = {
    rule: ruleText(rule),
    apart: pairs.apart,
    pairs: pairs.number,
    example: `\`${a?.name ?? ""}\` is in ${realmText(a)}, \`${b?.name ?? ""}\` in ${realmText(b)}`,
  };
  const severity = pairs.apart < pairs.number ? "warning" : "error";
  return [diagnose("SEG512", rule.span, parameters, { severity })];
}

/** Whether any two workloads can be apart. */
function hasRealms({ expansion }: PlanContext): boolean {
  const [first, ...others] = expansion.universe.groups;
  return others.some(({ realm }) => realm !== first?.realm);
}

/** The usual case where there is one realm, decided quickly: some flow between two workloads selected by identity. */
function hasPairByIdentity({ expansion, search }: PlanContext, rule: Rule): boolean {
  return expansion.flowsOf(rule).products.some(
    ({ source, destination, service, family }) =>
      source.byIdentity &&
      destination.byIdentity &&
      search.hasFlow({
        source: { managed: source.managed, external: noAddress },
        destination: { managed: destination.managed, external: noAddress },
        service,
        family,
      }),
  );
}

/** Workloads alike in all that decides whether they pair: realms, and the label of `when`. */
interface Kind {
  readonly realms: readonly string[];
  readonly leaf: string;
  readonly workloads: readonly Workload[];
}

interface Pairs {
  readonly number: number;
  /** Those without a common realm. */
  readonly apart: number;
  readonly example: readonly [Workload, Workload] | undefined;
}

/** Pairs of two workloads that `when` admits, kind by kind: estates have few kinds. */
function countPairs({ flow }: Rule, from: readonly Workload[], to: readonly Workload[]): Pairs {
  const label = flow.condition?.label.name;
  const receivers = new Set(to);
  let number = 0;
  let apart = 0;
  let example: Pairs["example"];
  const far = kindsBy(to, label);
  for (const a of kindsBy(from, label)) {
    for (const b of far) {
      const admitted =
        label === undefined || (a.leaf === b.leaf) === (flow.condition?.relation === "same");
      const alike = a.leaf === b.leaf && a.realms.join() === b.realms.join();
      const own = alike ? a.workloads.filter((workload) => receivers.has(workload)).length : 0;
      const pairs = a.workloads.length * b.workloads.length - own;
      if (!admitted || pairs === 0) continue;
      number += pairs;
      if (b.realms.some((realm) => a.realms.includes(realm))) continue;
      apart += pairs;
      example ??= exampleOf(a, b);
    }
  }
  return { number, apart, example };
}

function exampleOf(a: Kind, b: Kind): Pairs["example"] {
  for (const from of a.workloads.slice(0, 2)) {
    const to = b.workloads.slice(0, 2).find((workload) => workload !== from);
    if (to !== undefined) return [from, to];
  }
  return undefined;
}

function kindsBy(workloads: readonly Workload[], label: string | undefined): readonly Kind[] {
  const kinds = new Map<string, Kind & { readonly workloads: Workload[] }>();
  for (const workload of workloads) {
    const realms = realmsOf(workload);
    const leaf = label === undefined ? "" : String(workload.labels.get(label));
    const key = JSON.stringify([realms, leaf]);
    const kind = kinds.get(key) ?? { realms, leaf, workloads: [] };
    kind.workloads.push(workload);
    kinds.set(key, kind);
  }
  return [...kinds.values()];
}

function realmsOf({ addresses }: Workload): readonly string[] {
  return addresses.length === 0 ? ["default"] : [...new Set(addresses.map(({ realm }) => realm))];
}

function realmText(workload: Workload | undefined): string {
  const realms = workload === undefined ? [] : realmsOf(workload);
  return `realm${realms.length === 1 ? "" : "s"} ${realms.map((realm) => `\`${realm}\``).join(", ")}`;
}
