// The artefacts of a compile held against those of an earlier one: where only members of sets have
// changed, a file leads from what hosts have loaded to what they are to have.
import type { TargetRunner } from "./artefact.ts";
import { type Artefact, formatProblem } from "./artefact-files.ts";
import { bytesOfText } from "./file-bytes.ts";
import type { ArtefactEntry, Manifest } from "./manifest.ts";
import { sha256OfBytes } from "./model/sha256.ts";
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

/** @param sha256 as of `ProduceOptions` */
export function updatesSince(
  artefacts: readonly Artefact[],
  { manifest, texts }: Since,
  runners: readonly TargetRunner[],
  sha256: (bytes: Uint8Array) => string = sha256OfBytes,
): SinceResult {
  const earlierOf = earlierEntries(manifest);
  const problems = new Map<ArtefactEntry, string>();
  const updated = artefacts.map((artefact) => {
    const runner = runners.find(({ name }) => name === artefact.entry.target);
    const entry = earlierOf(artefact.entry);
    if (runner === undefined || entry === undefined) return artefact;
    const earlier = formatProblem(runner, entry, manifest.segc) ?? artefactOf(entry, texts, sha256);
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

/**
 * Finds the one artefact that all workloads of a later one had. Mostly they are the same workloads,
 * in the same order, so names are looked up one by one only where they are not.
 */
function earlierEntries({ artefacts }: Manifest) {
  const byFirst = new Map(
    artefacts.map((entry) => [`${entry.target} ${entry.workloads[0]}`, entry] as const),
  );
  let byName: Map<string, ArtefactEntry> | undefined;
  return ({ target, workloads }: ArtefactEntry): ArtefactEntry | undefined => {
    const same = byFirst.get(`${target} ${workloads[0]}`);
    if (same !== undefined && isSameList(same.workloads, workloads)) return same;
    byName ??= new Map(
      artefacts.flatMap((entry) =>
        entry.workloads.map((name) => [`${entry.target} ${name}`, entry] as const),
      ),
    );
    const only = byName.get(`${target} ${workloads[0]}`);
    if (only === undefined) return undefined;
    const isIt = (name: string) => byName?.get(`${target} ${name}`) === only;
    return workloads.every(isIt) ? only : undefined;
  };
}

function isSameList(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** Its files, or why they are not those that were compiled: then nobody knows what hosts hold. */
function artefactOf(
  entry: ArtefactEntry,
  texts: ReadonlyMap<string, string>,
  sha256: (bytes: Uint8Array) => string,
): Artefact | string {
  const files: { path: string; text: string; executable: boolean }[] = [];
  for (const { path, sha256: expected, executable } of entry.files) {
    const text = texts.get(path);
    if (text === undefined) return `${path} cannot be read`;
    if (sha256(bytesOfText(path, text)) !== expected) return `${path} was changed by hand`;
    files.push({ path, text, executable });
  }
  return { entry, files };
}
