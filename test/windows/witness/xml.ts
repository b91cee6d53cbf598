// A strict reader for the XML that SyncML needs (XML 1.0): elements, attributes, text, the five
// named entities and numbers of characters. No comments, no CDATA, no document type, no
// instructions; an element has either children or text.
import { quoted, refuse } from "./strict.ts";

export interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly Element[];
  /** Empty where there are children. */
  readonly text: string;
}

const declaration = /<\?xml version="1\.0"(?: encoding="[Uu][Tt][Ff]-8")?\?>/y;
const space = /[ \t\r\n]*/y;
const openTag = /<([A-Za-z_][A-Za-z0-9_.-]*)/y;
const attribute = /[ \t\r\n]+([A-Za-z_][A-Za-z0-9_.-]*)=(?:"([^"<]*)"|'([^'<]*)')/y;
const tagEnd = /[ \t\r\n]*(\/?)>/y;
const closeTag = /<\/([A-Za-z_][A-Za-z0-9_.-]*)[ \t\r\n]*>/y;
const characters = /[^<]*/y;

/** Nesting that SyncML does not reach, so that reading cannot exhaust the stack. */
const depthMax = 32;

export function readXml(text: string): Element {
  const cursor = { text, at: 0 };
  take(cursor, declaration);
  take(cursor, space);
  const root = element(cursor, 0);
  take(cursor, space);
  return cursor.at === text.length ? root : refuse(`behind the root: ${here(cursor)}`);
}

interface Cursor {
  readonly text: string;
  at: number;
}

const here = ({ text, at }: Cursor) => quoted(text.slice(at, at + 40));

function take(cursor: Cursor, token: RegExp): RegExpExecArray | undefined {
  token.lastIndex = cursor.at;
  const found = token.exec(cursor.text) ?? undefined;
  if (found !== undefined) cursor.at = token.lastIndex;
  return found;
}

function must(cursor: Cursor, token: RegExp): RegExpExecArray {
  return take(cursor, token) ?? refuse(`no XML at ${here(cursor)}`);
}

function element(cursor: Cursor, depth: number): Element {
  if (depth > depthMax) refuse("elements too deep");
  const [, name = ""] = must(cursor, openTag);
  const attributes = attributesOf(cursor);
  const [, slash] = must(cursor, tagEnd);
  if (slash === "/") return { name, attributes, children: [], text: "" };
  const children: Element[] = [];
  const texts = [must(cursor, characters)[0]];
  let close = take(cursor, closeTag);
  while (close === undefined) {
    children.push(element(cursor, depth + 1));
    texts.push(must(cursor, characters)[0]);
    close = take(cursor, closeTag);
  }
  if (close[1] !== name) refuse(`${close[0]} closes ${name}`);
  if (children.length === 0) return { name, attributes, children, text: decoded(texts.join("")) };
  if (texts.some((text) => /[^ \t\r\n]/.test(text))) refuse(`text between the children of ${name}`);
  return { name, attributes, children, text: "" };
}

function attributesOf(cursor: Cursor): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  let found = take(cursor, attribute);
  while (found !== undefined) {
    const [, name = "", double, single = ""] = found;
    if (attributes.has(name)) refuse(`attribute ${name} stands twice`);
    attributes.set(name, decoded(double ?? single));
    found = take(cursor, attribute);
  }
  return attributes;
}

const named: ReadonlyMap<string, string> = new Map([
  ["amp", "&"],
  ["lt", "<"],
  ["gt", ">"],
  ["quot", '"'],
  ["apos", "'"],
]);

function decoded(text: string): string {
  if (text.includes("]]>")) refuse("]]> in a text");
  const result = text
    // A reader of XML hands every line end on as one line feed; a written `&#13;` stays.
    .replace(/\r\n?/g, "\n")
    .replace(/&([^;&]*)(;?)/g, (whole: string, reference: string, end: string) =>
      end === "" ? refuse(`an ampersand alone: ${quoted(whole)}`) : character(reference),
    );
  // XML 1.0 has no place for these at all, not even as numbers.
  if (/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/u.test(result)) {
    refuse("a character that XML does not have");
  }
  return result;
}

function character(reference: string): string {
  const [, hex, digits] = /^#(?:x([0-9a-fA-F]{1,6})|([0-9]{1,7}))$/.exec(reference) ?? [];
  if (hex === undefined && digits === undefined) {
    return named.get(reference) ?? refuse(`unknown entity ${quoted(reference)}`);
  }
  const point = hex === undefined ? Number(digits) : Number.parseInt(hex, 16);
  return point > 0x10ffff ? refuse(`no character: ${reference}`) : String.fromCodePoint(point);
}
