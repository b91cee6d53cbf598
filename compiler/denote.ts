// From parsed modules and a raw inventory to what every rule denotes, without asking whether promises
// hold: the part that `check` shares with whoever compares two policies.
import { type Diagnostic, hasErrors } from "../diagnostics/diagnostic.ts";
import type { ModuleTree } from "../grammar/ast.ts";
import { checkAuthority } from "./extent/authority.ts";
import { expand } from "./extent/expand.ts";
import { checkFixtureRequirements, checkRequirements } from "./extent/requirements.ts";
import { buildInventory } from "./inventory/build.ts";
import type { RawInventory } from "./inventory/raw.ts";
import type { Inventory } from "./inventory/types.ts";
import { buildModel } from "./model/build.ts";
import type { Model, UtcDate } from "./model/types.ts";
import { checkCapabilities } from "./plan/check-capabilities.ts";
import { type PlanContext, planContext } from "./plan/context.ts";
import type { CapabilityTable } from "./plan/target.ts";

export interface DenoteInput {
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

export interface Denoted {
  readonly model: Model;
  readonly inventory: Inventory;
  /** Every rule in the inventory on the day, and who enforces it. */
  readonly context: PlanContext;
  readonly openValues: ReturnType<typeof buildModel>["openValues"];
  /** Of loading, names, types, inventory, requirements, authority and capabilities; in no order. */
  readonly diagnostics: readonly Diagnostic[];
  /** True where rules mean something: no error but of who may write them. */
  readonly sound: boolean;
}

/** Everything up to what rules denote. Never throws for what the user wrote. */
export function denote(input: DenoteInput): Denoted {
  const built = buildModel(input.trees, input);
  const { model } = built;
  const broken = input.trees.flatMap((tree) => tree.broken.map((name) => name.text));
  const unreadLabels = new Set([...broken, ...built.refusedLabels]);
  const read = buildInventory(input.inventory, model, { unreadLabels });
  const { inventory } = read;
  const context = planContext(model, expand(model, inventory), input.capabilities, input.now);
  // Without the root there is no vocabulary: every label of the inventory would be called unknown.
  const hasRoot = input.trees.some((tree) => tree.isRoot);
  const early = [...input.earlier, ...built.diagnostics, ...(hasRoot ? read.diagnostics : [])];
  const middle = hasErrors(early) ? [] : checkSets(input, context);
  // Who may write a rule does not change what it means: promises are checked all the same.
  const sound = !hasErrors(early) && !hasErrors(middle.filter(({ code }) => !authority.has(code)));
  const { openValues } = built;
  return { model, inventory, context, openValues, diagnostics: [...early, ...middle], sound };
}

/** What the sets select in this inventory: requirements, authority, what enforcers can see. */
function checkSets(input: DenoteInput, context: PlanContext): readonly Diagnostic[] {
  const { model, expansion } = context;
  return [
    ...checkRequirements(model, expansion.universe.workloads),
    ...checkFixtureRequirements(model),
    ...checkAuthority(model, expansion),
    ...checkCapabilities(context, input),
  ];
}

/** Errors that leave the meaning of the policy as it is. */
const authority: ReadonlySet<string> = new Set(["SEG313", "SEG401", "SEG402", "SEG403", "SEG406"]);
