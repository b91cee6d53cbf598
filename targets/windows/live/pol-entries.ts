// Entries of any `registry.pol` ([MS-GPREG] 2.2.1): those of other policies are passed over, and a deletion
// (`**del.NAME`, `**delvals.`) takes away what stood before it.
import { textOfBytes } from "../../../compiler/file-bytes.ts";
import { header, numberAt } from "../pol-file.ts";
import type { RegistryValue } from "../registry.ts";
import type { RegistryExport } from "./registry-export.ts";

/** Undefined where it is no policy file, or cut short. */
export function readPolEntries(bytes: Uint8Array): RegistryExport | undefined {
  const text = textOfBytes("registry.pol", bytes);
  if (!text.startsWith(header)) return undefined;
  const values = new Map<string, RegistryValue>();
  for (let at = header.length; at < text.length; ) {
    const keyEnd = text.indexOf("\0;", at);
    const nameEnd = text.indexOf("\0;", keyEnd + 2);
    if (text[at] !== "[" || keyEnd < 0 || nameEnd < 0) return undefined;
    const [key, name] = [text.slice(at + 1, keyEnd), text.slice(keyEnd + 2, nameEnd)];
    const [type, size] = [numberAt(text, nameEnd + 2), numberAt(text, nameEnd + 5)];
    // Bytes, and as many units; an odd size is filled up by nobody, so it is no file of units.
    const end = nameEnd + 8 + size / 2;
    if (text[end] !== "]" || size % 2 > 0) return undefined;
    put(values, { key, name }, type, text.slice(nameEnd + 8, end));
    at = end + 1;
  }
  return { values: [...values.values()], unread: [] };
}

function put(
  values: Map<string, RegistryValue>,
  { key, name }: Pick<RegistryValue, "key" | "name">,
  type: number,
  content: string,
): void {
  const place = (of: string) => `${key}\\${of}`.toLowerCase();
  const deleted = /^\*\*del\.(.*)$/i.exec(name)?.[1];
  if (deleted !== undefined) values.delete(place(deleted));
  else if (/^\*\*delvals\./i.test(name)) {
    for (const [at, value] of values)
      if (value.key.toLowerCase() === key.toLowerCase()) values.delete(at);
  } else if (type === 4) values.set(place(name), { key, name, data: numberAt(content, 0) });
  else if (type === 1 || type === 2) {
    values.set(place(name), { key, name, data: content.replace(/\0+$/, "") });
  }
}
