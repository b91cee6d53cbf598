// Reading statement by statement: one that cannot be read is left out, its name is noted so that
// nothing else is reported for its absence, and reading goes on at the next one.
import { EOF, type IToken, type TokenType } from "chevrotain";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { problemsMax } from "../diagnostics/foremost.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Name } from "./ast.ts";
import { oneEnded } from "./mismatch.ts";
import { ParserBase, type ParserInput, unreadable } from "./parser-base.ts";
import { type Place, Surroundings } from "./recovery.ts";
import { lostStatement, missingHeader, strayText, unownedModule } from "./statement-faults.ts";
import * as t from "./tokens.ts";

export abstract class RecoveringParser extends ParserBase {
  #around = new Surroundings({ path: "", text: "" }, []);

  protected override begin(input: ParserInput): void {
    super.begin(input);
    this.#around = new Surroundings(input.source, input.tokens);
  }

  /** False after a file that does not begin with `module` was reported for it. */
  protected hasHeader(): boolean {
    if (this.isNext(t.kw.module)) return true;
    const found = this.LA(1);
    this.reportDamage(() => missingHeader(found, this.spanOf(found)));
    this.#resume("file", -1);
    return false;
  }

  /** Reads one statement into `into`; after a problem in it, it is left out. */
  protected statement<T>(place: Place, into: T[], read: () => T): void {
    if (this.RECORDING_PHASE) {
      into.push(read());
      return;
    }
    const { damage, statementStart: outer } = this;
    const start = this.currIdx + 1;
    this.statementStart = start;
    try {
      const statement = read();
      if (this.damage === damage) into.push(statement);
    } catch (thrown) {
      if (thrown !== unreadable) throw thrown;
      this.#resume(place, start);
    }
    if (this.damage !== damage && place === "file") this.#noteBroken(start);
    this.statementStart = outer;
  }

  /** True after text that begins no statement was reported and skipped: there is more to read. */
  protected skippedStray(place: Place, statements: unknown[]): boolean {
    if (this.RECORDING_PHASE || this.LA(1).tokenType === EOF) return false;
    if (
      place !== "file" &&
      (this.isNext(t.RightBrace) || this.#around.isTopLevel(this.currIdx + 1))
    ) {
      return false;
    }
    const start = this.currIdx + 1;
    if (this.#tookStatementForName()) {
      statements.pop();
      this.currIdx--;
      this.damage++;
      const found = this.LA(1);
      const previous = this.LA(0);
      this.report(() => lostStatement({ found, previous, span: this.spanOf(found) }));
      return true;
    }
    this.reportDamage(() => this.#strayText(place));
    this.#resume(place, start);
    return true;
  }

  /** Reports what is left of a text that should have ended. */
  protected expectEnd(): void {
    if (this.RECORDING_PHASE || this.LA(1).tokenType === EOF) return;
    if (this.damage > 0) return;
    this.reportDamage(() => this.#strayText("flow"));
  }

  protected reportUnowned(): void {
    const found = this.LA(1);
    this.report(() => unownedModule(found, this.spanOf(found)));
  }

  /** `at source` after a flow: known only to be refused (SEG116). */
  protected skipOneEnded(): void {
    const at = this.LA(1);
    const known = oneEnded(at, this.LA(2), this.spanOf(at));
    if (known === undefined) return;
    this.reportDamage(() => known);
    this.skip();
    this.skip();
  }

  protected checkLabelName({ text: word, span }: Name): void {
    if (!forbiddenLabels.has(word)) return;
    this.report(() => diagnose("SEG110", span, { word, label: true }));
    this.broken.push({ text: word, span }); // whoever uses the label, or lacks it, is not at fault
  }

  protected override beginsStatement(index: number): boolean {
    return this.#around.surelyBegins(index);
  }

  #strayText(place: Place): Diagnostic {
    const found = this.LA(1);
    return strayText(place, {
      found,
      next: this.LA(2),
      previous: this.LA(0),
      span: this.spanOf(found),
    });
  }

  #tookStatementForName(): boolean {
    return this.currIdx > 0 && this.#around.surelyBegins(this.currIdx);
  }

  #resume(place: Place, start: number): void {
    // The text is not read further.
    const tooMany = this.diagnostics.length > problemsMax;
    const index = tooMany
      ? this.tokVector.findIndex((token) => token.tokenType === EOF)
      : this.#around.resumeIndex(place, start, this.currIdx + 1);
    this.currIdx = index - 1;
    this.resumedAt = index;
  }

  /** Notes the names that the statement at `start` would have declared. */
  #noteBroken(start: number): void {
    const first = this.tokVector[start];
    const at = first?.tokenType === t.kw.export ? start + 1 : start;
    const word = this.tokVector[at]?.tokenType;
    if (word === t.kw.import) this.#noteImports(at + 1);
    else if (word !== undefined && declaring.has(word)) this.#note(this.tokVector[at + 1]);
  }

  #noteImports(from: number): void {
    for (let index = from; index <= this.currIdx; index++) {
      const token = this.tokVector[index];
      if (token === undefined || token.tokenType === t.kw.from) return;
      this.#note(token);
    }
  }

  #note(token: IToken | undefined): void {
    if (token === undefined || !/^[\p{L}\p{N}_-]+$/u.test(token.image)) return;
    const name: Name = { text: token.image, span: this.spanOf(token) };
    this.broken.push(name);
  }
}

/** Words that fixtures and parameters need for themselves (language.md 6.1). */
const forbiddenLabels: ReadonlySet<string> = new Set(["segment", "service", "platform"]);

const declaring: ReadonlySet<TokenType> = new Set([
  ...[t.kw.segment, t.kw.service, t.kw.program, t.kw.template, t.kw.use, t.kw.label, t.kw.team],
]);
