// Finds negative tests that silently include workloads without the label (SEG303, language.md
// 6.2). The predicate is put in negation normal form over leaf atoms; each negative literal on an
// optional label L becomes (literal and `has L`); the test is unguarded where that changes the
// proposition. Leaves that always occur together are one variable, so that a long list is cheap.
import { type Diagram, diagram } from "./diagram.ts";
import type { Label, Predicate } from "./types.ts";

export type Test = Extract<Predicate, { kind: "is" | "contains" }>;

/** The first unguarded test of each optional label that has one. */
export function unguardedTests(predicate: Predicate): readonly Test[] {
  const negative = negativeTests(predicate, true).filter((test) => test.label.optional);
  if (negative.length === 0) return [];
  const proposition = propositionOf(predicate);
  const none: ReadonlySet<Test> = new Set();
  const original = proposition.build(none);
  const isChangedBy = (tests: readonly Test[]) =>
    proposition.build(new Set(tests)) !== original || proposition.isExhausted();
  if (!isChangedBy(negative)) return [];
  const [first] = negative;
  const labels = new Set(negative.map((test) => test.label));
  const found = [...labels].flatMap((label) => {
    const tests = negative.filter((test) => test.label === label);
    return isChangedBy(tests) ? [tests.find((test) => isChangedBy([test])) ?? tests[0]] : [];
  });
  const tests = found.filter((test) => test !== undefined);
  return tests.length > 0 || first === undefined ? tests : [first];
}

/** The tests that negation normal form leaves negative, in source order. */
function negativeTests(predicate: Predicate, positive: boolean): readonly Test[] {
  switch (predicate.kind) {
    case "is":
    case "contains":
      return positive ? [] : [predicate];
    case "defined":
      return [];
    case "not":
      return negativeTests(predicate.of, !positive);
    case "and":
    case "or":
      return predicate.of.flatMap((part) => negativeTests(part, positive));
  }
}

interface Proposition {
  /** The formula, with the negative literals of `guarded` joined by their `has L`. */
  readonly build: (guarded: ReadonlySet<Test>) => number;
  readonly isExhausted: () => boolean;
}

function propositionOf(predicate: Predicate): Proposition {
  const tests = testsOf(predicate);
  const labels = [...new Set(labelsOf(predicate))];
  const variableOfLabel = new Map(labels.map((label, index) => [label, index]));
  const groups = leafGroups(tests, labels.length);
  const formulas = diagram();
  const has = (label: Label) => formulas.variable(variableOfLabel.get(label) ?? 0);
  const leaf = (test: Test) => anyOf(formulas, groups.get(test) ?? []);
  const build = (part: Predicate, positive: boolean, guarded: ReadonlySet<Test>): number => {
    switch (part.kind) {
      case "is":
      case "contains": {
        if (positive) return leaf(part);
        const negated = formulas.not(leaf(part));
        return guarded.has(part) ? formulas.and(negated, has(part.label)) : negated;
      }
      case "defined":
        return positive ? has(part.label) : formulas.not(has(part.label));
      case "not":
        return build(part.of, !positive, guarded);
      case "and":
      case "or": {
        const isAnd = (part.kind === "and") === positive;
        // From the last to the first: each step then joins at the top of what is there already.
        return part.of.reduceRight(
          (rest, one) => formulas[isAnd ? "and" : "or"](build(one, positive, guarded), rest),
          isAnd ? 1 : 0,
        );
      }
    }
  };
  return {
    build: (guarded) => build(predicate, true, guarded),
    isExhausted: formulas.isExhausted,
  };
}

function anyOf(formulas: Diagram, variables: readonly number[]): number {
  return variables.reduceRight((rest, one) => formulas.or(formulas.variable(one), rest), 0);
}

/** For each test its variables: one for each group of leaves that occur in the same tests. */
function leafGroups(tests: readonly Test[], firstVariable: number): Map<Test, readonly number[]> {
  const occurrences = new Map<string, number[]>();
  for (const [index, test] of tests.entries()) {
    for (const value of test.values) {
      const atom = `${test.label.name} ${value}`;
      const known = occurrences.get(atom);
      if (known === undefined) occurrences.set(atom, [index]);
      else known.push(index);
    }
  }
  const variables = new Map<string, number>();
  const result = new Map<Test, number[]>(tests.map((test) => [test, []]));
  for (const indices of occurrences.values()) {
    const signature = indices.join(" ");
    if (variables.has(signature)) continue;
    const variable = firstVariable + variables.size;
    variables.set(signature, variable);
    for (const index of indices) {
      const test = tests[index];
      if (test !== undefined) result.get(test)?.push(variable);
    }
  }
  return result;
}

function testsOf(predicate: Predicate): readonly Test[] {
  if (predicate.kind === "is" || predicate.kind === "contains") return [predicate];
  if (predicate.kind === "defined") return [];
  return predicate.kind === "not" ? testsOf(predicate.of) : predicate.of.flatMap(testsOf);
}

function labelsOf(predicate: Predicate): readonly Label[] {
  switch (predicate.kind) {
    case "is":
    case "contains":
    case "defined":
      return [predicate.label];
    case "not":
      return labelsOf(predicate.of);
    case "and":
    case "or":
      return predicate.of.flatMap(labelsOf);
  }
}
