// Text <-> addresses of both families, as numbers; prefixes as ranges.
import { type Range, range } from "./ranges.ts";

export type Family = 4 | 6;
export const bitsOf = (family: Family): number => (family === 4 ? 32 : 128);

/** Undefined where the text is not an address of this family. */
export function parseAddress(text: string, family: Family): bigint | undefined {
  return family === 4 ? parse4(text) : parse6(text);
}

function parse4(text: string): bigint | undefined {
  const found = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (found === null) return undefined;
  let value = 0n;
  for (const part of found.slice(1)) {
    // A leading zero is octal to some readers.
    if (Number(part) > 255 || /^0\d/.test(part)) return undefined;
    value = (value << 8n) | BigInt(part);
  }
  return value;
}

function parse6(text: string): bigint | undefined {
  if (!/^[0-9a-fA-F:.]+$/.test(text) || !text.includes(":")) return undefined;
  // Dots belong to the last group.
  if (text.slice(0, text.lastIndexOf(":")).includes(".")) return undefined;
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map((half) => (half === "" ? [] : half.split(":").flatMap(groupsOf)));
  if (groups.flat().some((group) => !/^[0-9a-fA-F]{1,4}$/.test(group))) return undefined;
  const [head = [], tail = []] = groups;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined;
  const all = [...head, ...new Array<string>(missing).fill("0"), ...tail];
  return all.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** `a.b.c.d` at the end of an IPv6 address stands for two groups. */
function groupsOf(group: string): readonly string[] {
  if (!group.includes(".")) return [group];
  const value = parse4(group);
  if (value === undefined) return ["?"];
  return [(value >> 16n).toString(16), (value & 0xffffn).toString(16)];
}

export function prefixRange(base: bigint, length: number, family: Family): Range {
  const host = (1n << BigInt(bitsOf(family) - length)) - 1n;
  return range(base & ~host, base | host);
}

/** `a`, `a/n`, or `a-b`; host bits of a prefix are cleared, as all the tools do. */
export function parseAddresses(text: string, family: Family): Range | undefined {
  const [first = "", last, ...more] = text.split("-");
  if (more.length > 0) return undefined;
  if (last !== undefined) {
    const low = parseAddress(first, family);
    const high = parseAddress(last, family);
    return low === undefined || high === undefined || low > high ? undefined : range(low, high);
  }
  const [host = "", length, ...rest] = first.split("/");
  const base = parseAddress(host, family);
  if (base === undefined || rest.length > 0) return undefined;
  if (length === undefined) return range(base);
  if (!/^\d{1,3}$/.test(length) || Number(length) > bitsOf(family)) return undefined;
  return prefixRange(base, Number(length), family);
}

/** Without the short forms of IPv6: only for messages and for texts that a tool reads back. */
export function formatAddress(value: bigint, family: Family): string {
  const width = family === 4 ? 8 : 16;
  const parts = Array.from({ length: bitsOf(family) / width }, (_, index) => {
    const shift = BigInt(bitsOf(family) - width * (index + 1));
    return (value >> shift) & ((1n << BigInt(width)) - 1n);
  });
  return family === 4 ? parts.join(".") : parts.map((part) => part.toString(16)).join(":");
}
