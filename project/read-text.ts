// Bytes of a project file to its text, or to the diagnostic that says why there is none. The
// message stands where segc.yaml names the file.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { FileReadFault } from "../diagnostics/messages/inventory.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import type { Files } from "./files.ts";

export interface ReadOptions {
  readonly kind: "policy" | "inventory" | "yaml";
  /** Where the file is named; undefined for what nobody names. */
  readonly namedAt: Span | undefined;
}

export type TextRead =
  | { readonly ok: true; readonly source: SourceFile; readonly sha256: string }
  | { readonly ok: false; readonly diagnostic: Diagnostic };

const megabyte = 1024 * 1024;
/** Sizes above which a file is refused. */
export const bytesMax = {
  policy: 64 * megabyte,
  inventory: 512 * megabyte,
  yaml: 32 * megabyte,
} as const;

/** Reads a file as UTF-8. */
export function readText(files: Files, path: string, options: ReadOptions): TextRead {
  const { kind, namedAt } = options;
  const read = files.read(path, bytesMax[kind]);
  if (!read.ok) {
    const { fault, detail } = read;
    const diagnostic =
      fault === "too-large"
        ? diagnose("SEG120", namedAt, { path, kind, limit: `${bytesMax[kind] / megabyte} MB` })
        : diagnose("SEG811", namedAt, { path, fault, detail }, helpFor(namedAt, fault));
    return { ok: false, diagnostic };
  }
  // Only the lexer of policies has something to say about byte order marks.
  const text = decode(read.bytes, kind === "policy");
  if (text === undefined) {
    const detail = `byte ${firstInvalid(read.bytes) + 1} begins no character`;
    const diagnostic = diagnose("SEG811", namedAt, { path, fault: "not-utf8", detail });
    return { ok: false, diagnostic };
  }
  return { ok: true, source: { path, text }, sha256: files.sha256(read.bytes) };
}

/** A path that no segc.yaml names was typed. */
const helpFor = (namedAt: Span | undefined, fault: FileReadFault) =>
  namedAt === undefined && fault !== "unreadable"
    ? { help: "correct the path, which is relative to the current folder" }
    : {};

function decode(bytes: Uint8Array, ignoreBOM: boolean): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Length of the longest prefix that is the beginning of UTF-8 text. */
function firstInvalid(bytes: Uint8Array): number {
  const isPrefix = (length: number) => {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(0, length), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  let low = 0;
  let high = bytes.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (isPrefix(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
