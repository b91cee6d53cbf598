// What changes from one version of a project to another: who gains and who loses access.

import { type Denoted, denote } from "../compiler/denote.ts";
import { type Comparison, compareVersions } from "../compiler/diff/cells.ts";
import { changesOf, type PolicyDiff } from "../compiler/diff/changes.ts";
import type { Cause, Step, Version } from "../compiler/diff/version.ts";
import type { RawInventory } from "../compiler/inventory/raw.ts";
import type { UtcDate } from "../compiler/model/types.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { ModuleTree } from "../grammar/ast.ts";
import { parseModule } from "../grammar/parse.ts";
import type { Files } from "../project/files.ts";
import { loadInventory, loadProject, type Project } from "../project/load.ts";
import { capabilityTable } from "../targets/capabilities.ts";

export interface DiffOptions {
  /** Both versions are looked at on this day: what ends on the way is no difference. */
  readonly now: UtcDate;
}

export interface DiffResult {
  /** Undefined where a version has errors. */
  readonly diff: PolicyDiff | undefined;
  /** Errors of the old version, in no order. */
  readonly before: readonly Diagnostic[];
  /** Errors of the new version. */
  readonly after: readonly Diagnostic[];
}

/** What changes between two versions of a project. Never throws for what the files say. */
export function diff(oldFiles: Files, newFiles: Files, options: DiffOptions): DiffResult {
  const { comparison, before, after } = compare(oldFiles, newFiles, options);
  return { diff: comparison === undefined ? undefined : changesOf(comparison), before, after };
}

export interface Compared extends Pick<DiffResult, "before" | "after"> {
  readonly comparison: Comparison | undefined;
}

/** The cells that differ, before they are put into words. */
export function compare(oldFiles: Files, newFiles: Files, options: DiffOptions): Compared {
  const { first, steps, before, after } = versionsFor(oldFiles, newFiles, options);
  return {
    comparison: first === undefined ? undefined : compareVersions(first, steps),
    before,
    after,
  };
}

export interface Versions extends Pick<DiffResult, "before" | "after"> {
  /** Undefined where a version has errors. */
  readonly first: Version | undefined;
  /** From the first to the new version. */
  readonly steps: readonly Step[];
}

/** Two versions as what they denote, with the states in between. */
export function versionsFor(oldFiles: Files, newFiles: Files, { now }: DiffOptions): Versions {
  const parsed = new Map<string, Parsed>();
  const [before, after] = [oldFiles, newFiles].map((files) => readVersion(files, now, parsed));
  if (before === undefined || after === undefined) throw new Error("bug in segc (diff): versions");
  const last = stateOf(after, after, now);
  // A project that was not there yet said nothing of nobody.
  const first = isMissing(before)
    ? stateOf(after, after, now, { inventory: { sources: [] }, diagnostics: [] })
    : stateOf(before, before, now);
  const errorsOf = ({ sound, diagnostics }: Denoted) =>
    sound ? [] : diagnostics.filter(({ severity }) => severity === "error");
  const errors = { before: errorsOf(first), after: errorsOf(last) };
  if (!first.sound || !last.sound) return { ...errors, first: undefined, steps: [] };
  const steps: readonly Step[] = isMissing(before)
    ? [{ context: last.context, causes: ["policy"] }]
    : stepsBetween({ before, after, last, now });
  return { ...errors, first, steps };
}

const isMissing = ({ project, diagnostics }: Read): boolean =>
  project.configSource === undefined &&
  diagnostics.some(({ code, span }) => code === "SEG810" && span === undefined);

type Parsed = ReturnType<typeof parseModule>;

/** One version, read. */
interface Read {
  readonly files: Files;
  readonly project: Project;
  readonly trees: readonly ModuleTree[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Most modules are the same in both versions: they are parsed once. */
function readVersion(files: Files, now: UtcDate, known: Map<string, Parsed>): Read {
  const { project, diagnostics } = loadProject(files);
  const parsed = project.sources.map((source) => {
    const key = JSON.stringify([source.path, source.text]);
    const tree = known.get(key) ?? parseModule(source, { today: now });
    known.set(key, tree);
    return tree;
  });
  return {
    files,
    project,
    trees: parsed.map(({ tree }) => tree),
    diagnostics: [...diagnostics, ...parsed.flatMap((each) => each.diagnostics)],
  };
}

interface StoredInventory {
  readonly inventory: RawInventory;
  readonly diagnostics: readonly Diagnostic[];
}

/** The policy of one version in the inventory of another. */
function stateOf(
  { project, trees, diagnostics }: Read,
  configured: Read,
  now: UtcDate,
  stored: StoredInventory = { inventory: configured.project.inventory, diagnostics: [] },
): Denoted {
  return denote({
    trees,
    root: project.root,
    modules: project.modules,
    inventory: stored.inventory,
    capabilities: capabilityTable,
    hasExpirySchedule: configured.project.config.expirySchedule !== undefined,
    now,
    earlier: [...diagnostics, ...stored.diagnostics],
  });
}

interface Ends {
  readonly before: Read;
  readonly after: Read;
  readonly last: Denoted;
  readonly now: UtcDate;
}

/**
 * From the old version to the new one: policy, then inventory, then configuration is exchanged. What does
 * not differ is no step, and one that does not compile is taken together with the next.
 */
function stepsBetween({ before, after, last, now }: Ends): readonly Step[] {
  const isMoved: Readonly<Record<Cause, boolean>> = {
    policy: policyText(before) !== policyText(after),
    inventory: inventoryText(before) !== inventoryText(after),
    configuration: configText(before) !== configText(after),
  };
  const between: Readonly<Record<"policy" | "inventory", () => Denoted>> = {
    policy: () => stateOf(after, before, now),
    inventory: () => stateOf(after, before, now, loadInventory(after.files, before.files)),
  };
  const moved = causes.filter((cause) => isMoved[cause]);
  const steps: Step[] = [];
  let open: readonly Cause[] = [];
  for (const [index, cause] of moved.entries()) {
    open = [...open, cause];
    const isLast = index === moved.length - 1;
    const state = isLast || cause === "configuration" ? last : between[cause]();
    if (!state.sound) continue;
    steps.push({ context: state.context, causes: open });
    open = [];
  }
  return steps.length > 0 ? steps : [{ context: last.context, causes: [] }];
}

const causes = ["policy", "inventory", "configuration"] as const satisfies readonly Cause[];

const policyText = ({ project }: Read): string =>
  JSON.stringify([
    project.root,
    [...project.modules],
    project.sources.map(({ path, text }) => [path, text]),
  ]);

/** Of the files that hold workloads, whatever segc.yaml makes of them. */
const inventoryText = ({ project }: Read): string => {
  const policies = new Set(project.sources.map(({ path }) => path));
  const inputs = project.inputs.filter(({ path }) => path !== "segc.yaml" && !policies.has(path));
  return JSON.stringify(inputs.map(({ path, sha256 }) => [path, sha256]));
};

/** What of segc.yaml has a say in the meaning: how inventories are read. */
const configText = ({ project }: Read): string =>
  JSON.stringify(
    project.config.inventory.map(({ path: _, tags, ...entry }) => ({
      ...entry,
      tags: tags.map(({ tag, label, values }) => [tag, label, [...values]]),
    })),
  );
