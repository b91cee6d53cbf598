// The two ends of a witness as the meaning wants them: workloads with addresses, realms and processes.
import type { ProgramField } from "../../../grammar/ast.ts";
import { all, both, isOneOf, never, numberAt } from "../../bdd/conditions.ts";
import type { Direction, Workload } from "../../inventory/types.ts";
import type { Endpoint, Process } from "../../semantics/denotation.ts";
import type { Family, IpAddress } from "../../sets/address.ts";
import { members } from "../../sets/bitset.ts";
import { codeOf, type Labellings } from "./flows.ts";
import { freshAddress, outsideAddress } from "./fresh.ts";
import type { Place } from "./places.ts";
import type { Slice } from "./slice.ts";
import { exampleOf } from "./traits.ts";

export type FlowEnds = Readonly<Record<Direction, Endpoint>>;

/** The ends of one flow of the slice. */
export function endpointsAt(labellings: Labellings, slice: Slice): FlowEnds {
  const egress = knownEnd(labellings, slice, "egress");
  const ingress = knownEnd(labellings, slice, "ingress");
  const realm = egress?.realm ?? ingress?.realm ?? "default";
  return {
    egress: egress ?? newEnd(labellings, slice, "egress", realm),
    ingress: ingress ?? newEnd(labellings, slice, "ingress", realm),
  };
}

/** Where a workload of today is, or would be if it had an address. */
export function endsOfToday(
  labellings: Labellings,
  workload: Workload,
  family: Family,
): readonly Omit<Endpoint, "process">[] {
  if (workload.addresses.length === 0) {
    const address = freshOf(labellings, family);
    return [{ workload, realm: "default", address }];
  }
  return workload.addresses
    .filter(({ ip }) => ip.family === family)
    .map(({ ip, realm }) => ({ workload, realm, address: ip }));
}

function freshOf({ named }: Labellings, family: Family): IpAddress {
  const address = freshAddress(named, family);
  if (address === undefined) throw new Error("bug in segc (guard): no address is fresh");
  return address;
}

/** An end outside, or at a workload of today. */
function knownEnd(labellings: Labellings, slice: Slice, end: Direction): Endpoint | undefined {
  const place = slice.places[end];
  if (place.kind === "new") return undefined;
  if (place.kind === "today") {
    return {
      ...todayAt(labellings, slice, end, place),
      process: processAt(labellings, slice, end),
    };
  }
  const outside = outsideAddress(labellings.expansion, place.addresses, slice.family);
  if (outside === undefined) throw new Error("bug in segc (guard): nobody is outside there");
  return { workload: undefined, ...outside, process: new Map() };
}

function newEnd(labellings: Labellings, slice: Slice, end: Direction, realm: string): Endpoint {
  const name = slice.isNew.length === 1 ? onlyNew : newNames[end];
  const workload = newWorkload(name, exampleOf(labellings.ends, end, slice.ones));
  const address = freshOf(labellings, slice.family);
  return { workload, realm, address, process: processAt(labellings, slice, end) };
}

/** What a flow calls the workload that is not there yet, if there is one. */
export const onlyNew = "the new workload";
const newNames = { egress: "one new workload", ingress: "another" } as const;

/** The first endpoint of the place whose labels are those of a flow of the slice. */
function todayAt(
  labellings: Labellings,
  { flows }: Slice,
  end: Direction,
  { endpoints }: Place & { readonly kind: "today" },
): Omit<Endpoint, "process"> {
  const { universe } = labellings.expansion;
  const { diagrams, variables } = labellings.ends;
  const refused = new Set<string>();
  for (const at of members(endpoints)) {
    const endpoint = universe.endpoints[at];
    const workload = universe.workloads[endpoint?.workload ?? -1];
    if (endpoint === undefined || workload === undefined) continue;
    const code = codeOf(variables, end, workload);
    const key = code.map(([, value]) => value).join();
    if (refused.has(key)) continue;
    const cube = all(
      diagrams,
      code.map(([digits, value]) => isOneOf(diagrams, digits, [value])),
    );
    if (both(diagrams, flows, cube) === never) refused.add(key);
    else {
      const address = endpoint.address ?? freshOf(labellings, endpoint.family);
      return { workload, realm: endpoint.realm, address };
    }
  }
  throw new Error("bug in segc (guard): no workload of today is there");
}

function processAt({ ends }: Labellings, { ones }: Slice, end: Direction): Process {
  const process = new Map<ProgramField, string>();
  for (const [field, digits] of ends.variables.ends[end].fields) {
    const value = ends.variables.fieldValues.get(field)?.[numberAt(digits, ones) - 1];
    if (value !== undefined) process.set(field, value.value);
  }
  return process;
}

/** Both directions are enforced there, and every field of a process is seen. */
export function newWorkload(
  name: string,
  { platform, labels }: Pick<Workload, "platform" | "labels">,
): Workload {
  return {
    ...{ name, platform, labels, addresses: [], users: new Map(), groups: new Map() },
    ...{ launcher: undefined, appTags: undefined, interfaces: [], balancer: false, published: [] },
    enforcers: [{ kind: "fixture", id: name, directions: ["egress", "ingress"] }],
    span: undefined,
  };
}
