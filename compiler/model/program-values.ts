// What the fields of a program can hold at all. A value that no process can ever have would make an
// allow that never matches and a deny that never refuses, without a word: so it is an error.
import type { ProgramField } from "../../grammar/ast.ts";

const unitSuffix = /\.(service|socket|mount|swap|scope)$/;
/** Types of units of which systemctl knows the suffix too, and which no process is in. */
const idleSuffix = /\.(timer|target|path|device|automount|slice)$/;

/** As systemctl does: a name without a suffix is that of a service. */
export function normalised(field: ProgramField, value: string): string {
  if (field === "unit") return unitSuffix.test(value) ? value : `${value}.service`;
  // A cgroup is written from the root of the hierarchy; the slashes at its ends say nothing.
  return field === "cgroup" ? value.split("/").filter(Boolean).join("/") : value;
}

/** Why no process can have the value, as the end of "… is not legal"; undefined where one can. */
export function valueFault(field: ProgramField, value: string): string | undefined {
  const [, idle] = field === "unit" ? (idleSuffix.exec(value) ?? []) : [];
  if (idle !== undefined) return `as a unit: a unit of type ${idle} has no processes of its own`;
  // `name@.service` is what instances are made from, and runs itself as little as `.service` does.
  if (field === "unit" && /^([^@]*@)?\.\w+$/.test(normalised(field, value))) {
    return "as a unit: it names no unit that can run";
  }
  if (field === "unit" && !/^[A-Za-z0-9:_.\\@-]{1,240}\.\w+$/.test(normalised(field, value))) {
    return "as a unit: systemd has names of up to 240 letters, digits and `:_.\\@-` only";
  }
  if (field === "cgroup" && !isCgroupPath(normalised(field, value))) {
    return "as a cgroup: its path has components of letters, digits and `_.:@\\+,=~-`, 499 in all";
  }
  return undefined;
}

function isCgroupPath(path: string): boolean {
  const parts = path.split("/");
  return (
    path.length <= 499 && // iptables takes no longer one, with the slash before it
    parts.length <= 255 && // levels that the kernel can be asked for
    parts.every((part) => /^[A-Za-z0-9_.:@\\+,=~-]{1,255}$/.test(part)) &&
    !parts.some((part) => part === "." || part === "..")
  );
}
