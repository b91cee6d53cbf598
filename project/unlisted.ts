// Policy files that lie in the project folder but not in segc.yaml: a rule in one of them would
// silently not count.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Files } from "./files.ts";
import { readText } from "./read-text.ts";

/** One SEG210 for each, sorted by path. Folders that are projects themselves are left alone. */
export function unlistedModules(
  files: Files,
  modules: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const listed = new Set(modules.values());
  const nested = files
    .glob("**/segc.yaml")
    .map((path) => path.slice(0, -"segc.yaml".length))
    .filter((folder) => folder !== "");
  const unlisted = files
    .glob("**/*.seg")
    .filter((path) => !listed.has(path) && !isForeign(path))
    .filter((path) => !nested.some((folder) => path.startsWith(folder)));
  return unlisted.flatMap((path) => unlistedModule(files, path));
}

/** Hidden folders and installed packages hold no policy of this project. */
function isForeign(path: string): boolean {
  return path.split("/").some((step) => step.startsWith(".") || step === "node_modules");
}

function unlistedModule(files: Files, path: string): Diagnostic {
  const fallback = /([^/]*)\.seg$/.exec(path)?.[1] ?? path;
  const text = readText(files, path, { kind: "policy", namedAt: undefined });
  if (!text.ok) return diagnose("SEG210", undefined, { why: "unlisted", path, module: fallback });
  const { source } = text;
  const header = /^(?:\s|#[^\n]*\n|\uFEFF)*module[ \t]+([a-z][a-z0-9-]*)/.exec(source.text);
  const module = header?.[1] ?? fallback;
  const end = header?.[0].length ?? 0;
  const span = { source, start: header === null ? 0 : end - module.length, end };
  return diagnose("SEG210", span, { why: "unlisted", path, module });
}
