// From parsed modules and a raw inventory to a checked policy. Every stage reports all it finds;
// a stage runs only when what it stands on is sound, so that one cause gives one diagnostic.
import { type Diagnostic, hasErrors } from "../diagnostics/diagnostic.ts";
import { foremost } from "../diagnostics/foremost.ts";
import { compareSpans } from "../diagnostics/source.ts";
import type { ModuleTree } from "../grammar/ast.ts";
import { checkAuthority } from "./extent/authority.ts";
import { expand } from "./extent/expand.ts";
import { checkFixtureRequirements, checkRequirements } from "./extent/requirements.ts";
import { checkSelections } from "./extent/selections.ts";
import type { Expansion, Product } from "./extent/types.ts";
import { checkGuardrails } from "./guard/guardrails.ts";
import { runTests, type TestResult } from "./guard/policy-tests.ts";
import type { SieveContext } from "./guard/sieve.ts";
import { spaceOf } from "./guard/space.ts";
import { checkStagedDependence, mayDependOnStaged } from "./guard/staged-dependence.ts";
import { buildInventory } from "./inventory/build.ts";
import type { RawInventory } from "./inventory/raw.ts";
import type { Inventory } from "./inventory/types.ts";
import { buildModel } from "./model/build.ts";
import type { Model, Rule, UtcDate } from "./model/types.ts";
import { checkBypass } from "./plan/check-bypass.ts";
import { checkCapabilities } from "./plan/check-capabilities.ts";
import { checkPublished } from "./plan/check-published.ts";
import { checkUnfiltered } from "./plan/check-unfiltered.ts";
import { activeRules, type PlanContext, planContext } from "./plan/context.ts";
import { enforcementOf, type RuleEnforcement } from "./plan/enforcement.ts";
import { loweredProducts } from "./plan/lowering.ts";
import type { CapabilityTable } from "./plan/target.ts";
import type { World } from "./semantics/semantics.ts";

export interface CheckInput {
  readonly trees: readonly ModuleTree[];
  readonly root: string | undefined;
  readonly modules: ReadonlyMap<string, string>;
  readonly inventory: RawInventory;
  readonly capabilities: CapabilityTable;
  readonly hasExpirySchedule: boolean;
  readonly now: UtcDate;
  /** What loading and parsing found: reported with the rest, and errors stop the later stages. */
  readonly earlier: readonly Diagnostic[];
}

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
}

/** Checks a whole project. Never throws for what the user wrote. */
export function checkPolicy(input: CheckInput): Checked {
  const { capabilities, now } = input;
  const built = buildModel(input.trees, input);
  const { model } = built;
  const broken = input.trees.flatMap((tree) => tree.broken.map((name) => name.text));
  const unreadLabels = new Set([...broken, ...built.refusedLabels]);
  const read = buildInventory(input.inventory, model, { unreadLabels });
  const { inventory } = read;
  const expansion = expand(model, inventory);
  const world = { model, workloads: inventory.workloads, capabilities, now };

  const context = planContext(model, expansion, capabilities, now);
  // Without the root there is no vocabulary: every label of the inventory would be called unknown.
  const hasRoot = input.trees.some((tree) => tree.isRoot);
  const early = [...input.earlier, ...built.diagnostics, ...(hasRoot ? read.diagnostics : [])];
  const middle = hasErrors(early) ? [] : checkSets(input, context);
  // Who may write a rule does not change what it means: promises are checked all the same.
  const sound = !hasErrors(early) && !hasErrors(middle.filter(({ code }) => !authority.has(code)));
  const tests = sound ? runTests(world) : [];
  const late = sound
    ? [
        ...checkSelections(model, expansion, built.openValues),
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
    diagnostics: foremost(inSourceOrder([...early, ...middle, ...late])),
    world,
  };
}

/** What the sets select in this inventory: requirements, authority, what enforcers can see. */
function checkSets(input: CheckInput, context: PlanContext): readonly Diagnostic[] {
  const { model, expansion } = context;
  return [
    ...checkRequirements(model, expansion.universe.workloads),
    ...checkFixtureRequirements(model),
    ...checkAuthority(model, expansion),
    ...checkCapabilities(context, input),
  ];
}

function enforcementOfAll(context: PlanContext): readonly RuleEnforcement[] {
  return activeRules(context)
    .filter((rule) => !rule.staged)
    .map((rule) => enforcementOf(context, rule));
}

/** Errors that leave the meaning of the policy as it is. */
const authority: ReadonlySet<string> = new Set(["SEG313", "SEG401", "SEG402", "SEG403", "SEG406"]);

/** Guardrails and staged dependences; no space is built where there is nothing to decide. */
function checkPromises(world: World, context: PlanContext): readonly Diagnostic[] {
  const { model } = world;
  return [
    ...(model.guardrails.length === 0 ? [] : checkGuardrails(world, sieveContext(context))),
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
function inSourceOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted((a, b) => {
    if (a.span === undefined || b.span === undefined) {
      return Number(a.span !== undefined) - Number(b.span !== undefined);
    }
    return compareSpans(a.span, b.span) || (a.code < b.code ? -1 : Number(a.code > b.code));
  });
}
