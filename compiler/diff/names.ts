// Points -> the words of the policy: a segment that holds exactly them, some segments together, a segment
// but for a few, labels that select exactly them, and where nothing fits, names of workloads.
import { formatCidr } from "../sets/address.ts";
import {
  cidrsOf,
  internetAddresses,
  isAddressSubset,
  unionOfAddresses,
} from "../sets/address-set.ts";
import type { Comparison } from "./cells.ts";
import { labelsOf } from "./label-names.ts";
import { programNames } from "./program-names.ts";
import { segmentNames } from "./segment-names.ts";

/** One end of a change. */
export interface NamedEnd {
  /** `web`, `{ web, api }`, `report@batch`, `outside`, `web-1 and 12 more workloads`. */
  readonly text: string;
  /** Names of the workloads that it holds, sorted. */
  readonly workloads: readonly string[];
  /** It holds addresses that no workload has. */
  readonly outside: boolean;
  /** Of which it is put together: workloads without regard to their programs, or undefined; what is outside. */
  readonly of: {
    readonly managed: readonly number[] | undefined;
    readonly out: string | undefined;
  };
}

export interface Namer {
  readonly name: (points: readonly number[]) => NamedEnd;
  /** The workloads of both; undefined where programs are told apart, or what is outside is another. */
  readonly joined: (a: NamedEnd, b: NamedEnd) => NamedEnd | undefined;
}

/** Names sets of points of one group in the words of one version. */
export function namer(
  comparison: Pick<Comparison, "space" | "joint" | "versions" | "parts">,
  version: number,
): Namer {
  const { space, joint, versions } = comparison;
  const context = versions[version]?.context;
  if (context === undefined) throw new Error("bug in segc (diff): no such version");
  const segments = segmentNames(comparison, version);
  const byLabels = labelsOf({ context });
  const programText = programNames(comparison, version);
  const known = new Map<string, NamedEnd>();
  const { universe } = context.expansion;
  const workloadAt = (endpoint: number) =>
    universe.endpoints[joint.endpoints[endpoint]?.at[version] ?? -1]?.workload ?? -1;
  const nameOf = (workload: number) => universe.workloads[workload]?.name ?? "";

  /** One name, or several that belong side by side. */
  const managedTexts = (workloads: readonly number[]): readonly string[] => {
    const exact = segments.exact(workloads);
    if (exact !== undefined) return [exact];
    const own = (name: string) => (segments.isTaken(name) ? `workload ${name}` : name);
    const names = workloads.map(nameOf).sort().map(own);
    const together = names.length < 2 ? undefined : segments.together(workloads);
    if (together !== undefined) return together;
    if (names.length <= 3) return names;
    const one = segments.allBut(workloads) ?? byLabels(workloads);
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
      const workloads = [...new Set(endpoints.map(workloadAt))].sort((a, b) => a - b);
      const texts = managedTexts(workloads);
      return { prefix, workloads, texts: prefix === "" ? texts : [`${prefix}@${braced(texts)}`] };
    });
    const out = outside.length === 0 ? undefined : outsideText(group, outside);
    const isPlain = managed.every(({ prefix }) => prefix === "");
    return endOf(
      managed.flatMap(({ texts }) => texts),
      managed.flatMap((part) => part.workloads),
      { managed: isPlain ? (managed[0]?.workloads ?? []) : undefined, out },
    );
  };

  const endOf = (
    inside: readonly string[],
    workloads: readonly number[],
    of: NamedEnd["of"],
  ): NamedEnd => {
    const isAnywhere = of.out === "outside" && inside.length === 1 && inside[0] === "workloads";
    return {
      text: isAnywhere
        ? "anywhere"
        : braced([...(of.out === undefined ? [] : [of.out]), ...inside]),
      workloads: [...new Set(workloads.map(nameOf))].sort(),
      outside: of.out !== undefined,
      of,
    };
  };

  const outsideText = (group: number, classes: readonly number[]): string => {
    const chosen = new Set(classes);
    const addresses = [...space.classes.entries()].filter(
      ([, one]) => one.outside !== undefined && one.group === group,
    );
    // Whether addresses of workloads of the other version are among them is no question of `outside`.
    const everywhere = addresses.filter(([, { there }]) => there.every((is) => is));
    const isAmong = everywhere.some(([of]) => chosen.has(of));
    const all = isAmong ? everywhere : addresses;
    if (all.every(([of]) => chosen.has(of))) return "outside";
    const isInternet = all.every(
      ([of, one]) => isAddressSubset(one.whole ?? nowhere, internetAddresses) === chosen.has(of),
    );
    if (isInternet) return "internet";
    const named = segments.outside(group, chosen);
    if (named !== undefined) return named;
    const textsOf = (some: typeof all) =>
      cidrsOf(unionOfAddresses(some.flatMap(([, { whole }]) => whole ?? []))).map(formatCidr);
    const [left, cidrs] = [
      textsOf(all.filter(([of]) => !chosen.has(of))),
      textsOf(all.filter(([of]) => chosen.has(of))),
    ];
    return isAmong && left.length < cidrs.length
      ? `(outside except ${networksText(left)})`
      : networksText(cidrs);
  };

  return {
    name: (points) => {
      const key = points.join();
      const named = known.get(key) ?? describe(points);
      known.set(key, named);
      return named;
    },
    joined: (a, b) => {
      const [some, more] = [a.of.managed, b.of.managed];
      if (some === undefined || more === undefined || a.of.out !== b.of.out) return undefined;
      const all = [...new Set([...some, ...more])].sort((x, y) => x - y);
      const texts = all.length === 0 ? [] : managedTexts(all);
      return endOf(texts, all, { managed: all, out: a.of.out });
    },
  };
}

function networksText(cidrs: readonly string[]): string {
  const more = cidrs.length > 4 ? ` and ${cidrs.length - 3} more` : "";
  return `networks { ${cidrs.slice(0, more === "" ? 4 : 3).join(", ")}${more} }`;
}

const nowhere = unionOfAddresses([]);

const braced = (texts: readonly string[]): string =>
  texts.length === 1 ? (texts[0] ?? "") : `{ ${texts.join(", ")} }`;
