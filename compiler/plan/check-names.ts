// SEG502, the half that needs the inventory: `fallback cidr` states addresses outside of it, so
// none of them may belong to a workload (language.md section 7, Names).
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { EndpointSet, Rule } from "../model/types.ts";
import { type Cidr, contains, formatAddress, formatCidr } from "../sets/address.ts";
import { addressSet } from "../sets/address-set.ts";
import { members } from "../sets/bitset.ts";
import type { PlanContext } from "./context.ts";

export function checkNames(context: PlanContext, rule: Rule): readonly Diagnostic[] {
  return namesIn(rule.flow.destination).flatMap(({ span, addresses }) => {
    const managed = addresses === undefined ? undefined : managedIn(context, addresses);
    if (managed === undefined) return [];
    return [diagnose("SEG502", span, { why: "managed", ...managed })];
  });
}

type Names = Extract<EndpointSet, { readonly kind: "names" }>;

/** Host names stand alone or inside braces, nowhere else (6.2). */
function namesIn(set: EndpointSet): readonly Names[] {
  if (set.kind === "names") return [set];
  return set.kind === "union" ? set.of.flatMap(namesIn) : [];
}

function managedIn({ expansion }: PlanContext, cidrs: readonly Cidr[]) {
  const { universe } = expansion;
  for (const index of members(universe.within(addressSet(cidrs)))) {
    const endpoint = universe.endpoints[index];
    const ip = endpoint?.address;
    const range = ip === undefined ? undefined : cidrs.find((cidr) => contains(cidr, ip));
    if (endpoint === undefined || ip === undefined || range === undefined) continue;
    return {
      range: formatCidr(range),
      workload: universe.workloads[endpoint.workload]?.name ?? "",
      address: formatAddress(ip),
    };
  }
  return undefined;
}
