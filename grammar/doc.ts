// Documents with alternative layouts, and the choice among them (after Wadler, "A prettier
// printer"): a group stands on one line if it fits, else each of its own lines is broken.

export type Doc =
  | string
  | { readonly kind: "concat"; readonly of: readonly Doc[]; readonly breaks: boolean }
  | { readonly kind: "group"; readonly of: Doc; readonly breaks: boolean }
  | { readonly kind: "indent"; readonly of: Doc; readonly breaks: boolean }
  /** Flat: `flat`. Broken: a new line. */
  | {
      readonly kind: "line";
      readonly flat: string;
      readonly blank: boolean;
      readonly breaks: false;
    }
  /** Always a new line; `blank` puts an empty one before it. */
  | { readonly kind: "hard-line"; readonly blank: boolean; readonly breaks: true }
  | { readonly kind: "if-broken"; readonly text: string; readonly breaks: false }
  /** Takes no room: a comment at the end of its line. */
  | { readonly kind: "suffix"; readonly text: string; readonly breaks: boolean }
  /** As many as fit on each line. */
  | { readonly kind: "fill"; readonly items: readonly string[]; readonly breaks: false }
  | Colon;

/** `: head tail`, on the same line if `head` fits there, else on its own if it fits there. */
interface Colon {
  readonly kind: "colon";
  readonly head: Doc;
  readonly tail: Doc;
  readonly breaks: boolean;
}
type Leaf = Exclude<Doc, string | { readonly kind: "concat" | "indent" | "group" }>;

export const line: Doc = { kind: "line", flat: " ", blank: false, breaks: false };
/** Broken, with an empty line before it. */
export const spacedLine: Doc = { kind: "line", flat: " ", blank: true, breaks: false };
export const softLine: Doc = { kind: "line", flat: "", blank: false, breaks: false };
export const hardLine: Doc = { kind: "hard-line", blank: false, breaks: true };
export const blankLine: Doc = { kind: "hard-line", blank: true, breaks: true };

export function concat(...of: readonly Doc[]): Doc {
  return sequence(of);
}
/** As `concat`, for parts without number: arguments of a call are limited. */
export function sequence(of: readonly Doc[]): Doc {
  return { kind: "concat", of, breaks: of.some(breaks) };
}
export function group(...of: readonly Doc[]): Doc {
  return { kind: "group", of: concat(...of), breaks: of.some(breaks) };
}
export function indent(...of: readonly Doc[]): Doc {
  return { kind: "indent", of: concat(...of), breaks: of.some(breaks) };
}
export function ifBroken(text: string): Doc {
  return { kind: "if-broken", text, breaks: false };
}
/** Text that ends its line: what holds it cannot be flat. */
export function suffix(text: string): Doc {
  return { kind: "suffix", text, breaks: text !== "" };
}
export function fill(items: readonly string[]): Doc {
  return { kind: "fill", items, breaks: false };
}
export function colon(head: Doc, tail: Doc): Doc {
  return { kind: "colon", head, tail, breaks: breaks(head) || breaks(tail) };
}

/** True when a document holds a line break in every layout. */
export function breaks(doc: Doc): boolean {
  return typeof doc !== "string" && doc.breaks;
}

interface Command {
  readonly indent: number;
  readonly flat: boolean;
  readonly doc: Doc;
}

/** The text of a document, beginning at column 0 under `base` columns of indentation. */
export function layOut(
  doc: Doc,
  { width, base }: { readonly width: number; readonly base: number },
) {
  return new Layout(width).run({ indent: base, flat: false, doc });
}

class Layout {
  readonly #width: number;
  readonly #commands: Command[] = [];
  #text = "";
  #column = 0;

  constructor(width: number) {
    this.#width = width;
  }

  run(first: Command): string {
    this.#column = first.indent;
    this.#commands.push(first);
    for (let command = this.#commands.pop(); command; command = this.#commands.pop()) {
      this.#print(command);
    }
    return this.#text;
  }

