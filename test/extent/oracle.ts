// The witness of this room: membership of one endpoint, of one flow, and what a module may write,
// each transcribed from language.md 6.3 and 7. Nothing here knows rows, ranges or products.

import type { Direction, Workload } from "../../compiler/inventory/types.ts";
import type {
  EndpointSet,
  FlowSet,
  Model,
  Module,
  Predicate,
  Program,
  Rule,
} from "../../compiler/model/types.ts";
import { type Cidr, contains, formatAddress, type IpAddress } from "../../compiler/sets/address.ts";
import { hasService, servicesOfFamily } from "../../compiler/sets/service-set.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import { cidr } from "./makers.ts";

export type Process = ReadonlyMap<ProgramField, string>;

export interface X {
  readonly workload: Workload | undefined;
  readonly realm: string;
  readonly family: 4 | 6;
  /** Undefined: symbolic. */
  readonly address: IpAddress | undefined;
  readonly process: Process;
}

export interface Flow {
  readonly source: X;
  readonly destination: X;
  readonly point: number;
}

const inside = (x: X, prefix: Cidr) =>
  x.address === undefined
    ? prefix.length === 0 && prefix.address.family === x.family
    : contains(prefix, x.address);

const notInternet = [
  ...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16"],
  ...["fe80::/10", "fc00::/7", "0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/127", "ff00::/8"],
].map(cidr);

/** How `set` selects x at this process; `address`: only through `networks` or `anywhere`. */
export function selection(set: EndpointSet, x: X): "no" | "identity" | "address" {
  switch (set.kind) {
    case "workloads":
      return x.workload !== undefined && (set.where === undefined || holds(set.where, x.workload))
        ? "identity"
        : "no";
    case "workload":
      return x.workload?.name === set.name ? "identity" : "no";
    case "outside":
      return x.workload === undefined ? "address" : "no";
    case "internet":
      return x.workload === undefined && !notInternet.some((prefix) => inside(x, prefix))
        ? "address"
        : "no";
    case "anywhere":
      return "address";
    case "networks":
      return set.cidrs.some((prefix) => inside(x, prefix)) ? "address" : "no";
    case "names":
      return x.workload === undefined && (set.addresses ?? []).some((prefix) => inside(x, prefix))
        ? "address"
        : "no";
    case "union": {
      const ways = set.of.map((part) => selection(part, x));
      return ways.includes("identity") ? "identity" : ways.includes("address") ? "address" : "no";
    }
    case "intersection": {
      const ways = set.of.map((part) => selection(part, x));
      return ways.includes("no") ? "no" : ways.includes("identity") ? "identity" : "address";
    }
    case "difference":
      return selection(set.except, x) === "no" ? selection(set.of, x) : "no";
    case "program":
      return satisfies(set.program, x) ? selection(set.of, x) : "no";
  }
}

export const selects = (set: EndpointSet, x: X) => selection(set, x) !== "no";

function satisfies(program: Program, x: X): boolean {
  const fields = x.workload && program.alternatives.get(x.workload.platform);
  if (fields === undefined) return false;
  return [...fields].every(([field, wanted]) => {
    const actual = x.process.get(field);
    if (actual === undefined) return false;
    if (field === "cgroup") return `${actual}/`.startsWith(`${wanted}/`);
    if (field === "path" && x.workload?.platform === "windows") {
      return actual.toLowerCase() === wanted.toLowerCase();
    }
    return actual === wanted;
  });
}

function holds(predicate: Predicate, { labels }: Workload): boolean {
  switch (predicate.kind) {
    case "is":
    case "contains":
      return [labels.get(predicate.label.name) ?? []]
        .flat()
        .some((value) => predicate.values.has(value));
    case "defined":
      return labels.has(predicate.label.name);
    case "not":
      return !holds(predicate.of, { labels } as Workload); // only its labels are read
    case "and":
      return predicate.of.every((part) => holds(part, { labels } as Workload)); // likewise
    case "or":
      return predicate.of.some((part) => holds(part, { labels } as Workload)); // likewise
  }
}

