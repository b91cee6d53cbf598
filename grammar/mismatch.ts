// A token where another was expected: which of the known mistakes it is, or SEG100 with what may
// stand there instead.
import { EOF, type IToken, type TokenType } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";
import { nearest } from "../diagnostics/suggest.ts";
import { daysAfter } from "./date.ts";
import * as t from "./tokens.ts";
import { strangeText } from "./unknown-text.ts";

export interface Mismatch {
  /** The rule of the grammar in which reading stopped. */
  readonly rule: string;
  /** Undefined where the rule offered several. */
  readonly expected: TokenType | undefined;
  readonly found: IToken;
  /** The token after it. */
  readonly next: IToken;
  readonly previous: IToken;
  /** The token before `previous`. */
  readonly before: IToken;
  /** Of `found`. */
  readonly span: Span;
  /** Today, where that is known: the end of a learning window is reckoned from it. */
  readonly today: string | undefined;
}

/** What the alternatives of a rule are, in words. */
const alternatives: Readonly<Record<string, string>> = {
  file: "a declaration",
  names: "a name",
  svcPrim: "a service",
  svcExpr: "a service",
  svcDetail: "a port, a range of ports, `*` or a type",
  setPrim: "a peer",
  setAt: "a peer",
  setExpr: "a peer",
  fqdn: "a host name in quotes",
  cidrs: "an address",
  pred: "a condition such as `role is db`",
  atom: "a condition such as `role is db`",
  cmp: "`is`, `in`, `not in` or `has`",
  value: "a value",
  metaItem: "`because`, `ticket`, `until`, `log`, `family` or `fallback`",
  fallback: "`network` or `cidr`",
  progBody: "`linux`, `windows` or a program field",
  progAlt: "a program field",
  label: "`enum`, `set`, `name` or `string`",
  tree: "a name",
  decl: "a declaration",
  named: "`segment`, `service`, `program`, `template` or `use`",
  bodyDecl: "`segment`, `service` or `program`",
  template: "a parameter",
  use: "an argument",
  test: "a fixture or an assertion",
  fixture: "a label and its value",
  item: "a value",
  val1: "a value",
  arg: "a value",
  dirs: "`ingress` or `egress`",
};

/** What may stand before the closing brace of a rule's block. */
const beforeBrace: Readonly<Record<string, string>> = {
  meta: "`because`, `ticket`, `until`, `log`, `family`, `fallback` or `}`",
  guard: "`except`, `because`, `ticket` or `}`",
  progBody: "a program field or `}`",
  progAlt: "a program field or `}`",
  template: "a segment, a service, a program, a rule or `}`",
  test: "`workload`, `allowed`, `denied` or `}`",
};

const fieldHelp = `program fields are ${quoted(t.fieldWords)}`;

/** The diagnosis of a mismatch. */
export function mismatch(given: Mismatch): Diagnostic {
  const { found, span } = given;
  if (found.tokenType === t.Unknown) return strangeText(expectedWords(given), found, span);
  return oneEnded(found, given.next, span) ?? ofRule(given) ?? general(given);
}

function ofRule(given: Mismatch): Diagnostic | undefined {
  const { rule, expected, found, span } = given;
  switch (rule) {
    case "flow":
      return expected === t.Colon ? missingService(given) : missingArrow(given);
    case "svcExpr":
    case "svcPrim":
      return noService(given);
    case "observe":
      return expected === t.kw.until || (expected === t.CalendarDate && !isNumber(found))
        ? missingEnd(given)
        : invalidDate(given);
    case "metaItem":
      return invalidDate(given);
    case "setPrim":
    case "setAt":
    case "setExpr":
      return bareLiteral(given);
    case "progBody":
    case "progAlt":
      return emptyProgram(given) ?? { ...general(given), help: fieldHelp };
    case "meta":
      return found.tokenType === t.kw.except
        ? diagnose("SEG118", span, {
            item: "except",
            place: "on a rule; only guardrails have exceptions",
          })
        : undefined;
    default:
      return undefined;
  }
}

