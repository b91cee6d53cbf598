// The bytes of a ruleset as tokens. Comments from `#` to the end of the line are gone here, so no
// later stage can lean on one; line ends stay, because a rule ends with its line.
import { RulesetFault } from "../linux/fault.ts";

export type Token =
  | { readonly kind: "word" | "punctuation"; readonly text: string; readonly line: number }
  | { readonly kind: "string"; readonly text: string; readonly line: number }
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
    else if (/^(!=|[{},<])$/.test(found)) tokens.push({ kind: "punctuation", text: found, line });
    else if (!/^[ \t#]/.test(found)) tokens.push({ kind: "word", text: found, line });
  }
  return tokens;
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

  peek(): Token | undefined {
    return this.tokens[this.at];
  }

  /** Takes the next token if it reads like this. */
  take(text: string): boolean {
    const next = this.peek();
    if (next === undefined || next.kind === "string" || next.kind === "end") return false;
    if (next.text !== text) return false;
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
