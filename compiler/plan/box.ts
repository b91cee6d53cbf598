// A box: peers x services x processes at the local end. Allows are boxes; what a deny takes from
// one without being an entry of its own is subtracted here, exactly.
//
// INVARIANT: a box is never empty. An empty set of peers or services is no box, not "any".
import { satisfies } from "../extent/program.ts";
import type { Platform } from "../inventory/types.ts";
import {
  type AddressSet,
  intersectAddresses,
  isNoAddress,
  subtractAddresses,
} from "../sets/address-set.ts";
import {
  intersectServices,
  isNoService,
  type ServiceSet,
  subtractServices,
} from "../sets/service-set.ts";
import { type Match, mergeProcesses, noProcess } from "./local-process.ts";
import type { LocalProgram } from "./slice.ts";

export interface Box extends Match {
  readonly remote: AddressSet;
  readonly service: ServiceSet;
}

/** The box in its simplest form; undefined where no process can be in it. */
export function settled(box: Box, platform: Platform): Box | undefined {
  if (isNoAddress(box.remote) || isNoService(box.service)) return undefined;
  if (box.programs.length + box.notPrograms.length === 0) return box;
  const programs = byKey(box.programs);
  let least = noProcess;
  for (const { fields } of programs) {
    const merged = mergeProcesses(platform, least, fields);
    if (merged === undefined) return undefined;
    least = merged;
  }
  const possible = byKey(box.notPrograms).filter(
    ({ fields }) => mergeProcesses(platform, least, fields) !== undefined,
  );
  if (possible.some(({ fields }) => satisfies(platform, least, fields))) return undefined;
  return { ...box, programs, notPrograms: possible };
}

function byKey(programs: readonly LocalProgram[]): readonly LocalProgram[] {
  const unique = new Map(programs.map((program) => [program.key, program]));
  return [...unique.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** `box` \ `hole`, as boxes (not yet settled, perhaps overlapping in processes). */
export function subtractBox(box: Box, hole: Box): readonly Box[] {
  const remote = intersectAddresses(box.remote, hole.remote);
  const service = intersectServices(box.service, hole.service);
  if (isNoAddress(remote) || isNoService(service)) return [box];
  const core = { ...box, remote, service };
  return [
    { ...box, remote: subtractAddresses(box.remote, hole.remote) },
    { ...box, remote, service: subtractServices(box.service, hole.service) },
    ...hole.programs.map((one) => ({ ...core, notPrograms: [...core.notPrograms, one] })),
    ...hole.notPrograms.map((one) => ({ ...core, programs: [...core.programs, one] })),
  ].filter((part) => !isNoAddress(part.remote) && !isNoService(part.service));
}
