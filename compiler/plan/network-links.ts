// Networks of a realm that are joined so that a group of one may be named by groups of the other. What joins
// them is the project's to say: no policy and no inventory does.
import type { Direction } from "../inventory/types.ts";

export interface NetworkLinks {
  /** Pairs joined by a peering connection: groups are named in both directions. */
  readonly peerings: readonly (readonly string[])[];
  /** Those at one transit gateway that lets groups be named: for what comes in only (platforms.md A.3). */
  readonly transitGateways: readonly (readonly string[])[];
}

export const noLinks: NetworkLinks = { peerings: [], transitGateways: [] };

/** The network itself, and those whose groups its own may name in a direction. */
export function inReachOf(
  network: string,
  direction: Direction,
  { peerings, transitGateways }: NetworkLinks,
): ReadonlySet<string> {
  const links = direction === "ingress" ? [...peerings, ...transitGateways] : peerings;
  return new Set([network, ...links.filter((link) => link.includes(network)).flat()]);
}
