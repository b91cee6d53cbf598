// What the fields of a program can hold at all. A value that no process can ever have would make an
// allow that never matches and a deny that never refuses, without a word: so it is an error.
import type { ProgramField } from "../../grammar/ast.ts";

const unitSuffix = /\.(service|socket|mount|swap|scope)$/;

/** As systemctl does: a name without a suffix is that of a service. */
export function normalised(field: ProgramField, value: string): string {
  if (field === "unit") return unitSuffix.test(value) ? value : `${value}.service`;
  // A cgroup is written from the root of the hierarchy; the slashes at its ends say nothing.
  return field === "cgroup" ? value.split("/").filter(Boolean).join("/") : value;
}

/** Why no process can have the value, as the end of "… is not legal"; undefined where one can. */
export function valueFault(field: ProgramField, value: string): string | undefined {
  if (field === "unit" && !/^[A-Za-z0-9:_.\\@-]{1,255}$/.test(normalised(field, value))) {
    return "as a unit: systemd has names of letters, digits and `:_.\\@-` only";
  }
  if (field === "cgroup" && !isCgroupPath(normalised(field, value))) {
    return "as a cgroup: its path has components of letters, digits and `_.:@\\+,=~ -`";
  }
  return undefined;
}

function isCgroupPath(path: string): boolean {
  const parts = path.split("/");
  return (
    path.length <= 1000 &&
    path === path.trim() &&
    parts.every((part) => /^[A-Za-z0-9_.:@\\+,=~ -]{1,255}$/.test(part)) &&
    !parts.some((part) => part === "." || part === "..")
  );
}
