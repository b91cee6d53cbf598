// Random small projects with every kind of enforcer, and the flows that tell them apart.
import fc from "fast-check";
import type {
  Direction,
  EnforcerKind,
  Inventory,
  Workload,
} from "../../compiler/inventory/types.ts";
import { programsIn } from "../../compiler/model/programs-in.ts";
import type { EndpointSet, Model, Program, Rule } from "../../compiler/model/types.ts";
import type { Endpoint, Flow, Process, World } from "../../compiler/semantics/semantics.ts";
import { formatAddress, type IpAddress } from "../../compiler/sets/address.ts";
import { portInterval, type ServiceSet, serviceSet } from "../../compiler/sets/service-set.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import * as make from "../extent/makers.ts";

const oneOf = <const T>(...values: readonly T[]) => fc.constantFrom(...values);

export const now = "2026-11-23";

const programs: readonly Program[] = [
  make.program("report", { linux: { unit: "report.service" }, windows: { path: "C:\\R.exe" } }),
  make.program("both", { linux: { unit: "report.service", user: "batch" } }),
  make.program("script", { linux: { path: "/opt/report" } }),
  make.program("group", { linux: { cgroup: "/a" }, windows: { service: "R" } }),
  make.program("deep", { linux: { cgroup: "/a/b" } }),
];

const places = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "fd00::1", "fd00::2"];

function standing(kinds: readonly EnforcerKind[], directions: readonly Direction[]) {
  return kinds.map((kind) => ({ kind, id: kind, directions }));
}

const enforcers = (kinds: readonly EnforcerKind[]) =>
  fc
    .tuple(
      fc.subarray([...kinds], { maxLength: Math.min(2, kinds.length) }),
      oneOf(["egress", "ingress"], ["egress", "ingress"], ["egress"], ["ingress"]),
    )
    .map(([some, directions]) => standing(some, directions));

/** A fixture's enforcer sees everything: nothing is ever lowered. */
export const everywhere = fc.constant(standing(["fixture"], ["egress", "ingress"]));
export const here = (...kinds: EnforcerKind[]) => enforcers(kinds);

const workload = (
  name: string,
  standingThere: fc.Arbitrary<Workload["enforcers"]>,
): fc.Arbitrary<Workload> =>
  fc
    .record({
      env: oneOf("prod", "staging"),
      app: oneOf("crm", "dba"),
      platform: oneOf("linux", "linux", "linux", "windows"),
      addresses: fc.subarray([...places, "10.0.0.1@plant", "fd00::1@plant"], { maxLength: 3 }),
      launcher: oneOf(undefined, undefined, "segc"),
      enforcers: standingThere,
    })
    .map(({ env, app, addresses, ...more }) =>
      make.workload(name, { env, app }, onceEach(addresses), {
        users: new Map([["batch", 1007]]),
        ...more,
      }),
    );

/** No enforcer can tell two realms apart by one and the same local address. */
function onceEach(addresses: readonly string[]): readonly string[] {
  const byAddress = new Map(addresses.map((text) => [text.split("@")[0], text]));
  return [...byAddress.values()];
}

/** Addresses are unique per realm: the first holder keeps one. */
function withoutClashes(members: readonly Workload[]): readonly Workload[] {
  const taken = new Set<string>();
  return members.map((member) => ({
    ...member,
    addresses: member.addresses.filter(({ ip, realm }) => {
      const key = JSON.stringify([ip, realm]);
      return !taken.has(key) && taken.add(key) !== undefined;
    }),
  }));
}

export const inventoryWith = (
  enforcersOfOne: fc.Arbitrary<Workload["enforcers"]>,
): fc.Arbitrary<Inventory> =>
  fc
    .integer({ min: 2, max: 4 })
    .chain((size) =>
      fc.tuple(...Array.from({ length: size }, (_, at) => workload(`w${at}`, enforcersOfOne))),
    )
    .map((members) => make.inventory(...withoutClashes(members)));

