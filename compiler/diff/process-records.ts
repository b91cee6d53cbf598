// What processes of a class can differ in: the fields that programs of rules name there.
import type { Process } from "../extent/program.ts";
import type { Term } from "../extent/types.ts";
import type { ManagedClasses } from "./managed-classes.ts";
import type { SpaceInput } from "./space-input.ts";

/** Records of fields by class; classes at which no rule asks for a program have none. */
export function processRecords(
  { parts }: SpaceInput,
  { classes, classesIn }: ManagedClasses,
): ReadonlyMap<number, readonly Process[]> {
  const records = new Map<number, Map<string, Process>>();
  const add = (version: number, { managed, include, exclude }: Term) => {
    if (include.length + exclude.length === 0) return;
    for (const one of classesIn(version, managed)) {
      const workload = classes[one]?.like[version];
      if (workload === undefined) continue;
      const known = records.get(one) ?? new Map<string, Process>();
      records.set(one, known);
      for (const { alternatives } of [...include, ...exclude]) {
        const fields = alternatives.get(workload.platform);
        if (fields === undefined) continue;
        known.set(JSON.stringify([...fields].sort()), fields);
      }
    }
  };
  for (const [version, each] of parts.entries()) {
    for (const { source, destination } of each) {
      add(version, source);
      add(version, destination);
    }
  }
  return new Map([...records].map(([one, known]) => [one, sorted(known)]));
}

const sorted = (known: ReadonlyMap<string, Process>) =>
  [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, record]) => record);
