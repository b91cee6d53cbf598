// What stands at the two ends of flows, as bits over endpoints: who enforces, who is observed, who
// sees a program, who matches a service exactly.
//
// Workloads differ in few ways that matter here, so every question is asked once for each
// profile (platform, helpers, enforcers) and answered for all workloads of that profile.
import { endpointsOf } from "../extent/predicate.ts";
import type { Universe } from "../extent/types.ts";
import type { Direction, EnforcerKind, Workload } from "../inventory/types.ts";
import type { Program } from "../model/types.ts";
import { type Bitset, difference, union } from "../sets/bitset.ts";
import { equalServices, type ServiceSet } from "../sets/service-set.ts";
import { remembered } from "./remembered.ts";
import { type Capabilities, type CapabilityTable, seesField } from "./target.ts";

/** One end of every flow: sources (egress) or destinations (ingress). */
export interface End {
  readonly direction: Direction;
  /** Some enforcer stands here, observed or not. */
  readonly present: Bitset;
  /** Present, and no active `observe` covers the endpoint: it is enforced. */
  readonly enforced: Bitset;
  /** Present, but observed. */
  readonly observed: Bitset;
  /** Some enforcer here sees every field of the program, or the program cannot run here. */
  readonly sees: (program: Program) => Bitset;
  /** Some enforcer here matches the service exactly. */
  readonly exact: (service: ServiceSet) => Bitset;
  /** Endpoints of the workloads (with their enforcers' kinds here) that satisfy the test. */
  readonly where: (test: (kinds: readonly EnforcerKind[], like: Workload) => boolean) => Bitset;
}

export type Ends = Readonly<Record<Direction, End>>;

/** Ends of all flows of `universe`; `observed` says what active windows cover. */
export function endsOf(
  universe: Universe,
  capabilities: CapabilityTable,
  observed: Readonly<Record<Direction, Bitset>>,
): Ends {
  const profiles = profilesOf(universe);
  const end = (direction: Direction): End => {
    const where: End["where"] = (test) => {
      let result = universe.none;
      for (const { like, members } of profiles) {
        if (test(kindsOf(like, direction), like)) result = union(result, members);
      }
      return result;
    };
    const present = where((kinds) => kinds.length > 0);
    const enforced = difference(present, observed[direction]);
    return {
      direction,
      present,
      enforced,
      observed: difference(present, enforced),
      where,
      sees: remembered((program: Program) =>
        where((kinds, like) => someSees(kinds, like, direction, program, capabilities)),
      ),
      exact: remembered((service: ServiceSet) =>
        where((kinds) => kinds.some((kind) => isExact(capabilities[kind], service))),
      ),
    };
  };
  return { egress: end("egress"), ingress: end("ingress") };
}

/** Kinds of the enforcers that stand in this direction, each once. */
export function kindsOf(workload: Workload, direction: Direction): readonly EnforcerKind[] {
  const standing = workload.enforcers.filter((one) => one.directions.includes(direction));
  return [...new Set(standing.map((enforcer) => enforcer.kind))];
}

export function isExact(capabilities: Capabilities, service: ServiceSet): boolean {
  return equalServices(capabilities.widen(service), service);
}

function someSees(
  kinds: readonly EnforcerKind[],
  workload: Workload,
  direction: Direction,
  program: Program,
  capabilities: CapabilityTable,
): boolean {
  const alternative = program.alternatives.get(workload.platform);
  if (alternative === undefined) return true;
  return kinds.some((kind) =>
    [...alternative.keys()].every((field) =>
      seesField(capabilities[kind], workload, direction, field),
    ),
  );
}

interface Profile {
  /** Any workload of the profile: they are alike in all that matters here. */
  readonly like: Workload;
  readonly members: Bitset;
}

function profilesOf(universe: Universe): readonly Profile[] {
  const profiles = new Map<string, { readonly like: Workload; readonly numbers: number[] }>();
  universe.workloads.forEach((workload, index) => {
    const key = profileKey(workload);
    const profile = profiles.get(key) ?? { like: workload, numbers: [] };
    profiles.set(key, profile);
    profile.numbers.push(index);
  });
  return [...profiles.values()].map(({ like, numbers }) => ({
    like,
    members: endpointsOf(universe, numbers),
  }));
}

/** Equal for workloads that enforcers treat alike, accounts aside. */
export function profileKey({ platform, launcher, appTags, enforcers }: Workload): string {
  let key = `${platform} ${launcher ?? ""} ${appTags ?? ""}`;
  for (const { kind, directions } of enforcers) key += ` ${kind}:${directions.join()}`;
  return key;
}
