// What is to be known of a member of the fleet.
import type { Direction } from "../../compiler/inventory/types.ts";
import type { FleetMember } from "../../compiler/plan/fleet.ts";
import type { DirectionSlice, EnforcerSlice } from "../../compiler/plan/slice.ts";

export const directions = ["ingress", "egress"] as const;

export const halfOf = (
  { directions: halves }: EnforcerSlice,
  direction: Direction,
): DirectionSlice | undefined => halves.find((half) => half.direction === direction);

/** Its interfaces keep the groups they have: in each direction it is only observed, or not enforced. */
export const isLeftAlone = ({ directions: halves }: EnforcerSlice): boolean =>
  halves.every(({ observed }) => observed !== undefined);

/** Where a member without addresses would be. */
const defaultRealm = "default";

/** The one network that a member is in; undefined where it is in several. */
export function realmOf({ addresses }: FleetMember): string | undefined {
  const [realm = defaultRealm, ...more] = addresses.keys();
  return more.length === 0 ? realm : undefined;
}
