// `segc verify`: artefacts on disk, edited or not, against the policy and inventory of now. Every
// workload that a target enforces must have an artefact that does exactly what its slice says.
import type { TargetRunner } from "./artefact.ts";
import { type Artefact, formatProblem, updateFile } from "./artefact-files.ts";
import type { Expansion } from "./extent/types.ts";
import { bytesOfText } from "./file-bytes.ts";
import type { FleetRunner } from "./fleet-artefact.ts";
import type { ArtefactEntry, Manifest } from "./manifest.ts";
import { sha256, sha256OfBytes } from "./model/sha256.ts";
import type { Model, UtcDate } from "./model/types.ts";
import { planContext } from "./plan/context.ts";
import { fleetOf } from "./plan/fleet.ts";
import type { NetworkLinks } from "./plan/network-links.ts";
import type { EnforcerSlice } from "./plan/slice.ts";
import { slicesOf } from "./plan/slices.ts";
import type { CapabilityTable, TargetName } from "./plan/target.ts";
import { formatAddress, type IpAddress } from "./sets/address.ts";
import { describeDiscrepancy } from "./verify/describe.ts";

export interface VerifyInput {
  readonly model: Model;
  readonly expansion: Expansion;
  readonly capabilities: CapabilityTable;
  readonly now: UtcDate;
  readonly runners: readonly TargetRunner[];
  readonly fleetRunners: readonly FleetRunner[];
  readonly links: NetworkLinks;
  readonly manifest: Manifest;
  /** Every file that could be read, by its path in the manifest. */
  readonly texts: ReadonlyMap<string, string>;
}

/** Something that an artefact does otherwise than the policy says. */
export interface VerifyFinding {
  readonly target: TargetName;
  /** Folder of the artefact under that of its target; undefined where there is none. */
  readonly id: string | undefined;
  /** Who is concerned, sorted. */
  readonly workloads: readonly string[];
  /** One line: a packet and what happens to it, or what is wrong with the files. */
  readonly problem: string;
}

export interface Verified {
  /** In the order of targets, ids and workloads. Empty: the artefacts are what the policy says. */
  readonly findings: readonly VerifyFinding[];
  /** Artefacts that were compared, and workloads that they are for. */
  readonly artefacts: number;
  readonly workloads: number;
  /** Files whose bytes are not those that were compiled, sorted. */
  readonly edited: readonly string[];
}

/** Targets that the manifest has nothing of are not asked for. */
export function verifyArtefacts(input: VerifyInput): Verified {
  const { manifest, runners, fleetRunners } = input;
  const isAsked = ({ name }: { readonly name: TargetName }) =>
    manifest.artefacts.some((one) => one.target === name);
  const checks = [
    ...fleetRunners.filter(isAsked).map((runner) => verifyFleet(input, runner)),
    ...runners.filter(isAsked).map((runner) => verifyTarget(input, runner)),
  ];
  const known = new Set([...runners, ...fleetRunners].map(({ name }) => name));
  const unknown = manifest.artefacts
    .filter(({ target }) => !known.has(target))
    .map(({ target, id, workloads }) => ({
      target,
      id,
      workloads,
      problem: "is of a target that this version of segc does not have",
    }));
  return {
    findings: [...checks.flatMap(({ findings }) => findings), ...unknown],
    artefacts: checks.reduce((sum, { artefacts }) => sum + artefacts, 0),
    workloads: new Set(checks.flatMap(({ workloads }) => [...workloads])).size,
    edited: editedFiles(input),
  };
}

function editedFiles({ manifest, texts }: VerifyInput): readonly string[] {
  const files = manifest.artefacts.flatMap((entry) => entry.files);
  return files
    .filter(({ path, sha256: expected }) => {
      const text = texts.get(path);
      return text !== undefined && sha256OfBytes(bytesOfText(path, text)) !== expected;
    })
    .map(({ path }) => path)
    .sort();
}

interface Checks extends Pick<Verified, "findings" | "artefacts"> {
  /** Names. */
  readonly workloads: Iterable<string>;
}

