// The example projects as files in memory, so that tests can bend them.
import { globSync, readFileSync, statSync } from "node:fs";
import type { Files } from "../../project/files.ts";
import { memoryFiles } from "../generated/memory-files.ts";

/** Path inside the example to text, without what a compile left there. */
export function exampleTexts(name: string): ReadonlyMap<string, string> {
  const folder = `examples/${name}`;
  const paths = globSync("**/*", { cwd: folder, exclude: (path) => path.startsWith("out") })
    .filter((path) => statSync(`${folder}/${path}`).isFile())
    .map((path) => path.replaceAll("\\", "/"))
    .sort();
  return new Map(paths.map((path) => [path, readFileSync(`${folder}/${path}`, "utf8")]));
}

export interface Replacement {
  readonly path: string;
  /** Must occur exactly once, so that a test cannot mutate nothing. */
  readonly from: string;
  readonly to: string;
}

/** An example, with some of its text replaced. */
export function exampleFiles(name: string, replacements: readonly Replacement[] = []): Files {
  const texts = new Map(exampleTexts(name));
  for (const { path, from, to } of replacements) {
    const text = texts.get(path) ?? "";
    const count = text.split(from).length - 1;
    if (count !== 1) throw new Error(`${path}: \`${from}\` occurs ${count} times`);
    texts.set(
      path,
      text.replace(from, () => to),
    );
  }
  return memoryFiles(texts);
}
