// The whole pipeline after checking, on one screen: what each enforcer must do, the files that
// make it do that, and a manifest of it all. Targets and capabilities come as arguments.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { TargetRunner } from "./artefact.ts";
import type { Artefact } from "./artefact-files.ts";
import { beyondTarget } from "./beyond-target.ts";
import type { Checked } from "./check.ts";
import type { FleetRunner } from "./fleet-artefact.ts";
import { impossible } from "./impossible.ts";
import type { EnforcerKind } from "./inventory/types.ts";
import type { ArtefactEntry, ExpiryEntry, InputEntry, Manifest } from "./manifest.ts";
import type { Model, UtcDate } from "./model/types.ts";
import { planContext } from "./plan/context.ts";
import { type Fleet, fleetOf } from "./plan/fleet.ts";
import type { NetworkLinks } from "./plan/network-links.ts";
import type { EnforcerSlice } from "./plan/slice.ts";
import { joinWorkloads, slicing } from "./plan/slices.ts";
import type { CapabilityTable, OutputFile, TargetSettings } from "./plan/target.ts";
import { exceededBy, type Limit, overruns, type Quota } from "./quotas.ts";
import { leantOn, reliedOn } from "./relies.ts";
import { addressClasses } from "./sets/address-classes.ts";
import { shareAddresses } from "./sets/address-set.ts";
import { type Since, type SinceNote, updatesSince } from "./since.ts";
import { openingPeers } from "./verify/required.ts";

export interface CompileOptions {
  readonly targets: readonly TargetRunner[];
  /** Those with one artefact for all that they enforce. */
  readonly fleetTargets: readonly FleetRunner[];
  readonly capabilities: CapabilityTable;
  readonly now: UtcDate;
  readonly version: string;
  readonly inputs: readonly InputEntry[];
  readonly minimise: boolean;
  readonly quotas: readonly Quota[];
  readonly limits: readonly Limit[];
  readonly links: NetworkLinks;
  readonly settings: TargetSettings;
  /** Kinds that there are targets for, whether or not they are among `targets`. */
  readonly makeable: ReadonlySet<EnforcerKind>;
  /** As of `ProduceOptions`. */
  readonly sha256?: (bytes: Uint8Array) => string;
  /** An earlier compile: where only members of sets changed, a file leads from there to here. */
  readonly since?: Since;
}