const machines: fc.Arbitrary<EndpointSet> = fc.oneof(
  {
    weight: 4,
    arbitrary: oneOf(
      make.workloads,
      make.where(make.is(make.env, "prod")),
      make.where(make.is(make.app, "crm")),
      { kind: "workload", name: "w0" } as const,
      make.except(make.workloads, make.where(make.is(make.env, "prod"))),
    ),
  },
  {
    weight: 2,
    arbitrary: oneOf(
      make.outside,
      make.anywhere,
      make.networks("10.0.0.0/30"),
      make.networks("10.0.0.1/32", "fd00::/126"),
    ),
  },
);

const withProgram = fc
  .tuple(fc.constantFrom(...programs), machines)
  .map(([program, set]) => make.at(program, set));

/** Programs only where they narrow: never behind `except`. */
export const positiveSets: fc.Arbitrary<EndpointSet> = fc.oneof(
  { weight: 4, arbitrary: machines },
  { weight: 4, arbitrary: withProgram },
  { weight: 1, arbitrary: fc.tuple(withProgram, machines).map(([a, b]) => make.union(a, b)) },
  { weight: 1, arbitrary: fc.tuple(withProgram, withProgram).map(([a, b]) => make.both(a, b)) },
);

/** The same, and "every process but". */
export const allSets: fc.Arbitrary<EndpointSet> = fc.oneof(
  { weight: 3, arbitrary: positiveSets },
  { weight: 1, arbitrary: fc.tuple(machines, withProgram).map(([a, b]) => make.except(a, b)) },
  { weight: 1, arbitrary: fc.tuple(withProgram, withProgram).map(([a, b]) => make.except(a, b)) },
);

/** Two programs at either end of the same two hosts, so that rules meet. */
export const crowdedModels = (excluding: boolean): fc.Arbitrary<Model> =>
  fc
    .subarray([...programs], { minLength: 2, maxLength: 2 })
    .chain((two) => modelOf(crowdedSets(two, excluding ? 5 : 4), fc.constant(make.tcp(443))));

function crowdedSets(two: readonly Program[], shapes: number): fc.Arbitrary<EndpointSet> {
  const orders = fc.constantFrom(two, [...two].reverse());
  return fc.tuple(orders, fc.nat(shapes - 1)).map(([chosen, shape]) => {
    const [first, second] = chosen.map((one) => make.at(one, make.workloads));
    if (first === undefined || second === undefined) return make.workloads;
    return [
      first,
      make.workloads,
      make.union(first, second),
      make.both(first, second),
      make.except(make.workloads, second),
    ][shape] as EndpointSet; // five shapes
  });
}

/** Two hosts with one address each. */
export const twoHosts = (choices: readonly (readonly EnforcerKind[])[]) =>
  fc
    .tuple(fc.constantFrom(...choices), fc.constantFrom(...choices), fc.boolean())
    .map(([a, b, launched]) => {
      const host = (name: string, ip: string, kinds: readonly EnforcerKind[]) =>
        make.workload(name, { env: "prod", app: "crm" }, [ip], {
          users: new Map([["batch", 1007]]),
          launcher: launched ? "segc" : undefined,
          enforcers: standing(kinds, ["egress", "ingress"]),
        });
      return make.inventory(host("w0", "10.0.0.1", a), host("w1", "10.0.0.2", b));
    });

const sctp = (port: number) => serviceSet([portInterval(132, port, port)]);
const services = oneOf(make.tcp(443), make.tcp(400, 500), make.tcp(443, 8443), sctp(5));
const condition = fc.option(
  fc.record({ relation: oneOf("same" as const, "different" as const), label: oneOf(make.env) }),
  { nil: undefined, freq: 5 },
);

