// The bytes of a ruleset as tokens. Comments from `#` to the end of the line are gone here, so no
// later stage can lean on one; line ends stay, because a rule ends with its line.
import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";

export type Token =
  | { readonly kind: "word" | "punctuation"; readonly text: string; readonly line: number }
  | { readonly kind: "string"; readonly text: string; readonly line: number }
  /** Whole lines between the braces of `elements = { … }`, comments and all, as they stand. */
  | { readonly kind: "block"; readonly text: string; readonly line: number }
  | { readonly kind: "end"; readonly text: ""; readonly line: number };

const pattern = /[ \t]+|#[^\n]*|"([^"\n]*)"|!=|[{},<]|\n|[^\s"#{},<!]+/y;

export function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const at = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new RulesetFault(line, `unexpected \`${text.charAt(at)}\``);
    const [found, quoted] = match;
    if (quoted !== undefined) tokens.push({ kind: "string", text: quoted, line });
    else if (found === "\n") tokens.push({ kind: "end", text: "", line: line++ });
    else if (found === "=") {
      tokens.push({ kind: "word", text: found, line });
      const block = blockAt(text, pattern.lastIndex, line);
      if (block === undefined) continue;
      tokens.push({ kind: "block", text: block.text, line: line + 1 });
      pattern.lastIndex = block.end;
      line = block.lineAfter;
    } else if (/^(!=|[{},<])$/.test(found)) tokens.push({ kind: "punctuation", text: found, line });
    else if (!/^[ \t#]/.test(found)) tokens.push({ kind: "word", text: found, line });
  }
  return tokens;
}

/** WHY: elements are nearly all of a large ruleset, and are read as one text (elements.ts). */
function blockAt(text: string, at: number, line: number) {
  const opening = text.startsWith(" {\n", at) ? at + 3 : -1;
  const closing = opening < 0 ? -1 : text.indexOf("\n    }", opening - 1);
  if (closing < 0) return undefined;
  const lines = text.slice(opening, closing + 1);
  let lineAfter = line + 1;
  for (let end = lines.indexOf("\n"); end >= 0; end = lines.indexOf("\n", end + 1)) lineAfter++;
  return { text: lines, end: closing + "\n    }".length, lineAfter };
}

/** A position in the tokens. */
export class Cursor {
  private at = 0;
  private readonly tokens: readonly Token[];
  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get line(): number {
    return (this.tokens[this.at] ?? this.tokens.at(-1))?.line ?? 1;
  }

  peek(ahead = 0): Token | undefined {
    return this.tokens[this.at + ahead];
  }

  /** Takes the next token if it reads like this. */
  take(text: string): boolean {
    const next = this.peek();
    const isPlain = next?.kind === "word" || next?.kind === "punctuation";
    if (!isPlain || next.text !== text) return false;
    this.at++;
    return true;
  }

  expect(...texts: readonly string[]): void {
    for (const text of texts) if (!this.take(text)) this.fail(`expected \`${text}\``);
  }

  word(): string {
    const next = this.peek();
    if (next?.kind !== "word") return this.fail("expected a word");
    this.at++;
    return next.text;
  }

  string(): string {
    const next = this.peek();
    if (next?.kind !== "string") return this.fail("expected a string");
    this.at++;
    return next.text;
  }

  block(): string {
    const next = this.peek();
    if (next?.kind !== "block") return this.fail("expected elements between braces");
    this.at++;
    return next.text;
  }

  number(): number {
    const text = this.word();
    if (!/^(0|[1-9]\d{0,14})$/.test(text)) this.fail("expected a number");
    return Number(text);
  }

  atEnd(): boolean {
    return this.peek()?.kind === "end";
  }

  /** At least one line end, or the end of the text. */
  endLine(): void {
    if (this.peek() !== undefined && !this.atEnd()) this.fail("expected the end of the line");
    this.skipLines();
  }

  skipLines(): void {
    while (this.atEnd()) this.at++;
  }

  fail(message: string): never {
    const next = this.peek();
    const found = next === undefined || next.kind === "end" ? "the end" : `\`${next.text}\``;
    throw new RulesetFault(this.line, `${message}, found ${found}`);
  }
}