export interface Compiled {
  /** Sorted by target, then id. */
  readonly artefacts: readonly Artefact[];
  readonly manifest: Manifest;
  /** Earlier artefacts that could not be used. */
  readonly notes: readonly SinceNote[];
  /** What cannot be made, and quotas that an artefact does not keep: nothing may be written then. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Compiles what `check` found to be without error. */
export function compileChecked(checked: Checked, options: CompileOptions): Compiled {
  const { model, expansion, inventory } = checked;
  const { capabilities, now, minimise, sha256, quotas } = options;
  const context = planContext(model, expansion, capabilities, now);
  const produceOptions = {
    minimise,
    settings: options.settings,
    share: shareAddresses,
    ...(sha256 === undefined ? {} : { sha256 }),
    keepsPlans: options.since !== undefined,
  };
  const made = new Map<string, Artefact>();
  const beyond: Diagnostic[] = [];
  const tooLarge = new Map<string, EnforcerSlice>();
  for (const target of options.targets) {
    const { peers, each } = slicing(context, target.kind);
    const classes = addressClasses([...peers, ...openingPeers]);
    for (const slice of each()) {
      const key = `${target.name}/${slice.id}`;
      const before = made.get(key);
      const artefact =
        before === undefined
          ? target.produce(slice, { ...produceOptions, classes })
          : forMore(before, slice);
      if ("why" in artefact) {
        beyond.push(beyondTarget(checked, target.name, slice, artefact));
        continue;
      }
      made.set(key, artefact);
      if (exceededBy(artefact.entry, quotas).length > 0) tooLarge.set(key, slice);
    }
  }
  const leaning: { fleet: Fleet; rules: readonly string[]; entry: ArtefactEntry }[] = [];
  for (const target of options.fleetTargets) {
    const others = [...options.makeable].sort();
    const fleet = fleetOf(context, target.kind, { others, links: options.links });
    if (fleet.members.length === 0) continue;
    const limits = options.limits.filter((limit) => limit.target === target.name);
    const produced = target.produce(fleet, {
      minimise,
      limits: new Map(limits.map(({ name, value }) => [name, value])),
      ...previousFiles(target, options.since),
      ...(sha256 === undefined ? {} : { sha256 }),
    });
    if (produced.ok) {
      made.set(target.name, produced.artefact);
      leaning.push({ fleet, rules: produced.leansFor, entry: produced.artefact.entry });
    } else
      beyond.push(
        ...impossible(target.name, produced.problems, inventory, { limits, minimised: minimise }),
      );
  }
  const whole = [...made.values()].sort((a, b) => compareTexts(folderOf(a), folderOf(b)));
  const { artefacts, notes } =
    options.since === undefined
      ? { artefacts: whole, notes: [] }
      : updatesSince(whole, options.since, options.targets, sha256);
  const entries = whole.map(({ entry }) => entry);
  const relied = reliedOn(context, entries, options.makeable);
  const leant = leaning.flatMap(({ fleet, rules, entry }) => leantOn(fleet, rules, entries, entry));
  const compiledKinds = new Set(
    [...options.targets, ...options.fleetTargets].map((target) => target.kind),
  );
  const manifest: Manifest = {
    formatVersion: 1,
    segc: options.version,
    edition: 1,
    now,
    inputs: [...options.inputs].sort((a, b) => compareTexts(a.path, b.path)),
    expires: expiriesOf(model).filter(({ until }) => now <= until),
    artefacts: artefacts.map((artefact) => artefact.entry),
    relies: [...relied.entries, ...leant],
    notCompiled: notCompiled(inventory.workloads, compiledKinds),
  };
  const tooMuch = whole.flatMap((artefact) =>
    overruns(artefact.entry, tooLarge.get(folderOf(artefact)), quotas),
  );
  return {
    artefacts,
    manifest,
    notes,
    diagnostics: [...beyond, ...relied.diagnostics, ...tooMuch],
  };
}

/** Of a fleet's earlier artefact, where all of it could be read. */
function previousFiles(
  { name, format }: FleetRunner,
  since: Since | undefined,
): { readonly previous?: readonly OutputFile[] } {
  const entry = since?.manifest.artefacts.find(({ target }) => target === name);
  if (since === undefined || entry === undefined || entry.format !== format) return {};
  const folder = `${entry.target}/${entry.id}/`;
  const files = entry.files.flatMap(({ path }) => {
    const text = since.texts.get(path);
    return text === undefined ? [] : [{ path: path.slice(folder.length), text }];
  });
  return files.length === entry.files.length ? { previous: files } : {};
}

const forMore = (artefact: Artefact, { workloads }: EnforcerSlice): Artefact => ({
  ...artefact,
  entry: joinWorkloads(artefact.entry, workloads),
});

const folderOf = ({ entry }: Artefact) => `${entry.target}/${entry.id}`;
const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));

/** Everything of the policy that has a last day. */
function expiriesOf(model: Model): readonly ExpiryEntry[] {
  const rules = model.rules.map((rule) => ({
    kind: "rule" as const,
    name: rule.id,
    until: rule.meta.until,
  }));
  const exceptions = model.guardrails.flatMap((guardrail) =>
    guardrail.exceptions.map(({ name, until }) => ({
      kind: "exception" as const,
      name: `${guardrail.id}.${name}`,
      until,
    })),
  );
  const observations = model.observations.map(({ directions, span, until }) => ({
    kind: "observe" as const,
    name: `${directions.join(", ")} at ${span.source.path}`,
    until,
  }));
  return [...rules, ...exceptions, ...observations]
    .flatMap(({ kind, name, until }) => (until === undefined ? [] : [{ kind, name, until }]))
    .sort(
      (a, b) =>
        compareTexts(a.until, b.until) ||
        compareTexts(a.kind, b.kind) ||
        compareTexts(a.name, b.name),
    );
}

function notCompiled(
  workloads: Checked["inventory"]["workloads"],
  compiled: ReadonlySet<EnforcerKind>,
): Manifest["notCompiled"] {
  const counts = new Map<EnforcerKind, number>();
  for (const workload of workloads) {
    for (const kind of new Set(workload.enforcers.map((enforcer) => enforcer.kind))) {
      if (!compiled.has(kind)) counts.set(kind, (counts.get(kind) ?? 0) + 1);
    }
  }
  return [...counts]
    .map(([kind, count]) => ({ kind, workloads: count }))
    .sort((a, b) => compareTexts(a.kind, b.kind));
}
