// One inventory file, as segc.yaml lists it, to a raw source: text, format, envelope, and every
// record held against the schema. Faulty records are left out and reported.
import type { Locator, RawRecord, RawSource } from "../compiler/inventory/raw.ts";
import { isRecord, recordFaults } from "../compiler/inventory/validate.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { InventoryConfig } from "./config.ts";
import { type Document, faultsMax, type ReadFault } from "./document.ts";
import type { Files } from "./files.ts";
import { type ConfigRead, formatOf } from "./read-config.ts";
import { type FlatTable, readCsv } from "./read-csv.ts";
import { ec2Records, instancesKey, interfacesKey } from "./read-ec2.ts";
import { readJson } from "./read-json.ts";
import { readText } from "./read-text.ts";
import { readYaml } from "./read-yaml.ts";

export interface InventoryRead {
  /** Undefined where nothing of the file could be used. */
  readonly source: RawSource | undefined;
  /** Further files that were read. */
  readonly inputs: readonly { readonly path: string; readonly sha256: string }[];
  readonly diagnostics: readonly Diagnostic[];
}

const listKey = "workloads";

/** Reads the inventory file that an entry of segc.yaml names. */
export function readInventory(
  files: Files,
  config: InventoryConfig,
  read: ConfigRead,
): InventoryRead {
  const format = formatOf(config.file);
  const namedAt = read.valueAt([...config.path, "file"]);
  const kind = format === "yaml" ? "yaml" : "inventory";
  const text = readText(files, config.file, { kind, namedAt });
  if (!text.ok) return { ...nothingRead, diagnostics: [text.diagnostic] };
  const more = config.reader === "ec2" ? instancesOf(files, config, read) : none;
  if (more.diagnostic !== undefined) return { ...nothingRead, diagnostics: [more.diagnostic] };
  const records =
    config.reader === "ec2"
      ? ec2Interfaces(text.source, more.source, config.realm)
      : format === "csv"
        ? csvRecords(text.source)
        : documentRecords(text.source, format);
  return {
    inputs: more.inputs,
    source: {
      path: config.file,
      sha256: text.sha256,
      records: records.records,
      broken: records.broken,
      sets: config.sets?.map((label, index) => ({
        label,
        span: read.valueAt([...config.path, "sets", index]),
      })),
      realm: config.realm ?? "default",
      tags: config.tags.map((mapping) => ({
        ...mapping,
        span: read.valueAt([...config.path, "tags", mapping.tag]),
      })),
      isFlat: format === "csv",
      locate: records.locate,
    },
    diagnostics: records.diagnostics,
  };
}

const nothingRead = { source: undefined, inputs: [] };
const none = { inputs: [], source: undefined, diagnostic: undefined };

/** The second file of a source that takes one. */
function instancesOf(files: Files, { instances, path }: InventoryConfig, read: ConfigRead) {
  if (instances === undefined) return none;
  const namedAt = read.valueAt([...path, "instances"]);
  const text = readText(files, instances, { kind: "inventory", namedAt });
  if (!text.ok) return { ...none, diagnostic: text.diagnostic };
  const inputs = [{ path: instances, sha256: text.sha256 }];
  return { inputs, source: text.source, diagnostic: undefined };
}

function ec2Interfaces(
  source: SourceFile,
  instances: SourceFile | undefined,
  realm: string | undefined,
): Records {
  const own = readJson(source, interfacesKey);
  if (!own.ok) return unusable(source, own.faults.map(readFault));
  const machines = instances && readJson(instances, instancesKey);
  if (machines?.ok === false) return unusable(source, machines.faults.map(readFault));
  const { document } = own;
  const found = ec2Records(
    { path: source.path, value: document.value },
    machines && instances && { path: instances.path, value: machines.document.value },
    realm,
  );
  if (!found.ok) {
    const start: Span = { source, start: 0, end: 0 };
    return unusable(source, [diagnose("SEG809", start, found.fault)]);
  }
  const value = (record: number) => document.valueAt([interfacesKey, record]);
  return soundRecords(found.records, { value, key: value });
}

