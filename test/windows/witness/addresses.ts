// IPv4 and IPv6 addresses as whole numbers, and the ways Windows Firewall writes sets of them:
// `a`, `a-b`, `a/length`, and for IPv4 `a/mask` ([MS-GPFAS] 2.2.2.9 to 2.2.2.12, [RFC4291] 2.2).
import { decimal, quoted, refuse } from "./strict.ts";

export type Family = 4 | 6;

export interface Address {
  readonly family: Family;
  readonly value: bigint;
}

/** INVARIANT: first <= last, both of the family. */
export interface AddressRange {
  readonly family: Family;
  readonly first: bigint;
  readonly last: bigint;
}

const bitsOf: Readonly<Record<Family, number>> = { 4: 32, 6: 128 };

/** The highest address of a family. */
export const lastOf = (family: Family): bigint => (1n << BigInt(bitsOf[family])) - 1n;

export function parseAddress(text: string): Address {
  return text.includes(":")
    ? { family: 6, value: groupsValue(groupsOf(text)) }
    : { family: 4, value: ipv4Value(text) };
}

export function formatAddress({ family, value }: Address): string {
  const step = family === 4 ? 8n : 16n;
  const count = bitsOf[family] / Number(step);
  const parts = Array.from({ length: count }, (_, index) =>
    ((value >> (step * BigInt(count - 1 - index))) & ((1n << step) - 1n)).toString(
      family === 4 ? 10 : 16,
    ),
  );
  return parts.join(family === 4 ? "." : ":");
}

/** A single address, a range or a subnet. */
export function parseRange(text: string): AddressRange {
  const [head = "", tail] = text.split("/", 2);
  if (tail !== undefined) return subnet(text, parseAddress(head), text.slice(head.length + 1));
  const ends = text.split("-");
  if (ends.length > 2) refuse(`a range has two ends: ${quoted(text)}`);
  const [first, last = first] = ends.map(parseAddress);
  if (first === undefined || last === undefined) return refuse("a range has ends");
  if (first.family !== last.family) refuse(`the ends are of two families: ${quoted(text)}`);
  if (first.value > last.value) refuse(`the ends are the wrong way round: ${quoted(text)}`);
  return { family: first.family, first: first.value, last: last.value };
}

function subnet(text: string, { family, value }: Address, size: string): AddressRange {
  const isMask = family === 4 && size.includes(".");
  const length = isMask
    ? maskLength(ipv4Value(size))
    : decimal(size, { what: "a prefix length", max: bitsOf[family] });
  // [MS-FASP] 2.2.4 and 2.2.6: a mask of no bits is not valid.
  if (length < 1) refuse(`a prefix of no bits: ${quoted(text)}`);
  const rest = (1n << BigInt(bitsOf[family] - length)) - 1n;
  if ((value & rest) !== 0n) refuse(`bits behind the prefix: ${quoted(text)}`);
  return { family, first: value, last: value | rest };
}

function maskLength(mask: bigint): number {
  const bits = mask.toString(2).padStart(32, "0");
  if (!/^1*0*$/.test(bits)) refuse(`a mask with holes: ${bits}`);
  return bits.replace(/0+$/, "").length;
}

function ipv4Value(text: string): bigint {
  const bytes = text.split(".").map((byte) => decimal(byte, { what: "a byte", max: 255 }));
  if (bytes.length !== 4) refuse(`no IPv4 address: ${quoted(text)}`);
  return bytes.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
}

const groupsValue = (groups: readonly number[]) =>
  groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);

function groupsOf(text: string): readonly number[] {
  const halves = text.split("::");
  if (halves.length > 2) refuse(`two gaps: ${quoted(text)}`);
  const [head = [], tail] = halves.map((half) => (half === "" ? [] : half.split(":")));
  // An IPv4 address may stand for the last two groups, and only there.
  const before = head.flatMap((group, index) =>
    groupValues(group, tail === undefined && index === head.length - 1),
  );
  if (tail === undefined) {
    return before.length === 8 ? before : refuse(`no IPv6 address: ${quoted(text)}`);
  }
  const after = tail.flatMap((group, index) => groupValues(group, index === tail.length - 1));
  const gap = 8 - before.length - after.length;
  if (gap < 1) refuse(`a gap without groups: ${quoted(text)}`);
  return [...before, ...Array.from({ length: gap }, () => 0), ...after];
}

function groupValues(group: string, isLast: boolean): readonly number[] {
  if (isLast && group.includes(".")) {
    const value = Number(ipv4Value(group));
    return [Math.floor(value / 65_536), value % 65_536];
  }
  if (!/^[0-9a-fA-F]{1,4}$/.test(group)) refuse(`no group of an address: ${quoted(group)}`);
  return [Number.parseInt(group, 16)];
}
