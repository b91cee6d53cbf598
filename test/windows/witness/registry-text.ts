// A .reg file as regedit takes it: sections of keys, and values of type REG_DWORD and REG_SZ.

import type { FirewallPolicy } from "./policy.ts";
import type { RegistryValue, RegistryValues } from "./registry-policy.ts";
import { policyOfRegistry } from "./registry-policy.ts";
import { matched, putOnce, quoted, refuse } from "./strict.ts";

const hive = "HKEY_LOCAL_MACHINE\\";
const below = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\";

export function readRegistryText(text: string): FirewallPolicy {
  return policyOfRegistry(keysOf(text));
}

function keysOf(text: string): ReadonlyMap<string, RegistryValues> {
  if (!/^[\r\n\x20-\x7e]*$/.test(text)) refuse("the .reg file is not ASCII");
  // A long hex value goes on behind a backslash at the end of its line.
  const lines = text.replace(/,\\\r\n {2}/g, ",").split("\r\n");
  if (lines.some((line) => /[\r\n]/.test(line))) refuse("a line does not end in CR LF");
  if (lines[0] !== "Windows Registry Editor Version 5.00") refuse("no head of a .reg file");
  if (lines.at(-1) !== "") refuse("the last line does not end");
  const keys = new Map<string, Map<string, RegistryValue>>();
  let open: Map<string, RegistryValue> | undefined;
  for (const line of lines.slice(1).filter((each) => each !== "")) {
    if (line.startsWith("[")) open = section(keys, line);
    else if (open === undefined) refuse(`a value of no key: ${quoted(line)}`);
    else putOnce(open, ...valueLine(line));
  }
  return keys;
}

/** Opens a key, or deletes one: then nothing is open. */
function section(keys: Map<string, Map<string, RegistryValue>>, line: string) {
  const [, minus = "", path = ""] = matched(/^\[(-?)([^[\]]+)\]$/, line, "a section");
  if (!path.startsWith(hive)) refuse(`a key elsewhere: ${quoted(path)}`);
  const key = path.slice(hive.length);
  if (minus === "") {
    const values = new Map<string, RegistryValue>();
    putOnce(keys, key, values);
    return values;
  }
  // WHY: other rules of the machine's policy are not ours to delete, nor is what holds them.
  if (!key.startsWith(below) || key.startsWith(`${below}FirewallRules`)) {
    refuse(`deletes what is not ours: ${quoted(line)}`);
  }
  keys.delete(key);
  return undefined;
}

function valueLine(line: string): [string, RegistryValue] {
  const [, name = "", data = ""] = matched(/^"((?:[^"\\]|\\["\\])*)"=(.*)$/, line, "a value");
  return [unescaped(name), dataOf(data)];
}

function dataOf(data: string): RegistryValue {
  if (data.startsWith("dword:")) {
    const [, digits = ""] = matched(/^dword:([0-9a-fA-F]{8})$/, data, "a dword");
    return { type: "dword", value: Number.parseInt(digits, 16) };
  }
  if (data.startsWith("hex(1):")) return { type: "text", text: unitsOf(data.slice(7)) };
  const [, text = ""] = matched(/^"((?:[^"\\]|\\["\\])*)"$/, data, "data");
  return { type: "text", text: unescaped(text) };
}

const unescaped = (text: string) => text.replace(/\\(["\\])/g, "$1");

/** UTF-16LE bytes, with the one NUL at their end. */
function unitsOf(bytes: string): string {
  matched(/^[0-9a-fA-F]{2}(,[0-9a-fA-F]{2})*$/, bytes, "hex data");
  const numbers = bytes.split(",").map((byte) => Number.parseInt(byte, 16));
  if (numbers.length % 2 !== 0) refuse("half a unit of UTF-16");
  const units = numbers.flatMap((low, index) =>
    index % 2 === 0 ? [low + 256 * (numbers[index + 1] ?? 0)] : [],
  );
  if (units.indexOf(0) !== units.length - 1) refuse("a text that is not ended by its one NUL");
  return units
    .slice(0, -1)
    .map((unit) => String.fromCharCode(unit))
    .join("");
}
