// Named and anonymous sets and maps: `{ … }` -> elements, checked as the kernel checks them.
import { LoadFault } from "../fault.ts";
import type { Action } from "../program.ts";
import { overlap, type Range, sameRange } from "../ranges.ts";
import { readers, type Value } from "./values.ts";
import type { Cursor } from "./words.ts";

export interface Element {
  /** One per field of the key. */
  readonly key: readonly Value[];
  /** Of a verdict map; "continue" does nothing. */
  readonly action?: Action | "continue";
  readonly line: number;
}

export interface SetOf {
  readonly name: string;
  /** Names of data types, one per field. */
  readonly types: readonly string[];
  readonly isMap: boolean;
  readonly interval: boolean;
  /** Overlapping elements are joined: `auto-merge`, or an anonymous set. */
  readonly merging: boolean;
  elements: readonly Element[];
}

/** `{ k, k, … }` or `{ k : verdict, … }`, from the opening brace to the closing one. */
export function readElements(cursor: Cursor, types: readonly string[], isMap: boolean): Element[] {
  const elements: Element[] = [];
  cursor.expect("{");
  cursor.skipLines();
  do {
    elements.push(readElement(cursor, types, isMap));
    cursor.skipLines();
    if (!cursor.take(",")) break;
    cursor.skipLines();
  } while (cursor.peek() !== "}");
  cursor.expect("}");
  return elements;
}

function readElement(cursor: Cursor, types: readonly string[], isMap: boolean): Element {
  const { line } = cursor;
  const key = types.map((type, index) => {
    if (index > 0) cursor.expect(".");
    return readValue(cursor, type);
  });
  for (const extension of ["timeout", "expires"]) if (cursor.take(extension)) cursor.next();
  if (cursor.take("counter") && cursor.take("packets")) {
    cursor.next();
    cursor.expect("bytes");
    cursor.next();
  }
  if (cursor.take("comment")) cursor.quoted();
  if (!isMap) return { key, line };
  cursor.expect(":");
  return { key, action: readVerdict(cursor), line };
}

/** One value of a type, `a - b` with blanks included. */
export function readValue(cursor: Cursor, type: string): Value {
  const word = cursor.word();
  let text = word.text;
  if (!word.quoted && cursor.peek() === "-") {
    cursor.next();
    text += `-${cursor.next()}`;
  }
  const value = readers[type]?.(text);
  if (value === undefined) throw new LoadFault(`no value of type ${type}: ${text}`, word.line);
  return value;
}

export function readVerdict(cursor: Cursor): Action | "continue" {
  const word = cursor.next();
  switch (word) {
    case "accept":
    case "drop":
    case "return":
      return { kind: word };
    case "continue":
      return "continue";
    case "jump":
    case "goto":
      return { kind: word, chain: cursor.next() };
    default:
      throw new LoadFault(`no verdict: ${word}`, cursor.line);
  }
}

const same = (a: Value, b: Value) =>
  "path" in a || "path" in b ? "path" in a && "path" in b && a.path === b.path : sameRange(a, b);
const meet = (a: Value, b: Value) => ("path" in a || "path" in b ? same(a, b) : overlap(a, b));

/**
 * Refuses what the kernel refuses (tried with nft 1.0.6): ranges in a set without the interval flag,
 * elements that overlap without being equal, equal keys with different verdicts.
 */
export function checkElements(set: SetOf): void {
  if (!set.interval && !set.merging) {
    const wide = set.elements.find(({ key }) => key.some((value) => !isSingle(value)));
    if (wide) throw new LoadFault(`set ${set.name} lacks "flags interval"`, wide.line);
  }
  if (set.merging && !set.isMap) return;
  for (const [first, second] of neighbours(set.elements)) {
    const equal = first.key.every((value, field) => same(value, at(second, field)));
    const agreed = JSON.stringify(first.action) === JSON.stringify(second.action);
    if (equal && agreed) continue;
    if (!first.key.every((value, field) => meet(value, at(second, field)))) continue;
    throw new LoadFault(`conflicting elements in ${set.name}`, second.line);
  }
}

/** Pairs that may overlap: all of them for concatenations, the sorted neighbours otherwise. */
function* neighbours(elements: readonly Element[]): Generator<readonly [Element, Element]> {
  const low = (element: Element): bigint => {
    const [value] = element.key;
    return value === undefined || "path" in value ? 0n : value.low;
  };
  const sorted = elements.toSorted((a, b) => (low(a) < low(b) ? -1 : low(a) > low(b) ? 1 : 0));
  for (const [index, first] of sorted.entries()) {
    for (const second of sorted.slice(index + 1)) {
      const [a] = first.key;
      const [b] = second.key;
      if (a === undefined || b === undefined || "path" in a || !meet(a, b)) break;
      yield [first, second];
    }
  }
}

function at(element: Element, field: number): Value {
  const value = element.key[field];
  if (value === undefined) throw new LoadFault("elements of different lengths", element.line);
  return value;
}

export const isSingle = (value: Value): boolean => "path" in value || value.low === value.high;
export const asRange = (value: Value): Range => {
  if ("path" in value) throw new Error("a path is no range");
  return value;
};
