// SEG303 against its definition, word for word (language.md 6.2 and 11): negation normal form over
// leaf atoms, each negative literal on an optional label joined by `has L`, compared by truth table.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { codes, fixed, onlyDiagnostic, rooted } from "./project.ts";

const where = (predicate: string) => codes(rooted(`segment s = workloads where ${predicate}`));
const fix = (predicate: string) =>
  /workloads where (.*)/.exec(
    fixed(onlyDiagnostic(rooted(`segment s = workloads where ${predicate}`))),
  )?.[1];

describe("guarded negation", () => {
  test("a negative test of an optional label needs `has`", () => {
    expect(where("app is not crm")).toEqual(["SEG303 app is not crm"]);
    expect(where("app not in { crm, erp }")).toEqual(["SEG303 app not in { crm, erp }"]);
    expect(where("not (app is crm)")).toEqual(["SEG303 app is crm"]);
    expect(where("not (handles has pii)")).toEqual(["SEG303 handles has pii"]);
    expect(where("tier is not gold")).toEqual(["SEG303 tier is not gold"]);
  });
  test("with `has` it is fine, on either side of the question", () => {
    expect(where("has app and app is not crm")).toEqual([]);
    expect(where("app is not crm and has app")).toEqual([]);
    expect(where("not (has app) or app is not crm")).toEqual([]);
    expect(where("has handles and not (handles has pii)")).toEqual([]);
    expect(where("has app and (env is prod or app is not crm)")).toEqual([]);
  });
  test("`app is crm` and `app in { crm }` are one atom; atoms are independent", () => {
    expect(where("app is crm or (has app and app not in { crm })")).toEqual([]);
    expect(where("app is crm and app is not erp")).toEqual(["SEG303 app is not erp"]);
  });
  test("required labels, double negation and sets need no guard", () => {
    expect(where("env is not prod and not (role in { db, web })")).toEqual([]);
    expect(where("not (app is not crm)")).toEqual([]);
    expect(
      codes(rooted("segment crm = workloads where app is crm\nsegment s = workloads except crm")),
    ).toEqual([]);
  });
  test("what a `require` demands is checked alike", () => {
    expect(codes(rooted("require r = workloads have app is not crm"))).toEqual([
      "SEG303 app is not crm",
    ]);
  });
  test("each label that may be missing is a cause", () => {
    expect(where("app is not crm and tier is not gold")).toEqual([
      "SEG303 app is not crm",
      "SEG303 tier is not gold",
    ]);
    expect(where("has app and app is not crm and tier is not gold")).toEqual([
      "SEG303 tier is not gold",
    ]);
  });
  test("the fix guards the test where it stands, and holds", () => {
    expect(fix("app is not crm")).toBe("has app and app is not crm");
    expect(fix("env is prod and app is not crm")).toBe(
      "env is prod and has app and app is not crm",
    );
    expect(fix("env is prod or app is not crm")).toBe(
      "env is prod or (has app and app is not crm)",
    );
    expect(fix("env is prod or not (app is crm)")).toBe(
      "env is prod or (has app and not (app is crm))",
    );
    expect(fix("(env is prod or (app is not crm))")).toBe(
      "(env is prod or (has app and app is not crm))",
    );
  });
  test("a long list is as quick as a short one", () => {
    const many = Array.from({ length: 5_000 }, (_, i) => `a${i}`);
    expect(where(`has app and app not in { ${many.join(", ")} }`)).toEqual([]);
    expect(where(`has app and ${many.map((one) => `app is not ${one}`).join(" and ")}`)).toEqual(
      [],
    );
    expect(where(`${many.map((one) => `app is not ${one}`).join(" and ")} and has app`)).toEqual(
      [],
    );
  });
});

type Tree =
  | {
      readonly kind: "test";
      readonly label: Label;
      readonly values: readonly string[];
      readonly negative: boolean;
    }
  | { readonly kind: "has"; readonly label: Label }
  | { readonly kind: "not"; readonly of: Tree }
  | { readonly kind: "and" | "or"; readonly of: readonly Tree[] };
type Label = keyof typeof leaves;

// `role` is required here; the others are optional.
const leaves = {
  role: { web: ["web"], db: ["db"], data: ["db", "cache"] },
  tier: { gold: ["gold"], silver: ["silver"] },
  handles: { pii: ["pii"], payment: ["payment"] },
} as const;
const labelNames: readonly Label[] = ["role", "tier", "handles"];

const atom: fc.Arbitrary<Tree> = fc.constantFrom(...labelNames).chain((label) =>
  fc.oneof(
    fc.constant<Tree>({ kind: "has", label }),
    fc.record({
      kind: fc.constant("test" as const),
      label: fc.constant(label),
      values: fc.subarray(Object.keys(leaves[label]), {
        minLength: 1,
        maxLength: label === "handles" ? 1 : 2,
      }),
      negative: label === "handles" ? fc.constant(false) : fc.boolean(),
    }),
  ),
);
const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { depthSize: "medium", withCrossShrink: true },
    atom,
    fc.record({ kind: fc.constant("not" as const), of: tie("tree") }),
    fc.record({
      kind: fc.constantFrom("and" as const, "or" as const),
      of: fc.array(tie("tree"), { minLength: 2, maxLength: 3 }),
    }),
  ),
}));

function print(part: Tree): string {
  if (part.kind === "has") return `has ${part.label}`;
  if (part.kind === "not") return `not (${print(part.of)})`;
  if (part.kind !== "test") return part.of.map((one) => `(${print(one)})`).join(` ${part.kind} `);
  if (part.label === "handles") return `handles has ${part.values[0]}`;
  if (part.values.length === 1 && !part.negative) return `${part.label} is ${part.values[0]}`;
  return `${part.label} ${part.negative ? "not in" : "in"} { ${part.values.join(", ")} }`;
}

/** Truth of the negation normal form; `guard` joins negative literals of optional labels by has. */
function holds(part: Tree, truth: ReadonlySet<string>, guard: boolean, positive = true): boolean {
  switch (part.kind) {
    case "has":
      return truth.has(`has ${part.label}`) === positive;
    case "not":
      return holds(part.of, truth, guard, !positive);
    case "and":
    case "or":
      return (part.kind === "and") === positive
        ? part.of.every((one) => holds(one, truth, guard, positive))
        : part.of.some((one) => holds(one, truth, guard, positive));
    case "test": {
      const table: Readonly<Record<string, readonly string[]>> = leaves[part.label];
      const atoms = part.values.flatMap((value) => table[value] ?? []);
      const some = atoms.some((one) => truth.has(`${part.label} ${one}`));
      if (part.negative !== positive) return some;
      return !some && (!guard || part.label === "role" || truth.has(`has ${part.label}`));
    }
  }
}

const atoms = [
  "role web",
  "role db",
  "role cache",
  "tier gold",
  "tier silver",
  "handles pii",
  "handles payment",
  "has role",
  "has tier",
  "has handles",
];

test("agrees with the truth table on random predicates", () => {
  let unguarded = 0;
  fc.assert(
    fc.property(tree, (predicate) => {
      let equivalent = true;
      for (let bits = 0; bits < 1 << atoms.length && equivalent; bits++) {
        const truth = new Set(atoms.filter((_, index) => (bits >> index) & 1));
        equivalent = holds(predicate, truth, false) === holds(predicate, truth, true);
      }
      if (!equivalent) unguarded++;
      expect(where(print(predicate)).some((one) => one.startsWith("SEG303"))).toBe(!equivalent);
    }),
    { numRuns: 400 },
  );
  expect(unguarded).toBeGreaterThan(20);
});
