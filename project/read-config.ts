// segc.yaml to a typed configuration. Every fault is shown at the value that is wrong.
import { faultsOf } from "../compiler/inventory/schema-fault.ts";
import { type AwsLimits, awsDefaults, awsProductMax, type Limit } from "../compiler/quotas.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { ProjectFault } from "../diagnostics/messages/project.ts";
import type { SchemaFault } from "../diagnostics/messages/schema.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import { configOf, emptyConfig, type ProjectConfig, type RawConfig } from "./config.ts";
import type { Document, Path, ReadFault } from "./document.ts";
import { portFaults, soundLevels } from "./lint-config.ts";
import { readYaml } from "./read-yaml.ts";
import { validateProject } from "./validate.gen.ts";

export interface ConfigRead {
  /** What could be used; empty parts stand in for the rest. */
  readonly config: ProjectConfig;
  readonly diagnostics: readonly Diagnostic[];
  /** Where something of segc.yaml stands. */
  readonly valueAt: (path: Path) => Span;
  readonly keyAt: (path: Path) => Span;
}

/** Reads the text of segc.yaml. */
export function readConfig(source: SourceFile): ConfigRead {
  const read = readYaml(source);
  const start: Span = { source, start: 0, end: 0 };
  if (!read.ok) {
    const diagnostics = read.faults.map((fault) => readFault(fault));
    return { config: emptyConfig, diagnostics, valueAt: () => start, keyAt: () => start };
  }
  const { document } = read;
  const { valueAt, keyAt } = document;
  const schemaFaults = faultsOf(validateProject, document.value);
  if (schemaFaults.length > 0) {
    const diagnostics = schemaFaults
      .map(({ path, at, fault }) =>
        diagnose("SEG810", at === "key" ? keyAt(path) : valueAt(path), fault),
      )
      .sort((a, b) => (a.span?.start ?? 0) - (b.span?.start ?? 0));
    return { config: emptyConfig, diagnostics, valueAt, keyAt };
  }
  // The validator has just guaranteed the shape.
  const config = configOf(document.value as RawConfig, valueAt);
  return { ...withSoundPaths(config, document), valueAt, keyAt };
}

function readFault({ span, fault, first, firstValue, path }: ReadFault): Diagnostic {
  const related = first === undefined ? {} : { related: [{ message: "first here", span: first }] };
  if (fault.why === "duplicate-key" && firstValue !== undefined && path?.join() === "modules") {
    const parameters = { why: "twice", module: fault.key, other: firstValue } as const;
    return diagnose("SEG210", span, parameters, related);
  }
  return diagnose("SEG810", span, fault, related);
}

/** Leaves out, and reports, modules and inventory files that no project may have. */
function withSoundPaths(
  config: ProjectConfig,
  { valueAt, keyAt }: Document,
): Pick<ConfigRead, "config" | "diagnostics"> {
  const diagnostics: Diagnostic[] = [];
  const fault = (span: Span, parameters: SchemaFault | ProjectFault) => {
    diagnostics.push(diagnose("SEG810", span, parameters));
  };
  const modules = new Map<string, string>();
  const paths = new Set<string>();
  for (const [name, path] of config.modules) {
    const at: Path = ["modules", name];
    if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
      fault(keyAt(at), { why: "not-a-name", key: "modules", found: name });
    } else if (!isInside(path)) fault(valueAt(at), { why: "outside", path });
    else if (paths.has(path)) fault(valueAt(at), { why: "file-twice", path });
    else modules.set(name, path);
    paths.add(path);
  }
  if (config.modules.size === 0) {
    fault(valueAt(["modules"]), { why: "missing-key", key: "NAME: NAME.seg", of: "`modules`" });
  }
  const inventory = config.inventory.filter(({ file, reader, instances, path }) => {
    const span = valueAt([...path, "file"]);
    const more = valueAt([...path, "instances"]);
    if (instances !== undefined && reader === undefined) {
      fault(keyAt([...path, "instances"]), { why: "needs-reader", key: "instances" });
    }
    if (instances !== undefined && !isInside(instances)) {
      fault(more, { why: "outside", path: instances });
      return false;
    }
    if (instances !== undefined && (paths.has(instances) || instances === file)) {
      fault(more, { why: "file-twice", path: instances });
      return false;
    }
    if (reader !== undefined && formatOf(file) !== "json") {
      fault(span, { why: "not-json", path: file });
      return false;
    }
    if (instances !== undefined) paths.add(instances);
    if (!isInside(file)) fault(span, { why: "outside", path: file });
    else if (paths.has(file)) fault(span, { why: "file-twice", path: file });
    else if (formatOf(file) === undefined) fault(span, { why: "no-inventory-format", path: file });
    else {
      paths.add(file);
      return true;
    }
    return false;
  });
  const { foreign, accepted = {} } = config.aws;
  for (const key of Object.keys(accepted)) {
    const at: Path = ["targets", "aws", "accepted", key];
    if (foreign !== "additive") fault(keyAt(at.slice(0, 3)), { why: "needs-additive" });
    if (!/^sg-[0-9a-f]{1,32}$/.test(key)) fault(keyAt(at), { why: "no-group-id", key });
  }
  const at = { valueAt, keyAt };
  const { levels, faults } = soundLevels(config.lint.levels, at);
  for (const { span, parameters } of [...faults, ...portFaults(config.lint, at)]) {
    fault(span, parameters);
  }
  for (const parameters of limitFaults(config.limits)) {
    fault(valueAt(["quotas", "aws"]), parameters);
  }
  const lint = { ...config.lint, levels };
  return { config: { ...config, modules, inventory, lint }, diagnostics };
}

/** Quotas that no account can have. */
function limitFaults(limits: readonly Limit[]): readonly ProjectFault[] {
  if (limits.length === 0) return [];
  const stated = limits.map(({ name, value }) => [name, value] as const);
  const { rulesPerGroup, groupsPerInterface, reserveSlots }: AwsLimits = {
    ...awsDefaults,
    ...Object.fromEntries(stated),
  };
  const [rules, groups, max] = [rulesPerGroup, groupsPerInterface, awsProductMax];
  return [
    ...(rules * groups > max ? [{ why: "aws-product", rules, groups, max } as const] : []),
    ...(reserveSlots >= groups
      ? [{ why: "aws-no-slot", groups, reserved: reserveSlots } as const]
      : []),
  ];
}

/** Relative, with forward slashes, and below the project folder. */
function isInside(path: string): boolean {
  if (path === "" || /[\\\p{Cc}]/u.test(path) || /^[a-zA-Z]:/.test(path)) return false;
  return path.split("/").every((step) => step !== "" && step !== "." && step !== "..");
}

export type InventoryFormat = "yaml" | "json" | "csv";

/** The format that the ending of a file's name says. */
export function formatOf(path: string): InventoryFormat | undefined {
  const ending = /\.([a-z]+)$/i.exec(path)?.[1]?.toLowerCase();
  if (ending === "yml") return "yaml";
  return ending === "yaml" || ending === "json" || ending === "csv" ? ending : undefined;
}
