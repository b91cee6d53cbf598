// What a slice says about one flow, read off its entries: the other half of the comparison with
// the naive meaning.
import type { Direction } from "../../compiler/inventory/types.ts";
import type { EnforcerSlice, LocalProgram, SliceEntry } from "../../compiler/plan/slice.ts";
import type { Endpoint, Flow } from "../../compiler/semantics/semantics.ts";
import { hasAddress } from "../../compiler/sets/address-set.ts";
import { hasService } from "../../compiler/sets/service-set.ts";

/** Whether the enforcer that loads this slice lets the flow pass in this direction. */
export function sliceAdmits(slice: EnforcerSlice, direction: Direction, flow: Flow): boolean {
  const half = slice.directions.find((each) => each.direction === direction);
  if (half === undefined) throw new Error(`slice ${slice.id} does not stand in ${direction}`);
  const [local, remote] =
    direction === "egress" ? [flow.source, flow.destination] : [flow.destination, flow.source];
  const hit = (entry: SliceEntry) => entryMatches(entry, local, remote, flow.service);
  if (half.denies.some(hit)) return false;
  return half.observed !== undefined || half.allows.some(hit);
}

function entryMatches(entry: SliceEntry, local: Endpoint, remote: Endpoint, service: number) {
  return (
    entry.family === local.address.family &&
    (entry.local === undefined || hasAddress(entry.local, local.address)) &&
    hasAddress(entry.remote, remote.address) &&
    hasService(entry.service, service) &&
    entry.programs.every((program) => processMatches(program, local)) &&
    !entry.notPrograms.some((program) => processMatches(program, local))
  );
}

function processMatches(program: LocalProgram, { process }: Endpoint): boolean {
  return [...program.fields].every(([field, wanted]) => {
    const actual = process.get(field);
    if (field !== "cgroup" || actual === undefined) return actual === wanted;
    return actual === wanted || actual.startsWith(`${wanted}/`);
  });
}
