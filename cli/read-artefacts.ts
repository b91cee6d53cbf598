// A folder that `segc compile --out` wrote, back as its manifest and the files it lists.
import { basename, dirname } from "node:path";
import { textOfBytes } from "../compiler/file-bytes.ts";
import type { Manifest } from "../compiler/manifest.ts";
import { nodeFiles } from "../host/node-files.ts";
import { manifestName } from "../host/output-folder.ts";
import { listedPaths, readManifest } from "../report/manifest.ts";
import { type Failure, failure } from "./call.ts";
import { exit } from "./exit.ts";

const bytesMax = 1024 * 1024 * 1024;

export interface FoundArtefacts {
  readonly manifest: Manifest;
  /** Files that could be read, by their path in the manifest. */
  readonly texts: ReadonlyMap<string, string>;
}

/** `shown` is the folder as the user wrote it. */
export function readArtefacts(folder: string, shown: string): FoundArtefacts | Failure {
  return readBeside(folder, manifestName, {
    shown: `${shown}/${manifestName}`,
    help: "name the folder that `segc compile --out` wrote",
  });
}

/** The same by the path of the manifest; `shown` is that path as the user wrote it. */
export function readArtefactsOf(path: string, shown: string): FoundArtefacts | Failure {
  const help = "name the manifest.json that an earlier `segc compile --out` wrote";
  return readBeside(dirname(path), basename(path), { shown, help });
}

function readBeside(
  folder: string,
  name: string,
  { shown, help }: { readonly shown: string; readonly help: string },
): FoundArtefacts | Failure {
  const files = nodeFiles(folder);
  const read = (path: string) => {
    const bytes = files.read(path, bytesMax);
    return bytes.ok ? textOfBytes(path, bytes.bytes) : bytes;
  };
  const text = read(name);
  if (typeof text !== "string") {
    return failure(exit.environment, `\`${shown}\` cannot be read: ${text.detail}`, help);
  }
  const manifest = readManifest(text);
  if (manifest === undefined) {
    return failure(exit.environment, `\`${shown}\` is not a manifest of segc`, help);
  }
  const texts = new Map<string, string>();
  for (const path of listedPaths(manifest)) {
    const content = read(path);
    if (typeof content === "string") texts.set(path, content);
  }
  return { manifest, texts };
}
