// Points -> the words of the policy: a segment that holds exactly them, some segments together, a segment
// but for a few, labels that select exactly them, and where nothing fits, names of workloads.
import type { Model } from "../model/types.ts";
import { holdsFor } from "../plan/local-process.ts";
import { formatCidr } from "../sets/address.ts";
import {
  cidrsOf,
  internetAddresses,
  isAddressSubset,
  unionOfAddresses,
} from "../sets/address-set.ts";
import type { Comparison } from "./cells.ts";
import { labelsOf } from "./label-names.ts";
import { segmentNames } from "./segment-names.ts";

/** One end of a change. */
export interface NamedEnd {
  /** `web`, `{ web, api }`, `report@batch`, `outside`, `web-1 and 12 more workloads`. */
  readonly text: string;
  /** Names of the workloads that it holds, sorted. */
  readonly workloads: readonly string[];
  /** It holds addresses that no workload has. */
  readonly outside: boolean;
}

/** Names sets of points of one group in the words of one version. */
export function namer(
  comparison: Pick<Comparison, "space" | "joint" | "versions" | "parts">,
  version: number,
): (points: readonly number[]) => NamedEnd {
  const { space, joint, versions } = comparison;
  const context = versions[version]?.context;
  if (context === undefined) throw new Error("bug in segc (diff): no such version");
  const segments = segmentNames(comparison, version);
  const byLabels = labelsOf(comparison, version);
  const programs = programsOf(comparison, version);
  const known = new Map<string, NamedEnd>();
  const nameOf = (endpoint: number) => joint.endpoints[endpoint]?.name ?? "";

  /** One name, or several that belong side by side. */
  const managedTexts = (group: number, endpoints: readonly number[]): readonly string[] => {
    const exact = segments.exact(group, endpoints);
    if (exact !== undefined) return [exact];
    const names = [...new Set(endpoints.map(nameOf))].sort();
    if (names.length <= 3) return names;
    const together = segments.together(endpoints);
    if (together !== undefined) return together;
    const one = segments.allBut(endpoints) ?? byLabels(group, endpoints);
    if (one !== undefined) return [one];
    const more = names.length - 3;
    return [...names.slice(0, 3), `${more} more ${more === 1 ? "workload" : "workloads"}`];
  };

  const describe = (points: readonly number[]): NamedEnd => {
    const classes = new Map<number, number[]>();
    for (const point of points) {
      const of = space.points[point]?.of ?? -1;
      const list = classes.get(of);
      if (list === undefined) classes.set(of, [point]);
      else list.push(point);
    }
    const byProgram = new Map<string, number[]>();
    const outside: number[] = [];
    let group = -1;
    for (const [of, list] of classes) {
      const one = space.classes[of];
      if (one === undefined) continue;
      group = one.group;
      if (one.outside !== undefined) outside.push(of);
      else {
        const prefix = list.length === one.points.length ? "" : programText(of, list);
        byProgram.set(prefix, [...(byProgram.get(prefix) ?? []), ...one.endpoints]);
      }
    }
    const managed = [...byProgram].map(([prefix, endpoints]) => {
      const sorted = endpoints.sort((a, b) => a - b);
      const texts = managedTexts(group, sorted);
      return { endpoints: sorted, texts: prefix === "" ? texts : [`${prefix}@${braced(texts)}`] };
    });
    const out = outside.length === 0 ? [] : [outsideText(group, outside)];
    const inside = managed.flatMap(({ texts }) => texts);
    const isAnywhere = out[0] === "outside" && inside.length === 1 && inside[0] === "workloads";
    const workloads = managed.flatMap(({ endpoints }) => endpoints.map(nameOf));
    return {
      text: isAnywhere ? "anywhere" : braced([...out, ...inside]),
      workloads: [...new Set(workloads)].sort(),
      outside: outside.length > 0,
    };
  };

  /** The processes that some points of a class stand for. */
  const programText = (of: number, points: readonly number[]): string => {
    const one = space.classes[of];
    const platform = one?.like[version]?.platform;
    const satisfying = (program: (typeof programs)[number]) =>
      (one?.points ?? []).filter((point) =>
        holdsFor(platform, space.points[point]?.process ?? new Map(), {
          include: [program],
          exclude: [],
        }),
      );
    const wanted = points.join();
    const exact = programs.find((program) => satisfying(program).join() === wanted);
    if (exact !== undefined) return programName(exact);
    const rest = (one?.points ?? []).filter((point) => !points.includes(point)).join();
    const others = programs.find((program) => satisfying(program).join() === rest);
    if (others !== undefined) return `(programs other than ${programName(others)})`;
    const some = programs.filter((program) =>
      satisfying(program).some((point) => points.includes(point)),
    );
    const named = some.map(programName).slice(0, 3);
    return named.length === 0 ? "(other programs)" : `(${named.join(" or ")}, in part)`;
  };

  const outsideText = (group: number, classes: readonly number[]): string => {
    const chosen = new Set(classes);
    const all = [...space.classes.entries()].filter(
      ([, one]) => one.outside !== undefined && one.group === group,
    );
    if (all.every(([of]) => chosen.has(of))) return "outside";
    const isInternet = all.every(
      ([of, one]) => isAddressSubset(one.whole ?? nowhere, internetAddresses) === chosen.has(of),
    );
    if (isInternet) return "internet";
    const named = segments.outside(group, chosen);
    if (named !== undefined) return named;
    const rest = all.filter(([of]) => !chosen.has(of));
    const left = cidrsOf(unionOfAddresses(rest.flatMap(([, { whole }]) => whole ?? [])));
    if (left.length <= 3) {
      return `(outside except networks { ${left.map(formatCidr).join(", ")} })`;
    }
    const cidrs = cidrsOf(
      unionOfAddresses(
        all.flatMap(([of, one]) => (chosen.has(of) && one.whole ? [one.whole] : [])),
      ),
    ).map(formatCidr);
    const shown = cidrs.slice(0, 3).join(", ");
    return cidrs.length > 3
      ? `networks { ${shown} and ${cidrs.length - 3} more }`
      : `networks { ${shown} }`;
  };

  return (points) => {
    const key = points.join();
    const named = known.get(key) ?? describe(points);
    known.set(key, named);
    return named;
  };
}

const nowhere = unionOfAddresses([]);

const braced = (texts: readonly string[]): string =>
  texts.length === 1 ? (texts[0] ?? "") : `{ ${texts.join(", ")} }`;

type ProgramOf = Model["programs"][number];

/** Programs that rules of the version name, those with names first. */
function programsOf({ parts }: Pick<Comparison, "parts">, version: number): readonly ProgramOf[] {
  const found = new Map<string, ProgramOf>();
  for (const { source, destination } of parts[version] ?? []) {
    for (const program of [source, destination].flatMap((term) => [
      ...term.include,
      ...term.exclude,
    ])) {
      found.set(program.key, program);
    }
  }
  return [...found.values()].sort(
    (a, b) =>
      Number(a.name === undefined) - Number(b.name === undefined) || (a.key < b.key ? -1 : 1),
  );
}

const programName = (program: ProgramOf) => program.name ?? program.key;
