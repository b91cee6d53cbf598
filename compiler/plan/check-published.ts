// SEG904: ports of a host that lead to its containers. The host forwards what comes to them, and its
// own packet filter stands on what it takes in and sends itself.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { EnforcerKind, Workload } from "../inventory/types.ts";
import type { PlanContext } from "./context.ts";
import { kindsOf } from "./ends.ts";
import { kindsText, listed } from "./words.ts";

const onHost: ReadonlySet<EnforcerKind> = new Set(["nftables", "iptables"]);

/** One for all workloads that publish the same ports past the same enforcers. */
export function checkPublished({ expansion }: PlanContext): readonly Diagnostic[] {
  const groups = new Map<string, Workload[]>();
  for (const workload of expansion.universe.workloads) {
    if (!isBypassed(workload)) continue;
    const key = JSON.stringify([workload.published, kindsOf(workload, "ingress")]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [workload]);
    else group.push(workload);
  }
  return [...groups.values()].flatMap((workloads) => {
    const [first] = workloads;
    if (first === undefined) return [];
    return diagnose("SEG904", first.span, {
      workloads: listed(workloads.map(({ name }) => name)),
      ports: listed(first.published),
      enforcer: kindsText(kindsOf(first, "ingress")),
    });
  });
}

/** Filtered by the host alone: what stands before a host sees what the host forwards. */
function isBypassed(workload: Workload): boolean {
  if (workload.published.length === 0) return false;
  const kinds = kindsOf(workload, "ingress");
  return kinds.length > 0 && kinds.every((kind) => onHost.has(kind));
}
