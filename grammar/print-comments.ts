// Which comments belong to which item when a tree is printed. A comment on a line of its own goes
// with the item after it, one behind code with the item before it, one inside an item before the
// item; none is ever dropped.
import { positionAt, type SourceFile } from "../diagnostics/source.ts";
import type { Comment } from "./ast.ts";
import { blankLine, concat, type Doc, hardLine, sequence, suffix } from "./doc.ts";

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Item {
  readonly span: Range;
  /** Called once; takes the comments that belong to its parts. */
  readonly print: () => Doc;
}

export interface PrintedItem {
  /** The comments before the item, and the item. */
  readonly doc: Doc;
  /** The comments behind it. */
  readonly trailing: Doc;
  /** An empty line stood before it. */
  readonly spaced: boolean;
}

export interface PrintedItems {
  /** Comments behind the opening bracket, on its line. */
  readonly opening: Doc;
  /** In the order given. */
  readonly items: readonly PrintedItem[];
  /** Comments behind the last item on lines of their own. */
  readonly rest: PrintedItem | undefined;
}

/** The comments of one text; each is taken once. */
export class Comments {
  readonly #source: SourceFile;
  readonly #comments: readonly Comment[];
  readonly #taken: boolean[] = [];

  constructor(source: SourceFile, comments: readonly Comment[]) {
    this.#source = source;
    this.#comments = comments;
  }

  /**
   * Prints the items between two brackets, which stand in the order of the source. `range` is
   * everything between the brackets.
   */
  printItems(items: readonly Item[], range: Range): PrintedItems {
    const first = items[0]?.span.start ?? range.end;
    const opening = range.start === 0 ? [] : this.#take(range.start, first, range.start - 1);
    let from = opening.at(-1)?.span.end ?? range.start;
    const printed: PrintedItem[] = [];
    for (const [index, { span, print }] of items.entries()) {
      const leading = this.#take(from, span.start);
      const body = print();
      const inner = this.#take(span.start, span.end);
      const until = items[index + 1]?.span.start ?? range.end;
      const trailing = this.#take(span.end, until, span.end);
      const isFirst = index === 0;
      const spaced = !isFirst && this.#isSpaced(from, leading[0]?.span.start ?? span.start);
      const doc = this.#stack({ leading, inner, body, start: span.start });
      printed.push({ doc, trailing: suffixes(trailing), spaced });
      from = Math.max(span.end, trailing.at(-1)?.span.end ?? 0);
    }
    return { opening: suffixes(opening), items: printed, rest: this.#rest(from, range, printed) };
  }

  #rest(from: number, range: Range, printed: readonly PrintedItem[]): PrintedItem | undefined {
    const left = this.#take(from, range.end);
    const [first] = left;
    if (first === undefined) return undefined;
    const doc = this.#stack({ leading: left, inner: [], body: undefined, start: range.end });
    const spaced = printed.length > 0 && this.#isSpaced(from, first.span.start);
    return { doc, trailing: suffix(""), spaced };
  }

  /** Comments under each other, then the item; empty lines between them are kept. */
  #stack({
    leading,
    inner,
    body,
    start,
  }: {
    readonly leading: readonly Comment[];
    readonly inner: readonly Comment[];
    readonly body: Doc | undefined;
    readonly start: number;
  }): Doc {
    if (leading.length + inner.length === 0) return body ?? "";
    const parts: Doc[] = [];
    for (const [index, comment] of leading.entries()) {
      const before = leading[index - 1];
      if (before !== undefined) parts.push(this.#break(before.span.end, comment.span.start));
      parts.push(textOf(comment));
    }
    const last = leading.at(-1);
    const beforeBody = last === undefined ? hardLine : this.#break(last.span.end, start);
    for (const [index, comment] of inner.entries()) {
      if (parts.length > 0) parts.push(index === 0 ? beforeBody : hardLine);
      parts.push(textOf(comment));
    }
    if (body === undefined) return sequence(parts);
    return concat(sequence(parts), inner.length > 0 ? hardLine : beforeBody, body);
  }

  #break(end: number, start: number): Doc {
    return this.#isSpaced(end, start) ? blankLine : hardLine;
  }

  /** True when an empty line stands between two places that have only blanks between them. */
  #isSpaced(end: number, start: number): boolean {
    return /\n[ \t\r]*\n/.test(this.#source.text.slice(end, start));
  }

  /** Takes the comments of a range; with `lineOf`, only those on the line of that offset. */
  #take(start: number, end: number, lineOf?: number): readonly Comment[] {
    const found: Comment[] = [];
    for (let index = this.#firstFrom(start); index < this.#comments.length; index++) {
      const comment = this.#comments[index];
      if (comment === undefined || comment.span.start >= end) break;
      if (this.#taken[index] === true) continue;
      if (lineOf !== undefined && !this.#isOnLine(lineOf, comment)) break;
      this.#taken[index] = true;
      found.push(comment);
    }
    return found;
  }

  #isOnLine(offset: number, { span }: Comment): boolean {
    const { line } = positionAt(this.#source, offset);
    return positionAt(this.#source, span.start).line === line;
  }

  #firstFrom(offset: number): number {
    let low = 0;
    let high = this.#comments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#comments[middle]?.span.start ?? 0) < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

function textOf({ text }: Comment): Doc {
  return suffix(`#${text}`);
}

function suffixes(comments: readonly Comment[]): Doc {
  return suffix(comments.map(({ text }) => `  #${text}`).join(""));
}
