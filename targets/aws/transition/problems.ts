// Why a plan and an account do not go together: nothing is planned then.
import { inReachOf } from "../../../compiler/plan/network-links.ts";
import { type LiveAccount, livePlannedName } from "../account/account.ts";
import type { AwsPlan } from "../groups.ts";
import { directions } from "../members.ts";

export type PlanProblem =
  | {
      readonly kind: "no-interface";
      readonly interface: string;
      readonly workload: string;
      readonly network: string;
    }
  | { readonly kind: "no-network"; readonly network: string }
  | {
      readonly kind: "not-joined";
      readonly network: string;
      readonly peer: string;
      readonly direction: "ingress" | "egress";
    }
  /** EC2 says that the peering by which the rule names a group is gone. */
  | { readonly kind: "stale"; readonly group: string; readonly rule: string; readonly peer: string }
  | { readonly kind: "other-network"; readonly interface: string; readonly vpc: string };

export function problemsOf(
  plan: AwsPlan,
  live: LiveAccount,
  { vpcs, owner }: { readonly vpcs: readonly string[]; readonly owner: string },
): readonly PlanProblem[] {
  const known = new Map(live.interfaces.map((one) => [one.id, one]));
  const strange = vpcs
    .filter((network) => !network.startsWith("vpc-"))
    .map((network): PlanProblem => ({ kind: "no-network", network }));
  const missing = plan.attachments.flatMap(
    ({ interface: id, workload, network }): readonly PlanProblem[] => {
      const found = known.get(id);
      if (found === undefined) return [{ kind: "no-interface", interface: id, workload, network }];
      return found.vpc === network
        ? []
        : [{ kind: "other-network", interface: id, vpc: found.vpc }];
    },
  );
  return [...strange, ...missing, ...notJoined(plan, live), ...staleRules(live, owner)];
}

/** Networks of which a group names one of a network that nothing joins to it. */
function notJoined({ groups }: AwsPlan, { links }: LiveAccount): readonly PlanProblem[] {
  const found = new Map<string, PlanProblem>();
  for (const { network, ...rules } of groups) {
    for (const direction of directions) {
      const near = inReachOf(network, direction, links);
      for (const { peer } of rules[direction]) {
        if (peer.kind !== "group" || near.has(peer.network)) continue;
        const problem = { kind: "not-joined", network, peer: peer.network, direction } as const;
        found.set(JSON.stringify(problem), problem);
      }
    }
  }
  return [...found.values()];
}

/** Of our groups: what EC2 would call a duplicate of a rule that is planned does nothing. */
const staleRules = ({ groups }: LiveAccount, owner: string): readonly PlanProblem[] =>
  groups
    .filter((group) => livePlannedName(group, owner) !== undefined)
    .flatMap(({ id, ingress, egress }) =>
      [...ingress, ...egress].flatMap(({ id: rule, peer }): readonly PlanProblem[] =>
        peer.kind === "group" && peer.isStale
          ? [{ kind: "stale", group: id, rule, peer: peer.group }]
          : [],
      ),
    );

/** Whether any group names one of another network: then it matters what joins them. */
export const namesOtherNetworks = ({ groups }: AwsPlan): boolean =>
  groups.some(({ network, ingress, egress }) =>
    [...ingress, ...egress].some(({ peer }) => peer.kind === "group" && peer.network !== network),
  );
