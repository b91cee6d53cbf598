// Why a reviewer should look at a change first. Only an order and a few words: nothing is decided by it.
import type { Workload } from "../inventory/types.ts";
import {
  anyService,
  equalServices,
  intersectServices,
  isNoService,
  portInterval,
  protocols,
  type ServiceSet,
  serviceSet,
  servicesOfFamily,
} from "../sets/service-set.ts";
import type { Comparison, Kind } from "./cells.ts";
import type { NamedEnd } from "./names.ts";

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
}

/** Heaviest first. What is lost is never dangerous in this sense. */
export function dangersOf(
  { versions }: Pick<Comparison, "versions">,
  version: number,
  { change, layer, source, destination, service }: Asked,
): readonly Danger[] {
  if (change === "lost") return [];
  const byName = new Map(
    versions[version]?.context.expansion.universe.workloads.map((one) => [one.name, one] as const),
  );
  const some = (end: NamedEnd, test: (workload: Workload) => boolean) =>
    end.workloads.some((name) => {
      const workload = byName.get(name);
      return workload !== undefined && test(workload);
    });
  const isAny = ([4, 6] as const).some((family) =>
    equalServices(
      intersectServices(service, servicesOfFamily(family)),
      intersectServices(anyService, servicesOfFamily(family)),
    ),
  );
  const found: readonly (readonly [Danger, boolean])[] = [
    ["from-outside", source.outside],
    ["administration", !isAny && !isNoService(intersectServices(service, administration))],
    [
      "into-production",
      some(destination, isProduction) && some(source, (one) => !isProduction(one)),
    ],
    ["any-service", isAny],
    ["not-in-policy", layer === "effect"],
    ["to-outside", destination.outside],
  ];
  return found.flatMap(([danger, holds]) => (holds ? [danger] : []));
}

/** By the names that people give to it: `prod`, `production`, `prd`, whatever the label. */
const isProduction = ({ labels }: Workload): boolean =>
  [...labels.values()].flat().some((value) => /^(prod|prd|production|live)$/i.test(value));
