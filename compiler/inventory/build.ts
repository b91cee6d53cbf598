// The raw inventory, held against the model, to workloads. Sources are merged by workload name;
// the result is sorted and does not depend on the order of files or records.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import { positionAt, type SourceFile, type Span } from "../../diagnostics/source.ts";
import type { Label, Model } from "../model/types.ts";
import { checkSharedAddresses, type Holder, readAddresses } from "./addresses.ts";
import {
  addFault,
  type Claim,
  type Faults,
  finishFaults,
  newFaults,
  type Place,
  placeIn,
} from "./faults.ts";
import { type LabelReader, type LabelReading, labelReader } from "./labels.ts";
import {
  checkText,
  type Merging,
  mergeAccounts,
  mergeEnforcers,
  mergeInterfaces,
  mergeLabels,
  mergePublished,
  mergeScalar,
} from "./merge.ts";
import type { Locator, RawInventory, RawSource } from "./raw.ts";
import { type Inventory, inventoryOf, type LabelValue, type Workload } from "./types.ts";

export interface BuiltInventory {
  /** What is sound of it, when there are errors. */
  readonly inventory: Inventory;
  readonly diagnostics: readonly Diagnostic[];
}

export interface BuildOptions {
  /** Labels that are unknown because of an error already reported: their uses stay silent. */
  readonly unreadLabels?: ReadonlySet<string>;
}

/** Builds the inventory. Promises made by `require` are checked elsewhere (compiler/extent). */
export function buildInventory(
  raw: RawInventory,
  model: Model,
  { unreadLabels = new Set() }: BuildOptions = {},
): BuiltInventory {
  const vocabulary = { model, unreadLabels };
  const faults = newFaults();
  const sources = raw.sources.toSorted((a, b) => compareTexts(a.path, b.path));
  const context: Context = {
    faults,
    readers: new Map(sources.map((source) => [source, labelReader(source, vocabulary, faults)])),
    labelSets: new Map(),
    knownSets: new Map(),
    shared: new Map(),
    required: [...model.labels.values()].filter(
      ({ name, optional }) => !optional && !unreadLabels.has(name),
    ),
  };
  const holders: Holder[] = [];
  for (const claims of groupByName(sources, faults)) {
    const workload = workloadOf(context, claims);
    if (workload !== undefined) holders.push({ workload, claims });
  }
  checkSharedAddresses(holders, faults);
  const inventory = inventoryOf(
    holders.map(({ workload }) => workload),
    sources.map(({ path, sha256 }) => ({ path, sha256 })),
  );
  return { inventory, diagnostics: finishFaults(faults) };
}

interface Context {
  readonly faults: Faults;
  readonly readers: ReadonlyMap<RawSource, LabelReader>;
  /** Equal label sets are one object; the key is their canonical text. */
  readonly labelSets: Map<string, ReadonlyMap<string, LabelValue>>;
  /** The same, by a label set as it was read: most records share one. */
  readonly knownSets: Map<ReadonlyMap<string, LabelValue>, ReadonlyMap<string, LabelValue>>;
  readonly shared: Merging["shared"];
  readonly required: readonly Label[];
}

const nameAt: Place = { path: ["name"], at: "value" };

/** What is said about each workload, in the order of names. */
function groupByName(sources: readonly RawSource[], faults: Faults): readonly (readonly Claim[])[] {
  const broken = new Set(sources.flatMap((source) => [...(source.broken ?? [])]));
  const groups = new Map<string, Claim[]>();
  for (const source of sources) {
    for (const [index, record] of source.records.entries()) {
      const claim = { source, index, record };
      const group = groups.get(record.name);
      if (group === undefined) {
        if (checkText(faults, claim, nameAt, record.name, "name")) {
          groups.set(record.name, [claim]);
        }
      } else if (group.at(-1)?.source !== source) group.push(claim);
      else reportTwice(group.at(-1) ?? claim, claim, faults);
    }
  }
  // What the others say of such a workload is only a part: what it lacks is no second fault.
  for (const name of broken) groups.delete(name);
  return [...groups].sort(([a], [b]) => compareTexts(a, b)).map(([, claims]) => claims);
}

