// The fences of one literate case -> a project in memory. Without a `segc.yaml` fence one is made
// up: the modules are those of the `seg` fences, the inventory is every other data fence.
import type { Files } from "../../project/files.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import type { Fence } from "./markdown.ts";

const fileLanguages: Readonly<Record<string, string>> = {
  seg: "policy.seg",
  yaml: "inventory.yaml",
  json: "inventory.json",
  csv: "inventory.csv",
};

/** Path to text, `segc.yaml` included. */
export function projectTexts(fences: readonly Fence[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const { language, info, text, line } of fences) {
    const path = info || fileLanguages[language];
    if (fileLanguages[language] === undefined || path === undefined) continue;
    if (texts.has(path)) throw new Error(`line ${line}: a second file \`${path}\` in one case`);
    texts.set(path, text);
  }
  if (!texts.has("segc.yaml")) texts.set("segc.yaml", configurationFor(texts));
  return texts;
}

/** The project of a literate case. */
export function projectOf(fences: readonly Fence[]): Files {
  return memoryFiles(projectTexts(fences));
}

function configurationFor(texts: ReadonlyMap<string, string>): string {
  const paths = [...texts.keys()];
  const modules = paths
    .filter((path) => path.endsWith(".seg"))
    .map((path) => ({ path, ...headerOf(path, texts.get(path) ?? "") }));
  const inventory = paths.filter((path) => !path.endsWith(".seg"));
  const root = modules.find((module) => module.isRoot);
  const configuration = {
    edition: 1,
    ...(root === undefined ? {} : { root: root.name }),
    modules: Object.fromEntries(modules.map(({ name, path }) => [name, path])),
    inventory,
  };
  return `${JSON.stringify(configuration, undefined, 2)}\n`; // JSON is YAML
}

/** What the header says; a file without a readable header is named after itself. */
function headerOf(path: string, text: string) {
  const header = /^\uFEFF?(?:\s|#.*\n)*module\s+([a-z][a-z0-9-]*)(\s+root\b)?/.exec(text);
  const fallback = path.replace(/^.*\//, "").replace(/\.seg$/, "");
  return { name: header?.[1] ?? fallback, isRoot: header?.[2] !== undefined };
}
