// What every part of the parser needs: places, problems and lists. Of Chevrotain's own handling
// of mismatches only the entry points are used: it works out every path that would have been
// possible, which costs milliseconds per error; we say what the rule at hand expected instead.
import { EmbeddedActionsParser, EOF, type IToken, type TokenType } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import type { Name } from "./ast.ts";
import { type Mismatch, mismatch, reservedAsName } from "./mismatch.ts";
import { asName, misspeltNames } from "./misspelt.ts";
import { lostStatement } from "./statement-faults.ts";
import * as t from "./tokens.ts";

/** Thrown inside a statement once its problem is recorded; carries nothing. */
export const unreadable = { name: "unreadable statement" } as const;

const noSource: SourceFile = { path: "", text: "" };

export interface ParserOptions {
  /** The grammar's self-analysis: wanted in its unit test only. */
  readonly validate: boolean;
}

export interface ParserInput {
  readonly source: SourceFile;
  /** Chevrotain pads it with end tokens while it reads. */
  readonly tokens: t.Token[];
  /** `YYYY-MM-DD`, for advice that needs a date. */
  readonly today: string | undefined;
}

export abstract class ParserBase extends EmbeddedActionsParser {
  /** Index of the last token consumed: Chevrotain's, like the two below it. */
  declare protected currIdx: number;
  declare protected tokVector: IToken[];
  declare protected getCurrRuleFullName: () => string;
  declare protected consumeToken: () => void;

  protected source: SourceFile = noSource;
  #today: string | undefined;
  protected diagnostics: Diagnostic[] = [];
  /** Names that are not written as names are, wherever they were read as such. */
  protected misspelt: IToken[] = [];
  /** Names whose declarations could not be read. */
  protected broken: Name[] = [];
  /** Grows whenever something of the current statement cannot be trusted. */
  protected damage = 0;
  /** Index of the first token of the statement being read. */
  protected statementStart = 0;
  /** Index of the token at which reading was taken up again: its mismatch is no second problem. */
  protected resumedAt = -1;

  constructor({ validate }: ParserOptions) {
    super(t.vocabulary, { maxLookahead: 2, skipValidations: !validate, recoveryEnabled: false });
  }

  /** Makes ready for another text. */
  protected begin({ source, tokens, today }: ParserInput): void {
    this.source = source;
    this.#today = today;
    this.input = tokens;
    this.diagnostics = [];
    this.misspelt = [];
    this.broken = [];
    this.damage = 0;
    this.statementStart = 0;
    this.resumedAt = -1;
  }

  // --- places -------------------------------------------------------------------------------

  /** Offset of the next token. */
  protected start(): number {
    return this.LA(1).startOffset;
  }

  /** From `start` to the end of the last token consumed. */
  protected spanFrom(start: number): Span {
    // Every token was made by our scanner, which sets `endOffset`.
    return { source: this.source, start, end: (this.LA(0).endOffset as number) + 1 };
  }

  protected spanOf(token: IToken): Span {
    if (token.tokenType === EOF) return this.endOfText();
    // Every other token was made by our scanner, which sets `endOffset`.
    const end = (token.endOffset as number) + 1;
    return { source: this.source, start: token.startOffset, end };
  }

  /** Just after the last token, where something is missing. */
  protected endOfText(): Span {
    const last = this.tokVector.findLast((token) => token.tokenType !== EOF);
    const end = last === undefined ? this.source.text.length : (last.endOffset ?? 0) + 1;
    return { source: this.source, start: end, end };
  }

  protected isNext(...types: readonly TokenType[]): boolean {
    return types.includes(this.LA(1).tokenType);
  }

  protected skip(): void {
    this.consumeToken();
  }

  // --- lists --------------------------------------------------------------------------------

  /** `x { "," x } [","]`; what stands around it consumes the brackets. */
  protected list<T>(item: () => T, options: ListOptions = named): T[] {
    const items: T[] = [];
    if (!this.RECORDING_PHASE && this.isNext(t.RightBrace)) this.#emptyBraces(options);
    else {
      this.AT_LEAST_ONE9({
        GATE: this.#itemMayFollow,
        DEF: () => {
          items.push(item());
          this.OPTION9(this.#comma);
        },
      });
    }
    return items;
  }

  readonly #comma = (): void => {
    this.CONSUME9(t.Comma);
  };

