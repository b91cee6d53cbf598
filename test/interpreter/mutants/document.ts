// An artefact as lines that know what they are, and edits of them.
import type { Artefact } from "../artefact.ts";

export type Role =
  | { readonly kind: "rule"; readonly chain: string }
  | { readonly kind: "elements"; readonly set: string }
  | { readonly kind: "policy" | "other" };

export interface Line {
  /** Name of the text. */
  readonly file: string;
  /** From 1 within its text. */
  readonly number: number;
  readonly text: string;
  readonly role: Role;
}

export interface Document {
  readonly artefact: Artefact;
  readonly lines: readonly Line[];
}

export function documentOf(artefact: Artefact): Document {
  const lines = Object.entries(artefact.texts).flatMap(([file, text]) => {
    const roleOf = artefact.format === "nftables" ? nftRoles() : restoreRole;
    return text.split("\n").map((line, index): Line => {
      return { file, number: index + 1, text: line, role: roleOf(line) };
    });
  });
  return { artefact, lines };
}

/** A set or a chain begins with its name and ends with a brace on a line of its own. */
function nftRoles(): (line: string) => Role {
  let block: { readonly kind: string; readonly name: string } | undefined;
  let isList = false;
  return (line) => {
    const text = line.trim();
    const [, kind, name] = /^(set|map|chain) (\S+) \{$/.exec(text) ?? [];
    if (kind !== undefined && name !== undefined) block = { kind, name };
    else if (text === "}" && isList) isList = false;
    else if (text === "}") block = undefined;
    else if (block?.kind === "chain" && /^policy /.test(text)) return { kind: "policy" };
    else if (block?.kind === "chain" && text !== "" && !/^(type |#)/.test(text)) {
      return { kind: "rule", chain: block.name };
    } else if (block !== undefined && text === "elements = {") isList = true;
    else if (block !== undefined && (isList || text.startsWith("elements = {"))) {
      return { kind: "elements", set: block.name };
    }
    return { kind: "other" };
  };
}

function restoreRole(line: string): Role {
  const [, chain] = /^(?:\[\d+:\d+\] )?-A (\S+)/.exec(line) ?? [];
  if (chain !== undefined) return { kind: "rule", chain };
  const [, set] = /^add (\S+) /.exec(line) ?? [];
  if (set !== undefined) return { kind: "elements", set };
  return { kind: /^:(INPUT|OUTPUT) /.test(line) ? "policy" : "other" };
}

/** `edit` answers the lines that take the place of a line. */
export function edited(
  { artefact, lines }: Document,
  edit: (line: Line, index: number) => readonly string[],
): Artefact {
  const texts: Record<string, string> = {};
  for (const file of Object.keys(artefact.texts)) {
    const own = [...lines.entries()].filter(([, line]) => line.file === file);
    texts[file] = own.flatMap(([index, line]) => edit(line, index)).join("\n");
  }
  return { ...artefact, texts };
}

/** A part of a line: characters `start` up to `end`. */
export interface Site {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

export const textAt = (document: Document, site: Site): string =>
  lineAt(document, site.index).text.slice(site.start, site.end);

export const replaced = (document: Document, site: Site, text: string): Artefact =>
  edited(document, (line, index) =>
    index === site.index
      ? [line.text.slice(0, site.start) + text + line.text.slice(site.end)]
      : [line.text],
  );

export function lineAt(document: Document, index: number): Line {
  const line = document.lines[index];
  if (line === undefined) throw new Error(`no line ${index}`);
  return line;
}

/** The text with all that stands in quotes, and comment lines, blanked out. */
export const unquoted = (text: string): string =>
  text
    .replace(/^\s*#.*$/, (comment) => " ".repeat(comment.length))
    .replace(/"(?:[^"\\]|\\.)*"/g, (quoted) => " ".repeat(quoted.length));

/** Every match of a pattern in the lines of these roles, quotes left out. */
export function sitesOf(
  document: Document,
  kinds: readonly Role["kind"][],
  pattern: RegExp,
): readonly Site[] {
  return [...document.lines.entries()].flatMap(([index, { text, role }]) => {
    if (!kinds.includes(role.kind)) return [];
    return [...unquoted(text).matchAll(pattern)].map((found) => ({
      index,
      start: found.index,
      end: found.index + found[0].length,
    }));
  });
}
