// The text of an nft file -> words with their lines, and a cursor over them.
import { LoadFault } from "../fault.ts";

export interface Word {
  readonly text: string;
  readonly line: number;
  /** Written in double quotes, which have no escapes. */
  readonly quoted: boolean;
}

/** A line end or `;`, which nft treats alike. */
export const isEnd = (word: Word): boolean =>
  !word.quoted && (word.text === "\n" || word.text === ";");

const pattern =
  /([ \t\r]+)|(#[^\n]*)|(\\\n)|(\n)|"([^"\n]*)"|([!<>=]=|[{};,=<>!])|([^\s{};,=<>!"#]+)/y;

export function wordsOf(text: string): readonly Word[] {
  const words: Word[] = [];
  let line = 1;
  pattern.lastIndex = 0;
  while (pattern.lastIndex < text.length) {
    const found = pattern.exec(text);
    if (found === null) throw new LoadFault("a character that starts no word", line);
    const [whole, , , joined, , quoted, sign, plain] = found;
    if (quoted !== undefined) words.push({ text: quoted, line, quoted: true });
    else if (whole === "\n" || sign !== undefined || plain !== undefined) {
      words.push({ text: whole, line, quoted: false });
    }
    if (whole === "\n" || joined !== undefined) line += 1;
  }
  return words;
}

export class Cursor {
  private readonly words: readonly Word[];
  private place = 0;

  constructor(words: readonly Word[]) {
    this.words = words;
  }

  get line(): number {
    return (this.words[this.place] ?? this.words.at(-1))?.line ?? 1;
  }

  get done(): boolean {
    return this.place >= this.words.length;
  }

  peek(ahead = 0): string | undefined {
    const word = this.words[this.place + ahead];
    return word === undefined || word.quoted ? undefined : word.text;
  }

  word(): Word {
    const word = this.words[this.place++];
    if (word === undefined) throw new LoadFault("the text ends too early", this.line);
    return word;
  }

  next(): string {
    return this.word().text;
  }

  /** Takes the next word if it is this one, unquoted. */
  take(text: string): boolean {
    if (this.peek() !== text) return false;
    this.place += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.take(text)) this.fail(`expected ${JSON.stringify(text)}`);
  }

  quoted(): string {
    const word = this.word();
    if (!word.quoted) throw new LoadFault(`expected a quoted text, not ${word.text}`, word.line);
    return word.text;
  }

  skipEnds(): void {
    while (this.peek() === "\n" || this.peek() === ";") this.place += 1;
  }

  skipLines(): void {
    while (this.peek() === "\n") this.place += 1;
  }

  /** The words up to the end of the statement, which is taken; braces may hold line ends. */
  statement(): readonly Word[] {
    const taken: Word[] = [];
    let depth = 0;
    for (let word = this.words[this.place]; word !== undefined; word = this.words[this.place]) {
      if (depth === 0 && isEnd(word)) break;
      if (!word.quoted && word.text === "{") depth += 1;
      if (!word.quoted && word.text === "}") depth -= 1;
      if (depth < 0) break;
      taken.push(word);
      this.place += 1;
    }
    return taken.filter((word) => depth !== 0 || word.quoted || word.text !== "\n");
  }

  fail(message: string): never {
    const word = this.words[this.place];
    const found = word === undefined ? "the end" : JSON.stringify(word.text);
    throw new LoadFault(`${message}, found ${found}`, this.line);
  }
}
