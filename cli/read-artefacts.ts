// A folder that `segc compile --out` wrote, back as its manifest and the files it lists.
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
  const files = nodeFiles(folder);
  const read = (path: string) => {
    const bytes = files.read(path, bytesMax);
    return bytes.ok ? new TextDecoder().decode(bytes.bytes) : bytes;
  };
  const text = read(manifestName);
  if (typeof text !== "string") {
    return failure(
      exit.environment,
      `\`${shown}/${manifestName}\` cannot be read: ${text.detail}`,
      "name the folder that `segc compile --out` wrote",
    );
  }
  const manifest = readManifest(text);
  if (manifest === undefined) {
    return failure(exit.environment, `\`${shown}/${manifestName}\` is not a manifest of segc`);
  }
  const texts = new Map<string, string>();
  for (const path of listedPaths(manifest)) {
    const content = read(path);
    if (typeof content === "string") texts.set(path, content);
  }
  return { manifest, texts };
}
