// segc.yaml as typed data. Its JSON Schema is `schemas/project.schema.json`.
import { type NetworkLinks, noLinks } from "../compiler/plan/network-links.ts";
import type { TargetSettings } from "../compiler/plan/target.ts";
import type { Limit, Quota } from "../compiler/quotas.ts";
import type { Span } from "../diagnostics/source.ts";
import type { Path } from "./document.ts";
import { type LintConfig, lintConfigOf, type RawLint } from "./lint-config.ts";

export interface ProjectConfig {
  readonly edition: 1;
  /** Undefined where segc.yaml leaves it out: then the one module that says `root`. */
  readonly root: string | undefined;
  /** Module name to path, in the order of segc.yaml. */
  readonly modules: ReadonlyMap<string, string>;
  readonly inventory: readonly InventoryConfig[];
  readonly targets: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** Options of the target `aws`. */
  readonly aws: AwsConfig;
  readonly quotas: readonly Quota[];
  readonly limits: readonly Limit[];
  /** Networks whose groups may name each other. */
  readonly links: NetworkLinks;
  /** How often `segc expire` runs; undefined where nobody promised. */
  readonly expirySchedule: string | undefined;
  readonly settings: TargetSettings;
  readonly environments: Readonly<Record<string, unknown>>;
  readonly lint: LintConfig;
}

export interface AwsConfig {
  /** Whose groups those of this project are: the value of a tag. */
  readonly owner?: string;
  /** Seconds after which every interface is taken to have what a call changed. */
  readonly settle?: number;
  /** Whether interfaces keep groups of others. */
  readonly foreign?: "exclusive" | "additive";
  /** Groups of others whose excess somebody answers for: ids, and why. */
  readonly accepted?: Readonly<Record<string, string>>;
  readonly peerings?: NetworkLinks["peerings"];
  readonly transitGateways?: NetworkLinks["transitGateways"];
}

export interface InventoryConfig {
  readonly file: string;
  /** Undefined: a list of workloads. */
  readonly reader: "ec2" | undefined;
  /** A second file that the reader takes. */
  readonly instances: string | undefined;
  /** Labels that it may set; undefined for all. */
  readonly sets: readonly string[] | undefined;
  /** Realm of addresses that name none. */
  readonly realm: string | undefined;
  readonly tags: readonly TagConfig[];
  /** Path of this entry in segc.yaml, for messages. */
  readonly path: readonly (string | number)[];
}

export interface TagConfig {
  readonly tag: string;
  readonly label: string;
  readonly values: ReadonlyMap<string, string>;
}

/** segc.yaml as the schema describes it. */
export interface RawConfig {
  readonly edition: 1;
  readonly root?: string;
  readonly modules: Readonly<Record<string, string>>;
  readonly inventory?: RawInventoryConfig | readonly RawInventoryConfig[];
  readonly targets?: Readonly<Record<string, Readonly<Record<string, unknown>>>> & {
    readonly aws?: AwsConfig;
    readonly windows?: TargetSettings;
  };
  readonly quotas?: Readonly<
    Partial<Record<Quota["target"], Readonly<Partial<Record<Quota["of"], number>>>>>
  > & { readonly aws?: Readonly<Partial<Record<Limit["name"], number>>> };
  readonly expiry?: { readonly schedule: string };
  readonly environments?: Readonly<Record<string, unknown>>;
  readonly lint?: RawLint;
}

export type RawInventoryConfig =
  | string
  | {
      readonly file: string;
      readonly reader?: "ec2";
      readonly instances?: string;
      readonly sets?: readonly string[];
      readonly realm?: string;
      readonly tags?: Readonly<Record<string, RawTagConfig>>;
    };

export type RawTagConfig =
  | string
  | { readonly label: string; readonly values?: Readonly<Record<string, string>> };

/** What stands in for a segc.yaml that cannot be used. */
export const emptyConfig: ProjectConfig = {
  edition: 1,
  root: undefined,
  modules: new Map(),
  inventory: [],
  targets: {},
  aws: {},
  quotas: [],
  limits: [],
  links: noLinks,
  expirySchedule: undefined,
  settings: {},
  environments: {},
  lint: { levels: new Map() },
};

/** Spells out what segc.yaml abbreviates; `valueAt` says where something of it stands. */
export function configOf(raw: RawConfig, valueAt: (path: Path) => Span): ProjectConfig {
  return {
    edition: raw.edition,
    root: raw.root,
    modules: new Map(Object.entries(raw.modules)),
    inventory: inventoryConfigs(raw.inventory),
    targets: raw.targets ?? {},
    aws: raw.targets?.aws ?? {},
    quotas: quotasOf(raw.quotas ?? {}, valueAt),
    limits: limitsOf(raw.quotas ?? {}, valueAt),
    links: linksIn(raw.targets?.aws ?? {}),
    expirySchedule: raw.expiry?.schedule,
    settings: raw.targets?.windows ?? {},
    environments: raw.environments ?? {},
    lint: lintConfigOf(raw.lint ?? {}, valueAt),
  };
}

const linksIn = ({ peerings = [], transitGateways = [] }: AwsConfig): NetworkLinks => ({
  peerings,
  transitGateways,
});

function quotasOf(
  raw: NonNullable<RawConfig["quotas"]>,
  valueAt: (path: Path) => Span,
): readonly Quota[] {
  return (["iptables", "nftables", "windows"] as const).flatMap((target) =>
    (["rules", "elements", "bytes"] as const).flatMap((of) => {
      const limit = raw[target]?.[of];
      return limit === undefined
        ? []
        : [{ target, of, limit, span: valueAt(["quotas", target, of]) }];
    }),
  );
}

const limitNames = [
  "rulesPerGroup",
  "groupsPerInterface",
  "reserveSlots",
  "prefixLists",
] as const satisfies readonly Limit["name"][];

function limitsOf(
  raw: NonNullable<RawConfig["quotas"]>,
  valueAt: (path: Path) => Span,
): readonly Limit[] {
  return limitNames.flatMap((name) => {
    const value = raw.aws?.[name];
    const span = valueAt(["quotas", "aws", name]);
    return value === undefined ? [] : [{ target: "aws", name, value, span } as const];
  });
}

function inventoryConfigs(raw: RawConfig["inventory"]): readonly InventoryConfig[] {
  if (raw === undefined) return [];
  if (!Array.isArray(raw)) return [inventoryConfig(raw as RawInventoryConfig, ["inventory"])]; // no list: one entry
  return raw.map((entry: RawInventoryConfig, index) =>
    inventoryConfig(entry, ["inventory", index]),
  );
}

function inventoryConfig(raw: RawInventoryConfig, path: InventoryConfig["path"]): InventoryConfig {
  if (typeof raw === "string") {
    const others = { reader: undefined, instances: undefined, sets: undefined, realm: undefined };
    return { file: raw, ...others, tags: [], path };
  }
  const tags = Object.entries(raw.tags ?? {}).map(([tag, entry]) =>
    typeof entry === "string"
      ? { tag, label: entry, values: new Map<string, string>() }
      : { tag, label: entry.label, values: new Map(Object.entries(entry.values ?? {})) },
  );
  const { file, reader, instances, sets, realm } = raw;
  return { file, reader, instances, sets, realm, tags, path };
}
