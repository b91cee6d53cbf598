// From parsed modules and a raw inventory to a checked policy. Every stage reports all it finds;
// a stage runs only when what it stands on is sound, so that one cause gives one diagnostic.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { foremost } from "../diagnostics/foremost.ts";
import { compareSpans } from "../diagnostics/source.ts";
import { type DenoteInput, denote } from "./denote.ts";
import { checkSelections } from "./extent/selections.ts";
import type { Expansion, Product } from "./extent/types.ts";
import { checkGuardrails } from "./guard/guardrails.ts";
import { checkLabellings } from "./guard/labellings/check-labellings.ts";
import { runTests, type TestResult } from "./guard/policy-tests.ts";
import type { SieveContext } from "./guard/sieve.ts";
import { spaceOf } from "./guard/space.ts";
import { checkStagedDependence, mayDependOnStaged } from "./guard/staged-dependence.ts";
import type { Inventory } from "./inventory/types.ts";
import type { Model, Rule } from "./model/types.ts";
import { checkBypass } from "./plan/check-bypass.ts";
import { checkPublished } from "./plan/check-published.ts";
import { checkUnfiltered } from "./plan/check-unfiltered.ts";
import { activeRules, type PlanContext } from "./plan/context.ts";
import { enforcementOf, type RuleEnforcement } from "./plan/enforcement.ts";
import { loweredProducts } from "./plan/lowering.ts";
import type { World } from "./semantics/semantics.ts";

export type CheckInput = DenoteInput;

export interface Checked {
  readonly model: Model;
  readonly inventory: Inventory;
  readonly expansion: Expansion;
  /** Where each unstaged rule is enforced; empty when the policy has errors. */
  readonly enforcement: readonly RuleEnforcement[];
  /** Results of the policy's own tests; empty when it has other errors. */
  readonly tests: readonly TestResult[];
  /** In the order of files and places. */
  readonly diagnostics: readonly Diagnostic[];
  /** For whoever asks the naive meaning. */
  readonly world: World;
  /** For whoever asks what each rule says and where it is enforced. */
  readonly plan: PlanContext;
}

/** Checks a whole project. Never throws for what the user wrote. */
export function checkPolicy(input: CheckInput): Checked {
  const { capabilities, now } = input;
  const { model, inventory, context, openValues, diagnostics, sound } = denote(input);
  const { expansion } = context;
  const world = { model, workloads: inventory.workloads, capabilities, now };
  const tests = sound ? runTests(world) : [];
  const late = sound
    ? [
        ...checkSelections(model, expansion, openValues),
        ...checkPromises(world, context),
        ...checkUnfiltered(context),
        ...checkPublished(context),
        ...checkBypass(context),
        ...failuresOf(tests),
      ]
    : [];
  return {
    model,
    inventory,
    expansion,
    enforcement: sound ? enforcementOfAll(context) : [],
    tests,
    diagnostics: foremost(inSourceOrder([...diagnostics, ...late])),
    world,
    plan: context,
  };
}

function enforcementOfAll(context: PlanContext): readonly RuleEnforcement[] {
  return activeRules(context)
    .filter((rule) => !rule.staged)
    .map((rule) => enforcementOf(context, rule));
}

/** Guardrails, today and for all labellings, and staged dependences; no space is built where there is nothing to decide. */
function checkPromises(world: World, context: PlanContext): readonly Diagnostic[] {
  const { model } = world;
  const { expansion } = context;
  const found = model.guardrails.length === 0 ? [] : checkGuardrails(world, sieveContext(context));
  return [
    ...found,
    ...checkLabellings({ world, expansion, found }),
    ...(mayDependOnStaged(world) ? checkStagedDependence(spaceOf(world)) : []),
  ];
}

/** What the sieve of guardrails needs of a plan. */
export function sieveContext(context: PlanContext): SieveContext {
  const { model, expansion, now, ends } = context;
  const known = new Map<Rule, readonly Product[]>();
  return {
    expansion,
    now,
    rules: model.rules.filter((rule) => !rule.staged),
    lowered: (rule) => {
      const products = known.get(rule) ?? loweredProducts(context, rule);
      known.set(rule, products);
      return products;
    },
    enforced: { egress: ends.egress.enforced, ingress: ends.ingress.enforced },
  };
}

const failuresOf = (tests: readonly TestResult[]) =>
  tests.flatMap((test) => [test, ...test.assertions].flatMap(({ failure }) => failure ?? []));

/** By file and place; what has no place comes first. */
export function inSourceOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((a, b) => {
    if (a.span === undefined || b.span === undefined) {
      return Number(a.span !== undefined) - Number(b.span !== undefined);
    }
    return compareSpans(a.span, b.span) || (a.code < b.code ? -1 : Number(a.code > b.code));
  });
}
