// What a name can mean and where it is looked up (language.md 6.1): one space of names per module,
// one more per template instance, one per test. An item is one segment, service or program,
// written once in a module or once per instance; its meaning is filled in later, in `Build`.
import type { Span } from "../../diagnostics/source.ts";
import type {
  ModuleTree,
  ProgramBody,
  ServiceExpression,
  SetExpression,
  TemplateDeclaration,
  UseDeclaration,
} from "../../grammar/ast.ts";
import type { Label } from "./types.ts";

interface ItemBase {
  readonly name: string;
  /** `crm.web`, `crm.prod.web`; what stands for a template argument has no place in the model. */
  readonly qualified: string;
  /** Where the names of its definition are looked up. */
  readonly scope: ModuleScope | InstanceScope;
  /** By its own declaration; a member leaves its module only if the `use` is exported too. */
  readonly exported: boolean;
  readonly nameSpan: Span;
  readonly span: Span;
}
export interface SegmentItem extends ItemBase {
  readonly kind: "segment";
  /** Undefined for the parameter of a template that is being checked without arguments. */
  readonly definition: SetExpression | undefined;
}
export interface ServiceItem extends ItemBase {
  readonly kind: "service";
  readonly definition: ServiceExpression | undefined;
}
export interface ProgramItem extends ItemBase {
  readonly kind: "program";
  readonly definition: ProgramBody;
}
export type Item = SegmentItem | ServiceItem | ProgramItem;

export interface Template {
  readonly kind: "template";
  readonly name: string;
  readonly declaration: TemplateDeclaration;
  readonly module: ModuleScope;
  readonly exported: boolean;
  readonly nameSpan: Span;
}

export interface Use {
  readonly kind: "use";
  readonly name: string;
  readonly declaration: UseDeclaration;
  readonly module: ModuleScope;
  readonly exported: boolean;
  readonly nameSpan: Span;
}

export interface Fixture {
  readonly kind: "fixture";
  readonly name: string;
  readonly nameSpan: Span;
}

/** A name whose declaration was reported: whatever depends on it stays silent. */
export interface Wrong {
  readonly kind: "wrong";
}
export const wrong: Wrong = { kind: "wrong" };

export type Meaning = Item | Template | Use | Fixture | Wrong;

export interface ModuleScope {
  readonly kind: "module";
  readonly name: string;
  readonly tree: ModuleTree;
  readonly isRoot: boolean;
  /** What the module declares, for importers. */
  readonly own: Map<string, Meaning>;
  /** What its text can name: its own and what it imports. */
  readonly names: Map<string, Meaning>;
  /** Every one, those with duplicate names too: their definitions are checked all the same. */
  readonly items: readonly Item[];
  readonly templates: readonly Template[];
  readonly uses: readonly Use[];
}

/** A template's body with its arguments; without a `use`, with opaque ones: the body's own check. */
export interface InstanceScope {
  readonly kind: "instance";
  readonly template: Template;
  /** The template's own module, where the body's names are looked up. */
  readonly module: ModuleScope;
  readonly use: Use | undefined;
  readonly members: Map<string, Item | Wrong>;
  readonly items: Item[];
  readonly arguments: Map<string, Argument>;
}

export interface TestScope {
  readonly kind: "test";
  readonly module: ModuleScope;
  readonly fixtures: ReadonlyMap<string, Fixture | Wrong>;
}

export type Scope = ModuleScope | InstanceScope | TestScope;

/** What `$p` stands for. */
export type Argument =
  | { readonly kind: "value"; readonly label: Label; readonly values: ReadonlySet<string> }
  | { readonly kind: "segment"; readonly item: SegmentItem }
  | { readonly kind: "service"; readonly item: ServiceItem }
  | Wrong;

/** The module whose text the scope belongs to. */
export function moduleOf(scope: Scope): ModuleScope {
  return scope.kind === "module" ? scope : scope.module;
}

/** The module whose authority counts: for an instance that of its `use`. */
export function authorOf(scope: ModuleScope | InstanceScope): ModuleScope {
  return scope.kind === "module" ? scope : (scope.use?.module ?? scope.module);
}

/** What one name means, or undefined. No name shadows another, so the order is of no matter. */
export function meaningOf(scope: Scope, name: string): Meaning | undefined {
  if (scope.kind === "instance") return scope.members.get(name) ?? scope.module.names.get(name);
  if (scope.kind === "test") return scope.fixtures.get(name) ?? scope.module.names.get(name);
  return scope.names.get(name);
}

const nouns = {
  segment: "segment",
  service: "service",
  program: "program",
  template: "template",
  use: "template instance",
  fixture: "workload of this test",
} as const;

/** For messages: "segment", "template instance". */
export function nounOf(meaning: Exclude<Meaning, Wrong>): string {
  return nouns[meaning.kind];
}