function reportTwice(first: Claim, second: Claim, faults: Faults): void {
  const { path } = second.source;
  addFault(faults, second, nameAt, (span) => {
    const firstSpan = placeIn(first, nameAt);
    const { line } = positionAt(firstSpan.source, firstSpan.start);
    const parameters = { why: "twice", workload: second.record.name, path, line } as const;
    return diagnose("SEG809", span, parameters, {
      related: [{ message: "first here", span: firstSpan }],
    });
  });
}

function workloadOf(context: Context, claims: readonly Claim[]): Workload | undefined {
  const { faults } = context;
  const merging: Merging = { claims, faults, shared: context.shared };
  const [first] = claims;
  if (first === undefined) return undefined;
  const { name } = first.record;
  const labels = labelsOf(context, merging, first);
  const platform = mergeScalar(merging, "platform");
  if (platform === undefined) {
    addFault(faults, first, nameAt, (span) =>
      diagnose("SEG809", span, { why: "no-platform", workload: name }),
    );
    return undefined;
  }
  return {
    name,
    platform,
    labels,
    addresses: readAddresses(claims, faults),
    users: mergeAccounts(merging, "users"),
    groups: mergeAccounts(merging, "groups"),
    launcher: mergeScalar(merging, "launcher"),
    appTags: mergeScalar(merging, "app-tags"),
    interfaces: mergeInterfaces(merging),
    published: mergePublished(merging),
    balancer: claims.some(({ record }) => record.balancer === true),
    enforcers: mergeEnforcers(merging),
    span: new RecordSpan(first.source.locate, first.index),
  };
}

function labelsOf(context: Context, merging: Merging, first: Claim): Workload["labels"] {
  const { faults } = context;
  const { name } = first.record;
  const excused = new Set<string | undefined>();
  const readings = merging.claims.map((claim) => {
    const reading = context.readers.get(claim.source)?.(claim.record) ?? noLabels;
    for (const { place, label, make } of reading.faults) {
      excused.add(label);
      addFault(faults, claim, place, (span) => make(span, name));
    }
    return reading;
  });
  const merged = mergeLabels(merging, readings);
  checkRequired(context, first, { labels: merged, excused });
  return interned(context, merged);
}

const noLabels: LabelReading = { values: new Map(), origins: new Map(), faults: [] };

interface LabelsHeld {
  readonly labels: Workload["labels"];
  /** Labels that another fault has already spoken of. */
  readonly excused: ReadonlySet<string | undefined>;
}

/** SEG804: a label that every workload has. */
function checkRequired({ required, faults }: Context, first: Claim, held: LabelsHeld): void {
  for (const { name: label, span: declared } of required) {
    if (held.labels.has(label) || held.excused.has(label)) continue;
    const workload = first.record.name;
    addFault(faults, first, { path: [], at: "value" }, (span) =>
      diagnose(
        "SEG804",
        span,
        { why: "missing", workload, label },
        {
          related: [{ message: "declared here", span: declared }],
        },
      ),
    );
  }
}

/** The one object for label sets equal to this one. */
function interned(
  { labelSets, knownSets }: Context,
  labels: ReadonlyMap<string, LabelValue>,
): ReadonlyMap<string, LabelValue> {
  const known = knownSets.get(labels);
  if (known !== undefined) return known;
  const sorted = [...labels].sort(([a], [b]) => compareTexts(a, b));
  const key = JSON.stringify(sorted);
  const kept = labelSets.get(key) ?? new Map(sorted);
  labelSets.set(key, kept);
  knownSets.set(labels, kept);
  return kept;
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The place of a record, found when it is asked for: most are never shown. */
class RecordSpan implements Span {
  readonly #locate: Locator;
  readonly #index: number;
  #found: Span | undefined;

  constructor(locate: Locator, index: number) {
    this.#locate = locate;
    this.#index = index;
  }
  get #span(): Span {
    this.#found ??= this.#locate.value(this.#index, []);
    return this.#found;
  }
  get source(): SourceFile {
    return this.#span.source;
  }
  get start(): number {
    return this.#span.start;
  }
  get end(): number {
    return this.#span.end;
  }
}