function general(given: Mismatch): Diagnostic {
  const { found, next, span } = given;
  if (wantsName(given) && reservedAsName(found, next)) {
    return diagnose("SEG110", span, { word: found.image, label: false });
  }
  const words = expectedWords(given);
  const parameters = { expected: words, found: foundWords(found) };
  const meant = meantWord(given);
  if (meant === undefined) return diagnose("SEG100", span, parameters);
  const fix = [{ span, text: meant }];
  return diagnose("SEG100", span, parameters, { help: `write \`${meant}\``, fix });
}

/** Rules in which an item of a list, or all there is, is a name. */
const rulesOfNames: ReadonlySet<string> = new Set([
  ...["names", "tree", "fixture", "template", "use", "value", "val1", "cmp"],
]);

function wantsName(given: Mismatch): boolean {
  return given.expected === t.Name || (rulesOfNames.has(given.rule) && wantsItem(given));
}

/** One of several alternatives: at once, or behind a comma that promised another item. */
function wantsItem({ expected, previous }: Mismatch): boolean {
  const closes = expected === t.RightBrace || expected === t.RightParen;
  return expected === undefined || (closes && previous.tokenType === t.Comma);
}

function expectedWords(given: Mismatch): string {
  const { rule, expected, previous } = given;
  if (expected === undefined || wantsItem(given)) return alternatives[rule] ?? "something else";
  if (expected === t.RightBrace && beforeBrace[rule] !== undefined) {
    const isList = rule === "template" && previous.tokenType === t.Comma;
    if (!isList) return beforeBrace[rule];
  }
  if (expected === t.RightBrace || expected === t.RightParen)
    return `\`,\` or ${labelOf(expected)}`;
  return labelOf(expected);
}

const labelOf = (type: TokenType) => type.LABEL ?? type.name;

/** "`web`", "the end of the text". */
export function foundWords(token: IToken): string {
  if (token.tokenType === EOF) return "the end of the text";
  return `\`${token.image.length > 40 ? `${token.image.slice(0, 40)}…` : token.image}\``;
}

/** The keyword that a wrong word was meant to be: `Allow`, `segmnet`. */
function meantWord({ expected, found }: Mismatch): string | undefined {
  if (expected === undefined || !isWord(found)) return undefined;
  const word = t.keywordOf(expected);
  if (word === undefined) return undefined;
  if (found.image.toLowerCase() === word) return word;
  return nearest(found.image, [word], 1)[0];
}

// --- the known mistakes -------------------------------------------------------------------------

/** `at source` after a flow: known only to be refused. */
export function oneEnded(at: IToken, end: IToken, span: Span): Diagnostic | undefined {
  if (at.image !== "at" || !["source", "destination", "both"].includes(end.image)) return undefined;
  const both = { ...span, end: (end.endOffset ?? 0) + 1 }; // our scanner sets it
  return diagnose("SEG116", both, { end: end.image }, { fix: [{ span: both, text: "" }] });
}

function missingService({ found, previous, span }: Mismatch): Diagnostic | undefined {
  const isNear = isOnLineOf(previous, span);
  const isService = isWord(found) || isNumber(found) || found.tokenType === t.kw["any-service"];
  if (isNear && isService && found.tokenType !== t.kw.when) {
    const place = after(previous, span);
    return diagnose(
      "SEG100",
      span,
      { expected: "`:` before the service", found: foundWords(found) },
      {
        help: "write `:` between the destination and the service",
        fix: [{ span: place, text: " :" }],
      },
    );
  }
  const isForeign = [t.Arrow, t.Comma, t.At, t.Equals, t.Dot].includes(found.tokenType);
  return isForeign ? undefined : diagnose("SEG106", after(previous, span), {});
}

/** Something else where a service should stand. */
function noService(given: Mismatch): Diagnostic | undefined {
  const { expected, found, next, previous, before, span } = given;
  if (found.tokenType === t.Integer || found.tokenType === t.Range) {
    if (![t.Colon, t.Equals, t.LeftBrace, t.Comma].includes(previous.tokenType)) return undefined;
    const port = found.image;
    if (next.tokenType === t.Slash) return diagnose("SEG101", span, { port });
    return diagnose("SEG101", span, { port }, { fix: [{ span, text: `tcp/${port}` }] });
  }
  const afterColon = "a service after `:`";
  const isMeta = expected === t.RightBrace && t.metaWords.has(previous.image);
  if (isMeta && before.tokenType === t.LeftBrace) {
    const brace = { ...span, start: before.startOffset, end: before.startOffset + 1 };
    return diagnose("SEG100", brace, { expected: afterColon, found: "`{`" });
  }
  if (previous.tokenType !== t.Colon) return undefined;
  if ([EOF, t.RightBrace, t.kw.when, t.kw.except].includes(found.tokenType)) {
    return diagnose("SEG106", after(previous, span), {});
  }
  return diagnose("SEG100", span, { expected: afterColon, found: foundWords(found) });
}

