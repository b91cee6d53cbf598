// The syntax tree of one `.seg` file (language.md section 5): plain readonly data, nothing
// resolved. A tree that came with errors may lack declarations but is never malformed: every
// field below is present and of its type.
import type { SourceFile, Span } from "../diagnostics/source.ts";

export interface Node {
  readonly span: Span;
}

/** A name as written; `text` is the identifier itself. */
export interface Name extends Node {
  readonly text: string;
}

/** `prod.web`; at least one part. */
export interface QualifiedName extends Node {
  readonly kind: "name";
  readonly parts: readonly Name[];
}

/** `$p` inside a template; `name` is without the dollar sign. */
export interface Parameter extends Node {
  readonly kind: "parameter";
  readonly name: string;
}

/** A JSON-escaped string; `value` is decoded. */
export interface StringLiteral extends Node {
  readonly kind: "string";
  readonly value: string;
}

/** A calendar date that exists: `YYYY-MM-DD`. */
export interface DateLiteral extends Node {
  readonly value: string;
}

/** An address with its prefix length as written: canonical only once checked by the parser. */
export interface CidrLiteral extends Node {
  readonly text: string;
}

export interface Comment extends Node {
  /** Without the `#`, trailing blanks removed. */
  readonly text: string;
  /** True when code stands before it on its line. */
  readonly trailing: boolean;
}

export interface ModuleTree extends Node {
  readonly source: SourceFile;
  /** Undefined only when the header could not be read (an error was reported). */
  readonly name: Name | undefined;
  readonly isRoot: boolean;
  readonly by: Name | undefined;
  readonly declarations: readonly Declaration[];
  /** Names whose declarations could not be read: what depends on them is not reported again. */
  readonly broken: readonly Name[];
  /** Every comment of the file, in order. The formatter puts them back. */
  readonly comments: readonly Comment[];
}

export type Declaration =
  | ImportDeclaration
  | LabelDeclaration
  | RequireDeclaration
  | TeamDeclaration
  | DelegateDeclaration
  | ObserveDeclaration
  | GuardDeclaration
  | TestDeclaration
  | SegmentDeclaration
  | ServiceDeclaration
  | ProgramDeclaration
  | TemplateDeclaration
  | UseDeclaration
  | RuleDeclaration;

/** What a template body may hold. */
export type BodyDeclaration =
  | SegmentDeclaration
  | ServiceDeclaration
  | ProgramDeclaration
  | RuleDeclaration;

export interface ImportDeclaration extends Node {
  readonly kind: "import";
  readonly names: readonly Name[];
  readonly from: Name;
}

export interface LabelDeclaration extends Node {
  readonly kind: "label";
  readonly name: Name;
  readonly type: "enum" | "set" | "name" | "string";
  /** Empty for `name` and `string`. */
  readonly tree: readonly LabelNode[];
  readonly optional: boolean;
}

export interface LabelNode extends Node {
  readonly name: Name;
  /** Empty for a leaf. */
  readonly children: readonly LabelNode[];
}

export interface RequireDeclaration extends Node {
  readonly kind: "require";
  readonly name: Name;
  readonly of: SetExpression;
  readonly have: Predicate;
}

export interface TeamDeclaration extends Node {
  readonly kind: "team";
  readonly name: Name;
  readonly owns: SetExpression;
  readonly writes: readonly Name[];
}

export type Direction = "ingress" | "egress";

export interface DelegateDeclaration extends Node {
  readonly kind: "delegate";
  readonly directions: readonly Direction[];
  readonly of: SetExpression;
  readonly with: SetExpression | undefined;
  readonly service: ServiceExpression;
  readonly to: readonly Name[];
}

export interface ObserveDeclaration extends Node {
  readonly kind: "observe";
  readonly directions: readonly Direction[];
  readonly of: SetExpression;
  readonly until: DateLiteral;
  readonly meta: Meta | undefined;
}

