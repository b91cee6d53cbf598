// One slice to the files of one artefact, and an artefact on disk to a later one. The bytes are read
// back at once and proved to do what the slice says: what was lost or bent on the way to text stops
// the compile here.
import type { EnforcerKind } from "./inventory/types.ts";
import type { ArtefactEntry } from "./manifest.ts";
import { type MinimisedCounts, minimiseSlice } from "./minimise/minimise-slice.ts";
import { sha256OfBytes } from "./model/sha256.ts";
import type { UtcDate } from "./model/types.ts";
import type { EnforcerSlice } from "./plan/slice.ts";
import type { OutputFile, PlanOptions, Target, TargetName } from "./plan/target.ts";
import { describeDiscrepancy } from "./verify/describe.ts";
import { type Discrepancy, discrepancies, isSameFrom } from "./verify/verify-slice.ts";

export interface Artefact {
  readonly entry: ArtefactEntry;
  /** Paths as in the manifest. */
  readonly files: readonly OutputFile[];
}

export interface ProduceOptions extends PlanOptions {
  /** SHA-256 in lower-case hexadecimal; default: one in plain JavaScript, some ten times slower. */
  readonly sha256?: (bytes: Uint8Array) => string;
}

/** A target with its plan type closed over, so that targets can stand in one list. */
export interface TargetRunner {
  readonly name: TargetName;
  readonly kind: EnforcerKind;
  /** Proved: throws, as a bug in segc, where the bytes do not do what the slice says. */
  readonly produce: (slice: EnforcerSlice, options: ProduceOptions) => Artefact;
  /** What the files do from that day on that the slice does not say, or the other way round. */
  readonly verify: (
    slice: EnforcerSlice,
    artefact: Artefact,
    from: UtcDate,
  ) => readonly Discrepancy[];
  /** Proved, as above. Undefined when the files are not what this target writes. */
  readonly expire: (artefact: Artefact, now: UtcDate) => Artefact | undefined;
}

export function runnerOf<Plan>(target: Target<Plan>): TargetRunner {
  const { name } = target;
  const { kind } = target.capabilities;
  return {
    name,
    kind,
    produce: (slice, options) => {
      const least = options.minimise ? minimiseSlice(slice, sharing(options)) : undefined;
      const files = target.render(target.plan(least?.slice ?? slice, options));
      return artefactOf(target, proved(target, slice, files), {
        id: slice.id,
        workloads: slice.workloads,
        files,
        minimised: least?.counts ?? null,
        ...(options.sha256 === undefined ? {} : { sha256: options.sha256 }),
      });
    },
    verify: (slice, artefact, from) => verify(target, slice, ownFiles(artefact), from),
    expire: (artefact, now) => {
      const parsed = target.parse(ownFiles(artefact));
      if (!parsed.ok) return undefined;
      const files = target.render(target.expire(parsed.plan, now));
      const plan = unchanged(target, parsed.plan, files, now);
      return artefactOf(target, plan, { ...artefact.entry, files });
    },
  };
}

const sharing = ({ share }: PlanOptions) => (share === undefined ? {} : { share });

function verify<Plan>(
  target: Target<Plan>,
  slice: EnforcerSlice,
  files: readonly OutputFile[],
  from: UtcDate,
): readonly Discrepancy[] {
  const parsed = target.parse(files);
  return parsed.ok
    ? discrepancies(slice, target.meaning(parsed.plan), from)
    : parsed.problems.map(({ path, line, message }) => ({
        kind: "fault",
        message: `${path}:${line}: ${message}`,
      }));
}

/** The plan that the bytes say, once they are proved. */
function proved<Plan>(
  target: Target<Plan>,
  slice: EnforcerSlice,
  files: readonly OutputFile[],
): Plan {
  const parsed = target.parse(files);
  if (!parsed.ok) {
    throw new Error(`bug in segc (${target.name}): ${JSON.stringify(parsed.problems)}`);
  }
  const [first] = discrepancies(slice, target.meaning(parsed.plan));
  if (first !== undefined) {
    throw new Error(
      `bug in segc (${target.name}): the artefact of ${slice.workloads[0]} is not what the policy says: ${describeDiscrepancy(first)}`,
    );
  }
  return parsed.plan;
}

/** The plan that the bytes say, once they are proved to do from that day on what another does. */
function unchanged<Plan>(
  target: Target<Plan>,
  before: Plan,
  files: readonly OutputFile[],
  now: UtcDate,
): Plan {
  const parsed = target.parse(files);
  if (parsed.ok && isSameFrom(target.meaning(before), target.meaning(parsed.plan), now)) {
    return parsed.plan;
  }
  throw new Error(
    `bug in segc (${target.name}): an artefact without what has ended does otherwise`,
  );
}

interface Made {
  readonly id: string;
  readonly workloads: readonly string[];
  readonly files: readonly OutputFile[];
  readonly minimised: MinimisedCounts | null;
  readonly sha256?: ProduceOptions["sha256"];
}

function artefactOf<Plan>(target: Target<Plan>, plan: Plan, made: Made): Artefact {
  const { id, workloads, minimised, sha256 = sha256OfBytes } = made;
  const files = made.files.map(({ path, text, executable = false }) => ({
    path: `${target.name}/${id}/${path}`,
    text,
    executable,
  }));
  const encoder = new TextEncoder();
  const entries = files.map(({ path, text, executable }) => {
    const bytes = encoder.encode(text);
    return { path, sha256: sha256(bytes), bytes: bytes.length, executable };
  });
  const entry: ArtefactEntry = {
    target: target.name,
    kind: target.capabilities.kind,
    id,
    workloads,
    files: entries,
    ...target.measure(plan),
    bytes: entries.reduce((sum, file) => sum + file.bytes, 0),
    minimised,
    expires: target.expiries(plan),
  };
  return { entry, files };
}

/** The files under their paths within the artefact's own folder. */
const ownFiles = ({ entry, files }: Artefact): readonly OutputFile[] =>
  files.map((file) => ({ ...file, path: file.path.slice(`${entry.target}/${entry.id}/`.length) }));
