// Files that come with segc, found from where this code stands: beside it in a checkout, and in
// the same places of the published package.
import { readFileSync } from "node:fs";

/** The text of a file of the package, or undefined where it has none of this name. */
export function packageText(path: string): string | undefined {
  try {
    return readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
  } catch {
    return undefined;
  }
}

/** As in package.json. */
export function packageVersion(): string {
  const version: unknown = Object(JSON.parse(packageText("package.json") ?? "{}")).version;
  return typeof version === "string" ? version : "unknown";
}
