// The checked model: every name resolved, every template expanded, every literal a value. Nothing
// here can be ill-typed; whoever reads it needs no error path (language.md section 6).
//
// INVARIANT: two uses of one segment share one EndpointSet object, so that readers may memoise
// what a set selects by object identity.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { Span } from "../../diagnostics/source.ts";
import type { FlowExpression, ProgramField } from "../../grammar/ast.ts";
import type { Direction, LabelValue, Platform } from "../inventory/types.ts";
import type { Cidr, Family } from "../sets/address.ts";
import type { ServiceSet } from "../sets/service-set.ts";

/** Calendar date in UTC, `YYYY-MM-DD`: comparing the texts compares the dates. */
export type UtcDate = string;

export interface Model {
  /** Sorted by name. */
  readonly modules: readonly Module[];
  readonly root: Module;
  readonly labels: ReadonlyMap<string, Label>;
  readonly teams: ReadonlyMap<string, Team>;
  readonly requirements: readonly Requirement[];
  readonly delegations: readonly Delegation[];
  readonly observations: readonly Observation[];
  /** Every named segment, those of template instances too, sorted by `qualified`. */
  readonly segments: readonly Segment[];
  /** Every named service, those of template instances too, sorted by `qualified`. */
  readonly services: readonly NamedService[];
  /** Every named program, sorted by `qualified`. */
  readonly programs: readonly Program[];
  /** Sorted by id; ids are unique (equal unnamed rules are one rule). */
  readonly rules: readonly Rule[];
  /** Sorted by id. */
  readonly guardrails: readonly Guardrail[];
  /** In module, then source order. */
  readonly tests: readonly PolicyTest[];
  /** `resolve` for text that is not in a module: `explain web -> api : https`. */
  readonly scope: ModelScope;
}

/** Resolves text typed by the user against the whole project (names as `module.name`, or bare
 * where only one module has the name). Implemented by the resolver. */
export interface ModelScope {
  readonly segment: (name: string) => EndpointSet | undefined;
  readonly service: (name: string) => ServiceSet | undefined;
  readonly program: (name: string) => Program | undefined;
  /** A whole flow; workloads can be named too. No flow when there are diagnostics. */
  readonly flow: (
    tree: FlowExpression,
    workloads: Iterable<string>,
  ) => { readonly flow: FlowSet | undefined; readonly diagnostics: readonly Diagnostic[] };
}

export interface Module {
  readonly name: string;
  readonly isRoot: boolean;
  /**
   * Team name; undefined only for a root without `by`, or where the header could not be read. The
   * team is not in `Model.teams` if it was found wrong: what it may do is then no question.
   */
  readonly by: string | undefined;
  readonly span: Span;
}

export interface Label {
  readonly name: string;
  readonly kind: "enum" | "set" | "name" | "string";
  readonly optional: boolean;
  /** Node or leaf name to the leaves it covers (itself for a leaf). Empty for name, string. */
  readonly nodes: ReadonlyMap<string, ReadonlySet<string>>;
  /** In declaration order. Empty for name, string. */
  readonly leaves: readonly string[];
  readonly span: Span;
}

export interface Team {
  readonly name: string;
  readonly owns: EndpointSet;
  /** Names of the modules it writes. */
  readonly writes: readonly string[];
  readonly span: Span;
}

export interface Requirement {
  readonly name: string;
  readonly of: EndpointSet;
  readonly have: Predicate;
  readonly span: Span;
}

export interface Delegation {
  readonly module: Module;
  readonly directions: readonly Direction[];
  readonly of: EndpointSet;
  /** `workloads` where the source says nothing. */
  readonly with: EndpointSet;
  readonly service: ServiceSet;
  /** Module names. */
  readonly to: readonly string[];
  readonly span: Span;
}

export interface Observation {
  readonly directions: readonly Direction[];
  readonly of: EndpointSet;
  readonly until: UtcDate;
  readonly because: string | undefined;
  readonly ticket: string | undefined;
  readonly span: Span;
}

export interface Segment {
  /** `crm.prod.web`: module, use where there is one, name. */
  readonly qualified: string;
  readonly module: Module;
  readonly exported: boolean;
  readonly set: EndpointSet;
  readonly span: Span;
}

export interface NamedService {
  readonly qualified: string;
  readonly module: Module;
  readonly service: ServiceSet;
  readonly span: Span;
}

