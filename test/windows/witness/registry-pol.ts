// A registry.pol file of Group Policy ([MS-GPREG] 2.2.1): entries `[key;value;type;size;data]`. The
// text has one character for each UTF-16LE unit of the file.
import type { FirewallPolicy } from "./policy.ts";
import { policyOfRegistry, type RegistryValue } from "./registry-policy.ts";
import { putOnce, quoted, refuse } from "./strict.ts";

/** `PReg` and version 1. */
const head = "\u5250\u6765\u0001\u0000";
const types = { text: 1, dword: 4 };

export function readRegistryPol(text: string): FirewallPolicy {
  if (!text.startsWith(head)) refuse("no head of a registry.pol file");
  const keys = new Map<string, Map<string, RegistryValue>>();
  let at = head.length;
  while (at < text.length) {
    const entry = entryAt(text, at);
    const values = keys.get(entry.key) ?? new Map<string, RegistryValue>();
    putOnce(values, entry.name, entry.value);
    keys.set(entry.key, values);
    at = entry.end;
  }
  return policyOfRegistry(keys);
}

function entryAt(text: string, start: number) {
  let at = start;
  const take = (length: number) => {
    if (at + length > text.length) refuse("an entry is cut off");
    at += length;
    return text.slice(at - length, at);
  };
  const expect = (mark: string) => {
    const found = take(1);
    if (found !== mark) refuse(`${quoted(found)} where ${mark} has to be, at unit ${at - 1}`);
  };
  const ended = () => {
    const end = text.indexOf("\0", at);
    return end < 0 ? refuse("a name does not end") : take(end + 1 - at).slice(0, -1);
  };
  expect("[");
  const key = ended();
  expect(";");
  const name = ended();
  // `**del.name`, `**DelVals` and the like are orders ([MS-GPREG] 3.2.5.1), not values.
  if (key === "" || name === "" || name.startsWith("**")) refuse(`no value: ${quoted(name)}`);
  expect(";");
  const type = numberOf(take(2));
  expect(";");
  const size = numberOf(take(2));
  if (size % 2 !== 0) refuse("half a unit of UTF-16");
  expect(";");
  const data = take(size / 2);
  expect("]");
  return { key, name, value: registryValue(type, data), end: at };
}

/** 32 bits, the low half first. */
const numberOf = (units: string) => units.charCodeAt(0) + 65_536 * units.charCodeAt(1);

function registryValue(type: number, data: string): RegistryValue {
  if (type === types.dword && data.length === 2) return { type: "dword", value: numberOf(data) };
  if (type !== types.text) return refuse(`type ${type} with ${data.length} units`);
  if (data.indexOf("\0") !== data.length - 1) refuse("a text that is not ended by its one NUL");
  return { type: "text", text: data.slice(0, -1) };
}