interface Records {
  readonly records: readonly RawRecord[];
  readonly broken: ReadonlySet<string>;
  readonly locate: Locator;
  readonly diagnostics: readonly Diagnostic[];
}

function documentRecords(source: SourceFile, format: "yaml" | "json" | undefined): Records {
  const read = format === "json" ? readJson(source, listKey) : readYaml(source);
  if (!read.ok) return unusable(source, read.faults.map(readFault));
  const { document } = read;
  const { value } = document;
  const envelope = Array.isArray(value) ? [] : envelopeFaults(document);
  if (envelope.length > 0) return unusable(source, envelope);
  const isList = Array.isArray(value);
  // Without a fault the envelope is a list, or a mapping with one under `listKey`.
  const list = (
    isList ? value : (value as Readonly<Record<string, unknown>>)[listKey]
  ) as readonly unknown[];
  const prefix = isList ? [] : [listKey];
  return soundRecords(list, {
    value: (record, path) => document.valueAt([...prefix, record, ...path]),
    key: (record, path) => document.keyAt([...prefix, record, ...path]),
  });
}

function csvRecords(source: SourceFile): Records {
  const read = readCsv(source);
  if (!read.ok) return unusable(source, read.diagnostics);
  const table: FlatTable = read.table;
  const records = soundRecords(table.records, table.locate);
  return { ...records, diagnostics: [...table.diagnostics, ...records.diagnostics] };
}

function unusable(source: SourceFile, diagnostics: readonly Diagnostic[]): Records {
  const start: Span = { source, start: 0, end: 0 };
  return {
    records: [],
    broken: new Set(),
    locate: { value: () => start, key: () => start },
    diagnostics,
  };
}

function readFault({ span, fault, first }: ReadFault): Diagnostic {
  const related = first === undefined ? {} : { related: [{ message: "first here", span: first }] };
  return diagnose("SEG809", span, fault, related);
}

/** What is wrong around the list of records. */
function envelopeFaults({ source, value, valueAt, keyAt }: Document): readonly Diagnostic[] {
  const { path } = source;
  const own = Object.entries(Object(value));
  if (!own.some(([key, list]) => key === listKey && Array.isArray(list))) {
    return [diagnose("SEG809", valueAt([listKey]), { why: "format", path })];
  }
  const allowed = [listKey, "source"];
  return own
    .map(([key]) => key)
    .filter((key) => key !== "$schema" && !allowed.includes(key))
    .map((key) => {
      const suggestion = didYouMean(key, allowed);
      return diagnose("SEG809", keyAt([key]), { why: "unknown-key", key, suggestion, allowed });
    });
}

/** The records that are as the schema says; the locator counts only those. */
function soundRecords(list: readonly unknown[], locate: Locator): Records {
  const records: RawRecord[] = [];
  const indexes: number[] = [];
  const broken = new Set<string>();
  const diagnostics: Diagnostic[] = [];
  let hidden = 0;
  let last = 0;
  for (const [index, value] of list.entries()) {
    if (isRecord(value)) {
      records.push(value);
      indexes.push(index);
      continue;
    }
    last = index;
    const name: unknown = Object(value).name;
    if (typeof name === "string") broken.add(name);
    for (const { path, at, fault } of recordFaults(value)) {
      if (diagnostics.length >= faultsMax) hidden++;
      else diagnostics.push(diagnose("SEG809", locate[at](index, path), fault));
    }
  }
  diagnostics.sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
  if (hidden > 0) {
    diagnostics.push(diagnose("SEG809", locate.value(last, []), { why: "more", count: hidden }));
  }
  if (records.length === list.length) return { records, broken, locate, diagnostics };
  const original = (record: number) => indexes[record] ?? 0;
  return {
    records,
    broken,
    locate: {
      value: (record, path) => locate.value(original(record), path),
      key: (record, path) => locate.key(original(record), path),
    },
    diagnostics,
  };
}
