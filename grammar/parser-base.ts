// What every part of the parser needs: places, problems and recovery. A statement that cannot be
// read is left by throwing `unreadable`; the loop over statements catches it, resynchronises and
// goes on, so that one file reports all its problems, each once.
import {
  EmbeddedActionsParser,
  EOF,
  type IToken,
  isRecognitionException,
  type TokenType,
} from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { SourceFile, Span } from "../diagnostics/source.ts";
import type { Name } from "./ast.ts";
import { diagnoseMismatch, expectations, found, misspelt } from "./mismatch.ts";
import { type Context, resumesAt, startsDeclaration } from "./resume.ts";
import * as t from "./tokens.ts";

/** Thrown inside a statement once its problem is recorded; carries nothing. */
export const unreadable = { name: "unreadable statement" } as const;

const noSource: SourceFile = { path: "", text: "" };

export interface ParserOptions {
  /** The grammar's self-analysis: wanted in its unit test only. */
  readonly validate: boolean;
}

export abstract class ParserBase extends EmbeddedActionsParser {
  protected source: SourceFile = noSource;
  private tokens: readonly t.Token[] = [];
  diagnostics: Diagnostic[] = [];
  /** Names whose declarations could not be read. */
  broken: Name[] = [];
  /** Grows whenever something of the current statement cannot be trusted. */
  protected damage = 0;

  constructor({ validate }: ParserOptions) {
    super(t.vocabulary, {
      maxLookahead: 2,
      skipValidations: !validate,
      recoveryEnabled: false,
      errorMessageProvider: expectations,
    });
  }

  /** Makes ready for another text. */
  begin(source: SourceFile, tokens: t.Token[]): void {
    this.source = source;
    this.input = tokens;
    this.tokens = tokens;
    this.diagnostics = [];
    this.broken = [];
    this.damage = 0;
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

  protected endOfText(): Span {
    const last = this.LA(0);
    const end = last.tokenType === EOF ? this.source.text.length : (last.endOffset ?? 0) + 1;
    return { source: this.source, start: end, end };
  }

  // --- problems -----------------------------------------------------------------------------

  /** A problem after which reading goes on and the statement still means something. */
  protected report(diagnostic: () => Diagnostic): void {
    if (this.RECORDING_PHASE) return;
    this.diagnostics.push(diagnostic());
  }

  /** A problem after which reading goes on, but the statement is left out of the tree. */
  protected reportDamage(diagnostic: () => Diagnostic): void {
    if (this.RECORDING_PHASE) return;
    this.damage++;
    this.diagnostics.push(diagnostic());
  }

  /** A problem after which the statement cannot be read on. */
  protected fail(diagnostic: Diagnostic): never {
    this.diagnostics.push(diagnostic);
    this.damage++;
    throw unreadable;
  }

  protected reportAll(diagnostics: readonly Diagnostic[]): void {
    for (const diagnostic of diagnostics) this.reportDamage(() => diagnostic);
  }

  /** A name that is none (SEG108). */
  protected noteMisspelt(token: IToken): void {
    this.reportDamage(() => misspelt(token.image, this.spanOf(token)));
  }

  protected checkLabelName(name: Name): void {
    if (!["segment", "service", "platform"].includes(name.text)) return;
    this.reportDamage(() => diagnose("SEG110", name.span, { word: name.text, label: true }));
  }

  protected failExpecting(expected: string): never {
    const span = this.spanOf(this.LA(1));
    return this.fail(diagnose("SEG100", span, { expected, found: found(this.LA(1)) }));
  }

  protected expectEnd(): void {
    if (this.LA(1).tokenType !== EOF) this.reportStray("the end of the text");
  }

  /** Index of the next token. */
  private position(): number {
    // A field of every Chevrotain parser (its lexer adapter) that its types leave out.
    return (this as unknown as { readonly currIdx: number }).currIdx + 1;
  }

  // --- reading ------------------------------------------------------------------------------

  protected isNext(...types: readonly TokenType[]): boolean {
    return types.includes(this.LA(1).tokenType);
  }

  protected skip(): void {
    this.SKIP_TOKEN();
  }

  /** `x { "," x } [","]` up to a closing bracket, at least one (else SEG102). */
  protected list<Item>(item: () => Item): Item[] {
    const items: Item[] = [];
    if (!this.RECORDING_PHASE && this.isNext(t.RightBrace)) this.#failEmpty();
    this.AT_LEAST_ONE9(() => {
      items.push(item());
      let separated = false;
      this.OPTION9(() => {
        this.CONSUME9(t.Comma);
        separated = true;
      });
      if (!this.RECORDING_PHASE && !separated && !this.isNext(t.RightBrace, t.RightParen)) {
        this.failExpecting("`,` or a closing bracket");
      }
    });
    return items;
  }

  #failEmpty(): never {
    const start = this.LA(0).startOffset;
    const span = { source: this.source, start, end: this.LA(1).startOffset + 1 };
    const before = this.LA(-1).tokenType;
    const selects = ![t.kw.enum, t.kw.set, t.kw.writes, t.kw.import, t.kw.to].includes(before);
    const help = selects
      ? "name a segment, or write `workloads` or `anywhere`"
      : "name at least one";
    this.skip(); // the closing brace belongs to what was just reported
    return this.fail(diagnose("SEG102", span, { selects }, { help }));
  }

