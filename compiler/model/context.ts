// What every check of the model works with: the project's names, the meanings found so far, and a
// place to report to. Reports from a template instance are held apart, because what is wrong in
// the template itself is said once and not for each `use`.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { compareSpans, type Span } from "../../diagnostics/source.ts";
import type { ServiceSet } from "../sets/service-set.ts";
import type {
  InstanceScope,
  ModuleScope,
  ProgramItem,
  Scope,
  SegmentItem,
  ServiceItem,
  Template,
  Use,
} from "./scope.ts";
import type { EndpointSet, Label, Module, Program } from "./types.ts";

/** What a set expression means, and what its type forbids. */
export interface CheckedSet {
  readonly set: EndpointSet;
  /**
   * `workloads`: the sub-kind Workloads of language.md 6.2; `processes`: the same, with `@`
   * somewhere in it; `endpoints`: anything else.
   */
  readonly sort: "workloads" | "processes" | "endpoints";
  readonly hasNames: boolean;
  readonly hasProgram: boolean;
  /** Depends on a template parameter that has no argument yet. */
  readonly isOpen: boolean;
  /** Levels of sets within sets, through names too. */
  readonly depth: number;
  /** Canonical text, or its hash where it is long. Equal keys are equal sets. */
  readonly key: string;
}

export interface CheckedService {
  readonly service: ServiceSet;
  /** An ICMP reply or error type named in it (SEG310 in an `allow`), as written. */
  readonly reply: string | undefined;
  readonly key: string;
}

/** The project while its model is being built. A missing entry means: wrong, and reported. */
export interface Build {
  readonly modules: ReadonlyMap<string, ModuleScope>;
  readonly root: ModuleScope | undefined;
  /** Names of modules that exist for segc.yaml or in a refused file, but not for the model. */
  readonly refusedModules: ReadonlySet<string>;
  readonly authored: ReadonlyMap<ModuleScope, Module>;
  /** Modules that import each other: reported, so what is defined in circles there is not. */
  readonly cyclicModules: Set<ModuleScope>;
  readonly labels: Map<string, Label>;
  readonly refusedLabels: Set<string>;
  /** Names only; what a team owns is found out later. */
  readonly teams: Map<string, Span>;
  readonly refusedTeams: Set<string>;
  readonly instances: Map<Use, InstanceScope>;
  /** One per template: its body with opaque arguments. */
  readonly bodies: Map<Template, InstanceScope>;
  readonly sets: Map<SegmentItem, CheckedSet>;
  readonly services: Map<ServiceItem, CheckedService>;
  readonly programs: Map<ProgramItem, Program>;
  /** Sets by key: equal ones are one object. */
  readonly interned: Map<string, EndpointSet>;
  /** Values of open labels, where they are written. */
  readonly openValues: OpenValue[];
  readonly reports: Report[];
}

/** `app is crm` with an open label: right or wrong only in an inventory (SEG302). */
export interface OpenValue {
  readonly label: Label;
  readonly value: string;
  readonly span: Span;
}

interface Report {
  readonly diagnostic: Diagnostic;
  readonly instance: InstanceScope | undefined;
}

/** A place in the project where something is being checked. */
export interface Context {
  readonly build: Build;
  readonly scope: Scope;
}

/** Reports a problem found while checking in `context.scope`. */
export function report(context: Context, diagnostic: Diagnostic): void {
  const { scope } = context;
  const instance = scope.kind === "instance" ? scope : undefined;
  context.build.reports.push({ diagnostic, instance });
}

/**
 * Every report once, in source order. A template's own faults win over those of its instances;
 * what only certain arguments cause is reported for each `use`, which is named.
 */
export function finishReports(reports: readonly Report[]): readonly Diagnostic[] {
  const known = new Set<string>();
  const kept: Diagnostic[] = [];
  const keep = (key: string, diagnostic: Diagnostic) => {
    if (known.has(key)) return;
    known.add(key);
    kept.push(diagnostic);
  };
  const own = reports.filter(({ diagnostic }) => !isMisspelt(diagnostic));
  for (const { diagnostic, instance } of own) {
    if (instance?.use === undefined) keep(keyOf(diagnostic), diagnostic);
  }
  for (const { diagnostic, instance } of own) {
    const use = instance?.use;
    if (use === undefined || known.has(keyOf(diagnostic))) continue;
    const key = `${use.module.name}.${use.name}: ${keyOf(diagnostic)}`;
    const related = { message: `with the arguments of \`${use.name}\``, span: use.nameSpan };
    keep(key, { ...diagnostic, related: [...(diagnostic.related ?? []), related] });
  }
  return kept.sort(compareDiagnostics);
}

/** What a name that is not written as one may mean (`Web`, SEG108) is no second problem. */
function isMisspelt({ code, span }: Diagnostic): boolean {
  if (span === undefined || !unknownNames.has(code)) return false;
  if (span.end - span.start > nameLengthMax) return false; // patterns have a stack, too
  const text = span.source.text.slice(span.start, span.end);
  return /^\$?[\p{L}\p{M}\p{N}_.-]+$/u.test(text) && !properName.test(text);
}

const nameLengthMax = 1000;
const unknownNames: ReadonlySet<string> = new Set(["SEG201", "SEG301", "SEG309", "SEG802"]);
const properName = /^\$?[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?:\.[a-z][a-z0-9]*(?:-[a-z0-9]+)*)*$/;

function keyOf(diagnostic: Diagnostic): string {
  const { span } = diagnostic;
  const place = span === undefined ? diagnostic.message : `${span.start}-${span.end}`;
  return `${diagnostic.code} ${span?.source.path} ${place}`;
}

function compareDiagnostics(a: Diagnostic, b: Diagnostic): number {
  if (a.span === undefined || b.span === undefined) {
    return (a.span === undefined ? 0 : 1) - (b.span === undefined ? 0 : 1);
  }
  return compareSpans(a.span, b.span) || (a.code < b.code ? -1 : a.code > b.code ? 1 : 0);
}
