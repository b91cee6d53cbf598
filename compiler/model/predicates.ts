// `where` and `have` predicates: labels and values resolved, kinds checked (SEG304), negations
// guarded (SEG303).
import { diagnose } from "../../diagnostics/registry.ts";
import { type Span, textOf } from "../../diagnostics/source.ts";
import type { Predicate as PredicateTree } from "../../grammar/ast.ts";
import { unreachable } from "../unreachable.ts";
import { listKey, testKey } from "./canonical.ts";
import { type Context, report } from "./context.ts";
import { type Test, unguardedTests } from "./guarded-negation.ts";
import type { Label, Predicate } from "./types.ts";
import { valuesOf } from "./values.ts";
import { findLabel } from "./vocabulary.ts";

export interface CheckedPredicate {
  readonly predicate: Predicate;
  readonly key: string;
}

/** Where a test stands, and what a guard would be put in front of. */
interface Written {
  readonly span: Span;
  readonly guard: Slot | undefined;
}
interface Slot {
  readonly span: Span;
  /** `has L and …` needs parentheses here. */
  readonly needsParentheses: boolean;
}

interface Work {
  readonly context: Context;
  readonly written: Map<Predicate, Written>;
}

/** The predicate's meaning; undefined where something in it is wrong, which is reported. */
export function checkPredicate(
  context: Context,
  tree: PredicateTree,
): CheckedPredicate | undefined {
  const work: Work = { context, written: new Map() };
  const checked = check(work, tree, { span: tree.span, needsParentheses: false });
  if (checked === undefined) return undefined;
  const unguarded = unguardedTests(checked.predicate);
  for (const test of unguarded) reportUnguarded(work, test);
  return unguarded.length === 0 ? checked : undefined;
}

/** `slot` is where a guard for what `tree` says may be put; undefined inside a larger negation. */
function check(
  work: Work,
  tree: PredicateTree,
  slot: Slot | undefined,
): CheckedPredicate | undefined {
  switch (tree.kind) {
    case "and":
    case "or": {
      const needsParentheses = tree.kind === "or";
      const parts = tree.of.map((part) =>
        check(work, part, slot && { span: part.span, needsParentheses }),
      );
      const known = parts.filter((part) => part !== undefined);
      if (known.length < parts.length) return undefined;
      const key = listKey(
        known.map((part) => part.key),
        ` ${tree.kind} `,
      );
      return { predicate: { kind: tree.kind, of: known.map((part) => part.predicate) }, key };
    }
    case "not": {
      const inner = unwrapped(tree.of);
      const isTest = inner.kind === "is" || inner.kind === "in" || inner.kind === "has-value";
      return negated(check(work, tree.of, isTest ? slot : undefined));
    }
    case "parenthesised-predicate": {
      const isOwn = slot !== undefined && slot.span === tree.span;
      const inside = { span: tree.of.span, needsParentheses: false };
      return check(work, tree.of, isOwn ? inside : slot);
    }
    case "has-label": {
      const label = findLabel(work.context, tree.label);
      if (label === undefined) return undefined;
      return { predicate: { kind: "defined", label }, key: `has ${label.name}` };
    }
    case "is":
    case "is-not":
    case "in":
    case "not-in":
    case "has-value":
      return checkTest(work, tree, slot);
    default:
      return unreachable(tree);
  }
}

function unwrapped(tree: PredicateTree): PredicateTree {
  return tree.kind === "parenthesised-predicate" ? unwrapped(tree.of) : tree;
}

function negated(checked: CheckedPredicate | undefined): CheckedPredicate | undefined {
  if (checked === undefined) return undefined;
  return { predicate: { kind: "not", of: checked.predicate }, key: `not (${checked.key})` };
}

type TestTree = Extract<PredicateTree, { values: unknown }>;

function checkTest(
  work: Work,
  tree: TestTree,
  slot: Slot | undefined,
): CheckedPredicate | undefined {
  const label = findLabel(work.context, tree.label);
  if (label === undefined) return undefined;
  if ((tree.kind === "has-value") !== (label.kind === "set")) {
    reportKind(work.context, tree, label);
    return undefined;
  }
  const values = new Set<string>();
  let isWhole = true;
  for (const value of tree.values) {
    const covered = valuesOf(work.context, label, value);
    if (covered === undefined) isWhole = false;
    else for (const one of covered) values.add(one);
  }
  if (!isWhole) return undefined;
  const kind = label.kind === "set" ? "contains" : "is";
  const predicate: Test = { kind, label, values };
  work.written.set(predicate, { span: tree.span, guard: slot });
  const checked = { predicate, key: testKey(label.name, kind, values) };
  return tree.kind === "is-not" || tree.kind === "not-in" ? negated(checked) : checked;
}

function reportKind(context: Context, tree: TestTree, label: Label): void {
  const [value, ...more] = tree.values;
  const test = oneLine(tree.span);
  const fits = tree.kind === "is" || tree.kind === "is-not" || tree.kind === "has-value";
  const written = value === undefined ? "" : textOf(value.span);
  const positive =
    label.kind === "set" ? `${label.name} has ${written}` : `${label.name} is ${written}`;
  const text = tree.kind === "is-not" ? `not (${positive})` : positive;
  const isFixable = fits && more.length === 0 && value !== undefined;
  const parameters = { why: "test", label: label.name, kind: label.kind, test } as const;
  const fix = isFixable ? { fix: [{ span: tree.span, text }], help: `use \`${text}\`` } : {};
  report(context, diagnose("SEG304", tree.span, parameters, fix));
}

function reportUnguarded(work: Work, test: Test): void {
  const written = work.written.get(test);
  if (written === undefined) return;
  const { guard } = written;
  const label = test.label.name;
  const within = guard === undefined;
  const parameters = { label, test: oneLine(guard?.span ?? written.span), within };
  if (guard === undefined) {
    report(work.context, diagnose("SEG303", written.span, parameters));
    return;
  }
  const text = `has ${label} and ${textOf(guard.span)}`;
  const fix = [{ span: guard.span, text: guard.needsParentheses ? `(${text})` : text }];
  report(work.context, diagnose("SEG303", written.span, parameters, { fix }));
}

const oneLine = (span: Span) => textOf(span).replace(/\s+/g, " ");
