// Whether some process can satisfy one list of programs and none of another, on one platform.
// A condition is a conjunction of fields, so the least process that satisfies the first list
// meets the fewest of the second: it decides the question (language.md section 7, p ⊨ g).
import type { ProgramField } from "../../grammar/ast.ts";
import type { Platform } from "../inventory/types.ts";
import type { Program } from "../model/types.ts";

/** A partial record of what a process is: fields it does not have are undefined. */
export type Process = ReadonlyMap<ProgramField, string>;

/** True where a workload of this platform can hold such a process. */
export function isSatisfiable(
  platform: Platform,
  include: readonly Program[],
  exclude: readonly Program[],
): boolean {
  const process = leastProcess(platform, include);
  return (
    process !== undefined &&
    exclude.every((program) => {
      const fields = program.alternatives.get(platform);
      return fields === undefined || !satisfies(platform, process, fields);
    })
  );
}

/** The fewest fields that satisfy every program, or undefined where they contradict. */
function leastProcess(platform: Platform, programs: readonly Program[]): Process | undefined {
  const process = new Map<ProgramField, string>();
  for (const program of programs) {
    const fields = program.alternatives.get(platform);
    if (fields === undefined) return undefined;
    for (const [field, value] of fields) {
      const before = process.get(field);
      const narrower = before === undefined ? value : narrowerOf(platform, field, before, value);
      if (narrower === undefined) return undefined;
      process.set(field, narrower);
    }
  }
  return process;
}

/** The value that satisfies both conditions, if any does. */
export function narrowerOf(platform: Platform, field: ProgramField, a: string, b: string) {
  if (matches(platform, field, a, b)) return a;
  if (matches(platform, field, b, a)) return b;
  return undefined;
}

/** p ⊨ g for the fields of one alternative: an undefined field never satisfies. */
export function satisfies(platform: Platform, process: Process, fields: Process): boolean {
  return [...fields].every(([field, wanted]) => {
    const actual = process.get(field);
    return actual !== undefined && matches(platform, field, actual, wanted);
  });
}

function matches(platform: Platform, field: ProgramField, actual: string, wanted: string): boolean {
  if (field === "cgroup") return actual === wanted || actual.startsWith(`${wanted}/`);
  if ((field === "path" || field === "service") && platform === "windows") {
    return actual.toLowerCase() === wanted.toLowerCase();
  }
  return actual === wanted;
}