  #print({ indent: columns, flat, doc }: Command): void {
    if (typeof doc === "string") this.#write(doc);
    else if (doc.kind === "concat") {
      for (const part of doc.of.toReversed()) this.#push(columns, flat, part);
    } else if (doc.kind === "indent") this.#push(columns + 2, flat, doc.of);
    else if (doc.kind === "group") {
      this.#push(columns, flat || this.#fits(columns, doc.of, this.#column), doc.of);
    } else this.#printLeaf(columns, flat, doc);
  }

  #printLeaf(columns: number, flat: boolean, doc: Leaf): void {
    switch (doc.kind) {
      case "line":
        if (flat) this.#write(doc.flat);
        else this.#newLine(columns, doc.blank);
        break;
      case "hard-line":
        this.#newLine(columns, doc.blank);
        break;
      case "if-broken":
        if (!flat) this.#write(doc.text);
        break;
      case "suffix":
        this.#text += doc.text;
        break;
      case "fill":
        this.#fill(columns, flat, doc.items);
        break;
      case "colon":
        this.#colon(columns, doc);
        break;
    }
  }

  #push(columns: number, flat: boolean, doc: Doc): void {
    this.#commands.push({ indent: columns, flat, doc });
  }

  #write(text: string): void {
    this.#text += text;
    this.#column += text.length;
  }

  #newLine(columns: number, blank: boolean): void {
    this.#text += `${blank ? "\n\n" : "\n"}${" ".repeat(columns)}`;
    this.#column = columns;
  }

  #fill(columns: number, flat: boolean, items: readonly string[]): void {
    if (flat) {
      this.#write(items.join(", "));
      return;
    }
    for (const [index, item] of items.entries()) {
      const isFull = this.#column + item.length + 2 > this.#width;
      if (index > 0 && isFull) this.#newLine(columns, false);
      else if (index > 0) this.#write(" ");
      this.#write(`${item},`);
    }
  }

  #colon(columns: number, { head, tail }: Colon): void {
    this.#push(columns, false, tail);
    if (this.#fits(columns, concat(" : ", head), this.#column)) {
      this.#push(columns, true, concat(" : ", head));
      return;
    }
    this.#commands.pop();
    this.#push(columns + 2, false, tail);
    if (this.#fits(columns + 2, concat(": ", head), columns + 2)) {
      this.#push(columns + 2, true, concat(": ", head));
      this.#newLine(columns + 2, false);
      return;
    }
    this.#commands.pop();
    this.#push(columns, false, tail);
    this.#push(columns, false, concat(" : ", head));
  }

  /** True when `doc` is flat and what follows up to the next possible line break fits. */
  #fits(columns: number, doc: Doc, column: number): boolean {
    if (breaks(doc)) return false;
    const commands: Command[] = [{ indent: columns, flat: true, doc }];
    let room = this.#width - column;
    let next = this.#commands.length;
    while (room >= 0) {
      const command = commands.pop() ?? this.#commands[--next];
      if (command === undefined) return true;
      const used = widthOf(command, commands);
      if (used === undefined) return true;
      room -= used;
    }
    return false;
  }
}

/** Columns of a document's own text, its parts being pushed; undefined where the line may end. */
function widthOf({ indent: columns, flat, doc }: Command, commands: Command[]): number | undefined {
  if (typeof doc === "string") return doc.length;
  switch (doc.kind) {
    case "concat":
      for (const part of doc.of.toReversed()) commands.push({ indent: columns, flat, doc: part });
      return 0;
    case "indent":
    case "group":
      commands.push({ indent: columns, flat, doc: doc.of });
      return 0;
    case "line":
      return flat ? doc.flat.length : undefined;
    case "fill":
      return flat ? doc.items.join(", ").length : undefined;
    case "if-broken":
      return flat ? 0 : doc.text.length;
    case "suffix":
      return 0;
    case "hard-line":
    case "colon":
      return undefined;
  }
}
