// Text -> tokens, with comments kept aside. Written by hand because it decides the speed of the
// whole front end, and because every byte must lead somewhere: what belongs to no token becomes a
// token of type `Unknown`, which no rule accepts, so that the parser can say what it expected.
import type { TokenType } from "chevrotain";
import type { SourceFile } from "../diagnostics/source.ts";
import type { Comment } from "./ast.ts";
import * as t from "./tokens.ts";

export interface Scanned {
  readonly tokens: t.Token[];
  readonly comments: readonly Comment[];
  /** The first bracket that stands deeper than `nestingMax`. */
  readonly tooDeep: t.Token | undefined;
}

/** Brackets within brackets; deeper text is refused before the parser recurses (SEG119). */
export const nestingMax = 100;

/** In pieces: a pattern that repeats alternatives overflows the matcher's stack on very long text. */
const misspelt = /[\p{L}\p{M}\p{N}_]{1,4096}|-(?!>)/uy;
const ipv6 = /[0-9a-f]*:[0-9a-f]*:[0-9a-f:.]*(?:%[0-9a-z]+)?(?:\/\d+)?/iy;
const ipv4 = /\d+\.[\d.]*\d(?:\/\d+)?/y;
const date = /\d+-\d+-\d+/y;
const range = /\d+-\d+/y;
const integer = /\d+/y;
const plainText = /[^"\\\n\r]*/y;
const toLineEnd = /[^\n]*/y;

/** What a character begins. */
const other = 0;
const blank = 1;
const lower = 2;
const digit = 3;
const quote = 4;
const hash = 5;
const punctuation = 6;
const upper = 7;
const dash = 8;
const colon = 9;

const punctuationTypes: ReadonlyMap<string, TokenType> = new Map([
  ["{", t.LeftBrace],
  ["}", t.RightBrace],
  ["(", t.LeftParen],
  [")", t.RightParen],
  [",", t.Comma],
  ["=", t.Equals],
  ["@", t.At],
  ["&", t.Ampersand],
  ["/", t.Slash],
  ["*", t.Star],
  [".", t.Dot],
  ["$", t.Dollar],
]);

const classes = new Uint8Array(128);
const punctuationByCode: { readonly image: string; readonly type: TokenType }[] = [];
for (const character of " \t\n\r") classes[character.charCodeAt(0)] = blank;
for (const character of "abcdefghijklmnopqrstuvwxyz") classes[character.charCodeAt(0)] = lower;
for (const character of "ABCDEFGHIJKLMNOPQRSTUVWXYZ_") classes[character.charCodeAt(0)] = upper;
for (const character of "0123456789") classes[character.charCodeAt(0)] = digit;
for (const [image, type] of punctuationTypes) {
  classes[image.charCodeAt(0)] = punctuation;
  punctuationByCode[image.charCodeAt(0)] = { image, type };
}
classes['"'.charCodeAt(0)] = quote;
classes["#".charCodeAt(0)] = hash;
classes["-".charCodeAt(0)] = dash;
classes[":".charCodeAt(0)] = colon;

/** Splits a text into tokens; never fails. */
export function scan(source: SourceFile): Scanned {
  return new Scanner(source).run();
}

class Scanner {
  readonly #source: SourceFile;
  readonly #text: string;
  readonly #tokens: t.Token[] = [];
  readonly #comments: Comment[] = [];
  #at = 0;
  #depth = 0;
  #tooDeep: t.Token | undefined;

  constructor(source: SourceFile) {
    this.#source = source;
    this.#text = source.text;
  }

  run(): Scanned {
    const text = this.#text;
    while (this.#at < text.length) {
      const code = text.charCodeAt(this.#at);
      const kind = code < 128 ? (classes[code] as number) : other; // the table has 128 entries
      if (kind === blank) this.#at++;
      else if (kind === lower) this.#word();
      else if (kind === punctuation) this.#punctuation(code);
      else if (kind === colon) this.#colon();
      else if (kind === dash) this.#dash();
      else if (kind === digit) this.#number();
      else if (kind === quote) this.#string();
      else if (kind === hash) this.#comment();
      else this.#other(kind);
    }
    return { tokens: this.#tokens, comments: this.#comments, tooDeep: this.#tooDeep };
  }

  #push(type: TokenType, image: string, start: number): t.Token {
    const end = start + image.length;
    const token: t.Token = {
      image,
      startOffset: start,
      endOffset: end - 1,
      tokenTypeIdx: type.tokenTypeIdx as number, // set by createToken
      tokenType: type,
    };
    this.#tokens.push(token);
    this.#at = end;
    return token;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    if (!pattern.test(this.#text)) return undefined;
    return this.#text.slice(this.#at, pattern.lastIndex);
  }

  #word(): void {
    const text = this.#text;
    const start = this.#at;
    const end = endOfWord(text, start + 1);
    const next = text.charCodeAt(end);
    if (next === 58 && end - start <= 4 && this.#address(ipv6)) return;
    if (continuesWord(text, end, next)) {
      this.#misspelt();
      return;
    }
    const image = text.slice(start, end);
    const keyword = t.keywords.get(image);
    if (keyword === undefined) this.#push(t.Name, image, start);
    else this.#push(keyword.type, keyword.word, start);
  }

  #address(pattern: RegExp): boolean {
    const image = this.#match(pattern);
    if (image === undefined) return false;
    this.#push(t.Address, image, this.#at);
    return true;
  }

  #misspelt(): void {
    const start = this.#at;
    misspelt.lastIndex = start;
    let end = start;
    while (misspelt.test(this.#text)) end = misspelt.lastIndex; // which a miss sets to 0
    if (end === start) this.#unknown();
    else this.#push(t.MisspeltName, this.#text.slice(start, end), start);
  }

  #punctuation(code: number): void {
    // Every code of class `punctuation` has an entry.
    const { image, type } = punctuationByCode[code] as { image: string; type: TokenType };
    const token = this.#push(type, image, this.#at);
    if (type === t.LeftBrace || type === t.LeftParen) {
      this.#depth++;
      if (this.#depth > nestingMax) this.#tooDeep ??= token;
    } else if (type === t.RightBrace || type === t.RightParen) {
      if (this.#depth > 0) this.#depth--;
    }
  }

  #colon(): void {
    if (this.#text.charCodeAt(this.#at + 1) === 58 && this.#address(ipv6)) return;
    this.#push(t.Colon, ":", this.#at);
  }

  #dash(): void {
    if (this.#text.charCodeAt(this.#at + 1) === 62) this.#push(t.Arrow, "->", this.#at);
    else this.#misspelt();
  }

  #number(): void {
    if (this.#address(ipv6) || this.#address(ipv4)) return;
    for (const [pattern, type] of numberPatterns) {
      const image = this.#match(pattern);
      if (image === undefined) continue;
      const end = this.#at + image.length;
      if (continuesWord(this.#text, end, this.#text.charCodeAt(end))) this.#misspelt();
      else this.#push(type, image, this.#at);
      return;
    }
  }

  #string(): void {
    const end = endOfString(this.#text, this.#at + 1);
    if (end === undefined) this.#unknown(/"[^\n\r]*/y);
    else this.#push(t.Text, this.#text.slice(this.#at, end), this.#at);
  }

  #comment(): void {
    const start = this.#at;
    const line = (this.#match(toLineEnd) ?? "").trimEnd();
    const before = this.#tokens.at(-1);
    const lineStart = this.#text.lastIndexOf("\n", start - 1) + 1;
    this.#comments.push({
      text: line.slice(1),
      trailing: before !== undefined && before.endOffset >= lineStart,
      span: { source: this.#source, start, end: start + line.length },
    });
    this.#at = toLineEnd.lastIndex;
  }

  #other(kind: number): void {
    // Hidden characters are reported by `hidden.ts`, wherever they stand; here they are blanks.
    if (kind !== upper && isHidden(this.#text.charCodeAt(this.#at))) this.#at++;
    else this.#misspelt();
  }

  #unknown(pattern: RegExp = /[^\s\w"#{}(),:=@&/*.$-]+|[\s\S]/y): void {
    const image = this.#match(pattern) ?? this.#text.charAt(this.#at);
    this.#push(t.Unknown, image, this.#at);
  }
}

const numberPatterns = [
  [date, t.CalendarDate],
  [range, t.Range],
  [integer, t.Integer],
] as const;

/** Behind the closing quote; undefined where the line ends first. */
function endOfString(text: string, from: number): number | undefined {
  for (let at = from; ; at += 2) {
    plainText.lastIndex = at;
    plainText.test(text); // an empty match is one
    at = plainText.lastIndex;
    if (text.charAt(at) === '"') return at + 1;
    const escaped = text.charAt(at) === "\\" ? text.charAt(at + 1) : "\n";
    if (escaped === "" || escaped === "\n" || escaped === "\r") return undefined;
  }
}

/** Where a name ends whose first letter stands before `from`. */
function endOfWord(text: string, from: number): number {
  for (let at = from; ; at++) {
    const kind = classes[text.charCodeAt(at)];
    if (kind === lower || kind === digit) continue;
    if (kind !== dash) return at;
    const next = classes[text.charCodeAt(at + 1)];
    if (next !== lower && next !== digit) return at;
  }
}

/** True when a word goes on past `end` in a way no name may: `web_tier`, `webÄ`, `web--x`. */
function continuesWord(text: string, end: number, next: number): boolean {
  if (next < 128) {
    const kind = classes[next];
    if (kind === dash) return text.charCodeAt(end + 1) !== 62;
    return kind === upper || kind === lower || kind === digit;
  }
  return next >= 128 && /[\p{L}\p{M}\p{N}]/u.test(String.fromCodePoint(text.codePointAt(end) ?? 0));
}

/** NUL, byte order mark and the characters that turn the direction of text. */
export function isHidden(code: number): boolean {
  return (
    code === 0 ||
    code === 0xfeff ||
    code === 0x061c ||
    code === 0x200e ||
    code === 0x200f ||
    (code >= 0x202a && code <= 0x202e) ||
    (code >= 0x2066 && code <= 0x2069)
  );
}
