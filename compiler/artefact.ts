// One slice to the files of one artefact, and an artefact on disk to a later one. The bytes are
// read back at once: what was lost or bent on the way to text stops the compile here.
import type { EnforcerKind } from "./inventory/types.ts";
import type { ArtefactEntry } from "./manifest.ts";
import { sha256 } from "./model/sha256.ts";
import type { UtcDate } from "./model/types.ts";
import type { EnforcerSlice } from "./plan/slice.ts";
import type { OutputFile, Target, TargetName } from "./plan/target.ts";

export interface Artefact {
  readonly entry: ArtefactEntry;
  /** Paths as in the manifest. */
  readonly files: readonly OutputFile[];
}

/** A target with its plan type closed over, so that targets can stand in one list. */
export interface TargetRunner {
  readonly name: TargetName;
  readonly kind: EnforcerKind;
  readonly produce: (slice: EnforcerSlice) => Artefact;
  /** Undefined when the files are not what this target writes. */
  readonly expire: (artefact: Artefact, now: UtcDate) => Artefact | undefined;
}

export function runnerOf<Plan>(target: Target<Plan>): TargetRunner {
  const { name } = target;
  const { kind } = target.capabilities;
  return {
    name,
    kind,
    produce: (slice) =>
      artefactOf(target, target.plan(slice), { id: slice.id, workloads: slice.workloads }),
    expire: ({ entry, files }, now) => {
      const parsed = target.parse(files.map((file) => withoutFolder(file, entry)));
      if (!parsed.ok) return undefined;
      return artefactOf(target, target.expire(parsed.plan, now), entry);
    },
  };
}

function artefactOf<Plan>(
  target: Target<Plan>,
  plan: Plan,
  { id, workloads }: Pick<ArtefactEntry, "id" | "workloads">,
): Artefact {
  const rendered = target.render(plan);
  assertReadsBack(target, rendered);
  const files = rendered.map(({ path, text, executable = false }) => ({
    path: `${target.name}/${id}/${path}`,
    text,
    executable,
  }));
  const entries = files.map(({ path, text, executable }) => ({
    path,
    sha256: sha256(text),
    bytes: utf8Length(text),
    executable,
  }));
  const entry: ArtefactEntry = {
    target: target.name,
    kind: target.capabilities.kind,
    id,
    workloads,
    files: entries,
    ...target.measure(plan),
    bytes: entries.reduce((sum, file) => sum + file.bytes, 0),
    expires: target.expiries(plan),
  };
  return { entry, files };
}

function assertReadsBack<Plan>(target: Target<Plan>, files: readonly OutputFile[]): void {
  const parsed = target.parse(files);
  const again = parsed.ok ? target.render(parsed.plan) : [];
  const same =
    again.length === files.length &&
    again.every(
      (file, index) => file.path === files[index]?.path && file.text === files[index]?.text,
    );
  if (!same) throw new Error(`bug in segc (${target.name}): its own bytes read back differently`);
}

const withoutFolder = (file: OutputFile, entry: ArtefactEntry): OutputFile => ({
  ...file,
  path: file.path.slice(`${entry.target}/${entry.id}/`.length),
});

/** Bytes of a text in UTF-8. */
function utf8Length(text: string): number {
  return new TextEncoder().encode(text).length;
}
