// One slice to the files of one artefact, and an artefact on disk to a later one. The bytes are read
// back at once and proved to do what the slice says: what was lost or bent on the way to text stops
// the compile here.

import {
  type Artefact,
  artefactOf,
  bytesOf,
  type Digest,
  fileEntry,
  inFolder,
  ownFiles,
} from "./artefact-files.ts";
import type { EnforcerKind } from "./inventory/types.ts";
import type { ArtefactEntry } from "./manifest.ts";
import { minimiseMixed } from "./minimise/minimise-mixed.ts";
import { minimiseSlice } from "./minimise/minimise-slice.ts";
import type { UtcDate } from "./model/types.ts";
import type { EnforcerSlice } from "./plan/slice.ts";
import type {
  Beyond,
  OutputFile,
  PlanOptions,
  PlanUpdate,
  Target,
  TargetName,
} from "./plan/target.ts";
import type { ClassesByFamily } from "./sets/address-classes.ts";
import { describeDiscrepancy } from "./verify/describe.ts";
import { type Discrepancy, discrepancies, isSameFrom } from "./verify/verify-slice.ts";

export interface ProduceOptions extends PlanOptions {
  /** Default: one in plain JavaScript, some ten times slower. */
  readonly sha256?: Digest;
  /** Whether plans are kept as they were read back, for an update from an earlier artefact to come. */
  readonly keepsPlans?: boolean;
}

/** A target with its plan type closed over, so that targets can stand in one list. */
export interface TargetRunner {
  readonly name: TargetName;
  readonly kind: EnforcerKind;
  /** Of the files that it writes, and the only one that it reads. */
  readonly format: number;
  /** Proved: throws, as a bug in segc, where the bytes do not do what the slice says. */
  readonly produce: (slice: EnforcerSlice, options: ProduceOptions) => Artefact | Beyond;
  /** What the files do from that day on that the slice does not say, or the other way round. */
  readonly verify: (
    slice: EnforcerSlice,
    artefact: Artefact,
    from: UtcDate,
  ) => readonly Discrepancy[];
  /** `later` with the file that leads from the earlier artefact to it, where there can be one. */
  readonly update: (earlier: Artefact, later: Artefact) => Updated;
  /** Proved, as above. Undefined when the files are not what this target writes. */
  readonly expire: (artefact: Artefact, now: UtcDate) => Artefact | undefined;
}

export type Updated =
  | { readonly kind: "updated"; readonly artefact: Artefact }
  /** More than members of sets has changed, or the target knows no updates. */
  | { readonly kind: "none" }
  | { readonly kind: "unread"; readonly problem: string };

export function runnerOf<Plan>(target: Target<Plan>): TargetRunner {
  const { name, format } = target;
  const { kind } = target.capabilities;
  const plans: Plans<Plan> = new WeakMap();
  return {
    name,
    kind,
    format,
    produce: (whole, options) => {
      const slice = target.asSeen?.(whole) ?? whole;
      const beyond = target.beyond(slice, options.settings);
      if (beyond !== undefined) return beyond;
      const prepared = target.prepare?.(slice, options.settings) ?? slice;
      const minimise = target.mixesFamilies ? minimiseMixed : minimiseSlice;
      const least = options.minimise ? minimise(prepared, sharing(options)) : undefined;
      const files = target.render(target.plan(least?.slice ?? prepared, options));
      const plan = proved(target, slice, files, options.classes);
      if (plan === undefined) return { why: "combinations" };
      const artefact = artefactOf(target, plan, {
        id: slice.id,
        workloads: slice.workloads,
        files,
        minimised: least?.counts ?? null,
        ...(options.sha256 === undefined ? {} : { sha256: options.sha256 }),
      });
      if (options.keepsPlans) plans.set(artefact.files, plan);
      return artefact;
    },
    verify: (slice, artefact, from) =>
      verify(target, target.asSeen?.(slice) ?? slice, ownFiles(artefact), from),
    update: (earlier, later) => update(target, earlier, later, plans),
    expire: (artefact, now) => {
      const parsed = target.parse(ownFiles(artefact));
      if (!parsed.ok) return undefined;
      const files = target.render(target.expire(parsed.plan, now));
      const plan = unchanged(target, parsed.plan, files, now);
      return artefactOf(target, plan, { ...artefact.entry, files });
    },
  };
}

/** What was read back from the files of an artefact, by these. */
type Plans<Plan> = WeakMap<Artefact["files"], Plan>;

const sharing = ({ share, classes, settings = {} }: PlanOptions) => ({
  settings,
  ...(share === undefined ? {} : { share }),
  ...(classes === undefined ? {} : { classes }),
});

function verify<Plan>(
  target: Target<Plan>,
  slice: EnforcerSlice,
  files: readonly OutputFile[],
  from: UtcDate,
): readonly Discrepancy[] {
  const parsed = target.parse(files);
  return parsed.ok
    ? discrepancies(slice, target.meaning(parsed.plan), { from })
    : parsed.problems.map(({ path, line, message }) => ({
        kind: "fault",
        message: `${path}:${line}: ${message}`,
      }));
}

function update<Plan>(
  target: Target<Plan>,
  earlier: Artefact,
  later: Artefact,
  plans: Plans<Plan>,
): Updated {
  if (target.update === undefined) return { kind: "none" };
  const quick = target.updateFiles?.(ownFiles(earlier), ownFiles(later));
  if (quick !== undefined) return withUpdate(quick, earlier, later);
  const before = target.parse(ownFiles(earlier));
  if (!before.ok) {
    const [first] = before.problems;
    return { kind: "unread", problem: `${first?.path}:${first?.line}: ${first?.message}` };
  }
  const found = target.update(before.plan, plans.get(later.files) ?? readAgain(target, later));
  return found === undefined ? { kind: "none" } : withUpdate(found, earlier, later);
}

function withUpdate(found: PlanUpdate, earlier: Artefact, later: Artefact): Updated {
  const { added, removed } = found;
  const file = inFolder(later.entry, found.file);
  const files = [...later.entry.files, fileEntry(file)];
  const entry: ArtefactEntry = {
    ...later.entry,
    files, // with the update last: see `updateFile`
    bytes: bytesOf(files),
    update: { from: earlier.entry.id, added, removed },
  };
  return { kind: "updated", artefact: { entry, files: [...later.files, file] } };
}

function readAgain<Plan>(target: Target<Plan>, artefact: Artefact): Plan {
  const parsed = target.parse(ownFiles(artefact));
  if (!parsed.ok) throw new Error(`bug in segc (${target.name}): a new artefact is not read`);
  return parsed.plan;
}

/** The plan that the bytes say, once they are proved; undefined where that is beyond us. */
function proved<Plan>(
  target: Target<Plan>,
  slice: EnforcerSlice,
  files: readonly OutputFile[],
  classes: ClassesByFamily | undefined,
): Plan | undefined {
  const parsed = target.parse(files);
  if (!parsed.ok) {
    throw new Error(`bug in segc (${target.name}): ${JSON.stringify(parsed.problems)}`);
  }
  const [first] = discrepancies(slice, target.meaning(parsed.plan), { classes });
  if (first?.kind === "undecided") return undefined;
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