export interface GuardDeclaration extends Node {
  readonly kind: "guard";
  readonly verb: "never" | "only" | "always";
  /** Span of the verb itself. */
  readonly verbSpan: Span;
  readonly name: Name | undefined;
  readonly flow: FlowExpression;
  readonly exceptions: readonly GuardException[];
  readonly meta: Meta | undefined;
}

export interface GuardException extends Node {
  readonly name: Name;
  readonly flow: FlowExpression;
  readonly meta: Meta | undefined;
}

export interface TestDeclaration extends Node {
  readonly kind: "test";
  readonly title: StringLiteral;
  readonly fixtures: readonly Fixture[];
  readonly assertions: readonly Assertion[];
}

export interface Fixture extends Node {
  readonly name: Name;
  readonly items: readonly FixtureItem[];
}

/** `role db`, `handles { pii, payment }`, `platform linux`. */
export interface FixtureItem extends Node {
  readonly key: Name;
  /** One value, or the list in braces. */
  readonly values: readonly (Name | StringLiteral)[];
  readonly braced: boolean;
}

export interface Assertion extends Node {
  readonly expect: "allowed" | "denied";
  readonly expectSpan: Span;
  readonly flow: FlowExpression;
}

export interface SegmentDeclaration extends Node {
  readonly kind: "segment";
  readonly exported: boolean;
  readonly name: Name;
  readonly set: SetExpression;
}

export interface ServiceDeclaration extends Node {
  readonly kind: "service";
  readonly exported: boolean;
  readonly name: Name;
  readonly service: ServiceExpression;
}

export interface ProgramDeclaration extends Node {
  readonly kind: "program";
  readonly exported: boolean;
  readonly name: Name;
  readonly body: ProgramBody;
}

export const programFields = [
  "path",
  "sha256",
  "signer",
  "user",
  "group",
  "service",
  "unit",
  "cgroup",
] as const;
export type ProgramField = (typeof programFields)[number];

export interface ProgramBody extends Node {
  /** Alternatives by platform, or one flat form (`platform` undefined). Never empty. */
  readonly alternatives: readonly ProgramAlternative[];
}

export interface ProgramAlternative extends Node {
  readonly platform: "linux" | "windows" | undefined;
  readonly platformSpan: Span | undefined;
  readonly fields: readonly ProgramFieldItem[];
}

export interface ProgramFieldItem extends Node {
  readonly field: ProgramField;
  readonly fieldSpan: Span;
  readonly value: StringLiteral;
}

export interface TemplateDeclaration extends Node {
  readonly kind: "template";
  readonly exported: boolean;
  readonly name: Name;
  readonly parameters: readonly TemplateParameter[];
  readonly body: readonly BodyDeclaration[];
}

/** `e: env`; the type is a label's name, `segment` or `service`. */
export interface TemplateParameter extends Node {
  readonly name: Name;
  readonly type: Name;
}

export interface UseDeclaration extends Node {
  readonly kind: "use";
  readonly exported: boolean;
  readonly name: Name;
  readonly template: QualifiedName;
  readonly arguments: readonly UseArgument[];
}

export interface UseArgument extends Node {
  readonly name: Name;
  /** A lone qualified name is a SetExpression of kind "name" and read by the parameter's type. */
  readonly value: StringLiteral | SetExpression;
}

export interface RuleDeclaration extends Node {
  readonly kind: "rule";
  readonly staged: boolean;
  readonly effect: "allow" | "deny";
  readonly effectSpan: Span;
  readonly name: Name | undefined;
  readonly flow: FlowExpression;
  readonly meta: Meta | undefined;
}

export interface FlowExpression extends Node {
  readonly source: SetExpression;
  readonly destination: SetExpression;
  readonly service: ServiceExpression;
  readonly condition: FlowCondition | undefined;
}

export interface FlowCondition extends Node {
  readonly relation: "same" | "different";
  readonly label: Name;
}

