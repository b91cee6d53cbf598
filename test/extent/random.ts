// Random small projects and every flow that can tell two of them apart.

import fc from "fast-check";
import type { Workload } from "../../compiler/inventory/types.ts";
import { programsIn } from "../../compiler/model/programs-in.ts";
import type {
  Delegation,
  EndpointSet,
  FlowSet,
  Model,
  Predicate,
  Program,
  Rule,
} from "../../compiler/model/types.ts";
import { formatAddress } from "../../compiler/sets/address.ts";
import {
  anyService,
  hasService,
  type ServiceSet,
  serviceSet,
} from "../../compiler/sets/service-set.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import * as make from "./makers.ts";
import { type Flow, type Process, selects, type X } from "./oracle.ts";

const oneOf = <const T>(...values: readonly T[]) => fc.constantFrom(...values);

const programs: readonly Program[] = [
  make.program("report", { linux: { unit: "report.service" }, windows: { path: "C:\\R.exe" } }),
  make.program("both", { linux: { unit: "report.service", user: "batch" } }),
  make.program("other", { linux: { unit: "export.service" } }),
  make.program("group", { linux: { cgroup: "/a" }, windows: { path: "c:\\r.exe" } }),
  make.program("deep", { linux: { cgroup: "/a/b" } }),
  make.program("beside", { linux: { cgroup: "/ab" } }),
];

/** Enough processes: every consistent combination of what the programs name. */
const processes: readonly Process[] = combinations(
  programs.flatMap(({ alternatives }) => [...alternatives.values()]),
);

function combinations(records: readonly Process[]): readonly Process[] {
  const distinct = new Map<string, Process>();
  for (let mask = 0; mask < 1 << records.length; mask++) {
    const merged = new Map<ProgramField, string>();
    for (const [index, record] of records.entries()) {
      if ((mask >> index) & 1) for (const [field, value] of record) merged.set(field, value);
    }
    distinct.set(JSON.stringify([...merged].sort()), merged);
  }
  return [...distinct.values()];
}

const places = [
  ...["10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1", "fd00::2", "fe80::1", "fe80::2"],
];
/** Some of each kind, and of the internet one that no set of a case leaves out. */
const strangers = [
  ...["9.9.9.9", "2600::9"],
  ...[...places, "10.0.0.9", "8.8.8.8", "0.0.0.0", "255.255.255.255", "fd00::", "fd00::9"],
  ...["2600::1", "fe80::9", "::", "ff02::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"],
];

const workload = (name: string): fc.Arbitrary<Workload> =>
  fc
    .record({
      labels: fc.record(
        {
          env: oneOf("prod", "staging"),
          app: oneOf("crm", "dba"),
          handles: fc.subarray(["pii", "payment"]),
        },
        { requiredKeys: ["env"] },
      ),
      addresses: fc.subarray([...places, "10.0.0.1@plant", "fd00::1@plant"], { maxLength: 3 }),
      platform: oneOf("linux", "windows", "other"),
    })
    .map(({ labels, addresses, platform }) =>
      make.workload(name, { ...labels }, addresses, { platform }),
    );

export const inventories = fc
  .integer({ min: 0, max: 4 })
  .chain((size) => fc.tuple(...Array.from({ length: size }, (_, at) => workload(`w${at}`))))
  .map((members) => make.inventory(...members));

const predicates: fc.Arbitrary<Predicate> = fc.oneof(
  oneOf(
    make.is(make.env, "prod"),
    make.is(make.app, "crm"),
    make.is(make.app, "crm", "dba", "none"),
    make.contains("pii"),
    make.contains("pii", "payment"),
    { kind: "defined", label: make.app } as const,
    { kind: "not", of: make.contains("payment") } as const,
  ),
  fc
    .tuple(oneOf("and" as const, "or" as const), oneOf("prod", "staging"), oneOf("crm", "dba"))
    .map(([kind, env, app]) => ({
      kind,
      of: [make.is(make.env, env), { kind: "not" as const, of: make.is(make.app, app) }],
    })),
);

const prefixes = oneOf(
  ...["10.0.0.0/30", "10.0.0.1/32", "10.0.0.2/31", "0.0.0.0/0", "fd00::/126", "fe80::/10"],
  ...["::/0", "8.8.8.8/32", "fd00::1/128", "10.0.0.0/8", "ff02::/16"],
);

/** What may also stand in `owns`, `of` and `with`: no programs (SEG305). */
const machines: fc.Arbitrary<EndpointSet> = fc.oneof(
  { weight: 4, arbitrary: predicates.map(make.where) },
  { weight: 2, arbitrary: oneOf(make.workloads, make.outside, make.anywhere) },
  { weight: 1, arbitrary: oneOf({ kind: "internet" } as const, { kind: "workload", name: "w1" }) },
  {
    weight: 4,
    arbitrary: fc
      .array(prefixes, { minLength: 1, maxLength: 2 })
      .map((some) => make.networks(...some)),
  },
);

const leaf: fc.Arbitrary<EndpointSet> = fc.oneof(
  { weight: 6, arbitrary: machines },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...programs), predicates)
      .map(([program, predicate]) => make.at(program, make.where(predicate))),
  },
);

