// What a verb found -> the formats that only verbs with findings have.
import { renderCompact } from "../diagnostics/render-compact.ts";
import type { Result } from "./call.ts";

/** For verbs whose result is first of all what is wrong. */
export function findingDocuments({
  diagnostics,
}: Pick<Result, "diagnostics">): NonNullable<Result["documents"]> {
  return { compact: () => diagnostics.map(renderCompact).join("") };
}
