// Lists of items, one per line, with their comments and at most one blank line between them.
import type { Span } from "../diagnostics/source.ts";
import type { Comment } from "./ast.ts";
import { type CommentLedger, commentText, onLineOf, type Range } from "./print-comments.ts";

export interface BlockItem {
  readonly span: Span;
  /** The item's text, indented but for its first line; `,` included where one follows. */
  readonly print: () => string;
}

export interface PrintedItem {
  /** Leading comments, the item and what trails it; ends without a line break. */
  readonly text: string;
  /** A blank line stood before it. */
  readonly spaced: boolean;
}

/** The comments behind an opening brace, on its line: `{  # like this`. */
export function openingComments(ledger: CommentLedger, open: number, range: Range): string {
  const found = ledger.within(range).filter((each) => each.trailing && onLineOf(each, open));
  ledger.markPrinted(found);
  return trailingText(found);
}

/**
 * Prints items in the given order with what belongs to each. `range` is everything between the
 * brackets; comments behind the last item come as a last item of their own.
 */
export function printItems(
  ledger: CommentLedger,
  items: readonly BlockItem[],
  { range, indent }: { readonly range: Range; readonly indent: string },
): readonly PrintedItem[] {
  const printed: PrintedItem[] = [];
  let from = range.start;
  for (const [index, item] of items.entries()) {
    const until = items[index + 1]?.span.start ?? range.end;
    const leading = ledger.within({ start: from, end: item.span.start });
    ledger.markPrinted(leading);
    const body = item.print();
    const inner = ledger.within(item.span);
    const trailing = ledger
      .within({ start: item.span.end, end: until })
      .filter((comment) => comment.trailing && onLineOf(comment, item.span.end));
    ledger.markPrinted([...inner, ...trailing]);
    const lines = [...ownLines([...leading, ...inner], indent), `${body}${trailingText(trailing)}`];
    const first = leading[0]?.span ?? item.span;
    printed.push({ text: lines.join(`\n${indent}`), spaced: index > 0 && isSpaced(first) });
    from = Math.max(item.span.end, trailing.at(-1)?.span.end ?? 0);
  }
  const rest = ledger.within({ start: from, end: range.end });
  ledger.markPrinted(rest);
  const [firstRest] = rest;
  if (firstRest !== undefined) {
    const text = ownLines(rest, indent).join(`\n${indent}`);
    printed.push({ text, spaced: items.length > 0 && isSpaced(firstRest.span) });
  }
  return printed;
}

/** The items under each other. */
export function joinItems(items: readonly PrintedItem[], indent: string): string {
  return items
    .map(({ text, spaced }, index) => `${spaced && index > 0 ? "\n" : ""}${indent}${text}`)
    .join("\n");
}

function ownLines(comments: readonly Comment[], indent: string): string[] {
  return comments.map((comment, index) =>
    index > 0 && isSpaced(comment.span)
      ? `\n${indent}${commentText(comment)}`
      : commentText(comment),
  );
}

function trailingText(comments: readonly Comment[]): string {
  return comments.map((comment) => `  ${commentText(comment)}`).join("");
}

/** An empty line stands before the line on which the span begins. */
function isSpaced({ source, start }: Span): boolean {
  const before = source.text.slice(0, start);
  return /\n[ \t\r]*\n[ \t\r]*$/.test(before.slice(-400)) && before.trim() !== "";
}
