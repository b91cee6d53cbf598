// The lines of iptables-restore and ipset-restore input -> words.
import { LoadFault } from "../fault.ts";

export interface Line {
  readonly words: readonly string[];
  readonly line: number;
}

/** Blank lines and those that begin with `#` are left out. A quoted word may hold `\"` and `\\`. */
export function linesOf(text: string): readonly Line[] {
  const lines: Line[] = [];
  for (const [index, raw] of text.split("\n").entries()) {
    const line = index + 1;
    if (raw.includes("\r")) throw new LoadFault("a carriage return", line);
    if (raw.trim() === "" || raw.startsWith("#")) continue;
    const words: string[] = [];
    const pattern = /\s+|"((?:[^"\\]|\\.)*)"(?=\s|$)|([^\s"]+)/y;
    while (pattern.lastIndex < raw.length) {
      const found = pattern.exec(raw);
      if (found === null) throw new LoadFault("a word that does not end", line);
      const [, quoted, plain] = found;
      if (quoted !== undefined) words.push(quoted.replace(/\\(.)/g, "$1"));
      else if (plain !== undefined) words.push(plain);
    }
    lines.push({ words, line });
  }
  return lines;
}

/** A whole number from 0 to `greatest`, in decimal. */
export function numberOf(text: string | undefined, greatest: number, line: number): number {
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value <= greatest)) throw new LoadFault(`no number up to ${greatest}: ${text}`, line);
  return value;
}

export const protocolNumbers: Readonly<Record<string, number>> = {
  icmp: 1,
  igmp: 2,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  "ipv6-icmp": 58,
  ospf: 89,
  vrrp: 112,
  sctp: 132,
  udplite: 136,
};

export function protocolOf(text: string, line: number): number {
  const name = text.toLowerCase();
  return Object.hasOwn(protocolNumbers, name)
    ? (protocolNumbers[name] ?? 0)
    : numberOf(text, 255, line);
}
