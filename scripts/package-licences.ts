// The licences of what is in the published code, each text once.
import { readdir, readFile } from "node:fs/promises";

/** @throws where a package brings no text of its licence */
export async function licenceTexts(folders: readonly string[]): Promise<string> {
  const byText = new Map<string, string[]>();
  for (const folder of folders) {
    const { name, version, license } = Object(
      JSON.parse(await readFile(`${folder}/package.json`, "utf8")),
    );
    const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
    if (file === undefined) throw new Error(`${folder} brings no text of its licence`);
    const text = (await readFile(`${folder}/${file}`, "utf8")).trim();
    const title = `${name} ${version} (${license})`;
    byText.set(text, [...(byText.get(text) ?? []), title]);
  }
  const parts = [...byText].map(([text, titles]) => `## ${titles.join(", ")}\n\n${text}\n`);
  return `# Libraries in this package\n\n${parts.join("\n")}`;
}