/** f ∈ F \ B. */
export function isFlow({ source, destination, point }: Flow): boolean {
  if (source.realm !== destination.realm || source.family !== destination.family) return false;
  if (source.workload === destination.workload) return false;
  if (!hasService(servicesOfFamily(source.family), point)) return false;
  const type = Math.floor((point - 58 * 65536) / 256);
  const near = ["fe80::/10", "::/128"].some((prefix) => inside(source, cidr(prefix)));
  const far = ["fe80::/10", "ff02::/16"].some((prefix) => inside(destination, cidr(prefix)));
  return !([130, 131, 132, 143].includes(type) && near && far);
}

/** f ∈ ⟦a -> b : s when c⟧. */
export function denotes(set: FlowSet, flow: Flow): boolean {
  const { source, destination, point } = flow;
  return (
    isFlow(flow) &&
    selects(set.source, source) &&
    selects(set.destination, destination) &&
    hasService(set.service, point) &&
    (set.family === undefined || set.family === source.family) &&
    (set.condition === undefined || meets(set.condition, source.workload, destination.workload))
  );
}

function meets(
  { relation, label }: NonNullable<FlowSet["condition"]>,
  a: Workload | undefined,
  b: Workload | undefined,
) {
  if (a === undefined || b === undefined) return false;
  return (a.labels.get(label.name) === b.labels.get(label.name)) === (relation === "same");
}

export interface End {
  readonly direction: Direction;
  readonly end: X;
  readonly peer: X;
}

/** The managed ends of a flow. */
export function managedEnds({ source, destination }: Flow): readonly End[] {
  const ends: readonly End[] = [
    { direction: "egress", end: source, peer: destination },
    { direction: "ingress", end: destination, peer: source },
  ];
  return ends.filter(({ end }) => end.workload !== undefined);
}

/** 6.3, first paragraph; a deny needs no delegation for a peer outside. */
function mayWrite(
  model: Model,
  { module, effect }: Pick<Rule, "module" | "effect">,
  { direction, end, peer }: End,
  point: number,
): boolean {
  if (module.isRoot) return true;
  if ((peer.workload !== undefined || effect === "deny") && owns(model, module, end)) return true;
  return model.delegations.some(
    (delegation) =>
      delegation.directions.includes(direction) &&
      delegation.to.includes(module.name) &&
      selects(delegation.of, end) &&
      selects(delegation.with, peer) &&
      hasService(delegation.service, point),
  );
}

export function owns(model: Model, { by }: Module, end: X): boolean {
  if (by === undefined) return true;
  const team = model.teams.get(by);
  return team !== undefined && selects(team.owns, end);
}

/** What becomes of a flow that the rule names. */
export type Fate = "kept" | "removed" | readonly string[];

/** Codes stand for a breach: "SEG401 db-1". */
export function fate(model: Model, rule: Rule, flow: Flow): Fate {
  const ends = managedEnds(flow);
  const unwritable = ends.filter((end) => !mayWrite(model, rule, end, flow.point));
  const byAddress = unwritable.filter(
    ({ direction, end }) => selection(endSet(rule, direction), end) === "address",
  );
  if (rule.effect === "deny" && unwritable.length < ends.length) return "kept";
  if (byAddress.length > 0) return "removed";
  if (unwritable.length === 0) return "kept";
  if (rule.effect === "allow") return unwritable.map(breach);
  const worst = unwritable.find(({ direction }) => direction === "ingress") ?? unwritable[0];
  return worst === undefined ? "kept" : [ownerBreach(worst)];
}

const endSet = ({ flow }: Rule, direction: Direction) =>
  direction === "egress" ? flow.source : flow.destination;

const breach = (at: End) => (at.peer.workload === undefined ? "SEG406" : ownerBreach(at));

const ownerBreach = ({ direction, end }: End) =>
  `${direction === "ingress" ? "SEG401" : "SEG402"} ${end.workload?.name}`;

export function describe({ workload, realm, family, address, process }: X): string {
  const place = address === undefined ? `symbolic-${family}` : formatAddress(address);
  return `${workload?.name ?? "ext"} ${place}@${realm} ${JSON.stringify([...process])}`;
}
