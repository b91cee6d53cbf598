// What a host was asked for, in any of the forms that administrators have: an export of the registry, a
// policy file, and rules as PowerShell's cmdlets give them.

import type { RegistryValue } from "../registry.ts";
import { hostOf } from "./live-host.ts";
import type { LiveHost } from "./live-rule.ts";
import { readNetRules } from "./net-rules.ts";
import { readPolEntries } from "./pol-entries.ts";
import { type RegistryExport, readExport } from "./registry-export.ts";

/** One file of a host: its bytes. */
export interface LiveFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type LiveRead =
  | { readonly ok: true; readonly host: LiveHost }
  | { readonly ok: false; readonly path: string; readonly problem: string };

/** Of all files of one host together. */
export function readLive(files: readonly LiveFile[]): LiveRead {
  const values: RegistryValue[] = [];
  const unread: string[] = [];
  for (const { path, bytes } of files) {
    const found = readOne(path, bytes);
    if (found === undefined)
      return {
        ok: false,
        path,
        problem: "is no export of the registry, policy file or list of rules",
      };
    for (const value of found.values) values.push(value);
    for (const line of found.unread) unread.push(line);
  }
  return { ok: true, host: hostOf(values, unread) };
}

function readOne(path: string, bytes: Uint8Array): RegistryExport | undefined {
  if (path.endsWith(".pol")) return readPolEntries(bytes);
  const text = textOf(bytes);
  return path.endsWith(".json") ? readNetRules(text) : readExport(text);
}

/** `reg export` writes UTF-16 with a mark; other tools write UTF-8. */
function textOf(bytes: Uint8Array): string {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe ? "utf-16le" : "utf-8";
  return new TextDecoder(encoding).decode(bytes);
}
