// A compiled project as a lab: every workload with its real addresses, its table where it has one,
// and a process for every identity the policy tells apart there; a host for every external network
// the policy names. What must pass is not decided here: the caller brings the answer.
import type { Artefact } from "../../compiler/artefact-files.ts";
import type { Inventory, Workload } from "../../compiler/inventory/types.ts";
import type { Model } from "../../compiler/model/types.ts";
import type { Endpoint, Flow } from "../../compiler/semantics/semantics.ts";
import { formatAddress, type IpAddress } from "../../compiler/sets/address.ts";
import { externalAtoms } from "./externals.ts";
import { type HostRules, hostRules } from "./host-rules.ts";
import { type EstateProcess, identitiesAt } from "./identities.ts";
import type { LabHost, Probe } from "./lab.ts";
import { type ServicePoint, servicePoints } from "./service-points.ts";

export interface EstateHost {
  readonly lab: LabHost;
  readonly workload: Workload | undefined;
  readonly addresses: readonly IpAddress[];
  readonly rules: HostRules | undefined;
  /** The first belongs to nobody in particular. */
  readonly processes: readonly EstateProcess[];
  /** Processes that listen in turn: more than one where the table asks for the listener. */
  readonly listeners: readonly EstateProcess[];
}

export interface Estate {
  readonly hosts: readonly EstateHost[];
  readonly points: readonly ServicePoint[];
}

export function estateOf(
  model: Model,
  inventory: Inventory,
  artefacts: readonly Artefact[],
): Estate {
  const taken = new Set<string>();
  const managed = inventory.workloads.flatMap((workload) => {
    const addresses = workload.addresses
      .filter(({ realm }) => realm === "default")
      .map(({ ip }) => ip)
      .filter((ip) => isFirst(taken, formatAddress(ip)));
    if (addresses.length === 0) return [];
    return [managedHost(model, workload, addresses, hostRules(artefacts, workload.name))];
  });
  const outside = externalAtoms(model)
    .map((atom) => atom.filter((ip) => isFirst(taken, formatAddress(ip))))
    .filter((addresses) => addresses.length > 0)
    .map((addresses, index) => externalHost(`external-${index + 1}`, addresses));
  return { hosts: [...managed, ...outside], points: servicePoints(model) };
}

function isFirst(taken: Set<string>, text: string): boolean {
  if (taken.has(text)) return false;
  taken.add(text);
  return true;
}

function managedHost(
  model: Model,
  workload: Workload,
  addresses: readonly IpAddress[],
  rules: HostRules | undefined,
): EstateHost {
  const processes = [nobody, ...(rules === undefined ? [] : identitiesAt(model, workload, rules))];
  const lab = { name: workload.name, addresses: addresses.map(formatAddress) };
  // Owners are not seen on input: listeners differ by cgroup alone.
  const listeners = processes.filter(({ uid, gid }) => uid === 0 && gid === 0);
  return {
    lab,
    workload,
    addresses,
    rules,
    processes,
    listeners: rules?.asksListener === true ? listeners : [nobody],
  };
}

const nobody: EstateProcess = {
  name: "nobody",
  uid: 0,
  gid: 0,
  cgroup: undefined,
  record: new Map(),
};

const externalHost = (name: string, addresses: readonly IpAddress[]): EstateHost => ({
  lab: { name, addresses: addresses.map(formatAddress) },
  workload: undefined,
  addresses,
  rules: undefined,
  processes: [nobody],
  listeners: [nobody],
});

/**
 * Every flow of the estate while the `turn`-th process of each host listens: all ordered pairs of
 * addresses, all services, all processes of the source. Later turns only concern hosts that have
 * so many.
 */
export function* flowsOf(
  { hosts, points }: Estate,
  turn: number,
): Generator<{ readonly probe: Probe; readonly flow: Flow }> {
  for (const source of hosts) {
    for (const destination of hosts) {
      const listener = destination.listeners[turn];
      if (source === destination || listener === undefined) continue;
      if (source.workload === undefined && destination.workload === undefined) continue;
      for (const process of source.processes) {
        for (const [from, to] of addressPairs(source, destination)) {
          for (const { kind, port, service } of points) {
            const point = service(from.family);
            yield {
              probe: {
                process: `${source.lab.name}/${process.name}`,
                kind,
                source: formatAddress(from),
                destination: formatAddress(to),
                port,
              },
              flow: {
                source: endpoint(source, from, process),
                // An echo is answered by the kernel itself, whoever listens to ports.
                destination: endpoint(destination, to, kind === "icmp" ? nobody : listener),
                service: point,
              },
            };
          }
        }
      }
    }
  }
}

/** Same family. A second address of a source adds nothing but a second address. */
function* addressPairs(source: EstateHost, destination: EstateHost) {
  for (const from of source.addresses) {
    for (const to of destination.addresses) {
      if (from.family === to.family) yield [from, to] as const;
    }
  }
}

const endpoint = (host: EstateHost, address: IpAddress, process: EstateProcess): Endpoint => ({
  workload: host.workload,
  realm: "default",
  address,
  process: host.workload === undefined ? new Map() : process.record,
});
