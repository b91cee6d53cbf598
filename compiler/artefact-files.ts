// The files of one artefact and their entry in the manifest, whoever made them and for whomever.
import { bytesOfText } from "./file-bytes.ts";
import type { ArtefactEntry, FileEntry } from "./manifest.ts";
import type { MinimisedCounts } from "./minimise/minimise-slice.ts";
import { sha256OfBytes } from "./model/sha256.ts";
import type { OutputFile, Target } from "./plan/target.ts";

export interface Artefact {
  readonly entry: ArtefactEntry;
  /** Paths as in the manifest. */
  readonly files: readonly OutputFile[];
}

/** SHA-256 in lower-case hexadecimal. */
export type Digest = (bytes: Uint8Array) => string;

/** What of a target an entry in the manifest tells. */
type Measuring<Plan> = Pick<
  Target<Plan>,
  "name" | "format" | "capabilities" | "measure" | "expiries"
>;

/**
 * What to say of an artefact whose files have another form than this version reads.
 * @param segc version that made it
 */
export function formatProblem(
  { name, format }: Pick<Target<never>, "name" | "format">,
  entry: ArtefactEntry,
  segc: string,
): string | undefined {
  if (entry.format === format) return undefined;
  return `was made by segc ${segc} in format ${entry.format} of ${name} files, and this version reads format ${format}`;
}

/** The file of an artefact that leads to it from an earlier one, where it has one. */
export const updateFile = ({ update, files }: ArtefactEntry): FileEntry | undefined =>
  update === null ? undefined : files.at(-1);

export interface Made {
  readonly id: string;
  readonly workloads: readonly string[];
  readonly files: readonly OutputFile[];
  readonly minimised: MinimisedCounts | null;
  readonly sha256?: Digest;
}

export function artefactOf<Plan>(target: Measuring<Plan>, plan: Plan, made: Made): Artefact {
  const { id, workloads, minimised, sha256 = sha256OfBytes } = made;
  const files = made.files.map((file) => inFolder({ target: target.name, id }, file));
  const entries = files.map((file) => fileEntry(file, sha256));
  const entry: ArtefactEntry = {
    target: target.name,
    kind: target.capabilities.kind,
    format: target.format,
    id,
    workloads,
    files: entries,
    ...target.measure(plan),
    bytes: bytesOf(entries),
    minimised,
    update: null,
    expires: target.expiries(plan),
  };
  return { entry, files };
}

export const inFolder = (
  { target, id }: Pick<ArtefactEntry, "target" | "id">,
  { path, text, executable = false }: OutputFile,
) => ({ path: `${target}/${id}/${path}`, text, executable });

export function fileEntry(
  { path, text, executable = false }: OutputFile,
  sha256: Digest = sha256OfBytes,
): FileEntry {
  const bytes = bytesOfText(path, text);
  return { path, sha256: sha256(bytes), bytes: bytes.length, executable };
}

export const bytesOf = (files: readonly FileEntry[]) =>
  files.reduce((sum, { bytes }) => sum + bytes, 0);

/** The files under their paths within the artefact's own folder. */
export const ownFiles = ({ entry, files }: Artefact): readonly OutputFile[] =>
  files.map((file) => ({ ...file, path: file.path.slice(`${entry.target}/${entry.id}/`.length) }));