function verifyTarget(input: VerifyInput, runner: TargetRunner): Checks {
  const { model, expansion, capabilities, now, manifest } = input;
  const target = runner.name;
  const entries = manifest.artefacts.filter((entry) => entry.target === target);
  const entryOf = new Map(entries.flatMap((entry) => entry.workloads.map((name) => [name, entry])));
  const nameOf = namesIn(expansion);
  const findings: VerifyFinding[] = [];
  const enforced = new Set<string>();
  let compared = 0;
  for (const slice of slicesOf(model, expansion, capabilities, now, runner.kind)) {
    for (const name of slice.workloads) enforced.add(name);
    for (const [entry, workloads] of byEntry(slice, entryOf)) {
      if (entry === undefined) {
        findings.push({ target, id: undefined, workloads, problem: "there is no artefact" });
        continue;
      }
      compared++;
      const problems = verifyOne(input, runner, { slice, entry, workloads, nameOf });
      findings.push(...problems.map((problem) => ({ target, id: entry.id, workloads, problem })));
    }
  }
  for (const { id, workloads } of entries) {
    const gone = workloads.filter((name) => !enforced.has(name));
    if (gone.length === 0) continue;
    const problem = `there is an artefact, but the inventory enforces nothing by ${target}`;
    findings.push({ target, id, workloads: gone, problem });
  }
  return { findings, artefacts: compared, workloads: enforced };
}

function verifyFleet(input: VerifyInput, runner: FleetRunner): Checks {
  const { model, expansion, capabilities, now, manifest } = input;
  const target = runner.name;
  const others = [...input.runners, ...input.fleetRunners].map(({ kind }) => kind).sort();
  const context = planContext(model, expansion, capabilities, now);
  const fleet = fleetOf(context, runner.kind, { others, links: input.links });
  const nameOf = namesIn(expansion);
  const entries = manifest.artefacts.filter((entry) => entry.target === target);
  const findings = entries.flatMap((entry) => {
    const { id } = entry;
    const artefact = readable(input, runner, entry);
    if (!("entry" in artefact)) {
      return artefact.map((problem) => ({ target, id, workloads: entry.workloads, problem }));
    }
    return runner.verify(fleet, artefact, now).map(({ workloads, discrepancy }) => {
      const [local] = workloads;
      const problem = describeDiscrepancy(discrepancy, {
        nameOf,
        ...(local === undefined ? {} : { local }),
      });
      return { target, id, workloads: [...workloads].sort(), problem };
    });
  });
  const workloads = fleet.members.map(({ name }) => name);
  return { findings, artefacts: entries.length, workloads };
}

/** The workloads of a slice by the artefact that they have. */
function byEntry(slice: EnforcerSlice, entryOf: ReadonlyMap<string, ArtefactEntry>) {
  const groups = new Map<ArtefactEntry | undefined, string[]>();
  for (const name of slice.workloads) {
    const entry = entryOf.get(name);
    const group = groups.get(entry);
    if (group === undefined) groups.set(entry, [name]);
    else group.push(name);
  }
  return groups;
}

interface Comparison {
  readonly slice: EnforcerSlice;
  readonly entry: ArtefactEntry;
  readonly workloads: readonly string[];
  readonly nameOf: (address: IpAddress) => string | undefined;
}

function verifyOne(
  input: VerifyInput,
  runner: TargetRunner,
  { slice, entry, workloads, nameOf }: Comparison,
): readonly string[] {
  const artefact = readable(input, runner, entry);
  if (!("entry" in artefact)) return artefact;
  const names = { nameOf, ...(workloads[0] === undefined ? {} : { local: workloads[0] }) };
  return runner.verify(slice, artefact, input.now).map((one) => describeDiscrepancy(one, names));
}

/** An artefact of which every file could be read, or why there is none. */
function readable(
  { texts, manifest }: VerifyInput,
  runner: Pick<TargetRunner, "name" | "format">,
  entry: ArtefactEntry,
): Artefact | readonly string[] {
  const otherFormat = formatProblem(runner, entry, manifest.segc);
  if (otherFormat !== undefined) return [`${otherFormat}: compile it again`];
  const missing = entry.files.filter(({ path }) => !texts.has(path));
  if (missing.length > 0) return missing.map(({ path }) => `\`${path}\` cannot be read`);
  const update = updateFile(entry);
  if (update !== undefined && sha256(texts.get(update.path) ?? "") !== update.sha256) {
    return [`\`${update.path}\` was changed: what it would lead to is not known`];
  }
  return {
    entry,
    files: entry.files.map(({ path, executable }) => ({
      path,
      text: texts.get(path) ?? "",
      executable,
    })),
  };
}

/** The workload that holds an address, in whichever realm. */
export function namesIn({ universe }: Expansion): Comparison["nameOf"] {
  const names = new Map<string, string>();
  for (const { workload, address } of universe.endpoints) {
    const name = universe.workloads[workload]?.name;
    if (address !== undefined && name !== undefined) names.set(formatAddress(address), name);
  }
  return (address) => names.get(formatAddress(address));
}