function missingArrow({ found, span }: Mismatch): Diagnostic | undefined {
  if (found.tokenType === t.Comma) {
    return diagnose(
      "SEG100",
      span,
      { expected: "`->`", found: "`,`" },
      { help: "several peers stand in braces: `{ a, b }`" },
    );
  }
  if (found.tokenType !== t.kw.to) return undefined;
  return diagnose(
    "SEG100",
    span,
    { expected: "`->`", found: "`to`" },
    { help: "write `->` between source and destination", fix: [{ span, text: "->" }] },
  );
}

/** `observe` without `until`, or without its date. */
function missingEnd({ expected, previous, span, today }: Mismatch): Diagnostic {
  const place = after(previous, span);
  if (today === undefined) return diagnose("SEG109", place, {});
  const end = daysAfter(today, windowDays);
  const text = expected === t.kw.until ? ` until ${end}` : ` ${end}`;
  const help = `write \`until ${end}\`, ${windowDays} days from today, or another day`;
  return diagnose("SEG109", place, {}, { help, fix: [{ span: place, text }] });
}

/** How long a learning window is unless somebody knows better. */
const windowDays = 30;

/** An address or a host name without the word that makes it a peer. */
function bareLiteral({ found, span }: Mismatch): Diagnostic | undefined {
  const word =
    found.tokenType === t.Address ? "networks" : found.tokenType === t.Text ? "fqdn" : undefined;
  if (word === undefined) return undefined;
  const text = `${word} { ${found.image} }`;
  return diagnose(
    "SEG100",
    span,
    { expected: "a peer", found: foundWords(found) },
    { help: `write \`${text}\``, fix: [{ span, text }] },
  );
}

function invalidDate({ expected, found, span }: Mismatch): Diagnostic | undefined {
  if (expected !== t.CalendarDate || !(isNumber(found) || found.tokenType === t.Text))
    return undefined;
  return diagnose("SEG114", span, { text: found.image });
}

function emptyProgram({ expected, found, previous, span }: Mismatch): Diagnostic | undefined {
  if (expected !== undefined || found.tokenType !== t.RightBrace) return undefined;
  if (previous.tokenType !== t.LeftBrace) return undefined;
  const braces = { ...span, start: previous.startOffset };
  return diagnose("SEG117", braces, { empty: true }, { help: `name a field; ${fieldHelp}` });
}

/** Just behind a token: what is missing is missing there, not on the next line. */
export function after(token: IToken, { source }: Span): Span {
  const end = (token.endOffset ?? token.startOffset) + 1; // our scanner sets both
  return { source, start: end, end };
}

export function isOnLineOf(previous: IToken, { source, start }: Span): boolean {
  const { endOffset } = previous;
  if (previous.tokenType === EOF || endOffset === undefined) return false;
  return !source.text.slice(endOffset, start).includes("\n");
}

function isNumber({ tokenType }: IToken): boolean {
  return tokenType === t.Integer || tokenType === t.Range || tokenType === t.Address;
}

export function isWord(token: IToken): boolean {
  const type = token.tokenType;
  return type === t.Name || type === t.MisspeltName || t.keywordOf(type) !== undefined;
}

/** True when `found` is a reserved word where a name must have been meant. */
export function reservedAsName(found: IToken, next: IToken): boolean {
  return t.isReserved(found.tokenType) && followsName(next);
}

function followsName({ tokenType }: IToken): boolean {
  return (
    [
      EOF,
      t.Equals,
      t.Colon,
      t.Comma,
      t.LeftBrace,
      t.RightBrace,
      t.LeftParen,
      t.RightParen,
    ].includes(tokenType) || [t.Dot, t.kw.owns, t.kw.root, t.kw.by, t.kw.from].includes(tokenType)
  );
}

export function quoted(words: readonly string[]): string {
  return words.map((word) => `\`${word}\``).join(", ");
}