export type SetExpression =
  | { readonly kind: "union"; readonly of: readonly SetExpression[]; readonly span: Span }
  | { readonly kind: "intersection"; readonly of: readonly SetExpression[]; readonly span: Span }
  | {
      readonly kind: "difference";
      readonly of: SetExpression;
      readonly except: SetExpression;
      readonly span: Span;
    }
  | {
      readonly kind: "program-at";
      /** Left of `@`: an inline program, or what was written there (checked later, SEG306). */
      readonly program: ProgramBody | SetExpression;
      readonly at: SetExpression;
      readonly span: Span;
    }
  | { readonly kind: "parenthesised"; readonly of: SetExpression; readonly span: Span }
  | { readonly kind: "workloads"; readonly where: Predicate | undefined; readonly span: Span }
  | { readonly kind: "outside" | "internet" | "anywhere"; readonly span: Span }
  | { readonly kind: "networks"; readonly cidrs: readonly CidrLiteral[]; readonly span: Span }
  | { readonly kind: "fqdn"; readonly names: readonly StringLiteral[]; readonly span: Span }
  | Parameter
  | QualifiedName;

export type Value = (Name & { readonly kind: "value" }) | StringLiteral | Parameter;

export type Predicate =
  | {
      readonly kind: "and" | "or";
      readonly of: readonly Predicate[];
      readonly span: Span;
    }
  | { readonly kind: "not"; readonly of: Predicate; readonly span: Span }
  | { readonly kind: "parenthesised-predicate"; readonly of: Predicate; readonly span: Span }
  | { readonly kind: "has-label"; readonly label: Name; readonly span: Span }
  | {
      /** `is v`, `is not v`, `in {…}`, `not in {…}`, `has v`. */
      readonly kind: "is" | "is-not" | "in" | "not-in" | "has-value";
      readonly label: Name;
      /** One value except for `in` and `not-in`. */
      readonly values: readonly Value[];
      readonly span: Span;
    };

export interface ServiceExpression extends Node {
  /** The items of the braces, or the one that stands alone. Never empty. */
  readonly items: readonly ServiceItem[];
  readonly braced: boolean;
}

export type ServiceItem = ServiceLiteral | Parameter | QualifiedName;

/** `tcp/443`, `tcp/1-1023`, `udp/*`, `icmp/echo`, `icmp4/8/0`, `proto/47`, `any-service`. */
export type ServiceLiteral =
  | { readonly kind: "any-service"; readonly span: Span }
  | {
      readonly kind: "ports";
      readonly protocol: "tcp" | "udp" | "sctp";
      /** Undefined for `*`: the whole protocol. INVARIANT: 1 <= first <= last <= 65535. */
      readonly range: { readonly first: number; readonly last: number } | undefined;
      readonly span: Span;
    }
  | { readonly kind: "icmp-echo"; readonly span: Span }
  | {
      readonly kind: "icmp";
      readonly family: 4 | 6;
      /** Undefined for `icmp4/*`: every type. */
      readonly type: number | undefined;
      readonly code: number | undefined;
      readonly span: Span;
    }
  | { readonly kind: "protocol"; readonly number: number; readonly span: Span };

export interface Meta extends Node {
  readonly items: readonly MetaItem[];
}

export type MetaItem =
  | { readonly kind: "because" | "ticket"; readonly value: StringLiteral; readonly span: Span }
  | { readonly kind: "until"; readonly date: DateLiteral; readonly span: Span }
  | { readonly kind: "log"; readonly mode: "new" | "all" | "none"; readonly span: Span }
  | { readonly kind: "family"; readonly family: 4 | 6; readonly span: Span }
  | { readonly kind: "fallback-network"; readonly span: Span }
  | {
      readonly kind: "fallback-cidr";
      readonly cidrs: readonly CidrLiteral[];
      readonly span: Span;
    };
