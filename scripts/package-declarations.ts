// Of the declarations that the compiler writes, those that the library's own reach.
import { readdir, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";

/** Deletes the others below `folder`; returns the names of packages that those kept would need. */
export async function keepReached(folder: string, entry: string): Promise<readonly string[]> {
  const kept = new Set([entry]);
  const packages = new Set<string>();
  for (const path of kept) {
    const text = await readFile(join(folder, path), "utf8");
    for (const [, specifier = ""] of text.matchAll(/(?:\bfrom |\bimport\()"([^"\n]+)"/g)) {
      if (!specifier.startsWith(".")) packages.add(specifier);
      else kept.add(declarationAt(join(path, "..", specifier)));
    }
  }
  for (const file of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(file.parentPath, file.name);
    if (file.isFile() && !kept.has(relative(folder, path))) await rm(path);
  }
  return [...packages].sort();
}

const declarationAt = (path: string): string => path.replace(/\.(ts|js)$/, ".d.ts");
