// Set expressions: what they select, which sub-kind they are, and where programs and host names
// may stand in them (SEG305-307, language.md 6.2). A name gives its segment's own object.
import { diagnose } from "../../diagnostics/registry.ts";
import { type Span, textOf } from "../../diagnostics/source.ts";
import type { ProgramBody, QualifiedName, SetExpression } from "../../grammar/ast.ts";
import type { Cidr } from "../sets/address.ts";
import { parsePrefix } from "../sets/address.ts";
import { unreachable } from "../unreachable.ts";
import { listKey, networksKey, shortened, sortedCidrs } from "./canonical.ts";
import { type CheckedSet, type Context, report } from "./context.ts";
import { lookUp, reportOtherKind, resolveName, textOfName } from "./names.ts";
import { checkPredicate } from "./predicates.ts";
import { checkProgram, programKey } from "./programs.ts";
import { nounOf } from "./scope.ts";
import type { EndpointSet, Program } from "./types.ts";
import { argumentFor, reportParameterType } from "./values.ts";

/** What may stand in a set expression of this place. */
export interface Place {
  /** Undefined where `@` is legal; else what the place is, for the message: "a segment". */
  readonly machinesOnly: string | undefined;
  readonly names: boolean;
}

/** What the expression selects; undefined where something in it is wrong, which is reported. */
export function checkSet(
  context: Context,
  expression: SetExpression,
  place: Place,
): CheckedSet | undefined {
  switch (expression.kind) {
    case "parenthesised":
      return checkSet(context, expression.of, place);
    case "union":
      return checkList(context, expression, place);
    case "intersection":
      return checkList(context, expression, { ...place, names: false });
    case "difference":
      return checkDifference(context, expression, { ...place, names: false });
    case "program-at":
      return checkProgramAt(context, expression, place);
    case "workloads":
      return checkWorkloads(context, expression);
    case "outside":
    case "internet":
    case "anywhere": {
      const { kind } = expression;
      return plain(
        intern(context, kind, () => ({ kind })),
        "endpoints",
        kind,
      );
    }
    case "networks": {
      const cidrs = cidrsOf(expression.cidrs);
      if (cidrs === undefined) return undefined;
      const key = networksKey(cidrs);
      const set = intern(context, key, () => ({ kind: "networks", cidrs }));
      return plain(set, "endpoints", key);
    }
    case "fqdn":
      return checkNames(context, expression, place);
    case "parameter": {
      const argument = argumentFor(context, expression);
      if (argument === undefined) return undefined;
      if (argument.kind === "segment") {
        return used(context, context.build.sets.get(argument.item), expression.span, place);
      }
      const wanted =
        argument.kind === "value" ? `value of label \`${argument.label.name}\`` : "service";
      reportParameterType(context, expression, wanted, "segment");
      return undefined;
    }
    case "name":
      return checkName(context, expression, place);
    default:
      return unreachable(expression);
  }
}

/** Prefixes as values, sorted; undefined where one of them is none, which the parser reported. */
export function cidrsOf(
  literals: readonly { readonly text: string }[],
): readonly Cidr[] | undefined {
  const cidrs: Cidr[] = [];
  for (const { text } of literals) {
    const parsed = parsePrefix(text);
    if (parsed.kind === "fault") return undefined;
    cidrs.push(parsed.cidr);
  }
  return sortedCidrs(cidrs);
}

function plain(set: EndpointSet, sort: CheckedSet["sort"], key: string): CheckedSet {
  return { set, sort, hasNames: false, hasProgram: false, isOpen: false, depth: 1, key };
}

/** Equal sets are one object, so that what they select is worked out once. */
function intern(context: Context, key: string, make: () => EndpointSet): EndpointSet {
  const { interned } = context.build;
  const known = interned.get(key);
  if (known !== undefined) return known;
  const made = make();
  interned.set(key, made);
  return made;
}

/** A set that was checked elsewhere, used here: host names may be out of place. */
function used(
  context: Context,
  checked: CheckedSet | undefined,
  span: Span,
  place: Place,
): CheckedSet | undefined {
  if (checked === undefined || !checked.hasNames || place.names) return checked;
  report(context, diagnose("SEG307", span, {}));
  return undefined;
}

function checkName(context: Context, name: QualifiedName, place: Place): CheckedSet | undefined {
  const meaning = resolveName(context, name);
  if (meaning === undefined) return undefined;
  if (meaning.kind === "segment") {
    return used(context, context.build.sets.get(meaning), name.span, place);
  }
  if (meaning.kind === "fixture") {
    const set = { kind: "workload", name: meaning.name } as const;
    return plain(set, "workloads", `workload ${meaning.name}`);
  }
  if (meaning.kind === "program") {
    const where = place.machinesOnly ?? "a peer on its own";
    const program = textOfName(name);
    report(context, diagnose("SEG305", name.span, { program, where }));
  } else reportOtherKind(context, name, meaning, "segment");
  return undefined;
}

type Of<Kind> = Extract<SetExpression, { readonly kind: Kind }>;

