// `registry.pol`: the same values as group policy keeps them ([MS-GPREG] 2.2.1), for a GPO's Machine
// folder or LGPO. The text is the file's UTF-16 units: a header of four, then for each value
// `[key;value;type;size;data]` where numbers are two units each, the lower one first.
import type { RegistryValue } from "./registry.ts";

export const polPath = "registry.pol";
const header = "\u5250\u6765\u0001\u0000";
const [string, dword] = [1, 4];

export function polText(values: readonly RegistryValue[]): string {
  return header + values.map(entryText).join("");
}

function entryText({ key, name, data }: RegistryValue): string {
  const [type, content] =
    typeof data === "number" ? [dword, numberText(data)] : [string, `${data}\0`];
  return `[${key}\0;${name}\0;${numberText(type)};${numberText(content.length * 2)};${content}]`;
}

const numberText = (value: number) => String.fromCharCode(value & 0xffff, value >>> 16);

export type PolRead =
  | { readonly ok: true; readonly values: readonly RegistryValue[] }
  /** Values before the one that is wrong. */
  | { readonly ok: false; readonly after: number; readonly problem: string };

/** Strictly what `polText` writes. */
export function readPol(text: string): PolRead {
  if (!text.startsWith(header))
    return { ok: false, after: 0, problem: "is no registry policy file" };
  const values: RegistryValue[] = [];
  for (let at = header.length; at < text.length; ) {
    const entry = readEntry(text, at);
    if (entry === undefined) {
      return { ok: false, after: values.length, problem: "holds what is no value of segc" };
    }
    values.push(entry.value);
    at = entry.end;
  }
  return { ok: true, values };
}

function readEntry(text: string, start: number) {
  const keyEnd = text.indexOf("\0;", start);
  const nameEnd = text.indexOf("\0;", keyEnd + 2);
  if (text[start] !== "[" || keyEnd < 0 || nameEnd < 0) return undefined;
  const [key, name] = [text.slice(start + 1, keyEnd), text.slice(keyEnd + 2, nameEnd)];
  const at = nameEnd + 2;
  const [type, size] = [numberAt(text, at), numberAt(text, at + 3)];
  const content = text.slice(at + 6, at + 6 + size / 2);
  const end = at + 6 + content.length;
  const isWhole = text[at + 2] === ";" && text[at + 5] === ";" && text[end] === "]";
  if (!isWhole || size % 2 > 0 || content.length * 2 !== size) return undefined;
  const data = type === dword && size === 4 ? numberAt(content, 0) : readString(type, content);
  return data === undefined ? undefined : { value: { key, name, data }, end: end + 1 };
}

function readString(type: number, content: string): string | undefined {
  const isString = type === string && content.indexOf("\0") === content.length - 1;
  return isString && content.length > 0 ? content.slice(0, -1) : undefined;
}

const numberAt = (text: string, at: number) =>
  (text.charCodeAt(at) | (text.charCodeAt(at + 1) << 16)) >>> 0;
