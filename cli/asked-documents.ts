// The formats of findings, read only when a call asks for one of them.
import { type Call, commonFormats, type Result } from "./call.ts";
import type { Findings } from "./finding-documents.ts";

/** The documents of what a verb found; none where the formats that every verb has are enough. */
export async function askedDocuments(
  call: Call,
  findings: Findings,
): Promise<Pick<Result, "documents">> {
  const { format, outputs } = call.options;
  const isCommon = (asked: string) => commonFormats.some((common) => common === asked);
  if ([format, ...outputs.map((output) => output.format)].every(isCommon)) return {};
  const { findingDocuments } = await import("./finding-documents.ts");
  return { documents: findingDocuments(call, findings) };
}
