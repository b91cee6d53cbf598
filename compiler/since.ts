// The artefacts of a compile held against those of an earlier one: where only members of sets have
// changed, a file leads from what hosts have loaded to what they are to have.
import { type Artefact, formatProblem, type TargetRunner } from "./artefact.ts";
import type { ArtefactEntry, Manifest } from "./manifest.ts";
import { sha256 } from "./model/sha256.ts";
import type { TargetName } from "./plan/target.ts";

/** What an earlier compile left. */
export interface Since {
  readonly manifest: Manifest;
  /** Every file that could be read, by its path in the manifest. */
  readonly texts: ReadonlyMap<string, string>;
}

/** An earlier artefact that nothing can be made of; everything is loaded then. */
export interface SinceNote {
  readonly target: TargetName;
  readonly id: string;
  readonly problem: string;
}

export interface SinceResult {
  /** In the order given. */
  readonly artefacts: readonly Artefact[];
  /** Each earlier artefact once, in the order of its manifest. */
  readonly notes: readonly SinceNote[];
}

export function updatesSince(
  artefacts: readonly Artefact[],
  { manifest, texts }: Since,
  runners: readonly TargetRunner[],
): SinceResult {
  const entryOf = new Map<string, ArtefactEntry>();
  for (const entry of manifest.artefacts) {
    for (const name of entry.workloads) entryOf.set(`${entry.target} ${name}`, entry);
  }
  const problems = new Map<ArtefactEntry, string>();
  const updated = artefacts.map((artefact) => {
    const runner = runners.find(({ name }) => name === artefact.entry.target);
    const entry = earlierOf(artefact.entry, entryOf);
    if (runner === undefined || entry === undefined) return artefact;
    const earlier = formatProblem(runner, entry, manifest.segc) ?? artefactOf(entry, texts);
    const result =
      typeof earlier === "string"
        ? { kind: "unread" as const, problem: earlier }
        : runner.update(earlier, artefact);
    if (result.kind === "unread") problems.set(entry, result.problem);
    return result.kind === "updated" ? result.artefact : artefact;
  });
  const notes = manifest.artefacts.flatMap((entry) => {
    const problem = problems.get(entry);
    return problem === undefined ? [] : [{ target: entry.target, id: entry.id, problem }];
  });
  return { artefacts: updated, notes };
}

/** The one artefact that all these workloads had. */
function earlierOf(
  { target, workloads }: ArtefactEntry,
  entryOf: ReadonlyMap<string, ArtefactEntry>,
): ArtefactEntry | undefined {
  const earlier = new Set(workloads.map((name) => entryOf.get(`${target} ${name}`)));
  const [only] = earlier;
  return earlier.size === 1 ? only : undefined;
}

/** Its files, or why they are not those that were compiled: then nobody knows what hosts hold. */
function artefactOf(entry: ArtefactEntry, texts: ReadonlyMap<string, string>): Artefact | string {
  const files: { path: string; text: string; executable: boolean }[] = [];
  for (const { path, sha256: expected, executable } of entry.files) {
    const text = texts.get(path);
    if (text === undefined) return `${path} cannot be read`;
    if (sha256(text) !== expected) return `${path} was changed by hand`;
    files.push({ path, text, executable });
  }
  return { entry, files };
}
