// Two versions of a small project: the second keeps some statements and workloads of the first, and takes
// others from a second project.
import fc from "fast-check";
import { type GeneratedProject, generatedProject, projectOf } from "../generated/project.ts";
import { soundProject } from "../generated/sound.ts";

export interface VersionPair {
  readonly before: GeneratedProject;
  readonly after: GeneratedProject;
}

export const now = "2026-11-28";

export const versionPairs: fc.Arbitrary<VersionPair> = fc
  .record({
    first: generatedProject,
    second: generatedProject,
    kept: fc.array(fc.boolean(), { minLength: 24, maxLength: 24 }),
    inventory: fc.constantFrom("first", "first", "second", "mixed"),
    policy: fc.constantFrom("first", "mixed", "mixed", "second"),
    observed: fc.constantFrom("", "", "before", "after", "both"),
    groups: fc.constantFrom("", "before", "after", "both"),
    isNarrow: fc.boolean(),
  })
  .map(({ first, second, kept, inventory, policy, observed, groups, isNarrow }) => {
    const dressed = (project: GeneratedProject, version: "before" | "after") =>
      projectWith(project, {
        isObserved: [version, "both"].includes(observed),
        hasGroups: [version, "both"].includes(groups),
        isNarrow,
      });
    const before = soundProject(dressed(first, "before"), now).project;
    const statements = {
      first: before.statements,
      second: second.statements,
      mixed: mixed(before.statements, second.statements, kept),
    }[policy];
    const workloads = {
      first: inventoryOf(before),
      second: inventoryOf(second),
      mixed: mixedWorkloads(inventoryOf(before), inventoryOf(second), kept),
    }[inventory];
    const written = projectOf([], statements);
    const files = new Map(written.files).set("inventory.json", JSON.stringify({ workloads }));
    const after = dressed({ ...written, files }, "after");
    return { before, after: soundProject(after, now).project };
  });

interface Dress {
  readonly isObserved: boolean;
  /** Every other machine stands behind a security group besides. */
  readonly hasGroups: boolean;
  /** Networks hold one managed address and no other. */
  readonly isNarrow: boolean;
}

function projectWith(
  { files, statements }: GeneratedProject,
  { isObserved, hasGroups, isNarrow }: Dress,
): GeneratedProject {
  const window = "observe ingress, egress of (workloads where env is prod) until 2030-01-01";
  const isOwn = (line: string) => isObserved || line !== window;
  const lines = [...statements.filter(isOwn), ...(isObserved ? [window] : [])].map((line) =>
    isNarrow ? line.replace("10.9.0.0/30, fd09::/126", "10.9.0.1/32, fd09::1/128") : line,
  );
  const written = projectOf([], [...new Set(lines)]);
  const workloads = JSON.parse(files.get("inventory.json") ?? "{}").workloads.map(
    (record: { readonly enforcers: readonly { readonly kind: string }[] }, index: number) => {
      const hosts = record.enforcers.filter(({ kind }) => kind !== "aws-sg");
      const group = {
        kind: "aws-sg",
        id: `eni-${index}`,
        network: "vpc-1",
        directions: ["ingress", "egress"],
      };
      return {
        ...record,
        enforcers: hasGroups && index % 2 === 0 && hosts.length > 0 ? [...hosts, group] : hosts,
      };
    },
  );
  const inventory = JSON.stringify({ workloads });
  return { ...written, files: new Map(written.files).set("inventory.json", inventory) };
}

/** Segments stand first in every project and are needed by the others. */
function mixed(a: readonly string[], b: readonly string[], kept: readonly boolean[]) {
  const others = b
    .filter((line) => /^(staged )?(allow|deny)/.test(line))
    .map((line) => line.replace(/rule-(\d+)/, "rule-1$1"));
  return [
    ...a.filter((line, index) => line.startsWith("segment") || kept[index % 12]),
    ...others.filter((line, index) => !kept[12 + (index % 12)] && !a.includes(line)),
  ];
}

type Record = { readonly name: string };

function inventoryOf(project: GeneratedProject): readonly Record[] {
  return JSON.parse(project.files.get("inventory.json") ?? "{}").workloads;
}

/** Of workloads of one name, either; addresses go with the records, so they stay apart. */
function mixedWorkloads(a: readonly Record[], b: readonly Record[], kept: readonly boolean[]) {
  const byName = new Map([...a, ...b].map((record) => [record.name, record]));
  for (const [index, record] of a.entries()) {
    if (kept[index]) byName.set(record.name, record);
    else if (index % 3 === 2 && byName.size > 1) byName.delete(record.name);
  }
  return [...byName.values()];
}
