// Checks an address or prefix as written. The compiler reads addresses itself; here they are only
// told from what is none, so that every later stage may trust the text (SEG112, SEG113).
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";

export interface ReadCidr {
  /** The text to go on with. */
  readonly text: string;
  readonly diagnostic?: () => Diagnostic;
  /** True where there is nothing to go on with. */
  readonly unusable?: boolean;
}

/** Checks the text of an `Address` token, with or without a prefix length. */
export function readCidr(text: string, span: Span): ReadCidr {
  const slash = text.indexOf("/");
  const address = slash < 0 ? text : text.slice(0, slash);
  const digits = slash < 0 ? undefined : text.slice(slash + 1);
  const bytes = address.includes(":") ? bytesOfIpv6(address) : bytesOfIpv4(address);
  if (!Array.isArray(bytes)) return unusable(bytes, text, span);
  const bits = bytes.length * 8;
  const length = digits === undefined ? bits : Number(digits);
  if (digits !== undefined && !/^(0|[1-9]\d*)$/.test(digits)) {
    return unusable("malformed", text, span);
  }
  if (length > bits) return unusable("length", text, span);
  if (isMapped(bytes)) return mapped(bytes, { text, length, hasLength: slash >= 0, span });
  const network = bytes.map((byte, index) => byte & maskOf(length - index * 8));
  if (network.every((byte, index) => byte === bytes[index])) return { text };
  return hostBits(network, { text, address, length, span });
}

type Fault = "malformed" | "octet" | "length" | "leading-zero" | "zone";

function bytesOfIpv4(text: string): number[] | Fault {
  const parts = text.split(".");
  if (parts.length !== 4) return "malformed";
  const bytes: number[] = [];
  for (const part of parts) {
    if (!/^\d+$/.test(part)) return "malformed"; // `Number` takes nothing for 0
    const byte = Number(part);
    if (byte > 255) return "octet";
    if (part.length > 1 && part.startsWith("0")) return "leading-zero";
    bytes.push(byte);
  }
  return bytes;
}

function bytesOfIpv6(text: string): number[] | Fault {
  if (text.includes("%")) return "zone";
  const halves = text.split("::");
  if (halves.length > 2) return "malformed";
  const [head, tail] = halves.map(bytesOfGroups);
  if (head === undefined) return "malformed";
  if (!Array.isArray(head)) return head;
  if (tail === undefined) return head.length === 16 ? head : "malformed";
  if (!Array.isArray(tail)) return tail;
  const missing = 16 - head.length - tail.length;
  if (missing < 2) return "malformed";
  return [...head, ...new Array<number>(missing).fill(0), ...tail];
}

/** One side of `::`; a dotted quad may end it. */
function bytesOfGroups(half: string): number[] | Fault {
  if (half === "") return [];
  const bytes: number[] = [];
  for (const [index, group] of half.split(":").entries()) {
    if (group.includes(".")) {
      if (index !== half.split(":").length - 1) return "malformed";
      const quad = bytesOfIpv4(group);
      if (!Array.isArray(quad)) return quad;
      bytes.push(...quad);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 255);
    } else return "malformed";
  }
  return bytes;
}

function maskOf(bits: number): number {
  if (bits >= 8) return 255;
  return bits <= 0 ? 0 : (0xff00 >> bits) & 255;
}

function isMapped(bytes: readonly number[]): boolean {
  return (
    bytes.length === 16 &&
    bytes.slice(0, 10).every((byte) => byte === 0) &&
    bytes[10] === 255 &&
    bytes[11] === 255
  );
}

function mapped(
  bytes: readonly number[],
  given: {
    readonly text: string;
    readonly length: number;
    readonly hasLength: boolean;
    readonly span: Span;
  },
): ReadCidr {
  const { text, length, hasLength, span } = given;
  if (length < 96)
    return { text, unusable: true, diagnostic: () => diagnose("SEG113", span, { text }) };
  const address = bytes.slice(12).join(".");
  const ipv4 = hasLength ? `${address}/${length - 96}` : address;
  return {
    text: ipv4,
    diagnostic: () =>
      diagnose(
        "SEG113",
        span,
        { text },
        { help: `write \`${ipv4}\``, fix: [{ span, text: ipv4 }] },
      ),
  };
}

function hostBits(
  network: readonly number[],
  given: {
    readonly text: string;
    readonly address: string;
    readonly length: number;
    readonly span: Span;
  },
): ReadCidr {
  const { text, address, length, span } = given;
  const canonical = `${formatBytes(network)}/${length}`;
  const host = `${address}/${network.length * 8}`;
  return {
    text: canonical,
    diagnostic: () =>
      diagnose(
        "SEG112",
        span,
        { text, why: "has bits below its mask" },
        { help: `write \`${canonical}\` or \`${host}\``, fix: [{ span, text: canonical }] },
      ),
  };
}

/** Dotted quad, or RFC 5952. */
function formatBytes(bytes: readonly number[]): string {
  if (bytes.length === 4) return bytes.join(".");
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[index * 2] ?? 0) << 8) | (bytes[index * 2 + 1] ?? 0)).toString(16),
  );
  const zeros = groups.map((group) => (group === "0" ? "0" : ".")).join("");
  const runs = [...zeros.matchAll(/00+/g)].sort((a, b) => b[0].length - a[0].length);
  const [run] = runs;
  if (run === undefined) return groups.join(":");
  const after = run.index + run[0].length;
  return `${groups.slice(0, run.index).join(":")}::${groups.slice(after).join(":")}`;
}

const reasons: Readonly<
  Record<Exclude<Fault, "malformed">, { readonly why: string; readonly help: string }>
> = {
  octet: { why: "has an octet above 255", help: "each of the four numbers is 0 to 255" },
  length: {
    why: "has a prefix length out of range",
    help: "a prefix of IPv4 has at most 32 bits, one of IPv6 at most 128",
  },
  "leading-zero": {
    why: "has an octet with a leading zero, which some tools read as octal",
    help: "write the number without leading zeros",
  },
  zone: { why: "names a zone; policies hold addresses only", help: "leave out `%` and the zone" },
};

function unusable(fault: Fault, text: string, span: Span): ReadCidr {
  return {
    text,
    unusable: true,
    diagnostic: () =>
      fault === "malformed"
        ? diagnose(
            "SEG100",
            span,
            { expected: "an address", found: `\`${text}\`` },
            { help: "write `192.0.2.0/24` or `2001:db8::/32`" },
          )
        : diagnose(
            "SEG112",
            span,
            { text, why: reasons[fault].why },
            { help: reasons[fault].help },
          ),
  };
}
