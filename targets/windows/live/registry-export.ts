// A branch of the registry as `reg export` writes it: strings, numbers and bytes, lines that go on after
// a backslash. Only strings and DWORDs are kept; the firewall has no others that matter.
import type { RegistryValue } from "../registry.ts";
import { dataOf } from "./registry-data.ts";

export interface RegistryExport {
  readonly values: readonly RegistryValue[];
  /** Lines that are none of it. */
  readonly unread: readonly string[];
}

/** Undefined where the text is no export. */
export function readExport(text: string): RegistryExport | undefined {
  const lines = text
    .replace(/^\ufeff/, "")
    .replaceAll("\r\n", "\n")
    .replaceAll("\\\n", "")
    .split("\n");
  if (!/^(Windows Registry Editor Version 5\.00|REGEDIT4)$/.test(lines[0]?.trim() ?? "")) {
    return undefined;
  }
  const values: RegistryValue[] = [];
  const unread: string[] = [];
  let key = "";
  for (const line of lines.slice(1)) {
    if (line.trim() === "" || line.startsWith(";")) continue;
    if (line.startsWith("[")) {
      const section = /^\[(?:HKEY_LOCAL_MACHINE|HKLM)\\(.*)\]\s*$/i.exec(line);
      key = section?.[1] ?? "";
      continue;
    }
    const name = nameIn(line);
    const value = name === undefined ? undefined : dataIn(line.slice(name.length + 1));
    if (name === undefined || value === undefined) unread.push(line);
    else if (key !== "" && name !== "@" && value !== "other") {
      values.push({ key, name: unescaped(name.slice(1, -1)), data: value });
    }
  }
  return { values, unread };
}

/** Up to the quote before the first `=` that no backslash takes away. */
function nameIn(line: string): string | undefined {
  if (line.startsWith("@=")) return "@";
  if (!line.startsWith('"')) return undefined;
  for (let at = 1; at < line.length; at++) {
    if (line[at] === "\\") at++;
    else if (line[at] === '"') return line[at + 1] === "=" ? line.slice(0, at + 1) : undefined;
  }
  return undefined;
}

const unescaped = (text: string) => text.replaceAll(/\\(.)/g, "$1");

/** `other`: of a kind that is of no use here. */
function dataIn(text: string): number | string | undefined {
  const number = /^dword:([0-9a-f]{1,8})$/i.exec(text)?.[1];
  if (number !== undefined) return Number.parseInt(number, 16);
  if (text.length > 1 && text.startsWith('"') && text.endsWith('"')) {
    return unescaped(text.slice(1, -1));
  }
  const [head = "", kind] = /^hex(?:\(([0-9a-f]+)\))?:/i.exec(text) ?? [];
  if (head === "") return undefined;
  const bytes = text
    .slice(head.length)
    .split(",")
    .map((byte) => byte.trim())
    .filter((byte) => byte !== "")
    .map((byte) => Number.parseInt(byte, 16));
  return dataOf(Number.parseInt(kind ?? "3", 16), Uint8Array.from(bytes)) ?? "other";
}
