// Programs as sets of cgroups: one named set for every single field, which holds each slice whose
// combination has that field. The packet rule asks whether the socket's cgroup lies in the set.

import { opaqueName } from "../../compiler/plan/rule-text.ts";
import type { LocalProgram } from "../../compiler/plan/slice.ts";
import { unreachable } from "../../compiler/unreachable.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import {
  bindLaunches,
  bindUnits,
  combinationsOf,
  components,
  sliceName,
  slicePath,
} from "../linux/slices.ts";
import type { IdentityMember, Match, NftPlan } from "./ruleset.ts";

/** What the packet rules of a host rely on outside the ruleset. */
export type Identities = Pick<NftPlan, "identitySets" | "members" | "units" | "launches">;

/** Sets, slices and drop-ins for all programs named on a host. */
export function identitiesOf(programs: readonly LocalProgram[]): Identities {
  const combinations = combinationsOf(programs);
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

/** The path under the mount point, or undefined where nft has no way to write it. */
function printablePath(path: string): string | undefined {
  const parts = components(path);
  const plain = parts.every((part) => /^[A-Za-z0-9_.:@\\+,=~ -]{1,255}$/.test(part));
  const walks = parts.some((part) => part === "." || part === "..");
  const joined = parts.join("/");
  const fits = joined.length <= 1000 && joined === joined.trim();
  return parts.length > 0 && plain && !walks && fits ? joined : undefined;
}
