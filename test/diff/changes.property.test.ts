// Changes as people read them: the products are the cells, no more and no less, and what means the same is
// no change.
import fc from "fast-check";
import { expect, test } from "vitest";
import { changesOf } from "../../compiler/diff/changes.ts";
import { productsIn } from "../../compiler/diff/products.ts";
import { formatModule } from "../../index.ts";
import { compare, diff } from "../../library/diff.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { type GeneratedProject, generatedProject } from "../generated/project.ts";
import { soundProject } from "../generated/sound.ts";
import { now, versionPairs } from "./version-pairs.ts";

const isFull = process.env.SEGC_FULL === "1";
const runs = isFull ? 1000 : 80;
const timeout = 600_000;

test("products are exactly the cells of their kind, in any split by kind and group", {
  timeout,
}, () => {
  const seen = { products: 0, merged: 0 };
  fc.assert(
    fc.property(versionPairs, ({ before, after }) => {
      const { comparison } = compare(memoryFiles(before.files), memoryFiles(after.files), { now });
      if (comparison === undefined) throw new Error("a version has errors");
      const { services, space, ends } = comparison;
      for (const cells of byKindAndGroup(comparison).values()) {
        const said = new Map<string, number>();
        const products = productsIn(comparison, cells);
        seen.products += products.length;
        seen.merged += cells.length - products.length;
        for (const { sources, destinations, service } of products) {
          for (const source of sources) {
            for (const destination of destinations) {
              const key = `${source} ${destination}`;
              said.set(key, services.union(said.get(key) ?? 0, service));
            }
          }
        }
        for (const { source, destination, service } of cells) {
          const key = `${source} ${destination}`;
          expect(said.get(key)).toBe(service);
          said.delete(key);
        }
        // What else they say is between ends that have no flow.
        for (const key of said.keys()) {
          const [from = -1, to = -1] = key
            .split(" ")
            .map((point) => space.points[Number(point)]?.of);
          expect(ends.flowsBetween(from, to)).toBe(0);
        }
      }
    }),
    { numRuns: runs },
  );
  expect(Math.min(seen.products, seen.merged)).toBeGreaterThan(0);
});

type Compared = NonNullable<ReturnType<typeof compare>["comparison"]>;

function byKindAndGroup({ cells, space }: Compared) {
  return Map.groupBy(cells, ({ kind: { change, layer, causes }, source }) =>
    [change, layer, causes, space.classes[space.points[source]?.of ?? -1]?.group].join(" "),
  );
}

test("the other way round, what was gained is lost", { timeout }, () => {
  fc.assert(
    fc.property(versionPairs, ({ before, after }) => {
      const [a, b] = [before, after].map(({ files }) => memoryFiles(files));
      if (a === undefined || b === undefined) throw new Error("no versions");
      const [there, back] = [diff(a, b, { now }).diff, diff(b, a, { now }).diff];
      expect(there?.totals.allowed.pairs).toBe(back?.totals.refused.pairs);
      expect(there?.totals.open.pairs).toBe(back?.totals.stopped.pairs);
      expect(there?.totals.refused.pairs).toBe(back?.totals.allowed.pairs);
    }),
    { numRuns: runs },
  );
});

/** The same policy, written otherwise. */
const rewritten: readonly (readonly [string, (text: string) => string])[] = [
  ["reordered", reordered],
  ["formatted", (text) => formatModule({ path: "lab.seg", text }).text],
  ["with a private segment renamed", (text) => text.replace(/\bseg-a\b/g, "front-tier")],
  ["with a program renamed", (text) => text.replace(/\bunit-job\b/g, "nightly")],
  ["with comments", (text) => text.replace(/^(allow|deny)/gm, "# why\n$1")],
];

test.each(rewritten)("a policy %s is no change", { timeout }, (_, rewrite) => {
  fc.assert(
    fc.property(generatedProject, (generated) => {
      const { project } = soundProject(generated, now);
      const other = new Map(project.files).set("lab.seg", rewrite(textOf(project)));
      const { diff: found, after } = diff(memoryFiles(project.files), memoryFiles(other), { now });
      expect(after).toEqual([]);
      expect(found).toMatchObject({
        changes: [],
        workloads: { added: [], removed: [], changed: [] },
      });
    }),
    { numRuns: Math.ceil(runs / 4) },
  );
});

test("an address that moves is no change, where no network tells it apart", () => {
  fc.assert(
    fc.property(generatedProject, (generated) => {
      const { project } = soundProject(generated, now);
      fc.pre(!/networks|internet|outside|anywhere/.test(project.statements.join("\n")));
      const moved = (project.files.get("inventory.json") ?? "")
        .replaceAll("10.9.0.", "10.77.5.")
        .replaceAll("fd09::", "fd77::");
      const other = new Map(project.files).set("inventory.json", moved);
      const found = diff(memoryFiles(project.files), memoryFiles(other), { now }).diff;
      expect(found?.changes).toEqual([]);
    }),
    { numRuns: runs },
  );
});

test("a comparison holds no more cells than flows differ, and no change without a pair", {
  timeout,
}, () => {
  fc.assert(
    fc.property(versionPairs, ({ before, after }) => {
      const { comparison } = compare(memoryFiles(before.files), memoryFiles(after.files), { now });
      if (comparison === undefined) throw new Error("a version has errors");
      for (const change of changesOf(comparison).changes) {
        expect(change.pairs).toBeGreaterThan(0);
        expect(change.source.text).not.toBe("");
        expect(change.destination.text).not.toBe("");
        expect(change.causes.length).toBeGreaterThan(0);
        expect(change.example).toMatch(/ -> .* : /);
      }
    }),
    { numRuns: runs },
  );
});

const textOf = ({ files }: GeneratedProject) => files.get("lab.seg") ?? "";

/** Statements of the module from last to first, its header left alone. */
function reordered(text: string): string {
  const lines = text.split("\n");
  const at = lines.findIndex((line) => line.startsWith("use "));
  return [...lines.slice(0, at + 1), ...lines.slice(at + 1).reverse()].join("\n");
}
