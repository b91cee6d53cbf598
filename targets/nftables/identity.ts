// Programs as cgroups. systemd can put a unit into a slice of ours, and the verifying launcher can
// enter one; the packet rule then asks whether the socket's cgroup lies in a named set of slices.
//
// A process has one cgroup, but may satisfy several programs. So there is one slice for every
// combination of unit and launcher fields that some process can have, and one set for every single
// field: the set of a field holds each slice whose combination has that field.
import type { LocalProgram } from "../../compiler/plan/slice.ts";
import { unreachable } from "../../compiler/unreachable.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import type { IdentityMember, LaunchBinding, Match, NftPlan, UnitBinding } from "./ruleset.ts";
import { opaqueName } from "./text.ts";

type Fields = ReadonlyMap<ProgramField, string>;

/** Parent of every slice of ours; systemd nests `segc-x.slice` in it by its name. */
const parentSlice = "segc.slice";

/** A slice of ours as the kernel shows it. */
export const slicePath = (slice: string) => `${parentSlice}/${slice}`;

const carriedFields: readonly ProgramField[] = ["unit", "path", "sha256", "signer"];
const combinationsMax = 4096;

/** What the packet rules of a host rely on outside the ruleset. */
export type Identities = Pick<NftPlan, "identitySets" | "members" | "units" | "launches">;

/** Sets, slices and drop-ins for all programs named on a host. */
export function identitiesOf(programs: readonly LocalProgram[]): Identities {
  const combinations = closure(programs.map(carried).filter((fields) => fields.size > 0));
  const members = new Map<string, IdentityMember>();
  const sets = new Set<string>();
  const add = (set: string, path: string | undefined) => {
    sets.add(set);
    if (path !== undefined) members.set(`${set} ${path}`, { set, path });
  };
  for (const fields of combinations) {
    const path = slicePath(sliceName(fields));
    for (const [field, value] of fields) add(setName(field, value), path);
  }
  for (const { fields } of programs) {
    const cgroup = fields.get("cgroup");
    if (cgroup !== undefined) add(setName("cgroup", cgroup), printablePath(cgroup));
  }
  return {
    identitySets: [...sets].sort(),
    members: [...members.keys()].sort().flatMap((key) => members.get(key) ?? []),
    units: bindUnits(combinations),
    launches: bindLaunches(combinations),
  };
}

/** The conditions that hold for exactly the sockets of this program at its own end. */
export function programMatches({ fields, uid, gid }: LocalProgram): readonly Match[] {
  return [...fields].map(([field, value]): Match => {
    switch (field) {
      case "user":
        return { kind: "uid", id: numberOf(uid) };
      case "group":
        return { kind: "gid", id: numberOf(gid) };
      case "cgroup":
        return { kind: "cgroup", level: components(value).length, set: setName(field, value) };
      case "unit":
      case "path":
      case "sha256":
      case "signer":
        return { kind: "cgroup", level: 2, set: setName(field, value) };
      case "service":
        throw new Error("bug in segc (nftables): `service` is no field of a Linux process");
      default:
        return unreachable(field);
    }
  });
}

/**
 * False where the kernel can have such a cgroup but nft cannot name it. An allow for it never
 * matches; whatever refuses it must refuse every process, or it would open.
 */
export function isExpressible({ fields }: LocalProgram): boolean {
  const cgroup = fields.get("cgroup");
  return cgroup === undefined || printablePath(cgroup) !== undefined;
}

const numberOf = (id: number | undefined): number => {
  if (id === undefined) throw new Error("bug in segc (nftables): account without a number");
  return id;
};

const setName = (field: ProgramField, value: string) =>
  opaqueName("id_", `${field}=${field === "cgroup" ? components(value).join("/") : value}`);

const carried = ({ fields }: LocalProgram): Fields =>
  new Map(
    carriedFields.flatMap((field) => {
      const value = fields.get(field);
      return value === undefined ? [] : [[field, value] as const];
    }),
  );

const keyOf = (fields: Fields) =>
  JSON.stringify(carriedFields.map((field) => fields.get(field) ?? ""));

const sliceName = (fields: Fields) => `${opaqueName("segc-", keyOf(fields))}.slice`;

/** Every consistent union of the given records, sorted. */
function closure(records: readonly Fields[]): readonly Fields[] {
  const found = new Map(records.map((fields) => [keyOf(fields), fields]));
  const open = [...found.values()];
  for (let fields = open.pop(); fields !== undefined; fields = open.pop()) {
    for (const other of records) {
      const union = unionOf(fields, other);
      if (union === undefined || found.has(keyOf(union))) continue;
      if (found.size >= combinationsMax) {
        throw new Error("bug in segc (nftables): too many combinations of launched programs");
      }
      found.set(keyOf(union), union);
      open.push(union);
    }
  }
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? []);
}

function unionOf(a: Fields, b: Fields): Fields | undefined {
  for (const [field, value] of b) if ((a.get(field) ?? value) !== value) return undefined;
  return new Map([...a, ...b]);
}

const bindUnits = (combinations: readonly Fields[]): readonly UnitBinding[] =>
  combinations
    .flatMap((fields) => {
      const unit = fields.get("unit");
      return fields.size === 1 && unit !== undefined && isUnitName(unit)
        ? [{ unit, slice: sliceName(fields) }]
        : [];
    })
    .sort((a, b) => (a.unit < b.unit ? -1 : 1));

const bindLaunches = (combinations: readonly Fields[]): readonly LaunchBinding[] =>
  combinations
    .filter((fields) => [...fields.keys()].some((field) => field !== "unit"))
    .map((fields) => ({
      slice: sliceName(fields),
      fields: new Map([...fields].sort(([a], [b]) => (a < b ? -1 : 1))),
    }))
    .sort((a, b) => (a.slice < b.slice ? -1 : 1));

/** What systemd accepts as the name of a unit that has processes; no other name can run. */
export function isUnitName(text: string): boolean {
  return /^[A-Za-z0-9:_.\\@-]{1,240}\.(service|socket|mount|swap|scope)$/.test(text);
}

/** `/a/b` and `a/b` are one path. */
export function components(path: string): readonly string[] {
  return path.split("/").filter((part) => part !== "");
}

/** The path under the mount point, or undefined where nft has no way to write it. */
function printablePath(path: string): string | undefined {
  const parts = components(path);
  const plain = parts.every((part) => /^[A-Za-z0-9_.:@\\+,=~ -]{1,255}$/.test(part));
  const walks = parts.some((part) => part === "." || part === "..");
  const joined = parts.join("/");
  const fits = joined.length <= 1000 && joined === joined.trim();
  return parts.length > 0 && plain && !walks && fits ? joined : undefined;
}
