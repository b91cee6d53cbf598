// What JSON.parse does not tell: how deep a text nests, how many keys it has (fewer in the value
// means that one was written twice), and where the elements of the outer list start. Text that is
// no JSON is scanned too, and gives some outline.

export interface JsonOutline {
  /** Keys in the whole text. */
  readonly keys: number;
  /** Offset of the bracket that opens the level above `depthMax`; undefined where none does. */
  readonly tooDeepAt: number | undefined;
  /** Offsets at which the elements of the list start: that at the root, or under `listKey`. */
  readonly elements: Int32Array;
  /** Keys of the mapping at the root: their offsets, by name. */
  readonly rootKeys: ReadonlyMap<string, number>;
}

export const depthMax = 100;

/**
 * At least as many as there are keys, and mostly that: every colon after a quote, with those inside
 * strings. Much faster than an outline.
 */
export function keysAtMost(text: string): number {
  let count = 0;
  for (let at = text.indexOf(":"); at >= 0; at = text.indexOf(":", at + 1)) {
    let before = at - 1;
    while (before >= 0 && text.charCodeAt(before) <= 32) before--;
    if (text.charCodeAt(before) === quote) count++;
  }
  return count;
}

/** Outlines JSON text whose records stand in a list at the root or under `listKey` there. */
export function outlineJson(text: string, listKey: string): JsonOutline {
  let keys = 0;
  let depth = 0;
  let listDepth = 0;
  let tooDeepAt: number | undefined;
  let stringAt = 0;
  let pendingKey: string | undefined;
  let expectsElement = false;
  let count = 0;
  let elements = new Int32Array(1024);
  const rootKeys = new Map<string, number>();

  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code <= 32) continue;
    if (expectsElement && code !== closeBracket) {
      if (count === elements.length) elements = grown(elements);
      elements[count++] = at;
      expectsElement = false;
    }
    if (code === quote) {
      stringAt = at;
      at = endOfString(text, at);
    } else if (code === colon) {
      keys++;
      if (depth === 1 && listDepth !== 1) {
        pendingKey = textOfString(text, stringAt);
        rootKeys.set(pendingKey, stringAt);
      }
    } else if (code === openBracket || code === openBrace) {
      depth++;
      if (depth > depthMax) tooDeepAt ??= at;
      const isRoot = depth === 1 && code === openBracket;
      const isNamed = depth === 2 && listDepth === 0 && pendingKey === listKey;
      if (isRoot || (isNamed && code === openBracket)) {
        listDepth = depth;
        count = 0;
        expectsElement = true;
      }
    } else if (code === closeBracket || code === closeBrace) {
      if (depth === listDepth) {
        listDepth = 0;
        expectsElement = false;
      }
      depth--;
    } else if (code === comma) {
      if (depth === 1) pendingKey = undefined;
      expectsElement = depth === listDepth && listDepth > 0;
    }
  }
  return { keys, tooDeepAt, elements: elements.slice(0, count), rootKeys };
}

const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;

/** Offset of the quote that ends the string, or of the end of the text. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) return at;
    if (code === backslash) at++;
  }
  return text.length;
}

function textOfString(text: string, start: number): string {
  const raw = text.slice(start, endOfString(text, start) + 1);
  try {
    return String(JSON.parse(raw));
  } catch {
    return raw;
  }
}

function grown(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(array.length * 2);
  twice.set(array);
  return twice;
}