export interface Program {
  /** `org.report-job`; for an inline program its canonical text. Equal keys are equal programs. */
  readonly key: string;
  /** As the user writes it; undefined for an inline program. */
  readonly name: string | undefined;
  /** Only the platforms it can run on. Fields sorted by name; a cgroup without outer slashes. */
  readonly alternatives: ReadonlyMap<Platform, ReadonlyMap<ProgramField, string>>;
  readonly span: Span;
}

export type EndpointSet =
  | { readonly kind: "workloads"; readonly where: Predicate | undefined }
  /** One workload by name: fixtures of a test, or what the user named in `explain`. */
  | { readonly kind: "workload"; readonly name: string }
  | { readonly kind: "outside" }
  | { readonly kind: "internet" }
  | { readonly kind: "anywhere" }
  | { readonly kind: "networks"; readonly cidrs: readonly Cidr[] }
  /** Host names; `addresses` is the rule's `fallback cidr`, undefined where it gives none. */
  | {
      readonly kind: "names";
      readonly names: readonly string[];
      readonly addresses: readonly Cidr[] | undefined;
      readonly span: Span;
    }
  | { readonly kind: "union"; readonly of: readonly EndpointSet[] }
  | { readonly kind: "intersection"; readonly of: readonly EndpointSet[] }
  | { readonly kind: "difference"; readonly of: EndpointSet; readonly except: EndpointSet }
  | { readonly kind: "program"; readonly program: Program; readonly of: EndpointSet };

export type Predicate =
  /** The label's value is one of `values`, which are leaves (enum) or texts (name, string). */
  | { readonly kind: "is"; readonly label: Label; readonly values: ReadonlySet<string> }
  /** Some member of the set label is one of `values`. */
  | { readonly kind: "contains"; readonly label: Label; readonly values: ReadonlySet<string> }
  | { readonly kind: "defined"; readonly label: Label }
  | { readonly kind: "not"; readonly of: Predicate }
  | { readonly kind: "and" | "or"; readonly of: readonly Predicate[] };

/** ⟦source -> destination : service when condition⟧ before removal and lowering. */
export interface FlowSet {
  readonly source: EndpointSet;
  readonly destination: EndpointSet;
  readonly service: ServiceSet;
  readonly condition:
    | { readonly relation: "same" | "different"; readonly label: Label }
    | undefined;
  readonly family: Family | undefined;
  readonly span: Span;
  readonly sourceSpan: Span;
  readonly destinationSpan: Span;
  readonly serviceSpan: Span;
  /** `web -> api : https`, as the user wrote it, one line. */
  readonly text: string;
}

export interface Meta {
  readonly because: string | undefined;
  readonly ticket: string | undefined;
  readonly until: UtcDate | undefined;
  readonly log: "new" | "all" | "none" | undefined;
  readonly fallbackNetwork: boolean;
  readonly fallbackCidr: readonly Cidr[] | undefined;
}

export interface Rule {
  /** `crm.prod.web-to-api`, or `r-` and ten hexadecimal digits (language.md 6.1). */
  readonly id: string;
  readonly named: boolean;
  /** The module whose authority counts: for a template instance, that of the `use`. */
  readonly module: Module;
  readonly effect: "allow" | "deny";
  readonly staged: boolean;
  readonly flow: FlowSet;
  readonly meta: Meta;
  /** The rule as written, in the template for an instance. */
  readonly span: Span;
  /** The `use` this came from. */
  readonly use: Span | undefined;
  /** Further places that say the same unnamed rule. */
  readonly duplicates: readonly Span[];
}

export interface Guardrail {
  /** `org.env-isolated`, or `g-` and ten hexadecimal digits. */
  readonly id: string;
  readonly module: Module;
  readonly verb: "never" | "only" | "always";
  readonly flow: FlowSet;
  readonly exceptions: readonly Exception[];
  readonly meta: Meta;
  readonly span: Span;
}

export interface Exception {
  readonly name: string;
  readonly flow: FlowSet;
  readonly until: UtcDate | undefined;
  readonly span: Span;
}

export interface PolicyTest {
  readonly title: string;
  readonly module: Module;
  readonly fixtures: readonly TestFixture[];
  readonly assertions: readonly TestAssertion[];
  readonly span: Span;
}

export interface TestFixture {
  readonly name: string;
  readonly platform: Platform;
  readonly labels: ReadonlyMap<string, LabelValue>;
  readonly span: Span;
}

export interface TestAssertion {
  readonly expect: "allowed" | "denied";
  readonly flow: FlowSet;
  readonly span: Span;
}
