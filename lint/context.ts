// A checked policy, and what several rules ask of it, worked out when it is first asked.
import type { Checked } from "../compiler/check.ts";
import type { Product } from "../compiler/extent/types.ts";
import type { Rule } from "../compiler/model/types.ts";
import { activeRules } from "../compiler/plan/context.ts";
import { loweredProducts } from "../compiler/plan/lowering.ts";
import type { Span } from "../diagnostics/source.ts";
import type { ModuleTree } from "../grammar/ast.ts";
import { type CoverIndex, coverIndex } from "./cover/cover-index.ts";
import type { LintSettings } from "./settings.ts";
import type { IdleSuppression } from "./suppressions.ts";
import { type WrittenRule, writtenRules } from "./written-rules.ts";

export interface LintInput {
  /** Without errors: what is likely not meant is said of policies that mean something. */
  readonly checked: Pick<Checked, "model" | "inventory" | "expansion" | "plan">;
  readonly trees: readonly ModuleTree[];
  readonly settings: LintSettings;
  /** The day since when a place reads as it does; undefined where nobody knows. */
  readonly since: ((place: Span) => string | undefined) | undefined;
  /** The day on which a file was last written; undefined where nobody knows. */
  readonly fileDay: ((path: string) => string | undefined) | undefined;
}

export interface LintContext extends LintInput, Pick<Checked, "model" | "expansion" | "plan"> {
  /** Today. */
  readonly now: string;
  /** By the place where they are written, in the order of files and places. */
  readonly written: readonly WrittenRule[];
  /** What unstaged, active rules mean at least: before lowering, which widens. */
  readonly covers: () => CoverIndex;
  /** What active allows mean at most, staged ones among them. */
  readonly allowed: () => CoverIndex;
  /** Suppressions that suppress nothing; known once every other rule has spoken. */
  readonly idle: readonly IdleSuppression[];
}

/** What rules are given. */
export function lintContext(input: LintInput): LintContext {
  const { model, expansion, plan } = input.checked;
  const active = activeRules(plan);
  const index = (rules: readonly Rule[], productsOf: (rule: Rule) => readonly Product[]) =>
    once(() =>
      coverIndex(
        expansion,
        rules.flatMap((rule) => productsOf(rule).map((product) => ({ rule, product }))),
      ),
    );
  return {
    ...input,
    model,
    expansion,
    plan,
    now: plan.now,
    written: writtenRules(model, input.trees),
    covers: index(
      active.filter(({ staged }) => !staged),
      (rule) => expansion.flowsOf(rule).products,
    ),
    allowed: index(
      active.filter(({ effect }) => effect === "allow"),
      (rule) => loweredProducts(plan, rule),
    ),
    idle: [],
  };
}

function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
