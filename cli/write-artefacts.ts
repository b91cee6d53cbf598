// Files to a folder of artefacts, interruptible: a signal before the swap leaves the old ones.
import { resolve } from "node:path";
import { withInterrupt } from "../host/interrupt.ts";
import { type NewFile, replaceFolder } from "../host/output-folder.ts";
import { listedPaths, readManifest } from "../report/manifest.ts";
import { type Call, type Failure, failure } from "./call.ts";
import { exit } from "./exit.ts";

/** Undefined when everything is written, else why the old artefacts stand as they were. */
export async function writeArtefacts(
  { terminal }: Call,
  out: string,
  files: readonly NewFile[],
): Promise<Failure | undefined> {
  const written = await withInterrupt((signal) =>
    replaceFolder(resolve(terminal.folder, out), files, { listedIn, signal }),
  );
  switch (written.outcome) {
    case "written":
      return undefined;
    case "interrupted":
      return failure(exit.interrupted, `interrupted; \`${out}\` is as it was`);
    case "not-ours":
      return failure(
        exit.environment,
        `\`${out}\` is not a folder of artefacts that segc wrote: ${written.detail}`,
        "name an empty or new folder with `--out`; segc replaces nothing it did not write",
      );
    case "failed":
      return failure(
        exit.environment,
        `cannot write \`${written.path}\`: ${written.detail}; \`${out}\` is as it was`,
      );
  }
}

function listedIn(text: string): readonly string[] | undefined {
  const manifest = readManifest(text);
  return manifest === undefined ? undefined : listedPaths(manifest);
}
