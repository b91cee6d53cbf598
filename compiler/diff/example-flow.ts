// One flow of a product, with workloads of a version: the first there is.
import { endpointsOf } from "../guard/endpoint-classes.ts";
import type { Endpoint } from "../semantics/denotation.ts";
import type { Flow } from "../semantics/semantics.ts";
import { type IpAddress, knownPrefix } from "../sets/address.ts";
import {
  type AddressSet,
  cidrsOf,
  hasAddress,
  internetAddresses,
  isAddressSubset,
} from "../sets/address-set.ts";
import {
  hasService,
  intersectServices,
  portInterval,
  protocols,
  type ServiceSet,
  serviceSet,
} from "../sets/service-set.ts";
import type { Comparison } from "./cells.ts";
import type { PointProduct } from "./products.ts";

/** The points that it joins, and the flow itself. */
export interface ExampleFlow {
  readonly source: number;
  readonly destination: number;
  readonly flow: Flow;
}

export function exampleFlow(
  comparison: Pick<Comparison, "space" | "joint" | "versions" | "services">,
  version: number,
  { sources, destinations, service }: PointProduct,
): ExampleFlow {
  const point = exampleService(comparison.services.setOf(service));
  const best = (points: readonly number[]) =>
    [...points].sort((a, b) => preference(comparison, a) - preference(comparison, b) || a - b);
  for (const source of best(sources)) {
    for (const destination of best(destinations)) {
      const from = endsAt(comparison, version, source);
      const to = endsAt(comparison, version, destination);
      for (const one of from) {
        const other = to.find(({ workload }) => workload !== one.workload);
        if (other !== undefined && point !== undefined) {
          const flow = { source: one, destination: other, service: point };
          return { source, destination, flow };
        }
      }
    }
  }
  throw new Error("bug in segc (diff): a product without a flow");
}

/** What people fear most, else the first port, else the first of all. */
function exampleService(set: ServiceSet): number | undefined {
  const feared = fearedPorts.find((point) => hasService(set, point));
  const tcp = intersectServices(set, serviceSet([portInterval(protocols.tcp, 0, 65535)]));
  return feared ?? tcp.intervals[0]?.first ?? set.intervals[0]?.first;
}

const fearedPorts = [22, 3389, 445, 443].map(
  (port) => portInterval(protocols.tcp, port, port).first,
);

/** Low for what makes a good example. */
function preference({ space }: Pick<Comparison, "space">, point: number): number {
  const one = space.classes[space.points[point]?.of ?? -1];
  const outside = one?.outside;
  const process = space.points[point]?.process.size ?? 0;
  if (outside === undefined) return 3 + process;
  if (documentation.some((address) => hasAddress(outside, address))) return 0;
  return isAddressSubset(outside, internetAddresses) ? 1 : 2;
}

/** The first two endpoints of a point on different workloads, or one address outside. */
function endsAt(
  { space, joint, versions }: Pick<Comparison, "space" | "joint" | "versions">,
  version: number,
  point: number,
): readonly Endpoint[] {
  const one = space.classes[space.points[point]?.of ?? -1];
  const process = space.points[point]?.process ?? new Map();
  const universe = versions[version]?.context.expansion.universe;
  if (one === undefined || universe === undefined) return [];
  const realm = space.groups[one.group]?.realm ?? "";
  if (one.outside !== undefined) {
    const set = one.outside;
    const documented = documentation.find((address) => hasAddress(set, address));
    const address = documented ?? addressIn(set);
    return address === undefined ? [] : [{ workload: undefined, realm, address, process }];
  }
  const found: Endpoint[] = [];
  for (const endpoint of one.endpoints) {
    const at = joint.endpoints[endpoint]?.at[version] ?? -1;
    const index = universe.endpoints[at]?.workload ?? -1;
    const workload = universe.workloads[index];
    if (workload === undefined || workload === found[0]?.workload) continue;
    const known = endpointsOf(workload)[at - (universe.firstOf[index] ?? 0)];
    if (known !== undefined) found.push({ ...known, process });
    if (found.length === 2) break;
  }
  return found;
}

/** The first that is not the address of its whole network. */
function addressIn(set: AddressSet): IpAddress | undefined {
  const cidr = cidrsOf(set)[0];
  if (cidr === undefined) return undefined;
  const { address, length } = cidr;
  if (length > (address.family === 4 ? 30 : 126)) return address;
  const words = address.words.with(-1, (address.words.at(-1) ?? 0) + 1);
  return { family: address.family, words } as unknown as IpAddress; // as many words as before
}

/** Addresses that nobody owns, for examples of what is outside. */
const documentation = ["203.0.113.1/32", "2001:db8::1/128"].map(
  (text) => knownPrefix(text).address,
);
