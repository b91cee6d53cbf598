// Models and inventories built by hand, as the model builder would hand them over.

import {
  type Inventory,
  inventoryOf,
  type LabelValue,
  type Platform,
  type Workload,
} from "../../compiler/inventory/types.ts";
import type {
  Delegation,
  EndpointSet,
  FlowSet,
  Guardrail,
  Label,
  Meta,
  Model,
  Module,
  Predicate,
  Program,
  Rule,
} from "../../compiler/model/types.ts";
import { type Cidr, type IpAddress, parsePrefix } from "../../compiler/sets/address.ts";
import {
  anyService,
  portInterval,
  type ServiceSet,
  serviceSet,
} from "../../compiler/sets/service-set.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { ProgramField } from "../../grammar/ast.ts";

/** A span over a text of its own. */
export function spanOf(text: string): Span {
  return { source: { path: "policy.seg", text }, start: 0, end: text.length };
}

const nowhere = spanOf("");

export function cidr(text: string): Cidr {
  const parsed = parsePrefix(text);
  if (parsed.kind !== "prefix") throw new Error(`no prefix: ${text}`);
  return parsed.cidr;
}

export function address(text: string): IpAddress {
  return cidr(text).address;
}

function label(name: string, kind: Label["kind"], leaves: readonly string[]): Label {
  return {
    name,
    kind,
    optional: kind !== "enum",
    leaves,
    nodes: new Map(leaves.map((leaf) => [leaf, new Set([leaf])])),
    span: nowhere,
  };
}

export const env = label("env", "enum", ["prod", "staging"]);
export const app = label("app", "name", []);
export const handles = label("handles", "set", ["pii", "payment"]);

export const is = (of: Label, ...values: string[]): Predicate => ({
  kind: "is",
  label: of,
  values: new Set(values),
});
export const contains = (...values: string[]): Predicate => ({
  kind: "contains",
  label: handles,
  values: new Set(values),
});
export const where = (predicate: Predicate): EndpointSet => ({
  kind: "workloads",
  where: predicate,
});
export const workloads: EndpointSet = { kind: "workloads", where: undefined };
export const outside: EndpointSet = { kind: "outside" };
export const anywhere: EndpointSet = { kind: "anywhere" };
export const networks = (...texts: string[]): EndpointSet => ({
  kind: "networks",
  cidrs: texts.map(cidr),
});
export const union = (...of: EndpointSet[]): EndpointSet => ({ kind: "union", of });
export const both = (...of: EndpointSet[]): EndpointSet => ({ kind: "intersection", of });
export const except = (of: EndpointSet, less: EndpointSet): EndpointSet => ({
  kind: "difference",
  of,
  except: less,
});
export const at = (of: Program, set: EndpointSet): EndpointSet => ({
  kind: "program",
  program: of,
  of: set,
});

export function program(
  key: string,
  alternatives: Partial<Record<Platform, Partial<Record<ProgramField, string>>>>,
): Program {
  return {
    key,
    name: key,
    // Object.entries loses the key types that the parameter states.
    alternatives: new Map(
      Object.entries(alternatives).map(([platform, fields]) => [
        platform as Platform,
        new Map(Object.entries(fields) as [ProgramField, string][]),
      ]),
    ),
    span: nowhere,
  };
}

export const tcp = (first: number, last = first): ServiceSet =>
  serviceSet([portInterval(6, first, last)]);

export function workload(
  name: string,
  labels: Readonly<Record<string, LabelValue>>,
  addresses: readonly string[],
  more: Partial<Workload> = {},
): Workload {
  return {
    name,
    platform: "linux",
    labels: new Map(Object.entries(labels)),
    addresses: addresses.map((text) => {
      const [ip = "", realm = "default"] = text.split("@");
      return { ip: address(ip), realm };
    }),
    users: new Map(),
    groups: new Map(),
    launcher: undefined,
    appTags: undefined,
    interfaces: [],
    published: [],
    balancer: false,
    enforcers: [],
    span: spanOf(name),
    ...more,
  };
}

export const inventory = (...members: Workload[]): Inventory => inventoryOf(members);

export const root: Module = { name: "org", isRoot: true, by: undefined, span: nowhere };
export const crm: Module = { name: "crm", isRoot: false, by: "crm", span: nowhere };
export const dba: Module = { name: "dba", isRoot: false, by: "dba", span: nowhere };

/** Team crm owns `app is crm`, team dba `app is dba`, unless said otherwise. */
export function model(
  parts: Partial<Model> & { readonly owns?: Record<string, EndpointSet> } = {},
): Model {
  const owns = { crm: where(is(app, "crm")), dba: where(is(app, "dba")), ...parts.owns };
  return {
    modules: [crm, dba, root],
    root,
    labels: new Map([app, env, handles].map((one) => [one.name, one])),
    teams: new Map(
      Object.entries(owns).map(([name, set]) => [
        name,
        { name, owns: set, writes: [name], span: nowhere },
      ]),
    ),
    requirements: [],
    delegations: [],
    observations: [],
    segments: [],
    services: [],
    programs: [],
    rules: [],
    guardrails: [],
    tests: [],
    scope: {
      segment: () => undefined,
      service: () => undefined,
      program: () => undefined,
      flow: () => ({ flow: undefined, diagnostics: [] }),
    },
    ...parts,
  };
}

export function flow(
  source: EndpointSet,
  destination: EndpointSet,
  more: Partial<FlowSet> = {},
): FlowSet {
  return {
    source,
    destination,
    service: tcp(443),
    condition: undefined,
    family: undefined,
    span: nowhere,
    sourceSpan: spanOf("web"),
    destinationSpan: spanOf("db"),
    serviceSpan: spanOf("https"),
    text: "web -> db : https",
    ...more,
  };
}

export const noMeta: Meta = {
  because: undefined,
  ticket: undefined,
  until: undefined,
  log: undefined,
  fallbackNetwork: false,
  fallbackCidr: undefined,
};

export function rule(module: Module, of: FlowSet, more: Partial<Rule> = {}): Rule {
  return {
    id: `${module.name}.x`,
    named: true,
    module,
    effect: "allow",
    staged: false,
    flow: of,
    meta: noMeta,
    span: nowhere,
    use: undefined,
    duplicates: [],
    ...more,
  };
}

export function guardrail(module: Module, of: FlowSet): Guardrail {
  return {
    id: `${module.name}.g`,
    module,
    verb: "never",
    flow: of,
    exceptions: [],
    meta: noMeta,
    span: nowhere,
  };
}

export function delegation(
  module: Module,
  direction: "ingress" | "egress",
  of: EndpointSet,
  more: Partial<Delegation> = {},
): Delegation {
  return {
    module,
    directions: [direction],
    of,
    with: workloads,
    service: anyService,
    to: ["crm"],
    span: nowhere,
    ...more,
  };
}
