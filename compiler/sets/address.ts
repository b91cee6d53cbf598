// IPv4 and IPv6 addresses and prefixes as numbers. IPv4 is one unsigned 32-bit number, IPv6 four
// of them, most significant first: no bigint anywhere near a hot path.

export type Family = 4 | 6;

export interface Ipv4 {
  readonly family: 4;
  readonly words: readonly [number];
}
export interface Ipv6 {
  readonly family: 6;
  readonly words: readonly [number, number, number, number];
}
export type IpAddress = Ipv4 | Ipv6;

/** INVARIANT: the bits of `address` below `length` are zero. */
export interface Cidr {
  readonly address: IpAddress;
  /** 0-32 or 0-128. */
  readonly length: number;
}

/** Why a text is no address or prefix; the caller turns it into its own diagnostic. */
export type AddressFault =
  | "malformed"
  | "octet-out-of-range"
  | "leading-zero"
  | "length-out-of-range"
  | "zone"
  | "mapped";

export type ParsedAddress = IpAddress | AddressFault;

/** Reads one address. IPv4 without leading zeros; IPv6 per RFC 4291, no zone, not IPv4-mapped. */
export function parseAddress(text: string): ParsedAddress {
  return quickIpv4(text) ?? quickIpv6(text) ?? classify(text);
}

/** The long way, which also tells what is wrong. */
function classify(text: string): ParsedAddress {
  return text.includes(":") ? parseIpv6(text) : parseIpv4(text);
}

const zero = 0x30;
const dot = 0x2e;
const colon = 0x3a;

/** Reads what is plainly IPv4, without an object in between: inventories hold very many. */
function quickIpv4(text: string): Ipv4 | undefined {
  let word = 0;
  let octet = 0;
  let digits = 0;
  let dots = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= zero && code <= 0x39) {
      if (digits > 0 && octet === 0) return undefined;
      octet = octet * 10 + code - zero;
      digits++;
      if (octet > 255) return undefined;
    } else if (code === dot && digits > 0) {
      word = word * 256 + octet;
      octet = 0;
      digits = 0;
      dots++;
    } else return undefined;
  }
  return dots === 3 && digits > 0 ? { family: 4, words: [word * 256 + octet] } : undefined;
}

/** Reads what is plainly IPv6 in hexadecimal groups. */
function quickIpv6(text: string): Ipv6 | undefined {
  const groups = [0, 0, 0, 0, 0, 0, 0, 0];
  let count = 0;
  let gap = -1;
  let at = 0;
  if (text.startsWith("::")) {
    gap = 0;
    at = 2;
  }
  while (at < text.length) {
    let group = 0;
    const start = at;
    for (; at < text.length && text.charCodeAt(at) !== colon; at++) {
      const digit = hexDigit(text.charCodeAt(at));
      if (digit < 0) return undefined;
      group = group * 16 + digit;
    }
    if (at === start || at - start > 4 || count === 8) return undefined;
    groups[count++] = group;
    if (at === text.length) break;
    at++;
    if (at === text.length) return undefined;
    if (text.charCodeAt(at) !== colon) continue;
    if (gap >= 0) return undefined;
    gap = count;
    at++;
  }
  if (gap < 0 ? count !== 8 : count > 7) return undefined;
  if (gap >= 0) {
    groups.copyWithin(8 - (count - gap), gap, count);
    groups.fill(0, gap, 8 - (count - gap));
  }
  const word = (index: number) =>
    (groups[index] as number) * 0x10000 + (groups[index + 1] as number); // eight groups
  const words = [word(0), word(2), word(4), word(6)] as const;
  return words[0] === 0 && words[1] === 0 && words[2] === 0xffff ? undefined : { family: 6, words };
}

