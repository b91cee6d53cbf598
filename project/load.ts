// A project folder, through Files, to everything the compiler works on: configuration, policy
// texts and the raw inventory. One missing or broken file does not hide what is wrong in others.
import type { RawInventory, RawSource } from "../compiler/inventory/raw.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import { emptyConfig, type ProjectConfig } from "./config.ts";
import type { Files } from "./files.ts";
import { type ConfigRead, readConfig } from "./read-config.ts";
import { readInventory } from "./read-inventory.ts";
import { readText } from "./read-text.ts";
import { unlistedModules } from "./unlisted.ts";

/** The name of the file that makes a folder a project. */
export const projectFile = "segc.yaml";

export interface Project {
  readonly config: ProjectConfig;
  /** segc.yaml itself; undefined where it could not be read. */
  readonly configSource: SourceFile | undefined;
  /** As segc.yaml says; undefined where it leaves the root to the one module that says `root`. */
  readonly root: string | undefined;
  /** Module name to path. */
  readonly modules: ReadonlyMap<string, string>;
  /** The policy texts that could be read, in the order of segc.yaml. */
  readonly sources: readonly SourceFile[];
  readonly inventory: RawInventory;
  /** Every file that was read, sorted by path. */
  readonly inputs: readonly { readonly path: string; readonly sha256: string }[];
}

export interface LoadedProject {
  readonly project: Project;
  /** In the order of segc.yaml; those of one file in source order. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface LoadOptions {
  /** Policy texts only: for verbs that need no inventory. */
  readonly withoutInventory?: boolean;
}

/** Loads the project. Never throws for what the user wrote. */
export function loadProject(files: Files, options: LoadOptions = {}): LoadedProject {
  const text = readText(files, projectFile, { kind: "yaml", namedAt: undefined });
  if (!text.ok) {
    const isMissing = text.diagnostic.code === "SEG811" && !exists(files);
    const diagnostic = isMissing
      ? diagnose("SEG810", undefined, { why: "no-project" })
      : text.diagnostic;
    return { project: emptyProject, diagnostics: [diagnostic] };
  }
  const read = readConfig(text.source);
  const { config } = read;
  const policies = readPolicies(files, read);
  const inventory = options.withoutInventory === true ? nothing : readSources(files, read);
  // A module that is not found is most likely the one that is not listed: one cause.
  const isUnsure = read.diagnostics.length > 0 || policies.diagnostics.length > 0;
  const unlisted = isUnsure ? [] : unlistedModules(files, config.modules);
  const project: Project = {
    config,
    configSource: text.source,
    root: config.root,
    modules: config.modules,
    sources: policies.sources,
    inventory: { sources: inventory.sources },
    inputs: [
      { path: projectFile, sha256: text.sha256 },
      ...policies.inputs,
      ...inventory.sources.map(({ path, sha256 }) => ({ path, sha256 })),
      ...inventory.inputs,
    ].sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
  const diagnostics = [read, policies, inventory].flatMap((part) => part.diagnostics);
  return { project, diagnostics: [...diagnostics, ...unlisted] };
}

/** The inventory as one segc.yaml reads it from the files of another version of the project. */
export function loadInventory(
  files: Files,
  configFiles: Files,
): { readonly inventory: RawInventory; readonly diagnostics: readonly Diagnostic[] } {
  const text = readText(configFiles, projectFile, { kind: "yaml", namedAt: undefined });
  if (!text.ok) return { inventory: { sources: [] }, diagnostics: [text.diagnostic] };
  const read = readConfig(text.source);
  const { sources, diagnostics } = readSources(files, read);
  return { inventory: { sources }, diagnostics: [...read.diagnostics, ...diagnostics] };
}

const emptyProject: Project = {
  config: emptyConfig,
  configSource: undefined,
  root: undefined,
  modules: new Map(),
  sources: [],
  inventory: { sources: [] },
  inputs: [],
};

const nothing = { sources: [], inputs: [], diagnostics: [] };

function exists(files: Files): boolean {
  const read = files.read(projectFile, 0);
  return read.ok || read.fault !== "missing";
}

function readPolicies(files: Files, { config, valueAt }: ConfigRead) {
  const sources: SourceFile[] = [];
  const inputs: { path: string; sha256: string }[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [name, path] of config.modules) {
    const text = readText(files, path, { kind: "policy", namedAt: valueAt(["modules", name]) });
    if (text.ok) {
      sources.push(text.source);
      inputs.push({ path, sha256: text.sha256 });
    } else diagnostics.push(text.diagnostic);
  }
  return { sources, inputs, diagnostics };
}

function readSources(files: Files, read: ConfigRead) {
  const sources: RawSource[] = [];
  const inputs: { path: string; sha256: string }[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const config of read.config.inventory) {
    const source = readInventory(files, config, read);
    inputs.push(...source.inputs);
    if (source.source !== undefined) sources.push(source.source);
    diagnostics.push(...source.diagnostics);
  }
  return { sources, inputs, diagnostics };
}
