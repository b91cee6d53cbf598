// Which processes an identity set stands for. Members are cgroups: slices of ours, which hold the
// units and launched programs that the side files put there, and cgroups that the policy names.
import type { ProcessRecord, ProcessTest } from "../../compiler/plan/packet-list.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import { components, slicePath } from "../linux/slices.ts";
import type { NftPlan } from "./ruleset.ts";

/** For the name of a set and the level that a rule asks about. */
export function processTests({
  members,
  units,
  launches,
}: NftPlan): (set: string, level: number) => ProcessTest {
  const fieldsOf = new Map<string, ProcessRecord[]>();
  const put = (slice: string, record: ProcessRecord) => {
    const before = fieldsOf.get(slicePath(slice));
    if (before === undefined) fieldsOf.set(slicePath(slice), [record]);
    else before.push(record);
  };
  // More than one may be put into a slice by hand.
  for (const { unit, slice } of units) put(slice, new Map([["unit", unit]]));
  for (const { slice, fields } of launches) put(slice, fields);
  return (set, level) =>
    members
      .filter((member) => member.set === set && components(member.path).length === level)
      .flatMap(({ path }) => fieldsOf.get(path) ?? [new Map([["cgroup", path]])]);
}

/** Holds where every one of the tests does. */
export function conjunction(tests: readonly ProcessTest[]): ProcessTest {
  return tests.reduce<ProcessTest>(
    (left, right) => left.flatMap((a) => right.flatMap((b) => merged(a, b) ?? [])),
    [new Map()],
  );
}

/** The record with the fields of both; undefined where no process has both. */
function merged(a: ProcessRecord, b: ProcessRecord): ProcessRecord | undefined {
  const result = new Map(a);
  for (const [field, value] of b) {
    const before = result.get(field);
    const both = before === undefined ? value : narrower(field, before, value);
    if (both === undefined) return undefined;
    result.set(field, both);
  }
  return result;
}

function narrower(field: ProgramField, a: string, b: string): string | undefined {
  if (a === b) return a;
  if (field !== "cgroup") return undefined;
  if (a.startsWith(`${b}/`)) return a;
  return b.startsWith(`${a}/`) ? b : undefined;
}
