// Inventory files held against a small vocabulary, and diagnostics as short texts.
import type { BuiltInventory } from "../../compiler/inventory/build.ts";
import { buildInventory } from "../../compiler/inventory/build.ts";
import type { Label, Model } from "../../compiler/model/types.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { positionAt, textOf } from "../../diagnostics/source.ts";
import { loadProject } from "../../project/load.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const source = { path: "org.seg", text: "module org root" };
const span = { source, start: 7, end: 10 };

interface Declared {
  readonly kind?: Label["kind"];
  readonly optional?: boolean;
  /** Leaves, or inner nodes with their leaves. */
  readonly tree?: Readonly<Record<string, readonly string[]>>;
}

function label(name: string, { kind = "enum", optional = false, tree = {} }: Declared): Label {
  const leaves = Object.entries(tree).flatMap(([node, under]) =>
    under.length === 0 ? [node] : under,
  );
  const nodes = new Map<string, ReadonlySet<string>>(leaves.map((leaf) => [leaf, new Set([leaf])]));
  for (const [node, under] of Object.entries(tree)) {
    if (under.length > 0) nodes.set(node, new Set(under));
  }
  return { name, kind, optional, nodes, leaves, span };
}

const vocabulary = [
  label("env", { tree: { prod: [], staging: [] } }),
  label("role", { optional: true, tree: { web: [], data: ["db", "cache"] } }),
  label("app", { optional: true, kind: "name" }),
  label("note", { optional: true, kind: "string" }),
  label("handles", { optional: true, kind: "set", tree: { pii: [], payment: [] } }),
];

/** A model with labels and nothing else: all that an inventory is held against. */
export const model: Model = {
  modules: [],
  root: { name: "org", isRoot: true, by: undefined, span },
  labels: new Map(vocabulary.map((each) => [each.name, each])),
  teams: new Map(),
  requirements: [],
  delegations: [],
  observations: [],
  segments: [],
  services: [],
  programs: [],
  rules: [],
  guardrails: [],
  tests: [],
  scope: {
    segment: () => undefined,
    service: () => undefined,
    program: () => undefined,
    flow: () => ({ flow: undefined, diagnostics: [] }),
  },
};

/** Loads files; a `segc.yaml` that lists the data files is made where there is none. */
export function load(files: Readonly<Record<string, string | Uint8Array>>) {
  const data = Object.keys(files).filter((path) => !path.endsWith(".seg"));
  const made = `edition: 1\nmodules: { org: org.seg }\ninventory: ${JSON.stringify(data)}\n`;
  return loadProject(
    memoryFiles(
      new Map<string, string | Uint8Array>([
        ["segc.yaml", made],
        ["org.seg", "module org root\n"],
        ...Object.entries(files),
      ]),
    ),
  );
}

/** Loads and builds; the diagnostics of both. */
export function build(files: Readonly<Record<string, string | Uint8Array>>): BuiltInventory {
  const { project, diagnostics } = load(files);
  const built = buildInventory(project.inventory, model);
  return { ...built, diagnostics: [...diagnostics, ...built.diagnostics] };
}

/** `SEG802 hosts.yaml:3:4 "enviroment" label ... is unknown`: all that a user would look for. */
export function shown({ code, span: place, message }: Diagnostic): string {
  if (place === undefined) return `${code} ${message}`;
  const { line, column } = positionAt(place.source, place.start);
  return `${code} ${place.source.path}:${line}:${column} ${JSON.stringify(textOf(place))} ${message}`;
}
