// Builds a project from texts, the way segc.yaml would list them: modules from their headers.
import { expect } from "vitest";
import { buildModel } from "../../compiler/model/build.ts";
import type { Model } from "../../compiler/model/types.ts";
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { positionAt } from "../../diagnostics/source.ts";
import type { ModuleTree } from "../../grammar/ast.ts";
import { parseModule } from "../../grammar/parse.ts";

export type Files = Readonly<Record<string, string>>;
export interface Listing {
  readonly root?: string | undefined;
  readonly modules?: Readonly<Record<string, string>>;
}

/** Vocabulary for texts that are not about vocabulary. */
export const labels = `
label env: enum { prod, staging }
label role: enum { app { web, api }, data { db, cache } }
label app: name optional
label tier: enum { gold, silver } optional
label handles: set { pii, payment } optional
label note: string optional
`;

/** One root module named `org`, with the labels above in front. */
export function rooted(text: string): Files {
  return { "org.seg": `module org root\n${labels}\n${text}` };
}

export function parseAll(files: Files): {
  readonly trees: readonly ModuleTree[];
  readonly faults: readonly Diagnostic[];
} {
  const parsed = Object.entries(files).map(([path, text]) => parseModule({ path, text }));
  return {
    trees: parsed.map(({ tree }) => tree),
    faults: parsed.flatMap(({ diagnostics }) => diagnostics),
  };
}

export function build(files: Files, listing: Listing = {}) {
  const { trees, faults } = parseAll(files);
  expect(faults.map(shown), "the text must parse").toEqual([]);
  return buildTrees(trees, listing);
}

export function buildTrees(trees: readonly ModuleTree[], listing: Listing = {}) {
  const headers = trees.flatMap((tree): [string, string][] =>
    tree.name === undefined ? [] : [[tree.name.text, tree.source.path]],
  );
  const root = trees.find((tree) => tree.isRoot)?.name?.text;
  return buildModel(trees, {
    root: "root" in listing ? listing.root : root,
    modules: new Map(listing.modules ? Object.entries(listing.modules) : headers),
  });
}

/** The model of a project without errors. */
export function modelOf(files: Files): Model {
  const { model, diagnostics } = build(files);
  expect(diagnostics.map(shown)).toEqual([]);
  return model;
}

/** `SEG201 org.seg:12:7 text under the caret`, for every diagnostic. */
export function problems(files: Files, listing: Listing = {}): readonly string[] {
  return build(files, listing).diagnostics.map(shown);
}

/** `SEG201 text under the caret`. */
export function codes(files: Files, listing: Listing = {}): readonly string[] {
  return build(files, listing).diagnostics.map(
    ({ code, span }) => `${code} ${span?.source.text.slice(span.start, span.end) ?? ""}`,
  );
}

/** Message of the only diagnostic. */
export function onlyDiagnostic(files: Files, listing: Listing = {}): Diagnostic {
  const { diagnostics } = build(files, listing);
  expect(diagnostics.map(shown)).toHaveLength(1);
  return diagnostics[0] as Diagnostic; // there is one
}

/** The text of the diagnostic's file with its fix applied. */
export function fixed({ fix = [], span }: Diagnostic): string {
  let text = span?.source.text ?? "";
  for (const edit of fix.toSorted((a, b) => b.span.start - a.span.start)) {
    text = text.slice(0, edit.span.start) + edit.text + text.slice(edit.span.end);
  }
  return text;
}

export function shown({ code, span, message }: Diagnostic): string {
  if (span === undefined) return `${code} ${message}`;
  const { line, column } = positionAt(span.source, span.start);
  return `${code} ${span.source.path}:${line}:${column} ${message}`;
}
