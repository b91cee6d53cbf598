// Brackets and what stands in them: lists on one line or one item a line, and blocks of
// statements. The places of brackets come from the tokens, which know comments from code.
import type { SourceFile } from "../diagnostics/source.ts";
import type { Comment } from "./ast.ts";
import {
  blankLine,
  breaks,
  concat,
  type Doc,
  fill,
  group,
  hardLine,
  ifBroken,
  indent,
  line,
  sequence,
  softLine,
  spacedLine,
} from "./doc.ts";
import { Comments, type Item, type PrintedItems } from "./print-comments.ts";
import { scan } from "./scan.ts";
import * as t from "./tokens.ts";

/** What printing needs to know of a text besides its tree. */
export class PrintContext {
  readonly #comments: Comments;
  readonly #text: string;
  readonly #tokens: readonly t.Token[];
  /** Where the bracket closes that opens here. */
  readonly #closing = new Map<number, number>();

  constructor(source: SourceFile, comments: readonly Comment[]) {
    this.#comments = new Comments(source, comments);
    this.#text = source.text;
    this.#tokens = scan(source).tokens;
    const open: number[] = [];
    for (const { tokenType, startOffset } of this.#tokens) {
      if (tokenType === t.LeftBrace || tokenType === t.LeftParen) open.push(startOffset);
      else if (tokenType === t.RightBrace || tokenType === t.RightParen) {
        this.#closing.set(open.pop() ?? 0, startOffset);
      }
    }
  }

  /** Start of the first token. */
  get start(): number {
    return this.#tokens[0]?.startOffset ?? 0;
  }

  /** Offset of the first bracket at or after `offset`. */
  bracketAfter(offset: number): number {
    for (let index = this.#tokenFrom(offset); index < this.#tokens.length; index++) {
      const token = this.#tokens[index];
      if (token !== undefined && this.#closing.has(token.startOffset)) return token.startOffset;
    }
    throw new Error("bug in segc: the formatter looked for a bracket that is not there");
  }

  closingOf(open: number): number {
    return this.#closing.get(open) ?? this.#text.length;
  }

  /** End of the first token at or after `offset`. */
  endOfWordAfter(offset: number): number {
    const token = this.#tokens[this.#tokenFrom(offset)];
    return token === undefined ? offset : token.endOffset + 1;
  }

  /** `{ a, b }` for the bracket at or after `offset`; round brackets stand tight. */
  list(offset: number, items: readonly Item[]): Doc {
    const open = this.bracketAfter(offset);
    return this.#list(open, this.#itemsIn(open, items));
  }

  /** The same in the order of the texts; comments move with them. */
  sortedList(offset: number, items: readonly (Item & { readonly text: string })[]): Doc {
    const open = this.bracketAfter(offset);
    const printed = this.#itemsIn(open, items);
    const sorted = printed.items
      .map((item, index) => ({ item, text: items[index]?.text ?? "" }))
      .sort((a, b) => (a.text < b.text ? -1 : Number(a.text > b.text)))
      .map(({ item }, index) => ({ ...item, spaced: printed.items[index]?.spaced === true }));
    return this.#list(open, { ...printed, items: sorted });
  }

  #list(open: number, printed: PrintedItems): Doc {
    const isRound = this.#text[open] === "(";
    const edge = isRound ? softLine : line;
    const docs = printed.items.map(({ doc, trailing }, index) =>
      concat(doc, index < printed.items.length - 1 ? "," : ifBroken(","), trailing),
    );
    const body = join(docs, printed, (spaced) => (spaced ? spacedLine : line));
    const [left, right] = isRound ? ["(", ")"] : ["{", "}"];
    return group(left, printed.opening, indent(edge, body), edge, right);
  }

  /** The same for literals that fill the lines, unless there are comments among them. */
  filledList(offset: number, items: readonly (Item & { readonly text: string })[]): Doc {
    const open = this.bracketAfter(offset);
    const printed = this.#itemsIn(open, items);
    if (!holdsComments(printed)) {
      return group("{", indent(line, fill(items.map(({ text }) => text))), line, "}");
    }
    const docs = printed.items.map(({ doc, trailing }) => concat(doc, ",", trailing));
    const body = join(docs, printed, (spaced) => (spaced ? blankLine : hardLine));
    return group("{", printed.opening, indent(hardLine, body), hardLine, "}");
  }

  /** Items without commas between braces, on one line if they fit. */
  words(offset: number, items: readonly Item[]): Doc {
    const printed = this.#itemsIn(this.bracketAfter(offset), items);
    const body = join(bodies(printed), printed, (spaced) => (spaced ? spacedLine : line));
    return group("{", printed.opening, indent(line, body), line, "}");
  }

  /** One item a line, always. */
  block(offset: number, items: readonly Item[]): Doc {
    const printed = this.#itemsIn(this.bracketAfter(offset), items);
    if (printed.items.length === 0 && printed.rest === undefined) {
      return breaks(printed.opening) ? concat("{", printed.opening, hardLine, "}") : "{}";
    }
    const body = join(bodies(printed), printed, (spaced) => (spaced ? blankLine : hardLine));
    return concat("{", printed.opening, indent(hardLine, body), hardLine, "}");
  }

  /** One item on the same line if it fits; more than one stand one a line, ordered by rank. */
  meta(offset: number, items: readonly (Item & { readonly rank: number })[]): Doc {
    const inSource = items.toSorted((a, b) => a.span.start - b.span.start);
    const printed = this.#itemsIn(this.bracketAfter(offset), inSource);
    const ranked = printed.items
      .map((item, index) => ({
        item: { ...item, spaced: false },
        rank: inSource[index]?.rank ?? 0,
      }))
      .sort((a, b) => a.rank - b.rank)
      .map(({ item }) => item);
    const ordered = { ...printed, items: ranked };
    const body = join(bodies(ordered), ordered, () => (items.length > 1 ? hardLine : line));
    return group("{", printed.opening, indent(line, body), line, "}");
  }

  /** The statements of a file. */
  file(items: readonly Item[]): PrintedItems {
    return this.#comments.printItems(items, { start: 0, end: this.#text.length + 1 });
  }

  #itemsIn(open: number, items: readonly Item[]): PrintedItems {
    return this.#comments.printItems(items, { start: open + 1, end: this.closingOf(open) });
  }

  #tokenFrom(offset: number): number {
    let low = 0;
    let high = this.#tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#tokens[middle]?.startOffset ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Of items that are single words, so that only comments can break them. */
function holdsComments({ opening, items, rest }: PrintedItems): boolean {
  return (
    breaks(opening) ||
    rest !== undefined ||
    items.some(({ doc, trailing }) => breaks(doc) || breaks(trailing))
  );
}

function bodies({ items }: PrintedItems): readonly Doc[] {
  return items.map(({ doc, trailing }) => concat(doc, trailing));
}

/** Puts line breaks between the documents of items, and the comments behind them at the end. */
function join(
  docs: readonly Doc[],
  { items, rest }: PrintedItems,
  lineFor: (spaced: boolean) => Doc,
): Doc {
  const parts = docs.flatMap((doc, index) =>
    index === 0 ? [doc] : [lineFor(items[index]?.spaced === true), doc],
  );
  if (rest === undefined) return sequence(parts);
  if (parts.length === 0) return rest.doc;
  return concat(sequence(parts), rest.spaced ? blankLine : hardLine, rest.doc);
}
