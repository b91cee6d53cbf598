// What the enforced ends must do with a flow: the meaning of the language, restricted to the
// enforcers that stand in the lab.
import {
  enforcersOf,
  type Flow,
  installed,
  isFlow,
  type World,
} from "../../compiler/semantics/semantics.ts";

/** Undefined where the two ends make no flow of the language. */
export function expectedIn(world: World): (flow: Flow) => boolean | undefined {
  return (flow) =>
    isFlow(flow)
      ? enforcersOf(world, flow)
          .filter(({ enforcer }) => enforcer.kind === "nftables" || enforcer.kind === "iptables")
          .every((k) => installed(world, k, flow))
      : undefined;
}
