// The manifest of a folder of artefacts -> lines for people; its bytes back to data.
import type { ArtefactEntry, Manifest } from "../compiler/manifest.ts";
import type { Style } from "../diagnostics/render-style.ts";
import { counted, listed } from "./counted.ts";
import { tableLines } from "./table.ts";

const workloadsShown = 3;

/** One line per enforcer class, and what this run made nothing for. */
export function manifestLines({ artefacts, notCompiled, relies }: Manifest, style: Style) {
  const right = (title: string) => ({ title, align: "right" as const });
  const columns = [
    { title: "target" },
    { title: "class" },
    ...["files", "rules", "elements", "bytes"].map(right),
    { title: "workloads" },
  ];
  const rows = artefacts.map((entry) => [
    entry.target,
    entry.id,
    ...[entry.files.length, entry.rules, entry.elements, entry.bytes].map(String),
    namesOf(entry.workloads),
  ]);
  return [
    ...(rows.length === 0 ? [] : tableLines(columns, rows, style.faint)),
    ...notCompiled.map(({ kind, workloads }) =>
      style.warning(`nothing made for ${kind} (${counted(workloads, "workload")})`),
    ),
    ...relies.flatMap((entry) =>
      entry.notCompiled.map(({ kind, workloads }) =>
        style.warning(
          entry.programs.length === 0
            ? `${entry.rule}: ${listed(entry.artefacts)} lets in ${counted(workloads, "workload")} that only ${kind} at their own end holds back`
            : `${entry.rule}: only ${kind} tells ${listed(entry.programs)} apart on ${counted(workloads, "workload")}; ${counted(entry.artefacts.length, "artefact")} would let every process there through`,
        ),
      ),
    ),
  ];
}

/** For each target of which something is not proved to be as little as there can be: what is known. */
export function gapLines({ artefacts }: Manifest): readonly string[] {
  const targets = [...new Set(artefacts.map(({ target }) => target))];
  return targets.flatMap((target): readonly string[] => {
    const counts = artefacts.flatMap((one) => (one.target === target ? (one.minimised ?? []) : []));
    if (counts.every(({ optimal }) => optimal)) return [];
    const sum = (of: "before" | "after" | "lowerBound") =>
      counts.reduce((all, one) => all + one[of], 0);
    const what = target === "aws" ? "rules and groups" : "blocks of peers and services";
    return [
      `${target}: ${sum("after")} ${what}, ${sum("before")} without minimising; there cannot be fewer than ${sum("lowerBound")}`,
    ];
  });
}

/** How many artefacts need not be loaded whole after those of an earlier compile. */
export function updateLine({ artefacts }: Manifest): string {
  const updates = artefacts.flatMap(({ update }) => update ?? []);
  const sum = (of: "added" | "removed") => updates.reduce((all, one) => all + one[of], 0);
  return `${updates.length} of ${counted(artefacts.length, "artefact")} can be updated in place: ${counted(sum("added"), "element")} added, ${sum("removed")} removed`;
}

/** `nothing ends`, or what ends first. */
export function nextEnd({ expires }: Manifest): string {
  const day = expires[0]?.until;
  if (day === undefined) return "nothing in it ends by itself";
  const names = expires
    .filter((entry) => entry.until === day)
    .map(({ kind, name }) => (kind === "observe" ? `observe of ${name}` : name));
  return `${listed(names)} ${names.length === 1 ? "ends" : "end"} first, after ${day}`;
}

function namesOf(workloads: readonly string[]): string {
  const shown = workloads.slice(0, workloadsShown).join(", ");
  const more = workloads.length - workloadsShown;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

/** The manifest of these bytes, or undefined when segc did not write them. */
export function readManifest(text: string): Manifest | undefined {
  const value = parsed(text);
  if (!isManifest(value)) return undefined;
  const { artefacts, relies = [] } = value;
  return { ...value, artefacts: artefacts.map(withFormat), relies };
}

/** Manifests from before artefacts had a format, or relied on each other, are of the first. */
const withFormat = (entry: ArtefactEntry): ArtefactEntry => ({
  ...entry,
  format: entry.format ?? 1,
});

/** Every path that the manifest speaks for, itself left out. */
export function listedPaths({ artefacts }: Manifest): readonly string[] {
  return artefacts.flatMap((entry) => entry.files.map((file) => file.path));
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** All that later steps rely on; a manifest is written by segc alone and never edited. */
function isManifest(value: unknown): value is Manifest {
  return (
    hasFields(value, { segc: "string", now: "string" }) &&
    Object(value).formatVersion === 1 &&
    isList(Object(value).inputs, (input) =>
      hasFields(input, { path: "string", sha256: "string" }),
    ) &&
    isList(Object(value).expires, (end) => hasFields(end, { name: "string", until: "string" })) &&
    isList(Object(value).artefacts, isArtefact) &&
    isList(Object(value).relies ?? [], (entry) => hasFields(entry, { rule: "string" }))
  );
}

function isArtefact(value: unknown): boolean {
  const { files, workloads, expires } = Object(value);
  const file = { path: "string", sha256: "string", bytes: "number", executable: "boolean" };
  return (
    hasFields(value, { target: "string", id: "string" }) &&
    isList(files, (each) => hasFields(each, file)) &&
    isList(workloads, (name) => typeof name === "string") &&
    isList(expires, (end) => hasFields(end, { rule: "string", until: "string" }))
  );
}

const isList = (value: unknown, holds: (item: unknown) => boolean) =>
  Array.isArray(value) && value.every(holds);

function hasFields(value: unknown, types: Readonly<Record<string, string>>): boolean {
  return Object.entries(types).every(([name, type]) => typeof Object(value)[name] === type);
}
