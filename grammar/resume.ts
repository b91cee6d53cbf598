// Where reading goes on after a statement that could not be read: at the next word that begins a
// statement, first on its line and no deeper than the broken one, or at the bracket that ends the
// block. Statements are lines to people, so lines are what recovery goes by.
import type { IToken } from "chevrotain";
import * as t from "./tokens.ts";

/** The block whose statements are being read. */
export type Context = "file" | "template" | "test" | "flow";

const declarationWords = [
  ...["import", "label", "require", "team", "delegate", "observe", "test", "export", "segment"],
  ...[
    "service",
    "program",
    "template",
    "use",
    "staged",
    "allow",
    "deny",
    "never",
    "only",
    "always",
  ],
] as const;

const starters: Readonly<Record<Context, ReadonlySet<string>>> = {
  file: new Set(declarationWords),
  template: new Set(["export", "segment", "service", "program", "staged", "allow", "deny"]),
  test: new Set(["workload", "allowed", "denied"]),
  flow: new Set(),
};

export function startsDeclaration(token: IToken, context: Context): boolean {
  return starters[context].has(token.image);
}

export interface Resumption {
  readonly text: string;
  readonly tokens: readonly t.Token[];
  readonly context: Context;
}

/**
 * The index of the token to go on with. `first` is the first token of the broken statement, `at`
 * the one that could not be read; always greater than `first`, unless the statement is a header.
 */
export function resumesAt(
  { text, tokens, context }: Resumption,
  first: number,
  at: number,
): number {
  const margin = columnOf(text, tokens[first]);
  let depth = 0;
  for (let index = first; index < tokens.length; index++) {
    const token = tokens[index];
    if (token === undefined) break;
    if (index >= at && (index > first || at === first)) {
      const ends = context !== "file" && token.tokenType === t.RightBrace && depth <= 0;
      if (ends && index > first) return index;
      const begins =
        startsDeclaration(token, context) ||
        (context !== "file" && startsDeclaration(token, "file"));
      const column = begins ? firstOnLine(text, token) : undefined;
      const isNew = index > first || !startsDeclaration(token, context);
      if (column !== undefined && isNew && (depth <= 0 || column <= margin)) {
        if (startsDeclaration(token, context) || column < margin) return index;
      }
    }
    if (token.tokenType === t.LeftBrace || token.tokenType === t.LeftParen) depth++;
    if (token.tokenType === t.RightBrace || token.tokenType === t.RightParen) depth--;
  }
  return tokens.length;
}

/** Its column when nothing but blanks stands before it on its line. */
function firstOnLine(text: string, token: t.Token): number | undefined {
  const lineStart = text.lastIndexOf("\n", token.startOffset - 1) + 1;
  return text.slice(lineStart, token.startOffset).trim() === ""
    ? token.startOffset - lineStart
    : undefined;
}

function columnOf(text: string, token: t.Token | undefined): number {
  if (token === undefined) return 0;
  return token.startOffset - (text.lastIndexOf("\n", token.startOffset - 1) + 1);
}
