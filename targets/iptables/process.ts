// Programs as conditions on the sending socket: owner and cgroup. A cgroup match names one path that
// must be there when the rule is loaded, so each path stands in a rule of its own, which the loader
// leaves out while there is no such cgroup; no process can be in it then.
import type { LocalProgram } from "../../compiler/plan/slice.ts";
import { carried, type Fields, sliceName, slicePath } from "../linux/slices.ts";
import type { Match } from "./ruleset.ts";
import { cgroupText } from "./text.ts";

export interface ProcessTest {
  /** Must hold too. */
  readonly owner: readonly Match[];
  /** One of these lists must hold in full; undefined asks for no cgroup, an empty one never holds. */
  readonly cgroups: readonly (readonly Match[])[] | undefined;
}

/**
 * Holds for exactly the processes that are every one of the programs.
 * @param combinations what the slices of this host carry
 */
export function processTest(
  programs: readonly LocalProgram[],
  combinations: readonly Fields[],
): ProcessTest {
  const owner = programs.flatMap(ownerMatch);
  const wanted = programs.map(carried).filter((fields) => fields.size > 0);
  const paths = programs.flatMap(({ fields }) => fields.get("cgroup") ?? []);
  if (wanted.length + paths.length === 0) return { owner, cgroups: undefined };
  const named = [...new Set(paths.map(cgroupText))].sort();
  const slices = wanted.length === 0 ? [[]] : slicesWith(wanted, combinations);
  const cgroups = slices.flatMap((slice) => {
    const all = [...slice, ...named].map((path): Match | undefined =>
      path === undefined ? undefined : { kind: "cgroup", path },
    );
    const known = all.filter((match) => match !== undefined);
    return known.length === all.length ? [known] : [];
  });
  return { owner, cgroups };
}

/** Slices whose processes have all the fields: one process is in one slice. */
const slicesWith = (wanted: readonly Fields[], combinations: readonly Fields[]) =>
  combinations
    .filter((fields) =>
      wanted.every((record) => [...record].every(([field, value]) => fields.get(field) === value)),
    )
    .map((fields) => [`/${slicePath(sliceName(fields))}`]);

function ownerMatch({ fields, uid, gid }: LocalProgram): readonly Match[] {
  if (fields.has("service")) {
    throw new Error("bug in segc (iptables): `service` is no field of a Linux process");
  }
  if (!fields.has("user") && !fields.has("group")) return [];
  return [
    {
      kind: "owner",
      uid: fields.has("user") ? numberOf(uid) : undefined,
      gid: fields.has("group") ? numberOf(gid) : undefined,
    },
  ];
}

const numberOf = (id: number | undefined): number => {
  if (id === undefined) throw new Error("bug in segc (iptables): account without a number");
  return id;
};