function checkWorkloads(context: Context, { where }: Of<"workloads">): CheckedSet | undefined {
  if (where === undefined) {
    const set = intern(context, "workloads", () => ({ kind: "workloads", where: undefined }));
    return plain(set, "workloads", "workloads");
  }
  const checked = checkPredicate(context, where);
  if (checked === undefined) return undefined;
  const key = shortened(`workloads where ${checked.key}`);
  const { predicate } = checked;
  const set = intern(context, key, () => ({ kind: "workloads", where: predicate }));
  return plain(set, "workloads", key);
}

function checkNames(
  context: Context,
  { names, span }: Of<"fqdn">,
  place: Place,
): CheckedSet | undefined {
  const sorted = [...new Set(names.map((name) => name.value))].sort();
  const set: EndpointSet = { kind: "names", names: sorted, addresses: undefined, span };
  const key = shortened(`fqdn ${JSON.stringify(sorted)}`);
  const checked: CheckedSet = { ...plain(set, "endpoints", key), hasNames: true };
  return used(context, checked, span, place);
}

function checkList(
  context: Context,
  { kind, of }: Of<"union" | "intersection">,
  place: Place,
): CheckedSet | undefined {
  const parts = of.map((part) => checkSet(context, part, place));
  const known = parts.filter((part) => part !== undefined);
  const [only] = known;
  if (known.length < parts.length || only === undefined) return undefined;
  if (known.length === 1) return only;
  const key = listKey(
    known.map((part) => part.key),
    kind === "union" ? ", " : " & ",
  );
  const make = (): EndpointSet => ({ kind, of: known.map((part) => part.set) });
  return combined(context, known, key, make);
}

function checkDifference(
  context: Context,
  { of, except }: Of<"difference">,
  place: Place,
): CheckedSet | undefined {
  const left = checkSet(context, of, place);
  const right = checkSet(context, except, place);
  if (left === undefined || right === undefined) return undefined;
  const key = shortened(`(${left.key} except ${right.key})`);
  const make = (): EndpointSet => ({ kind: "difference", of: left.set, except: right.set });
  return combined(context, [left, right], key, make);
}

/** Sub-kind Workloads only when built of nothing else. */
function combined(
  context: Context,
  parts: readonly CheckedSet[],
  key: string,
  make: () => EndpointSet,
): CheckedSet {
  const hasProgram = parts.some((part) => part.hasProgram);
  const hasNames = parts.some((part) => part.hasNames);
  const isOpen = parts.some((part) => part.isOpen);
  const depth = 1 + parts.reduce((most, part) => Math.max(most, part.depth), 0);
  const isManaged = parts.every((part) => part.sort !== "endpoints");
  const managed = hasProgram ? "processes" : "workloads";
  // Names carry their place, programs their name: only what is equal in all respects is shared.
  const isShared = !hasProgram && !hasNames && !isOpen;
  const set = isShared ? intern(context, key, make) : make();
  const sort = isManaged ? managed : "endpoints";
  return { set, sort, hasNames, hasProgram, isOpen, depth, key };
}

function checkProgramAt(
  context: Context,
  expression: Of<"program-at">,
  place: Place,
): CheckedSet | undefined {
  if (place.machinesOnly !== undefined) {
    const program = oneLine(expression.program.span);
    const parameters = { program, where: place.machinesOnly };
    report(context, diagnose("SEG305", expression.span, parameters));
    return undefined;
  }
  const program = programOf(context, expression.program);
  // The sides were swapped, and that has been said.
  if (program === undefined && namesProgram(context, expression.at)) return undefined;
  const at = checkSet(context, expression.at, { ...place, names: false });
  if (at !== undefined && at.sort !== "workloads") {
    const found = `\`${oneLine(expression.at.span)}\` is not built of workloads alone`;
    report(context, diagnose("SEG306", expression.at.span, { side: "right", found }));
    return undefined;
  }
  if (program === undefined || at === undefined) return undefined;
  return {
    set: { kind: "program", program, of: at.set },
    sort: "processes",
    hasNames: false,
    hasProgram: true,
    isOpen: at.isOpen,
    depth: at.depth + 1,
    key: shortened(`${programKey(program.alternatives)}@${at.key}`),
  };
}

function namesProgram({ build, scope }: Context, set: SetExpression): boolean {
  if (set.kind !== "name") return false;
  const result = lookUp(build, scope, set);
  return "found" in result && result.found.kind === "program";
}

function programOf(context: Context, written: ProgramBody | SetExpression): Program | undefined {
  if (!("kind" in written)) return checkProgram(context, written, undefined);
  if (written.kind === "parameter") {
    const argument = argumentFor(context, written);
    const wanted = argument?.kind === "value" ? "value" : argument?.kind;
    if (wanted !== undefined) reportParameterType(context, written, wanted, "program");
    return undefined;
  }
  if (written.kind !== "name") {
    const found = `\`${oneLine(written.span)}\` is a set`;
    report(context, diagnose("SEG306", written.span, { side: "left", found }));
    return undefined;
  }
  const meaning = resolveName(context, written);
  if (meaning === undefined) return undefined;
  if (meaning.kind === "program") return context.build.programs.get(meaning);
  const found = `\`${textOfName(written)}\` is a ${nounOf(meaning)}`;
  report(context, diagnose("SEG306", written.span, { side: "left", found }));
  return undefined;
}

const oneLine = (span: Span) => textOf(span).replace(/\s+/g, " ");