/** Value of a hexadecimal digit; -1 for any other character. */
function hexDigit(code: number): number {
  if (code >= zero && code <= 0x39) return code - zero;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** True for a fault, false for an address. */
export function isFault(parsed: ParsedAddress): parsed is AddressFault {
  return typeof parsed === "string";
}

export type ParsedPrefix =
  | { readonly kind: "prefix"; readonly cidr: Cidr }
  /** Bits are set below the mask: `cidr` is the network, `host` the address itself. */
  | { readonly kind: "host-bits"; readonly cidr: Cidr; readonly host: Cidr }
  | { readonly kind: "fault"; readonly fault: AddressFault };

/** Reads `a` or `a/len`; a missing length is the full one. */
export function parsePrefix(text: string): ParsedPrefix {
  const slash = text.indexOf("/");
  const address = parseAddress(slash < 0 ? text : text.slice(0, slash));
  if (isFault(address)) return { kind: "fault", fault: address };
  const full = address.family === 4 ? 32 : 128;
  if (slash < 0) return { kind: "prefix", cidr: { address, length: full } };
  const digits = text.slice(slash + 1);
  if (!/^(0|[1-9]\d*)$/.test(digits)) return { kind: "fault", fault: "malformed" };
  const length = Number(digits);
  if (length > full) return { kind: "fault", fault: "length-out-of-range" };
  if (isMasked(address, length)) return { kind: "prefix", cidr: { address, length } };
  const cidr = { address: maskTo(address, length), length };
  return { kind: "host-bits", cidr, host: { address, length: full } };
}

/** A prefix written in this program, not by a user. Throws where it is none. */
export function knownPrefix(text: string): Cidr {
  const parsed = parsePrefix(text);
  if (parsed.kind !== "prefix") throw new Error(`bug in segc: ${text} is no prefix`);
  return parsed.cidr;
}

/** Whether no bit is set below `length`. */
function isMasked({ words }: IpAddress, length: number): boolean {
  for (let word = 0; word < words.length; word++) {
    const bits = length - 32 * word;
    if (bits < 32 && (words[word] as number) % 2 ** (32 - Math.max(bits, 0)) !== 0) return false;
  }
  return true;
}

/** The address with every bit below `length` cleared. */
function maskTo(address: IpAddress, length: number): IpAddress {
  const words = address.words.map((word, index) => {
    const bits = Math.min(32, Math.max(0, length - 32 * index));
    return bits === 0 ? 0 : ((word >>> (32 - bits)) << (32 - bits)) >>> 0;
  });
  // The map keeps the number of words, so the tuple type is unchanged.
  return { family: address.family, words } as unknown as IpAddress;
}

/** The longest prefix with both; undefined for addresses of two families. */
export function prefixOver(a: IpAddress, b: IpAddress): Cidr | undefined {
  if (a.family !== b.family) return undefined;
  let length = 0;
  for (const [index, word] of a.words.entries()) {
    const same = Math.clz32(word ^ (b.words[index] as number)); // equal lengths
    length += same;
    if (same < 32) break;
  }
  return { address: maskTo(a, length), length };
}

/** All prefixes that have an address, the longest first. */
export const prefixesOver = (address: IpAddress): readonly Cidr[] =>
  Array.from({ length: 32 * address.words.length + 1 }, (_, shorter) => {
    const length = 32 * address.words.length - shorter;
    return { address: maskTo(address, length), length };
  });

/** IPv4 before IPv6, then numerically. */
export function compareAddresses(a: IpAddress, b: IpAddress): number {
  if (a.family !== b.family) return a.family - b.family;
  for (let index = 0; index < a.words.length; index++) {
    const difference = (a.words[index] as number) - (b.words[index] as number); // equal lengths
    if (difference !== 0) return difference;
  }
  return 0;
}

export function contains(cidr: Cidr, address: IpAddress): boolean {
  return (
    cidr.address.family === address.family &&
    compareAddresses(maskTo(address, cidr.length), cidr.address) === 0
  );
}

/** Canonical text: dotted quad, or RFC 5952. */
export function formatAddress(address: IpAddress): string {
  if (address.family === 4) {
    const [word] = address.words;
    return `${word >>> 24}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
  }
  return formatGroups(address.words);
}

/** RFC 5952. Written out: large estates have very many. */
function formatGroups([a, b, c, d]: Ipv6["words"]): string {
  const groups = [a >>> 16, a & 0xffff, b >>> 16, b & 0xffff];
  groups.push(c >>> 16, c & 0xffff, d >>> 16, d & 0xffff);
  const gap = longestZeroRun(groups);
  let text = "";
  for (let index = 0; index < 8; index++) {
    if (gap !== undefined && index === gap.first) {
      text += "::";
      index = gap.last;
    } else {
      if (text !== "" && !text.endsWith("::")) text += ":";
      text += (groups[index] as number).toString(16); // eight groups
    }
  }
  return text;
}

/** Always with the length: `10.0.0.1/32`. */
export function formatCidr(cidr: Cidr): string {
  return `${formatAddress(cidr.address)}/${cidr.length}`;
}

function parseIpv4(text: string): ParsedAddress {
  const parts = text.split(".");
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,10}$/.test(part))) return "malformed";
  let word = 0;
  for (const part of parts) {
    if (part.length > 1 && part.startsWith("0")) return "leading-zero";
    const octet = Number(part);
    if (octet > 255) return "octet-out-of-range";
    word = word * 256 + octet;
  }
  return { family: 4, words: [word] };
}

function parseIpv6(text: string): ParsedAddress {
  if (text.includes("%")) return "zone";
  const halves = text.split("::");
  if (halves.length > 2) return "malformed";
  const head = groupsOf(halves[0] ?? "");
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? "") : [];
  if (head === undefined || tail === undefined) return "malformed";
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return "malformed";
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  const word = (index: number) =>
    (groups[index] as number) * 0x10000 + (groups[index + 1] as number); // eight groups
  const words = [word(0), word(2), word(4), word(6)] as const;
  if (words[0] === 0 && words[1] === 0 && words[2] === 0xffff) return "mapped";
  return { family: 6, words };
}

/** Hexadecimal groups of one side of `::`; a trailing dotted quad counts as two. */
function groupsOf(half: string): number[] | undefined {
  if (half === "") return [];
  const groups: number[] = [];
  const parts = half.split(":");
  for (const [index, part] of parts.entries()) {
    if (part.includes(".")) {
      const quad = index === parts.length - 1 ? parseIpv4(part) : "malformed";
      if (isFault(quad)) return undefined;
      groups.push(quad.words[0] >>> 16, quad.words[0] & 0xffff);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16));
    else return undefined;
  }
  return groups;
}

/** RFC 5952: the first longest run of two or more zero groups. */
function longestZeroRun(
  groups: readonly number[],
): { readonly first: number; readonly last: number } | undefined {
  let best: { first: number; last: number } | undefined;
  for (let first = 0; first < groups.length; first++) {
    let last = first;
    while (last < groups.length && groups[last] === 0) last++;
    if (last - first >= 2 && (best === undefined || last - first > best.last - best.first + 1)) {
      best = { first, last: last - 1 };
    }
    if (last > first) first = last;
  }
  return best;
}
