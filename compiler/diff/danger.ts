// Why a reviewer should look at a change first. Only an order and a few words: nothing is decided by it.
import type { Workload } from "../inventory/types.ts";
import {
  intersectServices,
  isNoService,
  portInterval,
  protocols,
  type ServiceSet,
  serviceSet,
} from "../sets/service-set.ts";
import type { Comparison, Kind } from "./cells.ts";
import type { NamedEnd } from "./names.ts";
import type { Version } from "./version.ts";

export type Danger =
  | "from-outside"
  | "to-outside"
  | "administration"
  | "into-production"
  | "any-service"
  | "not-in-policy";

const weights: Readonly<Record<Danger, number>> = {
  "from-outside": 32,
  administration: 16,
  "into-production": 8,
  "any-service": 20,
  "not-in-policy": 4,
  "to-outside": 2,
};

export const weightOf = (dangers: readonly Danger[]): number =>
  dangers.reduce((sum, danger) => sum + weights[danger], 0);

/** Ports by which machines are administered or taken over. */
const administration: ServiceSet = serviceSet([
  ...[22, 23, 135, 139, 445, 512, 513, 514, 2375, 2376, 3389, 5900, 5985, 5986, 10250].map((port) =>
    portInterval(protocols.tcp, port, port),
  ),
  ...[161, 623, 3389].map((port) => portInterval(protocols.udp, port, port)),
]);

interface Asked extends Kind {
  readonly source: NamedEnd;
  readonly destination: NamedEnd;
  readonly service: ServiceSet;
  /** As people read it. */
  readonly serviceText: string;
}

/** Heaviest first. What is lost is never dangerous in this sense. */
export function dangersOf(
  { versions }: Pick<Comparison, "versions">,
  version: number,
  { change, layer, source, destination, service, serviceText }: Asked,
): readonly Danger[] {
  if (change === "lost") return [];
  const production = productionOf(versions[version]);
  const some = ({ workloads }: NamedEnd, isWanted: boolean) =>
    workloads.some((name) => production.has(name) === isWanted);
  const isAny = serviceText.startsWith("any-service");
  const found: readonly (readonly [Danger, boolean])[] = [
    ["from-outside", source.outside],
    ["administration", !isAny && !isNoService(intersectServices(service, administration))],
    ["into-production", some(destination, true) && some(source, false)],
    ["any-service", isAny],
    ["not-in-policy", layer === "effect"],
    ["to-outside", destination.outside],
  ];
  return found.flatMap(([danger, holds]) => (holds ? [danger] : []));
}

const known = new WeakMap<Version, ReadonlySet<string>>();

/** Names of the workloads of a version that are in production. */
function productionOf(version: Version | undefined): ReadonlySet<string> {
  if (version === undefined) return new Set();
  const workloads = version.context.expansion.universe.workloads;
  const names =
    known.get(version) ?? new Set(workloads.filter(isProduction).map(({ name }) => name));
  known.set(version, names);
  return names;
}

/** By the names that people give to it: `prod`, `production`, `prd`, whatever the label. */
const isProduction = ({ labels }: Workload): boolean =>
  [...labels.values()].flat().some((value) => /^(prod|prd|production|live)$/i.test(value));
