// The processes that some points of a class stand for, by the programs that rules of either version name.
import type { Program } from "../model/types.ts";
import { holdsFor } from "../plan/local-process.ts";
import type { Comparison } from "./cells.ts";

/** Makes the part before `@`; `points` are some but not all of those of the class. */
export function programNames(
  { space, parts }: Pick<Comparison, "space" | "parts">,
  version: number,
): (of: number, points: readonly number[]) => string {
  const programs = programsOf(parts, version);
  return (of, points) => {
    const one = space.classes[of];
    const all = one?.points ?? [];
    const platform = one?.like[version]?.platform;
    const wanted = new Set(points);
    const told = programs.map((program) => ({
      name: program.name ?? program.key,
      points: all.filter((point) =>
        holdsFor(platform, space.points[point]?.process ?? new Map(), {
          include: [program],
          exclude: [],
        }),
      ),
    }));
    const within = told.filter(
      ({ points: own }) => own.length > 0 && own.every((p) => wanted.has(p)),
    );
    const apart = told.filter(
      ({ points: own }) => own.length > 0 && !own.some((p) => wanted.has(p)),
    );
    const isAll = (some: typeof told, whole: ReadonlySet<number>) =>
      new Set(some.flatMap((each) => each.points)).size === whole.size;
    if (isAll(within, wanted)) return braced(fewest(within, wanted));
    const rest = new Set(all.filter((point) => !wanted.has(point)));
    if (isAll(apart, rest)) return `(programs other than ${braced(fewest(apart, rest))})`;
    return within.length === 0
      ? "(some programs)"
      : `(some programs, ${braced(names(within))} among them)`;
  };
}

type Told = readonly { readonly name: string; readonly points: readonly number[] }[];

const names = (some: Told) => [...new Set(some.map(({ name }) => name))].sort();

/** One of them where it is all, else all of them. */
function fewest(some: Told, whole: ReadonlySet<number>): readonly string[] {
  const one = some.find(({ points }) => points.length === whole.size);
  return one === undefined ? names(some) : [one.name];
}

const braced = (texts: readonly string[]) =>
  texts.length === 1 ? (texts[0] ?? "") : `{ ${texts.join(", ")} }`;

/** Those of the version itself first, and those with names before others. */
function programsOf(parts: Comparison["parts"], version: number): readonly Program[] {
  const found = new Map<string, Program>();
  for (const each of [parts[version] ?? [], parts[1 - version] ?? []]) {
    const own = new Map<string, Program>();
    for (const { source, destination } of each) {
      for (const { include, exclude } of [source, destination]) {
        for (const program of [...include, ...exclude]) own.set(program.key, program);
      }
    }
    for (const [key, program] of [...own].sort(([a], [b]) => (a < b ? -1 : 1))) {
      // Redefined under its old name it is another program.
      const content = JSON.stringify([
        key,
        [...program.alternatives].map(([on, fields]) => [on, [...fields]]),
      ]);
      if (!found.has(content)) found.set(content, program);
    }
  }
  return [...found.values()].sort(
    (a, b) => Number(a.name === undefined) - Number(b.name === undefined),
  );
}
