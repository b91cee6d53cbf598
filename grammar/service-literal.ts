// `tcp/443`, `icmp4/8/0`, `proto/47`: the parts of a service literal -> what they mean, or what
// is wrong with them (language.md 6.2 "Services", 11 "Lexer and grammar").
import type { IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";
import { didYouMean } from "../diagnostics/suggest.ts";
import type { ServiceLiteral } from "./ast.ts";
import { Integer, Range, Star } from "./tokens.ts";

export interface ServiceParts {
  readonly protocol: IToken;
  readonly detail: IToken;
  readonly code: IToken | undefined;
  readonly span: Span;
}

export interface ReadService {
  /** With a diagnostic, a stand-in. */
  readonly literal: ServiceLiteral;
  readonly diagnostic?: () => Diagnostic;
}

const protocolNames = ["tcp", "udp", "sctp", "icmp", "icmp4", "icmp6", "proto"];

/** Reads the parts of one literal. */
export function serviceLiteral(parts: ServiceParts): ReadService {
  const protocol = parts.protocol.image;
  switch (protocol) {
    case "tcp":
    case "udp":
    case "sctp":
      return ports(protocol, parts);
    case "icmp":
      return echo(parts);
    case "icmp4":
      return icmp(4, parts);
    case "icmp6":
      return icmp(6, parts);
    case "proto":
      return numbered(parts);
    default:
      return wrong(parts, parts.protocol, () => ({
        expected: "a protocol before `/`",
        found: `\`${protocol}\`${didYouMean(protocol, protocolNames)}`,
        help: "write one of `tcp`, `udp`, `sctp`, `icmp`, `icmp4`, `icmp6` and `proto`",
      }));
  }
}

function ports(protocol: "tcp" | "udp" | "sctp", parts: ServiceParts): ReadService {
  const { detail, code, span } = parts;
  if (code !== undefined) return strayCode(parts, code);
  if (detail.tokenType === Star) {
    return { literal: { kind: "ports", protocol, range: undefined, span } };
  }
  if (detail.tokenType !== Integer && detail.tokenType !== Range) {
    return wrong(parts, detail, () => ({
      expected: "a port",
      found: `\`${detail.image}\``,
      help: `write a number, a range or \`*\`: \`${protocol}/443\`, \`${protocol}/8000-8099\``,
    }));
  }
  const dash = detail.image.indexOf("-");
  const first = dash < 0 ? detail.image : detail.image.slice(0, dash);
  const last = detail.image.slice(dash + 1);
  const range = { first: Number(first), last: Number(last) };
  const fault = portFault(range.first, range.last);
  if (fault === undefined) return { literal: { kind: "ports", protocol, range, span } };
  return outOfRange(parts, detail, {
    what: first === last ? "port" : "port range",
    why: fault.why,
    ...(fault.swap ? { fix: `${last}-${first}` } : {}),
  });
}

function portFault(first: number, last: number) {
  if (first < 1 || last < 1 || first > 65535 || last > 65535) {
    return { why: "is out of range: ports are 1 to 65535", swap: false };
  }
  return first > last ? { why: "is empty", swap: true } : undefined;
}

/** `icmp/echo` is the one name for both families. */
function echo(parts: ServiceParts): ReadService {
  const { detail, code, span } = parts;
  if (detail.image === "echo" && code === undefined)
    return { literal: { kind: "icmp-echo", span } };
  if (detail.image === "echo" && code !== undefined) return strayCode(parts, code);
  if (detail.tokenType !== Integer && detail.tokenType !== Range && detail.tokenType !== Star) {
    return {
      literal: standIn(parts),
      diagnostic: () =>
        diagnose(
          "SEG201",
          spanIn(parts, detail),
          {
            why: "unknown",
            name: detail.image,
            where: "ICMP",
            suggestion: didYouMean(detail.image, ["echo"]),
          },
          { help: "`icmp` knows only `echo`; write other types as `icmp4/T` and `icmp6/T`" },
        ),
    };
  }
  return wrong(parts, detail, () => ({
    expected: "`echo` after `icmp/`",
    found: `\`${detail.image}\``,
    help: `types differ between the families: write \`icmp4/${detail.image}\` or \`icmp6/${detail.image}\``,
  }));
}

function icmp(family: 4 | 6, parts: ServiceParts): ReadService {
  const { detail, code, span } = parts;
  if (detail.tokenType === Star) {
    if (code !== undefined) return strayCode(parts, code);
    return { literal: { kind: "icmp", family, type: undefined, code: undefined, span } };
  }
  if (detail.tokenType !== Integer) {
    return wrong(parts, detail, () => ({
      expected: "an ICMP type",
      found: `\`${detail.image}\``,
      help: `write its number: \`icmp${family}/${family === 4 ? 8 : 128}\`, or \`icmp/echo\` for both families`,
    }));
  }
  for (const [token, what] of [
    [detail, "ICMP type"],
    [code, "ICMP code"],
  ] as const) {
    if (token !== undefined && Number(token.image) > 255) {
      return outOfRange(parts, token, { what, why: "is out of range: 0 to 255" });
    }
  }
  const type = Number(detail.image);
  const codeNumber = code === undefined ? undefined : Number(code.image);
  return { literal: { kind: "icmp", family, type, code: codeNumber, span } };
}

function numbered(parts: ServiceParts): ReadService {
  const { detail, code, span } = parts;
  if (code !== undefined) return strayCode(parts, code);
  if (detail.tokenType !== Integer) {
    return wrong(parts, detail, () => ({
      expected: "a protocol number",
      found: `\`${detail.image}\``,
      help: "write `proto/47`; for every protocol write `any-service`",
    }));
  }
  const number = Number(detail.image);
  if (number > 255) {
    return outOfRange(parts, detail, {
      what: "protocol number",
      why: "is out of range: 0 to 255",
    });
  }
  return { literal: { kind: "protocol", number, span } };
}

function strayCode(parts: ServiceParts, code: IToken): ReadService {
  return wrong(parts, code, () => ({
    expected: "the end of the service",
    found: `\`/${code.image}\``,
    help: "only `icmp4` and `icmp6` have a second number, the code",
  }));
}

function wrong(
  parts: ServiceParts,
  token: IToken,
  words: () => { readonly expected: string; readonly found: string; readonly help: string },
): ReadService {
  return {
    literal: standIn(parts),
    diagnostic: () => {
      const { help, ...rest } = words();
      return diagnose("SEG100", spanIn(parts, token), rest, { help });
    },
  };
}

function outOfRange(
  parts: ServiceParts,
  token: IToken,
  words: { readonly what: string; readonly why: string; readonly fix?: string },
): ReadService {
  const span = spanIn(parts, token);
  const { what, why, fix } = words;
  return {
    literal: standIn(parts),
    diagnostic: () =>
      diagnose(
        "SEG111",
        span,
        { what, text: token.image, why },
        fix === undefined ? {} : { fix: [{ span, text: fix }], help: `swap the ends: \`${fix}\`` },
      ),
  };
}

function standIn({ span }: ServiceParts): ServiceLiteral {
  return { kind: "any-service", span };
}

function spanIn({ span }: ServiceParts, token: IToken): Span {
  return {
    source: span.source,
    start: token.startOffset,
    end: token.startOffset + token.image.length,
  };
}
