// A token where another was expected: which of the known mistakes it is, or SEG100 in general.
import { EOF, type IParserErrorMessageProvider, type IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";
import { startsDeclaration } from "./resume.ts";
import * as t from "./tokens.ts";

export interface Mismatch {
  /** The rule of the grammar in which reading stopped. */
  readonly rule: string;
  /** What was expected, in words. */
  readonly expected: string;
  readonly next: IToken;
  /** The two tokens before. */
  readonly before: readonly [IToken, IToken];
  /** Of `next`. */
  readonly span: Span;
}

/** What the alternatives of a rule are, in words. */
const alternatives: Readonly<Record<string, string>> = {
  svcPrim: "a service",
  svcExpr: "a service",
  svcDetail: "a port, a range of ports, `*` or a type",
  setPrim: "a peer",
  setAt: "a peer",
  setExpr: "a peer",
  atom: "a condition such as `role is db`",
  cmp: "`is`, `in`, `not in` or `has`",
  value: "a value",
  metaItem: "`because`, `ticket`, `until`, `log`, `family` or `fallback`",
  guard: "`except`, `because` or `ticket`",
  fallback: "`network` or `cidr`",
  progBody: "`linux`, `windows` or a program field",
  progAlt: "a program field",
  label: "`enum`, `set`, `name` or `string`",
  decl: "a declaration",
  named: "`segment`, `service`, `program`, `template` or `use`",
  bodyDecl: "a segment, a service, a program or a rule",
  test: "a fixture or an assertion",
  item: "a value",
  val1: "a value",
  arg: "a value",
  dirs: "`ingress` or `egress`",
};

/** The message of an exception of Chevrotain is what was expected, in words. */
export const expectations: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: ({ expected }) => expected.LABEL ?? expected.name,
  buildNotAllInputParsedMessage: () => "the end of the text",
  buildNoViableAltMessage: ({ ruleName }) => alternatives[ruleName] ?? "something else",
  buildEarlyExitMessage: ({ ruleName }) => alternatives[ruleName] ?? "something else",
};

/** "`web`", "a string without its end", "the end of the file". */
export function found(token: IToken): string {
  if (token.tokenType === EOF) return "the end of the file";
  if (token.tokenType === t.Unknown && token.image.startsWith('"')) {
    return "a string without its end";
  }
  return `\`${token.image.length > 40 ? `${token.image.slice(0, 40)}…` : token.image}\``;
}

export function diagnoseMismatch(mismatch: Mismatch): Diagnostic {
  const { rule, expected, next, before, span } = mismatch;
  return knownMistake(mismatch) ?? general({ rule, expected, next, before, span });
}

function knownMistake({ rule, expected, next, before, span }: Mismatch): Diagnostic | undefined {
  const wantsService = expected === "a service";
  if (
    (wantsService || rule === "svcExpr") &&
    (next.tokenType === t.Integer || next.tokenType === t.Range)
  ) {
    const port = next.image;
    return diagnose("SEG101", span, { port }, { fix: [{ span, text: `tcp/${port}` }] });
  }
  if (
    (rule === "flow" && expected === "`:`") ||
    (wantsService && before[1].tokenType === t.Colon)
  ) {
    if (endsFlow(next) || startsDeclaration(next, "file")) {
      return diagnose("SEG106", after(before[1], span), {});
    }
  }
  if (rule === "observe" && expected === "`until`")
    return diagnose("SEG109", after(before[1], span), {});
  if (expected === "a name" && t.isReserved(next.tokenType) && names(before[1])) {
    return diagnose("SEG110", span, { word: next.image, label: false });
  }
  return undefined;
}

/** Just behind a token: what is missing is missing there, not on the next line. */
function after(token: IToken, { source }: Span): Span {
  const end = (token.endOffset ?? token.startOffset) + 1; // our scanner sets both
  return { source, start: end, end };
}

const endsFlow = (token: IToken) =>
  [EOF, t.LeftBrace, t.RightBrace, t.kw.when, t.kw.except].includes(token.tokenType);

/** Words after which a new name stands. */
function names(token: IToken): boolean {
  const words = ["module", "by", "label", "require", "team", "segment", "service", "program"];
  return [
    ...words,
    "template",
    "use",
    "workload",
    "except",
    "import",
    "from",
    "{",
    ",",
    "(",
    "=",
  ].includes(token.image);
}

function general({ expected, next, span }: Mismatch): Diagnostic {
  return diagnose("SEG100", span, { expected, found: found(next) });
}

/** `any` where a peer stands. */
export function anyAsPeer(span: Span): Diagnostic {
  return diagnose("SEG107", span, {});
}

/** SEG108, with the name as it should be written. */
export function misspelt(text: string, span: Span): Diagnostic {
  const kebab = text
    .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "");
  if (kebab === "") return diagnose("SEG108", span, { text }, { help: "choose another name" });
  return diagnose(
    "SEG108",
    span,
    { text },
    { help: `write \`${kebab}\``, fix: [{ span, text: kebab }] },
  );
}
