// A line of a rules file as words, the way iptables-restore splits it: blanks part words, double
// quotes hold them together. A mark that it would read in another way is refused.
import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";

/** Most lines are plain words, one blank between two. */
const plainLine = /^[^\s"]+(?: [^\s"]+)*$/;

interface Word {
  readonly text: string;
  readonly quoted: boolean;
}

/** The words of one line, taken from the left. */
export class Words {
  private at = 0;
  private readonly list: readonly Word[];
  private readonly path: string;
  private readonly line: number;

  constructor(text: string, path: string, line: number) {
    this.path = path;
    this.line = line;
    this.list = this.split(text);
  }

  private split(text: string): readonly Word[] {
    if (plainLine.test(text)) return text.split(" ").map((word) => ({ text: word, quoted: false }));
    const pattern = /(?:"([^"\\]*)"|([^\s"]+))(?: (?! |$)|$)/y;
    const words: Word[] = [];
    while (pattern.lastIndex < text.length) {
      const [, quoted, plain] = pattern.exec(text) ?? this.fail("unexpected blanks or quotes");
      words.push({ text: quoted ?? plain ?? "", quoted: quoted !== undefined });
    }
    return words;
  }

  /** Takes the next words if they read exactly like this. */
  take(...texts: readonly string[]): boolean {
    const fits = texts.every((text, index) => {
      const word = this.list[this.at + index];
      return word?.text === text && !word.quoted;
    });
    if (fits) this.at += texts.length;
    return fits;
  }

  expect(...texts: readonly string[]): void {
    for (const text of texts) if (!this.take(text)) this.fail(`expected \`${text}\``);
  }

  word(): string {
    const word = this.list[this.at];
    if (word === undefined || word.quoted) return this.fail("expected a word");
    this.at++;
    return word.text;
  }

  string(): string {
    const word = this.list[this.at];
    if (word?.quoted !== true) return this.fail("expected a text between quotes");
    this.at++;
    return word.text;
  }

  /** Decimal, without leading zeros. */
  number(max: number): number {
    return this.asNumber(this.word(), max);
  }

  asNumber(text: string, max: number): number {
    const value = /^(0|[1-9]\d{0,9})$/.test(text) ? Number(text) : Number.NaN;
    return value <= max ? value : this.fail(`expected a number up to ${max}`);
  }

  isDone(): boolean {
    return this.at === this.list.length;
  }

  fail(message: string): never {
    const found = this.list?.[this.at]?.text;
    const what = found === undefined ? "" : `, found \`${found}\``;
    throw new RulesetFault(this.line, `${message}${what}`, this.path);
  }
}
