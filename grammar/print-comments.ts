// Which comments belong to which item when a tree is printed. A comment on a line of its own goes
// with the item after it, one behind code with the item before it; none is ever dropped.
import { positionAt } from "../diagnostics/source.ts";
import type { Comment, ModuleTree } from "./ast.ts";

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface ItemComments {
  /** On lines of their own, before the item. */
  readonly leading: readonly Comment[];
  /** Behind the item on its line. */
  readonly trailing: readonly Comment[];
}

/** Comments of one tree, and which of them have been printed. */
export class CommentLedger {
  readonly #comments: readonly Comment[];
  #printed = new Set<Comment>();

  constructor({ comments }: ModuleTree) {
    this.#comments = comments;
  }

  /** Comments that begin in the range and are not printed yet. */
  within({ start, end }: Range): readonly Comment[] {
    const found: Comment[] = [];
    for (let index = this.#firstFrom(start); index < this.#comments.length; index++) {
      const comment = this.#comments[index];
      if (comment === undefined || comment.span.start >= end) break;
      if (!this.#printed.has(comment)) found.push(comment);
    }
    return found;
  }

  markPrinted(comments: readonly Comment[]): void {
    for (const comment of comments) this.#printed.add(comment);
  }

  /** Tries a layout: when it is not taken, what it printed counts as not printed. */
  attempt<Result>(layout: () => Result, taken: (result: Result) => boolean): Result | undefined {
    const before = new Set(this.#printed);
    const result = layout();
    if (taken(result)) return result;
    this.#printed = before;
    return undefined;
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

/** True when `comment` stands on the line on which `offset` lies. */
export function onLineOf(comment: Comment, offset: number): boolean {
  const { source, start } = comment.span;
  return positionAt(source, offset).line === positionAt(source, start).line;
}

/** As it is printed: `# text`. */
export function commentText(comment: Comment): string {
  return `#${comment.text}`.trimEnd();
}
