// Text around statements: a header that is missing, words that begin no statement, a statement
// that swallowed the first word of the next.
import type { IToken } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";
import {
  after,
  foundWords,
  isOnLineOf,
  isWord,
  type Mismatch,
  oneEnded,
  quoted,
} from "./mismatch.ts";
import { meantStatement, type Place, statementWords } from "./recovery.ts";
import * as t from "./tokens.ts";
import { strangeText } from "./unknown-text.ts";

/** A file must say first which module it is. */
export function missingHeader(found: IToken, span: Span): Diagnostic {
  const expected = "`module NAME` and `root` or `by TEAM`";
  if (found.tokenType === t.Unknown) return strangeText(expected, found, span);
  return diagnose(
    "SEG100",
    span,
    { expected, found: foundWords(found) },
    { help: "begin the file with `module NAME root` or `module NAME by TEAM`" },
  );
}

export function unownedModule(found: IToken, span: Span): Diagnostic {
  return diagnose(
    "SEG100",
    span,
    { expected: "`root` or `by`", found: foundWords(found) },
    { help: "write `by TEAM`, or `root` if this is the root module" },
  );
}

const statementNames: Readonly<Record<Place, string>> = {
  file: "a declaration",
  template: "a segment, a service, a program or a rule",
  test: "a fixture or an assertion",
  flow: "the end of the flow",
};

/** The next statement was read as the last name of this one, which is missing. */
export function lostStatement(given: Pick<Mismatch, "found" | "previous" | "span">): Diagnostic {
  const { found, previous, span } = given;
  if (previous.tokenType === t.Colon) return diagnose("SEG106", after(previous, span), {});
  const expected = previous.tokenType === t.Arrow ? "a peer" : "the rest of the statement";
  const parameters = { expected, found: foundWords(found) };
  return diagnose("SEG100", span, parameters);
}

/** Text where a statement should begin. */
export function strayText(
  place: Place,
  given: Pick<Mismatch, "found" | "next" | "previous" | "span">,
): Diagnostic {
  const { found, next, previous, span } = given;
  const sameLine = isOnLineOf(previous, span);
  const expected = sameLine ? "the end of the statement" : statementNames[place];
  if (found.tokenType === t.Unknown) return strangeText(expected, found, span);
  const known = oneEnded(found, next, span);
  if (known !== undefined) return known;
  const parameters = { expected, found: foundWords(found) };
  const meant = isWord(found) && !sameLine ? meantStatement(place, found.image) : undefined;
  if (meant !== undefined) {
    const fix = [{ span, text: meant }];
    return diagnose("SEG100", span, parameters, { help: `write \`${meant}\``, fix });
  }
  const words = statementWords(place);
  const help =
    words.length === 0 || sameLine ? undefined : `statements here begin with ${quoted(words)}`;
  return diagnose("SEG100", span, parameters, help === undefined ? {} : { help });
}
