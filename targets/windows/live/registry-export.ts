// A branch of the registry as `reg export` writes it: strings, numbers and bytes, lines that go on after
// a backslash. Only strings and DWORDs are kept; the firewall has no others that matter.
import type { RegistryValue } from "../registry.ts";

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
    const section = /^\[(-?)(?:HKEY_LOCAL_MACHINE|HKLM)\\(.*)\]$/.exec(line);
    if (section !== null) {
      key = section[1] === "-" ? "" : (section[2] ?? "");
      continue;
    }
    const [, name, data = ""] = /^(?:"((?:[^"\\]|\\.)*)"|@)=(.*)$/.exec(line) ?? [];
    const value = /^(?:"|@)/.test(line) ? dataOf(data) : undefined;
    if (value === undefined) unread.push(line);
    else if (key !== "" && name !== undefined && value !== "other") {
      values.push({ key, name: unescaped(name), data: value });
    }
  }
  return { values, unread };
}

const unescaped = (text: string) => text.replaceAll(/\\(.)/g, "$1");

/** `other`: of a kind that is of no use here. */
function dataOf(text: string): number | string | undefined {
  const number = /^dword:([0-9a-f]{1,8})$/i.exec(text)?.[1];
  if (number !== undefined) return Number.parseInt(number, 16);
  const quoted = /^"((?:[^"\\]|\\.)*)"$/.exec(text)?.[1];
  if (quoted !== undefined) return unescaped(quoted);
  const [, kind, bytes = ""] = /^hex(\([0-9a-f]+\))?:([0-9a-f,\s]*)$/i.exec(text) ?? [];
  if (kind === undefined && bytes === "" && !text.startsWith("hex:")) return undefined;
  return kind === "(1)" || kind === "(2)" ? textOfHex(bytes) : "other";
}

function textOfHex(text: string): string {
  const bytes = text
    .split(",")
    .map((byte) => byte.trim())
    .filter((byte) => byte !== "")
    .map((byte) => Number.parseInt(byte, 16));
  let found = "";
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    found += String.fromCharCode((bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256);
  }
  return found.replace(/\0+$/, "");
}
