// Where reading is taken up again after a statement that cannot be read: at the next token that
// surely begins a statement, brackets considered. Keywords are soft, so a word alone proves little;
// its place on the line and the tokens after it decide.
import type { IToken, TokenType } from "chevrotain";
import type { SourceFile } from "../diagnostics/source.ts";
import { nearest } from "../diagnostics/suggest.ts";
import * as t from "./tokens.ts";

/** What the statements stand in. */
export type Place = "file" | "template" | "test" | "flow";

const { kw } = t;

const topWords: ReadonlySet<TokenType> = new Set([
  ...[kw.import, kw.label, kw.require, kw.team, kw.delegate, kw.observe, kw.never, kw.only],
  ...[kw.always, kw.test, kw.export, kw.segment, kw.service, kw.program, kw.template, kw.use],
  ...[kw.staged, kw.allow, kw.deny],
]);
const wordsOf: Readonly<Record<Place, ReadonlySet<TokenType>>> = {
  file: topWords,
  template: new Set([
    ...[kw.export, kw.segment, kw.service, kw.program, kw.staged, kw.allow, kw.deny],
  ]),
  test: new Set([kw.workload, kw.allowed, kw.denied]),
  flow: new Set(),
};

const exported: ReadonlySet<TokenType> = new Set([
  ...[kw.segment, kw.service, kw.program, kw.template, kw.use],
]);
/** After a word at the start of a line these show that the word is a name. */
const afterNames: ReadonlySet<TokenType> = new Set([
  ...[t.Comma, t.RightBrace, t.RightParen, t.Dot, t.Arrow, t.Ampersand, t.At, t.Colon],
]);
const beginsSet: ReadonlySet<TokenType> = new Set([
  ...[t.Name, t.MisspeltName, t.LeftBrace, t.LeftParen, t.Dollar, kw.program, kw.workloads],
  ...[kw.outside, kw.internet, kw.anywhere, kw.networks, kw.fqdn],
]);

/** The word that a wrong word at the start of a statement was meant to be. */
export function meantStatement(place: Place, word: string): string | undefined {
  const words = statementWords(place);
  const lower = word.toLowerCase();
  return words.includes(lower) ? lower : nearest(word, words, 1)[0];
}

/** Words that a statement may begin with. */
export function statementWords(place: Place): readonly string[] {
  return [...wordsOf[place]].map((type) => t.keywordOf(type) ?? type.name);
}

/** The tokens of one source, for looking around in. */
export class Surroundings {
  readonly #text: string;
  readonly #tokens: readonly IToken[];
  /** Fixed at once: Chevrotain pads the array with end tokens while it reads. */
  readonly #count: number;

  constructor(source: SourceFile, tokens: readonly IToken[]) {
    this.#text = source.text;
    this.#tokens = tokens;
    this.#count = tokens.length;
  }

  /** Index of the token to go on with, for a statement that began at `start` and failed at `from`. */
  resumeIndex(place: Place, start: number, from: number): number {
    let depth = this.#depth(start, from);
    for (let index = from; index < this.#count; index++) {
      const type = this.#tokens[index]?.tokenType;
      if (index > start) {
        if (depth === 0 && this.#mayBegin(place, index)) return index;
        if (this.isTopLevel(index)) return index;
      }
      if (type === t.LeftBrace || type === t.LeftParen) depth++;
      else if (type === t.RightBrace && depth === 0 && place !== "file") return index;
      else if ((type === t.RightBrace || type === t.RightParen) && depth > 0) depth--;
    }
    return this.#count;
  }

  /** A declaration at the very start of a line: whatever is still open was left open by mistake. */
  isTopLevel(index: number): boolean {
    const token = this.#tokens[index];
    return (
      token !== undefined &&
      topWords.has(token.tokenType) &&
      (token.startOffset === 0 || this.#text.charCodeAt(token.startOffset - 1) === 10) &&
      this.#patternFits(index, true)
    );
  }

  /** True when the token stands first on its line and what follows is a declaration's head. */
  surelyBegins(index: number): boolean {
    const token = this.#tokens[index];
    if (token === undefined) return false;
    const known = topWords.has(token.tokenType) || wordsOf.test.has(token.tokenType);
    return known && this.#isFirstOnLine(index) && this.#patternFits(index, true);
  }

  #depth(start: number, end: number): number {
    let depth = 0;
    for (let index = start; index < end; index++) {
      const type = this.#tokens[index]?.tokenType;
      if (type === t.LeftBrace || type === t.LeftParen) depth++;
      else if (type === t.RightBrace || type === t.RightParen) depth--;
    }
    return Math.max(0, depth);
  }

  #mayBegin(place: Place, index: number): boolean {
    const token = this.#tokens[index];
    if (token === undefined) return false;
    if (!wordsOf[place].has(token.tokenType)) return this.#isMisspeltWord(place, token);
    const first = this.#isFirstOnLine(index);
    if (this.#patternFits(index, first)) return true;
    const next = this.#tokens[index + 1];
    return first && next !== undefined && !afterNames.has(next.tokenType);
  }

  /** `Allow`, `segmnet` at the very start of a line: a statement of its own, if a wrong one. */
  #isMisspeltWord(place: Place, token: IToken): boolean {
    if (place !== "file" || this.#text.charCodeAt(token.startOffset - 1) !== 10) return false;
    return /^[a-z]+$/i.test(token.image) && meantStatement(place, token.image) !== undefined;
  }

  #isFirstOnLine(index: number): boolean {
    const token = this.#tokens[index];
    const before = this.#tokens[index - 1];
    if (token === undefined) return false;
    const from = before === undefined ? 0 : (before.endOffset ?? 0) + 1;
    return before === undefined || this.#text.slice(from, token.startOffset).includes("\n");
  }

  /** Unnamed rules look like many other things; they count only at the start of a line. */
  #patternFits(index: number, first: boolean): boolean {
    const type = this.#tokens[index]?.tokenType;
    const next = this.#tokens[index + 1];
    const third = this.#tokens[index + 2]?.tokenType;
    if (type === undefined || next === undefined) return false;
    switch (type) {
      case kw.import:
        return next.tokenType === t.LeftBrace;
      case kw.label:
        return third === t.Colon;
      case kw.team:
        return third === kw.owns;
      case kw.delegate:
      case kw.observe:
        return next.tokenType === kw.ingress || next.tokenType === kw.egress;
      case kw.test:
        return next.tokenType === t.Text;
      case kw.export:
        return exported.has(next.tokenType);
      case kw.staged:
        return next.tokenType === kw.allow || next.tokenType === kw.deny;
      case kw.program:
      case kw.workload:
        return third === t.LeftBrace;
      case kw.template:
        return third === t.LeftParen;
      case kw.segment:
      case kw.service:
      case kw.use:
      case kw.require:
        return third === t.Equals;
      default:
        return third === t.Equals || (first && this.#mayBeginSet(next));
    }
  }

  #mayBeginSet({ tokenType }: IToken): boolean {
    return beginsSet.has(tokenType) || tokenType.CATEGORIES?.includes(t.Name) === true;
  }
}
