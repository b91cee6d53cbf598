// Endpoints that no statement of the model can tell apart, each kind with one or two
// representatives: enough to decide every guardrail and test with the naive meaning.
import type { Workload } from "../inventory/types.ts";
import type { EndpointSet, FlowSet, Model, Predicate } from "../model/types.ts";
import { type Endpoint, holds, type Process } from "../semantics/denotation.ts";
import type { World } from "../semantics/semantics.ts";
import { type Cidr, contains, formatCidr, type IpAddress } from "../sets/address.ts";
import { externalAtoms, sortedCidrs } from "./external-atoms.ts";

export interface EndpointClass {
  /** Members with the empty process; one for externals. */
  readonly members: readonly Endpoint[];
  readonly external: boolean;
}

const noProcess: Process = new Map();

/** Every class that the model and the questions can tell apart: managed endpoints first, in inventory order, then external ones. */
export function endpointClasses(
  world: World,
  questions: readonly FlowSet[] = [],
  among: readonly Workload[] = world.workloads,
): readonly EndpointClass[] {
  const tell = distinctions(world.model, questions);
  const cidrs = sortedCidrs(tell.cidrs);
  const classes = new Map<string, Endpoint[]>();
  for (const workload of among) {
    const ofWorkload = workloadSignature(tell, workload);
    for (const endpoint of endpointsOf(workload)) {
      const covering = cidrs.filter((cidr) => contains(cidr, endpoint.address)).map(formatCidr);
      const { family } = endpoint.address;
      const key = JSON.stringify([ofWorkload, endpoint.realm, family, covering]);
      const known = classes.get(key);
      if (known === undefined) classes.set(key, [endpoint]);
      else known.push(endpoint);
    }
  }
  const managed = [...classes.values()].map((members) => ({ members, external: false }));
  const external = externalAtoms(world.workloads, cidrs).map((atom) => ({
    members: [{ workload: undefined, process: noProcess, ...atom }],
    external: true,
  }));
  return [...managed, ...external];
}

/** ⟨w, r, a⟩ of a workload; without addresses, one symbolic address a family. */
export function endpointsOf(workload: Workload): readonly Endpoint[] {
  const addresses: readonly { readonly ip: IpAddress; readonly realm: string }[] =
    workload.addresses.length > 0 ? workload.addresses : symbolicAddresses;
  return addresses.map(({ ip, realm }) => ({
    workload,
    realm,
    address: ip,
    process: noProcess,
  }));
}

/** Outside every range that can be routed or named with sense: it only has to be some address. */
const symbolicAddresses = [
  { ip: { family: 4, words: [0xf000_0001] } as const, realm: "default" },
  { ip: { family: 6, words: [0x0100_0000, 0, 0, 1] } as const, realm: "default" },
];

interface Distinctions {
  readonly atoms: readonly Predicate[];
  readonly compared: readonly string[];
  readonly named: ReadonlySet<string>;
  readonly cidrs: readonly Cidr[];
}

function workloadSignature(tell: Distinctions, workload: Workload): unknown {
  return [
    workload.platform,
    workload.launcher ?? "",
    workload.appTags ?? "",
    workload.enforcers.map(({ kind, directions }) => [kind, directions]),
    tell.atoms.map((atom) => (holds(atom, workload) ? 1 : 0)).join(""),
    tell.compared.map((label) => workload.labels.get(label) ?? null),
    tell.named.has(workload.name) ? workload.name : "",
  ];
}

/** Every prefix that the model names. */
export function modelPrefixes(model: Model): readonly Cidr[] {
  return distinctions(model).cidrs;
}

/** Every atomic predicate, compared label, named workload and prefix of the whole model. */
function distinctions(model: Model, questions: readonly FlowSet[] = []): Distinctions {
  const atoms = new Map<string, Predicate>();
  const named = new Set<string>();
  const cidrs = new Map<string, Cidr>();
  const seen = new Set<EndpointSet>();
  const visit = (set: EndpointSet) => {
    if (seen.has(set)) return;
    seen.add(set);
    if (set.kind === "workload") named.add(set.name);
    else if (set.kind === "workloads") for (const atom of atomsOf(set.where)) atoms.set(...atom);
    else if (set.kind === "networks")
      for (const cidr of set.cidrs) cidrs.set(formatCidr(cidr), cidr);
    else if (set.kind === "names") {
      for (const cidr of set.addresses ?? []) cidrs.set(formatCidr(cidr), cidr);
    } else if (set.kind === "union" || set.kind === "intersection") set.of.forEach(visit);
    else if (set.kind === "difference") [set.of, set.except].forEach(visit);
    else if (set.kind === "program") visit(set.of);
  };
  const flows = [...flowsOf(model), ...questions];
  const sides = flows.flatMap((flow) => [flow.source, flow.destination]);
  for (const set of [...sides, ...setsOf(model)]) visit(set);
  const compared = new Set(flows.flatMap((flow) => flow.condition?.label.name ?? []));
  return {
    atoms: [...atoms.values()],
    compared: [...compared].sort(),
    named,
    cidrs: [...cidrs.values()],
  };
}

function* atomsOf(predicate: Predicate | undefined): Generator<[string, Predicate]> {
  if (predicate === undefined) return;
  switch (predicate.kind) {
    case "not":
      return yield* atomsOf(predicate.of);
    case "and":
    case "or":
      for (const part of predicate.of) yield* atomsOf(part);
      return;
    case "defined":
      return yield [JSON.stringify([predicate.kind, predicate.label.name]), predicate];
    default: {
      const values = [...predicate.values].sort();
      yield [JSON.stringify([predicate.kind, predicate.label.name, values]), predicate];
    }
  }
}

function flowsOf(model: Model): readonly FlowSet[] {
  return [
    ...model.rules.map((rule) => rule.flow),
    ...model.guardrails.flatMap((guard) => [guard, ...guard.exceptions]).map((part) => part.flow),
    ...model.tests.flatMap((test) => test.assertions).map((assertion) => assertion.flow),
  ];
}

function setsOf(model: Model): readonly EndpointSet[] {
  return [
    ...[...model.teams.values()].map((team) => team.owns),
    ...model.delegations.flatMap((delegation) => [delegation.of, delegation.with]),
    ...model.observations.map((observation) => observation.of),
  ];
}
