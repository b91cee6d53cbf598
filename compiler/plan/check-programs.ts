// SEG501, SEG503, SEG509 and SEG808: programs of rules that the enforcers of their workloads cannot tell
// apart. A program of the source counts at the source end, one of the destination at the
// destination end (language.md 6.4).
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import { endOf } from "../extent/rule-flows.ts";
import type { Product } from "../extent/types.ts";
import type { Direction, EnforcerKind, Workload } from "../inventory/types.ts";
import type { Program, Rule } from "../model/types.ts";
import { type Bitset, difference, isEmpty, isSubset, union } from "../sets/bitset.ts";
import type { PlanContext } from "./context.ts";
import { kindsOf } from "./ends.ts";
import { enforcedParts } from "./enforced-parts.ts";
import { type Capabilities, seesField } from "./target.ts";
import { kindsText, listed, namesOf, programText, workloadsAt } from "./words.ts";

/** Programs of an allow that nobody at their end sees, where nothing lowers the rule. */
export function checkPrograms(context: PlanContext, rule: Rule): readonly Diagnostic[] {
  if (rule.meta.fallbackNetwork) return [];
  return (["egress", "ingress"] as const).flatMap((direction) => {
    const unseen = unseenPrograms(context, rule, direction);
    if (unseen.length === 0) return [];
    return rule.effect === "deny"
      ? [widened(context, rule, direction, unseen)]
      : report(context, rule, direction, unseen);
  });
}

/** SEG509: a deny loses the condition and refuses every process there. */
function widened(
  { expansion }: PlanContext,
  rule: Rule,
  direction: Direction,
  unseen: readonly Unseen[],
): Diagnostic {
  const span = direction === "egress" ? rule.flow.sourceSpan : rule.flow.destinationSpan;
  const at = unseen.map((one) => one.at).reduce(union, expansion.universe.none);
  const workloads = workloadsAt(expansion.universe, at);
  return diagnose("SEG509", span, {
    why: "process",
    programs: unseen.map((one) => programText(one.program)).join(" and "),
    workloads: listed(namesOf(workloads)),
    enforcers: kindsText(workloads.flatMap((one) => kindsOf(one, direction))),
  });
}

/** A program and the endpoints where it is asked for but not seen. */
interface Unseen {
  readonly program: Program;
  readonly at: Bitset;
}

function unseenPrograms(context: PlanContext, rule: Rule, direction: Direction): readonly Unseen[] {
  const found = new Map<string, Unseen>();
  for (const product of context.expansion.flowsOf(rule).products) {
    for (const program of programsOf(product, direction)) {
      const at = unseenAt(context, product, direction, program);
      const before = found.get(program.key);
      if (isEmpty(at)) continue;
      found.set(program.key, { program, at: before === undefined ? at : union(before.at, at) });
    }
  }
  return [...found.values()];
}

/** Every program the product asks for, or excludes, at this end. */
export function programsOf(product: Product, direction: Direction): readonly Program[] {
  const { include, exclude } = endOf(product, direction);
  return [...include, ...exclude];
}

/** Endpoints that do not see the program and have a flow some enforcer filters. */
function unseenAt(
  context: PlanContext,
  product: Product,
  direction: Direction,
  program: Program,
): Bitset {
  const { search, ends, expansion } = context;
  const end = endOf(product, direction);
  const sees = ends[direction].sees(program);
  if (isSubset(end.managed, sees)) return expansion.universe.none;
  const blind = difference(end.managed, sees);
  const narrowed = { ...end, managed: blind };
  const part =
    direction === "egress"
      ? { ...product, source: narrowed }
      : { ...product, destination: narrowed };
  return enforcedParts(context, part)
    .map((one) => (direction === "egress" ? search.startingAt(one) : search.endingAt(one)))
    .reduce(union, expansion.universe.none);
}

function report(
  context: PlanContext,
  rule: Rule,
  direction: Direction,
  unseen: readonly Unseen[],
): readonly Diagnostic[] {
  const span = direction === "egress" ? rule.flow.sourceSpan : rule.flow.destinationSpan;
  const programs = unseen.map((one) => programText(one.program)).join(" and ");
  const missing = unseen.flatMap(({ program, at }) =>
    workloadsAt(context.expansion.universe, at).map((workload) => ({
      workload,
      help: missingHelp(context, workload, direction, program),
    })),
  );
  const hopeless = missing.filter(({ help }) => help === undefined).map((one) => one.workload);
  const unseenAnywhere =
    hopeless.length === 0
      ? []
      : [
          diagnose("SEG501", span, {
            why: "unseen",
            program: programs,
            workloads: `${listed(namesOf(hopeless))} ${hopeless.length === 1 ? "is" : "are"} enforced`,
            enforcers: kindsText(hopeless.flatMap((one) => kindsOf(one, direction))),
          }),
        ];
  return [...unseenAnywhere, ...reportHelp(rule, direction, programs, missing)];
}

interface Missing {
  readonly workload: Workload;
  readonly help: Help | undefined;
}

/** What would make the program visible to an enforcer that stands there already. */
interface Help {
  readonly kind: EnforcerKind;
  readonly setting: "launcher: segc" | "app-tags: segc";
  readonly fields: readonly ProgramField[];
}

function missingHelp(
  { capabilities }: PlanContext,
  workload: Workload,
  direction: Direction,
  program: Program,
): Help | undefined {
  const fields = [...(program.alternatives.get(workload.platform)?.keys() ?? [])];
  for (const kind of kindsOf(workload, direction)) {
    const table = capabilities[kind];
    const unseen = fields.filter((field) => !seesField(table, workload, direction, field));
    const settings = new Set(unseen.map((field) => settingFor(table, direction, field)));
    const [setting] = settings;
    if (setting !== undefined && settings.size === 1) return { kind, setting, fields: unseen };
  }
  return undefined;
}

function settingFor(table: Capabilities, direction: Direction, field: ProgramField) {
  switch (table.sees[direction][field]) {
    case "launcher":
      return "launcher: segc" as const;
    case "app-tags":
      return "app-tags: segc" as const;
    default:
      return undefined;
  }
}

/** One SEG503 for each setting that would help. */
function reportHelp(
  rule: Rule,
  direction: Direction,
  program: string,
  missing: readonly Missing[],
): readonly Diagnostic[] {
  const span = direction === "egress" ? rule.flow.sourceSpan : rule.flow.destinationSpan;
  return (["launcher: segc", "app-tags: segc"] as const).flatMap((setting) => {
    const helped = missing.filter(({ help }) => help?.setting === setting);
    if (helped.length === 0) return [];
    const names = listed(namesOf(helped.map(({ workload }) => workload)));
    return [
      diagnose("SEG503", span, {
        fields: listed(helped.flatMap(({ help }) => help?.fields ?? [])),
        program,
        enforcers: kindsText(helped.flatMap(({ help }) => help?.kind ?? [])),
        setting,
        workloads: `${names} ${helped.length === 1 ? "lacks" : "lack"}`,
      }),
    ];
  });
}