  /** `at source` after a flow: known only to be refused (SEG116). */
  protected skipOneEnded(): void {
    const [at, end] = [this.LA(1), this.LA(2)];
    if (at.image !== "at" || !["source", "destination", "both"].includes(end.image)) return;
    const span = { ...this.spanOf(at), end: this.spanOf(end).end };
    this.reportDamage(() =>
      diagnose("SEG116", span, { end: end.image }, { fix: [{ span, text: "" }] }),
    );
    this.skip();
    this.skip();
  }

  // --- recovery -----------------------------------------------------------------------------

  /** Reads one statement; what goes wrong in it is reported once, and reading resumes after it. */
  protected recovering(read: () => void, context: Context): void {
    if (this.RECORDING_PHASE) return read();
    const first = this.position();
    try {
      read();
    } catch (error) {
      if (error !== unreadable) this.#recordMismatch(error);
      this.#noteBroken(first);
      this.#resume(first, context);
    }
  }

  #recordMismatch(error: unknown): void {
    // A name that Chevrotain gives its own exceptions; whatever else is thrown is a bug.
    if (!(error instanceof Error) || !isRecognitionException(error)) throw error;
    const next = this.LA(1);
    const before = [this.LA(-1), this.LA(0)] as const;
    const rule = this.getCurrRuleFullNameOf(error);
    this.damage++;
    this.diagnostics.push(
      diagnoseMismatch({ rule, expected: error.message, next, before, span: this.spanOf(next) }),
    );
  }

  /** The rule in which Chevrotain gave up. */
  private getCurrRuleFullNameOf(error: Error): string {
    const { context } = error as Error & { context?: { ruleStack?: readonly string[] } }; // optional
    return context?.ruleStack?.at(-1) ?? "";
  }

  /** Keeps a declaration unless something in it was damaged; then its name is only noted. */
  protected keep<Kept>(list: Kept[], item: Kept, damageBefore: number): void {
    if (this.RECORDING_PHASE) return;
    if (this.damage === damageBefore) list.push(item);
    else if (typeof item === "object" && item !== null && "name" in item) {
      const name = item.name as Name | undefined; // of every declaration that has the field
      if (name !== undefined) this.broken.push(name);
    }
  }

  /** `segment NAME …`: the name that an unreadable declaration would have given. */
  #noteBroken(first: number): void {
    const exported = this.tokens[first]?.tokenType === t.kw.export ? 1 : 0;
    const [word, name] = [this.tokens[first + exported], this.tokens[first + exported + 1]];
    if (word === undefined || name === undefined || word.tokenType === t.EffectWord) return;
    if (/^[a-z]/.test(name.image)) this.broken.push({ text: name.image, span: this.spanOf(name) });
  }

  #resume(first: number, context: Context): void {
    const at = resumesAt(
      { text: this.source.text, tokens: this.tokens, context },
      first,
      this.position(),
    );
    while (this.position() < at) this.skip();
  }

  /** After the statements: true when something stood there that begins none and was skipped. */
  protected skippedStray(_list: readonly unknown[], context: Context): boolean {
    if (this.RECORDING_PHASE || this.LA(1).tokenType === EOF) return false;
    if (context !== "file" && this.isNext(t.RightBrace)) return false;
    if (context !== "file" && startsDeclaration(this.LA(1), "file") && !this.#isIndented())
      return false;
    this.reportStray(context === "test" ? "a fixture or an assertion" : "a declaration");
    const first = this.position();
    this.skip();
    this.#resume(first, context);
    return true;
  }

  #isIndented(): boolean {
    const before = this.source.text.charAt(this.LA(1).startOffset - 1);
    return before !== "\n" && before !== "";
  }

  private reportStray(expected: string): void {
    const next = this.LA(1);
    const before = [this.LA(-1), this.LA(0)] as const;
    this.damage++;
    this.diagnostics.push(
      diagnoseMismatch({ rule: "stray", expected, next, before, span: this.spanOf(next) }),
    );
  }
}