function rule(
  sets: fc.Arbitrary<EndpointSet>,
  service: fc.Arbitrary<ServiceSet>,
): fc.Arbitrary<Rule> {
  return fc
    .record({
      source: sets,
      destination: sets,
      service,
      condition,
      effect: oneOf("allow" as const, "allow" as const, "deny" as const),
      staged: oneOf(false, false, false, true),
      fallbackNetwork: fc.boolean(),
      until: oneOf(undefined, undefined, "2026-11-22", "2026-11-23"),
    })
    .map(({ source, destination, service, condition: when, effect, staged, until, ...more }) => {
      const allow = effect === "allow";
      return make.rule(make.root, make.flow(source, destination, { service, condition: when }), {
        effect,
        staged,
        meta: {
          ...make.noMeta,
          until: allow ? until : undefined,
          fallbackNetwork: allow && more.fallbackNetwork,
        },
      });
    });
}

export const modelOf = (
  sets: fc.Arbitrary<EndpointSet>,
  service: fc.Arbitrary<ServiceSet> = services,
): fc.Arbitrary<Model> =>
  fc
    .record({
      rules: fc.array(rule(sets, service), { minLength: 1, maxLength: 5 }),
      observed: fc.option(oneOf("egress" as const, "ingress" as const), {
        nil: undefined,
        freq: 4,
      }),
    })
    .map(({ rules, observed }) =>
      make.model({
        rules: rules.map((one, index) => ({ ...one, id: `org.r${index}` })),
        observations:
          observed === undefined
            ? []
            : [
                {
                  directions: [observed],
                  of: make.where(make.is(make.env, "prod")),
                  until: "2026-12-24",
                  because: undefined,
                  ticket: undefined,
                  span: make.spanOf("observe"),
                },
              ],
      }),
    );

export function worldOf(model: Model, inventory: Inventory): World {
  return { model, workloads: inventory.workloads, capabilities: capabilityTable, now };
}

const strangers = ["10.0.0.0", "10.0.0.1", "8.8.8.8", "fd00::3", "2600::1"];
const tcpPorts = [399, 443, 8443].map((port) => 6 * 65536 + port);
const sctpPorts = [5, 6].map((port) => 132 * 65536 + port);

/** Flows between real addresses at every process that some rule tells from the others. */
export function* tellingFlows({ rules }: Model, { workloads }: Inventory): Generator<Flow> {
  const sets = rules.flatMap(({ flow }) => [flow.source, flow.destination]);
  const named = [...new Set(sets.flatMap(programsIn))];
  const endpoints = [...managedEndpoints(workloads, named), ...freeEndpoints(workloads)];
  for (const source of endpoints) {
    for (const destination of endpoints) {
      if (source.workload === destination.workload || source.realm !== destination.realm) continue;
      if (source.address.family !== destination.address.family) continue;
      for (const service of [...tcpPorts, ...sctpPorts]) yield { source, destination, service };
    }
  }
}

function managedEndpoints(
  workloads: readonly Workload[],
  named: readonly Program[],
): readonly Endpoint[] {
  return workloads.flatMap((workload) => {
    const processes = combinations(
      named.flatMap(({ alternatives }) => alternatives.get(workload.platform) ?? []),
    );
    return workload.addresses.flatMap(({ ip, realm }) =>
      processes.map((process) => ({ workload, realm, address: ip, process })),
    );
  });
}

/** The empty process, and every union of what programs ask for (a later field wins). */
function combinations(records: readonly Process[]): readonly Process[] {
  const distinct = new Map<string, Process>();
  for (let mask = 0; mask < 1 << records.length; mask++) {
    const chosen = records.filter((_, index) => (mask >> index) & 1);
    const merged = new Map(chosen.flatMap((record) => [...record]));
    distinct.set(JSON.stringify([...merged].sort()), merged);
  }
  return [...distinct.values()];
}

function freeEndpoints(workloads: readonly Workload[]): readonly Endpoint[] {
  const keyOf = (address: IpAddress, realm: string) => `${formatAddress(address)}@${realm}`;
  const taken = new Set(
    workloads.flatMap(({ addresses }) => addresses.map(({ ip, realm }) => keyOf(ip, realm))),
  );
  return ["default", "plant"].flatMap((realm) =>
    strangers
      .map(make.address)
      .filter((address) => !taken.has(keyOf(address, realm)))
      .map((address) => ({ workload: undefined, realm, address, process: new Map() })),
  );
}
