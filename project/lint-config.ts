// The part of segc.yaml about `segc lint`: levels by code, thresholds, who administers hosts and how.
import {
  portInterval,
  protocols,
  type ServiceSet,
  serviceSet,
} from "../compiler/sets/service-set.ts";
import type { ProjectFault } from "../diagnostics/messages/project.ts";
import { type Code, registry } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { Document, Path } from "./document.ts";

/** What the project wants of `segc lint`; what it leaves out has defaults there. */
export interface LintConfig {
  /** By code. */
  readonly levels: ReadonlyMap<string, LintLevel>;
  readonly endingDays?: number;
  readonly stagedDays?: number;
  readonly observeDays?: number;
  readonly inventoryDays?: number;
  /** `module.name`. */
  readonly adminHosts?: { readonly segment: string; readonly span: Span };
  /** `tcp/22`, `tcp/5985-5986`. */
  readonly adminPorts?: readonly string[];
}

export type LintLevel = "error" | "warning" | "off";

/** `lint` in segc.yaml. */
export interface RawLint {
  readonly rules?: Readonly<Record<string, LintLevel>>;
  readonly endingDays?: number;
  readonly stagedDays?: number;
  readonly observeDays?: number;
  readonly inventoryDays?: number;
  readonly adminHosts?: string;
  readonly adminPorts?: readonly string[];
}

/** What segc.yaml says; what it leaves out is left out. */
export function lintConfigOf(raw: RawLint, valueAt: (path: Path) => Span): LintConfig {
  const { rules = {}, adminHosts, ...others } = raw;
  const segment = adminHosts;
  return {
    ...others,
    levels: new Map(Object.entries(rules)),
    ...(segment === undefined
      ? {}
      : { adminHosts: { segment, span: valueAt(["lint", "adminHosts"]) } }),
  };
}

interface Fault {
  readonly span: Span;
  readonly parameters: ProjectFault;
}

/** The levels that codes may have, and what is wrong with the others. */
export function soundLevels(
  levels: LintConfig["levels"],
  { valueAt, keyAt }: Pick<Document, "valueAt" | "keyAt">,
): { readonly levels: LintConfig["levels"]; readonly faults: readonly Fault[] } {
  const sound = new Map<string, LintLevel>();
  const faults: Fault[] = [];
  for (const [code, level] of levels) {
    const path = ["lint", "rules", code];
    const parameters = levelFault(code, level);
    if (parameters === undefined) sound.set(code, level);
    else {
      const span = parameters.why === "never-off" ? valueAt(path) : keyAt(path);
      faults.push({ span, parameters });
    }
  }
  return { levels: sound, faults };
}

function levelFault(code: string, level: LintLevel): ProjectFault | undefined {
  if (!Object.hasOwn(registry, code)) {
    return { why: "no-code", code, suggestion: didYouMean(code, Object.keys(registry)) };
  }
  const entry: { severity: string; verb: string; either?: true } = registry[code as Code]; // it has it
  if (entry.verb === "compile") return { why: "fixed-level", code, is: "compile" };
  if (entry.severity === "error" && entry.either !== true) {
    return { why: "fixed-level", code, is: "error" };
  }
  return level === "off" && /^SEG[456]/.test(code) ? { why: "never-off", code } : undefined;
}

/** Ports that no packet has, or ranges that end before they begin. */
export function portFaults(
  { adminPorts = [] }: LintConfig,
  { valueAt }: Pick<Document, "valueAt">,
): readonly Fault[] {
  return adminPorts.flatMap((text, index) => {
    const { first, last } = portsIn(text);
    if (first >= 1 && first <= last && last <= 65535) return [];
    return [
      { span: valueAt(["lint", "adminPorts", index]), parameters: { why: "no-ports", text } },
    ];
  });
}

/** The services of ports that are sound. */
export function servicesOf(texts: readonly string[]): ServiceSet {
  return serviceSet(
    texts.map((text) => {
      const { protocol, first, last } = portsIn(text);
      return portInterval(protocols[protocol], first, last);
    }),
  );
}

/** The schema has seen to the form. */
function portsIn(text: string) {
  const [, range = ""] = text.split("/");
  const [first = "", last = first] = range.split("-");
  const protocol = text.startsWith("udp") ? "udp" : "tcp";
  return { protocol, first: Number(first), last: Number(last) } as const;
}
