// What joins networks, so that groups of one can be named in the other (platforms.md A.3).
import type { Way } from "./data-plane.ts";

export interface Links {
  readonly peerings: ReadonlyMap<string, readonly string[]>;
  readonly transitGateways: ReadonlyMap<string, readonly string[]>;
}

/** The network itself and those joined to it; by way of a transit gateway for what comes in only. */
export function nearOf(
  { peerings, transitGateways }: Links,
  vpc: string,
  direction: Way,
): ReadonlySet<string> {
  const links = [
    ...peerings.values(),
    ...(direction === "ingress" ? transitGateways.values() : []),
  ];
  return new Set([vpc, ...links.filter((link) => link.includes(vpc)).flat()]);
}