  /** Only a bracket that opens, or a comma, lets an item follow. */
  readonly #itemMayFollow = (): boolean => {
    const { tokenType } = this.LA(0);
    return tokenType === t.Comma || tokenType === t.LeftBrace || tokenType === t.LeftParen;
  };

  #emptyBraces({ selects }: ListOptions): void {
    const open = this.LA(0).startOffset;
    const end = this.spanOf(this.LA(1)).end;
    const help = selects
      ? "name a segment or a service, or write `workloads`, `anywhere` or `any-service`"
      : "remove the braces, or list something in them";
    this.reportDamage(() =>
      diagnose("SEG102", { source: this.source, start: open, end }, { selects }, { help }),
    );
  }

  // --- problems -----------------------------------------------------------------------------

  /** A problem after which the statement still means something. */
  protected report(diagnostic: () => Diagnostic): void {
    if (!this.RECORDING_PHASE) this.diagnostics.push(diagnostic());
  }

  /** A problem after which reading goes on, but the statement is left out of the tree. */
  protected reportDamage(diagnostic: () => Diagnostic): void {
    if (this.RECORDING_PHASE) return;
    this.damage++;
    this.diagnostics.push(diagnostic());
  }

  protected reportAll(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) this.reportDamage(() => diagnostic);
  }

  /** Everything found, in no order. */
  protected problems(): readonly Diagnostic[] {
    const uses = this.misspelt.map((token) => ({ text: token.image, span: this.spanOf(token) }));
    return [...this.diagnostics, ...misspeltNames(uses)];
  }

  /** Names that would be there if the text were sound, and those that would not. */
  protected brokenNames(): readonly Name[] {
    const misspelt = this.misspelt.flatMap((token) => {
      const span = this.spanOf(token);
      const corrected = asName(token.image) ?? token.image;
      return [token.image, corrected].map((text) => ({ text, span }));
    });
    return [...this.broken, ...misspelt];
  }

  protected noteMisspelt(token: IToken): void {
    if (!this.RECORDING_PHASE) this.misspelt.push(token);
  }

  /** Leaves the statement: the rule at hand cannot go on with the next token. */
  protected failExpecting(expected: TokenType | undefined): never {
    this.damage++;
    const isLost = this.#backToLostStatement();
    if (this.currIdx + 1 === this.resumedAt) throw unreadable;
    const given = this.#mismatch(expected);
    this.diagnostics.push(isLost ? lostStatement(given) : mismatch(given));
    throw unreadable;
  }

  #mismatch(expected: TokenType | undefined): Mismatch {
    return {
      rule: this.getCurrRuleFullName(),
      expected,
      found: this.LA(1),
      next: this.LA(2),
      previous: this.LA(0),
      before: this.LA(-1),
      span: this.spanOf(this.LA(1)),
      today: this.#today,
    };
  }

  /**
   * A soft keyword that begins the next line's statement may have been read as the name that the
   * statement before it lacks: `allow a -> b :⏎segment c = …`.
   */
  #backToLostStatement(): boolean {
    const isLost = this.currIdx > this.statementStart && this.beginsStatement(this.currIdx);
    if (isLost) this.currIdx--;
    return isLost;
  }

  /** True when the token at `index` stands first on its line and surely begins a declaration. */
  protected abstract beginsStatement(index: number): boolean;

  // --- Chevrotain's entry points on a mismatch -------------------------------------------------

  /** Called by CONSUME: the work is done in `consumeInternalRecovery`, which may return a token. */
  protected consumeInternalError(): never {
    throw unreadable;
  }

  protected consumeInternalRecovery(expected: TokenType): IToken {
    const found = this.LA(1);
    if (expected === t.Name && reservedAsName(found, this.LA(2))) {
      const { image: word } = found;
      this.report(() => diagnose("SEG110", this.spanOf(found), { word, label: false }));
      this.consumeToken();
      return found;
    }
    return this.failExpecting(expected);
  }

  protected raiseNoAltException(): never {
    return this.failExpecting(undefined);
  }

  protected raiseEarlyExitException(): never {
    return this.failExpecting(undefined);
  }
}

/** What empty braces would mean: sets select, other lists only list. */
export interface ListOptions {
  readonly selects: boolean;
}
const named: ListOptions = { selects: false };
export const selecting: ListOptions = { selects: true };
