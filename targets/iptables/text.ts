// User text on its way into a rules file. Between quotes only `"` and `\` mean something there, a
// line end ends the rule, and longer texts are cut in silence: so both marks are exchanged, all else
// is printable ASCII, and lengths are kept here.

import { opaqueName, printableId, rawComment } from "../../compiler/plan/rule-text.ts";
import type { LocalProgram, SliceEntry } from "../../compiler/plan/slice.ts";
import { components } from "../linux/slices.ts";

const commentMax = 255;
const logPrefixMax = 29;
/** The kernel's buffer is 512 bytes (xt_cgroup revision 2). */
const cgroupPathMax = 500;

/** `id: because (ticket)` in at most 255 bytes of printable ASCII. */
export function ruleComment(
  entry: Pick<SliceEntry, "ruleId" | "alsoRules" | "because" | "ticket">,
): string {
  return rawComment(entry, commentMax)
    .replaceAll(/[\u2018\u2019"\\]/g, "'")
    .replaceAll(/[\s\p{C}]+/gu, " ")
    .replaceAll(/[^ -~]/gu, "?")
    .trim()
    .slice(0, commentMax)
    .trimEnd();
}

/** 29 bytes; a long rule id is exchanged for a hash, which the comment of the rule leads back to. */
export function logPrefix(label: string, ruleId: string): string {
  const whole = `segc ${label} ${printableId(ruleId)}: `;
  return whole.length <= logPrefixMax
    ? whole
    : `segc ${label} ${opaqueName("", ruleId).slice(0, 8)}: `;
}

export const refusalPrefix = (label: string) => `segc ${label}: `;

/**
 * Under the root of the hierarchy, with a leading `/`; undefined where it cannot be written as one
 * word without quotes, which the loader relies on.
 */
export function cgroupText(path: string): string | undefined {
  const parts = components(path);
  const plain = parts.every((part) => /^[A-Za-z0-9_.:@\\+,=~-]{1,255}$/.test(part));
  const walks = parts.some((part) => part === "." || part === "..");
  const joined = `/${parts.join("/")}`;
  const fits = parts.length > 0 && joined.length <= cgroupPathMax;
  return plain && !walks && fits ? joined : undefined;
}

/**
 * False where the kernel can have such a cgroup but a rules file cannot name it. An allow for it
 * never matches; whatever refuses it must refuse every process, or it would open.
 */
export function isExpressible({ fields }: LocalProgram): boolean {
  const cgroup = fields.get("cgroup");
  return cgroup === undefined || cgroupText(cgroup) !== undefined;
}