/** Sets of up to three levels. */
export const sets: fc.Arbitrary<EndpointSet> = fc.letrec<{ set: EndpointSet }>((tie) => ({
  set: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    { weight: 3, arbitrary: leaf },
    { weight: 1, arbitrary: fc.tuple(tie("set"), tie("set")).map(([a, b]) => make.union(a, b)) },
    { weight: 1, arbitrary: fc.tuple(tie("set"), tie("set")).map(([a, b]) => make.both(a, b)) },
    { weight: 1, arbitrary: fc.tuple(tie("set"), tie("set")).map(([a, b]) => make.except(a, b)) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.constantFrom(...programs), tie("set"))
        .map(([program, of]) => make.at(program, of)),
    },
  ),
})).set;

const services: fc.Arbitrary<ServiceSet> = oneOf(
  make.tcp(443),
  make.tcp(400, 500),
  make.tcp(443, 8443),
  serviceSet([{ first: 1 * 65536 + 8 * 256, last: 1 * 65536 + 8 * 256 + 255 }]),
  serviceSet([
    { first: 58 * 65536 + 130 * 256, last: 58 * 65536 + 131 * 256 },
    ...make.tcp(1).intervals,
  ]),
  anyService,
);

/** Both ends of every interval above and what lies between. */
const points = [
  ...[1, 399, 400, 443, 500, 501, 8443].map((port) => 6 * 65536 + port),
  ...[1 * 65536 + 8 * 256, 58 * 65536 + 130 * 256, 58 * 65536 + 131 * 256, 47 * 65536],
];

export const flowSets: fc.Arbitrary<FlowSet> = fc
  .record({
    source: sets,
    destination: sets,
    service: services,
    condition: fc.option(
      fc.record({
        relation: oneOf("same" as const, "different" as const),
        label: oneOf(make.env, make.app),
      }),
      { nil: undefined, freq: 4 },
    ),
    family: oneOf(undefined, undefined, 4 as const, 6 as const),
  })
  .map(({ source, destination, ...more }) => make.flow(source, destination, more));

const delegations: fc.Arbitrary<Delegation> = fc
  .record({
    module: oneOf(make.root, make.crm, make.dba),
    direction: oneOf("ingress" as const, "egress" as const),
    of: machines,
    with: fc.oneof(fc.constant(make.workloads), machines),
    service: services,
    to: fc.subarray(["crm", "dba"], { minLength: 1 }),
  })
  .map(({ module, direction, of, ...more }) => make.delegation(module, direction, of, more));

const rules: fc.Arbitrary<Rule> = fc
  .record({
    module: oneOf(make.crm, make.crm, make.dba, make.root),
    flow: flowSets,
    effect: oneOf("allow" as const, "allow" as const, "deny" as const),
    named: fc.boolean(),
  })
  .map(({ module, flow, ...more }) => make.rule(module, flow, more));

export const models: fc.Arbitrary<Model> = fc
  .record({
    delegations: fc.array(delegations, { maxLength: 4 }),
    rules: fc.array(rules, { minLength: 1, maxLength: 1 }),
    owns: fc.record({ crm: machines, dba: machines }, { requiredKeys: [] }),
  })
  .map(({ owns, ...parts }) =>
    // Absent keys keep the owners of the maker.
    make.model({ ...parts, owns: owns as Record<string, EndpointSet> }),
  );

/** Every endpoint that matters: those of the inventory and some nobody holds. */
export function endpointsIn(
  members: readonly Workload[],
  sets: readonly EndpointSet[],
): readonly X[] {
  const named = [...new Set(sets.flatMap(programsIn))];
  const held = members.flatMap((member) => {
    const symbolic = ([4, 6] as const).map((family) => ({
      realm: "default",
      family,
      address: undefined,
    }));
    const real = member.addresses.map(({ ip, realm }) => ({
      realm,
      family: ip.family,
      address: ip,
    }));
    return (real.length > 0 ? real : symbolic).flatMap((place) =>
      distinctBy(
        processes.map((process) => ({ ...place, workload: member, process })),
        (x) => named.map((program) => selects(make.at(program, make.workloads), x)),
      ),
    );
  });
  const taken = new Set(
    members.flatMap(({ addresses }) =>
      addresses.map(({ ip, realm }) => `${formatAddress(ip)}@${realm}`),
    ),
  );
  // A realm is what the inventory names; in any other there is nobody to talk to.
  const realms = new Set(["default", ...held.map(({ realm }) => realm)]);
  const free = [...realms].flatMap((realm) =>
    strangers
      .filter((text) => !taken.has(`${formatAddress(make.address(text))}@${realm}`))
      .map((text) => {
        const address = make.address(text);
        const none: Process = new Map();
        return { workload: undefined, realm, family: address.family, address, process: none };
      }),
  );
  return [...held, ...free];
}

/** The first of those that look the same. */
function distinctBy<T>(all: readonly T[], look: (one: T) => unknown): readonly T[] {
  const firsts = new Map<string, T>();
  for (const one of all) {
    const key = JSON.stringify(look(one));
    if (!firsts.has(key)) firsts.set(key, one);
  }
  return [...firsts.values()];
}

/** Every flow between them, with the services that can make a difference. */
export function* flowsAmong(endpoints: readonly X[], used: readonly ServiceSet[]): Generator<Flow> {
  const telling = distinctBy(points, (point) => [
    used.map((service) => hasService(service, point)),
    point < 6 * 65536 ? 4 : point < 58 * 65536 ? 0 : point,
  ]);
  for (const source of endpoints) {
    for (const destination of endpoints) {
      if (source.workload === destination.workload || source.realm !== destination.realm) continue;
      if (source.family !== destination.family) continue;
      for (const point of telling) yield { source, destination, point };
    }
  }
}
