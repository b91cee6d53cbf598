// Entries of any `registry.pol` ([MS-GPREG] 2.2.1, 3.2.5.1): those of other policies are passed over, and
// deletions take away what stood before them. Read as bytes, for data of others may have an odd size.
import type { RegistryValue } from "../registry.ts";
import { dataOf, textOf } from "./registry-data.ts";
import type { RegistryExport } from "./registry-export.ts";

interface Entry {
  readonly key: string;
  readonly name: string;
  readonly type: number;
  readonly data: Uint8Array;
}

/** Undefined where it is no policy file, or cut short. */
export function readPolEntries(bytes: Uint8Array): RegistryExport | undefined {
  const reader = new Reader(bytes);
  if (reader.number() !== 0x67655250 || reader.number() !== 1) return undefined;
  const values = new Map<string, RegistryValue>();
  while (!reader.isAtEnd()) {
    const entry = reader.entry();
    if (entry === undefined) return undefined;
    put(values, entry);
  }
  return { values: [...values.values()], unread: [] };
}

class Reader {
  readonly #view: DataView;
  readonly #bytes: Uint8Array;
  #at = 0;
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }
  number(): number {
    this.#at += 4;
    return this.#at <= this.#bytes.length ? this.#view.getUint32(this.#at - 4, true) : -1;
  }
  #is(character: string): boolean {
    this.#at += 2;
    const isThere = this.#at <= this.#bytes.length;
    return isThere && this.#view.getUint16(this.#at - 2, true) === character.charCodeAt(0);
  }
  #text(): string {
    const start = this.#at;
    while (this.#at + 1 < this.#bytes.length && this.#view.getUint16(this.#at, true) !== 0)
      this.#at += 2;
    const text = textOf(this.#bytes.subarray(start, this.#at));
    this.#at += 2;
    return text;
  }
  entry(): Entry | undefined {
    if (!this.#is("[")) return undefined;
    const key = this.#text();
    if (!this.#is(";")) return undefined;
    const name = this.#text();
    if (!this.#is(";")) return undefined;
    const type = this.number();
    if (!this.#is(";")) return undefined;
    const size = this.number();
    if (!this.#is(";") || size < 0) return undefined;
    const data = this.#bytes.subarray(this.#at, this.#at + size);
    this.#at += size;
    return this.#is("]") && data.length === size ? { key, name, type, data } : undefined;
  }
}

function put(values: Map<string, RegistryValue>, { key, name, type, data }: Entry): void {
  const place = (of: string) => `${key}\\${of}`.toLowerCase();
  const command = name.toLowerCase();
  const under = (branch: string) => (value: RegistryValue) =>
    `${value.key}\\`.toLowerCase().startsWith(`${branch}\\`.toLowerCase());
  const remove = (test: (value: RegistryValue) => boolean) => {
    for (const [at, value] of values) if (test(value)) values.delete(at);
  };
  if (command.startsWith("**delvals"))
    remove((value) => value.key.toLowerCase() === key.toLowerCase());
  else if (command.startsWith("**del.")) values.delete(place(name.slice("**del.".length)));
  else if (command === "**deletevalues") {
    for (const one of textOf(data).split(";")) values.delete(place(one));
  } else if (command === "**deletekeys") {
    for (const one of textOf(data).split(";")) remove(under(`${key}\\${one}`));
  } else {
    const own = command.startsWith("**soft.") ? name.slice("**soft.".length) : name;
    const value = dataOf(type, data);
    if (value !== undefined) values.set(place(own), { key, name: own, data: value });
  }
}
