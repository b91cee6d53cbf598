// `rules.reg`: registry values as text for `reg import`. ASCII throughout: strings of anything else
// are bytes in hexadecimal, so no encoding is guessed and no character ends a string.
import type { RegistryValue } from "./registry.ts";

export const regPath = "rules.reg";
const header = "Windows Registry Editor Version 5.00";
const hive = "HKEY_LOCAL_MACHINE\\";

export function regText(values: readonly RegistryValue[]): string {
  const lines = [header];
  let open: string | undefined;
  for (const { key, name, data } of values) {
    if (key !== open) lines.push("", `[${hive}${key}]`);
    open = key;
    lines.push(`"${escaped(name)}"=${dataText(data)}`);
  }
  return lines.map((line) => `${line}\r\n`).join("");
}

const isPlain = (text: string) => /^[ -~]*$/.test(text);
const escaped = (text: string) => text.replaceAll(/[\\"]/g, "\\$&");

function dataText(data: number | string): string {
  if (typeof data === "number") return `dword:${data.toString(16).padStart(8, "0")}`;
  return isPlain(data) ? `"${escaped(data)}"` : `hex(1):${hexOf(`${data}\0`)}`;
}

/** UTF-16LE. */
function hexOf(text: string): string {
  const bytes: string[] = [];
  const hex = (byte: number) => byte.toString(16).padStart(2, "0");
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    bytes.push(hex(unit & 255), hex(unit >> 8));
  }
  return bytes.join();
}

export type RegRead =
  | {
      readonly ok: true;
      readonly values: readonly RegistryValue[];
      readonly lines: readonly number[];
    }
  | { readonly ok: false; readonly line: number; readonly problem: string };

/** Strictly what `regText` writes. */
export function readReg(text: string): RegRead {
  const [first, ...rest] = text.split("\r\n");
  if (first !== header) return { ok: false, line: 1, problem: `is not \`${header}\`` };
  if (rest.pop() !== "") return { ok: false, line: rest.length + 2, problem: "has no end of line" };
  const values: RegistryValue[] = [];
  const lines: number[] = [];
  let key: string | undefined;
  for (const [at, line] of rest.entries()) {
    const number = at + 2;
    if (line === "") continue;
    const section = /^\[HKEY_LOCAL_MACHINE\\([ -Z\\^-~]+)\]$/.exec(line)?.[1];
    if (section !== undefined) {
      key = section;
      continue;
    }
    const [, name = "", value = ""] = /^"((?:[^"\\]|\\[\\"])*)"=(.*)$/.exec(line) ?? [];
    const data = readData(value);
    if (name === "" || data === undefined || key === undefined) {
      return { ok: false, line: number, problem: "is no value that segc writes" };
    }
    values.push({ key, name: unescaped(name), data });
    lines.push(number);
  }
  // What says nothing that counts, and still is not ours: a key without values, say.
  const wanted = regText(values).split("\r\n");
  const odd = [first, ...rest].findIndex((line, at) => line !== wanted[at]);
  if (odd >= 0) return { ok: false, line: odd + 1, problem: "is not what segc writes there" };
  return { ok: true, values, lines };
}

const unescaped = (text: string) => text.replaceAll(/\\([\\"])/g, "$1");

function readData(text: string): number | string | undefined {
  const number = /^dword:([0-9a-f]{8})$/.exec(text)?.[1];
  if (number !== undefined) return Number.parseInt(number, 16);
  const quoted = /^"((?:[ !#-[\]-~]|\\[\\"])*)"$/.exec(text)?.[1];
  if (quoted !== undefined) return unescaped(quoted);
  const hex = /^hex\(1\):((?:[0-9a-f]{2},[0-9a-f]{2},)*)00,00$/.exec(text)?.[1];
  if (hex === undefined) return undefined;
  const bytes = hex
    .split(",")
    .slice(0, -1)
    .map((byte) => Number.parseInt(byte, 16));
  let data = "";
  for (let at = 0; at < bytes.length; at += 2) {
    data += String.fromCharCode((bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256);
  }
  return data.includes("\0") || isPlain(data) ? undefined : data;
}
