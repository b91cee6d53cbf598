// Two tables as they were rendered -> the elements in which alone they differ. A table of very many members that
// few of have changed is mostly the same bytes, which need not be read: what stands outside of elements is the same
// to the letter, but for the stamp.
import { parsePrefix } from "../../compiler/sets/address.ts";
import type { Elements } from "./update-apply.ts";

export interface LineDifference {
  /** Stamps. */
  readonly from: string;
  readonly to: string;
  readonly removed: Elements;
  readonly added: Elements;
}

/** Undefined where anything else differs, a comment for one. */
export function differenceOfLines(before: string, after: string): LineDifference | undefined {
  if (before === after) {
    const [, same] = /\n {2}set (v_[0-9a-f]{12}) \{\n/.exec(before) ?? [];
    const nothing: Elements = new Map();
    return same === undefined
      ? undefined
      : { from: same, to: same, removed: nothing, added: nothing };
  }
  const reading = new Reading(before, after);
  while (!reading.isAtEnd()) {
    if (!reading.readStamps() && !reading.readElements()) return undefined;
  }
  const { from, to, removed, added } = reading;
  if (from === "" || to === "" || !areElements(removed)) return undefined;
  return { from, to, removed, added };
}

/** The later table was rendered just now; the earlier one may have been written by anybody. */
const areElements = (found: Elements): boolean =>
  [...found.values()].every((elements) =>
    [...elements].every(
      ([key, verdict]) =>
        parsePrefix(key).kind === "prefix" && /^(?: : jump [0-9a-z_]+)?$/.test(verdict),
    ),
  );

type Drafted = Map<string, Map<string, string>>;

class Reading {
  from = "";
  to = "";
  readonly removed: Drafted = new Map();
  readonly added: Drafted = new Map();
  readonly #before: string;
  readonly #after: string;
  /** Where lines begin, before which both are read. */
  #i = 0;
  #j = 0;
  /** Of the elements read last. */
  #left: Block = nowhere;
  #right: Block = nowhere;

  constructor(before: string, after: string) {
    this.#before = before;
    this.#after = after;
  }

  /** Goes on to the first line that differs. */
  isAtEnd(): boolean {
    const same = sameLength(this.#before, this.#i, this.#after, this.#j);
    const next = this.#before.lastIndexOf("\n", this.#i + same - 1) + 1;
    const start = Math.max(this.#i, next);
    this.#j += start - this.#i;
    this.#i = start;
    return this.#i === this.#before.length && this.#j === this.#after.length;
  }

  readStamps(): boolean {
    const [, from] = stamp.exec(lineAt(this.#before, this.#i)) ?? [];
    const [, to] = stamp.exec(lineAt(this.#after, this.#j)) ?? [];
    if (from === undefined || to === undefined || this.from !== "") return false;
    this.from = from;
    this.to = to;
    this.#i += lineAt(this.#before, this.#i).length;
    this.#j += lineAt(this.#after, this.#j).length;
    return true;
  }

  /** Up to where both are the same again, or by one each. */
  readElements(): boolean {
    const [old, own] = [lineAt(this.#before, this.#i), lineAt(this.#after, this.#j)];
    const isAlike = [old, own].every((line) => isElement(line) || line === closing);
    if (!isAlike) return false;
    if (this.#i >= this.#left.end) this.#left = blockAt(this.#before, this.#i);
    if (this.#j >= this.#right.end) this.#right = blockAt(this.#after, this.#j);
    const { name } = this.#left;
    if (name === undefined || name !== this.#right.name) return false;
    const left = this.#before.slice(this.#i, this.#left.end);
    const right = this.#after.slice(this.#j, this.#right.end);
    const [inLeft, inRight] = [placeOf(own, left), placeOf(old, right)];
    if (inRight !== undefined) this.#add(name, right.slice(0, inRight));
    else if (inLeft !== undefined) this.#remove(name, left.slice(0, inLeft));
    else {
      this.#remove(name, old);
      this.#add(name, own);
    }
    return true;
  }

  #remove(name: string, lines: string): void {
    put(this.removed, name, lines);
    this.#i += lines.length;
  }

  #add(name: string, lines: string): void {
    put(this.added, name, lines);
    this.#j += lines.length;
  }
}

/** The name of a table's stamp: `stamp.ts`. */
const stamp = /^ {2}set (v_[0-9a-f]{12}) \{\n$/;
const closing = "    }\n";

const isElement = (line: string) => /^ {6}[^ ].*,\n$/.test(line);

/** With its line feed. */
function lineAt(text: string, start: number): string {
  const end = text.indexOf("\n", start);
  return end < 0 ? text.slice(start) : text.slice(start, end + 1);
}

/** All elements of a set or map, up to the end of the line that closes them. */
interface Block {
  readonly name: string | undefined;
  readonly end: number;
}

const nowhere: Block = { name: undefined, end: 0 };

function blockAt(text: string, start: number): Block {
  const end = text.indexOf(`\n${closing}`, start - 1);
  return end < 0 ? nowhere : { name: nameBefore(text, start), end: end + 1 + closing.length };
}

function placeOf(line: string, block: string): number | undefined {
  if (block.startsWith(line)) return 0;
  const place = block.indexOf(`\n${line}`);
  return place < 0 ? undefined : place + 1;
}

/** Of the set or map in which a line stands. */
function nameBefore(text: string, at: number): string | undefined {
  const start = Math.max(text.lastIndexOf("\n  set ", at), text.lastIndexOf("\n  map ", at));
  const [, name] =
    /^\n {2}(?:set|map) ([0-9a-z_]+) \{\n$/.exec(`\n${lineAt(text, start + 1)}`) ?? [];
  return start < 0 ? undefined : name;
}

function put(to: Drafted, name: string, lines: string): void {
  const elements = to.get(name) ?? new Map<string, string>();
  for (const line of lines.split(",\n").slice(0, -1)) {
    const [key = "", ...verdict] = line.trim().split(" : ");
    elements.set(key, verdict.map((one) => ` : ${one}`).join(""));
  }
  to.set(name, elements);
}

/** How many characters are the same in both from there on: in large pieces, then in smaller ones. */
function sameLength(a: string, i: number, b: string, j: number): number {
  const most = Math.min(a.length - i, b.length - j);
  const isSame = (from: number, length: number) =>
    a.startsWith(b.slice(j + from, j + from + length), i + from);
  let same = 0;
  let step = 256;
  while (same + step <= most && isSame(same, step)) {
    same += step;
    step *= 2;
  }
  for (; step >= 1; step >>= 1) {
    while (same + step <= most && isSame(same, step)) same += step;
  }
  return same;
}
