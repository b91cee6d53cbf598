// Temporary folders for tests that need a real file system, and pictures of what is in them.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** An empty folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "segc-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Every file below the folder with its text and mode; folders end with a slash. */
export function picture(folder: string): Record<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    entries
      .map((entry): [string, string] => {
        const path = join(entry.parentPath, entry.name);
        const name = path.slice(folder.length + 1);
        if (!entry.isFile()) return [`${name}/`, ""];
        return [name, `${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, "utf8")}`];
      })
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
