// The two ways into the grammar: a whole file, and a flow typed by hand. Whatever the bytes, the
// answer is a tree and the problems in source order; nothing is thrown.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { foremost } from "../diagnostics/foremost.ts";
import { diagnose } from "../diagnostics/registry.ts";
import { compareSpans, positionAt, type SourceFile, type Span } from "../diagnostics/source.ts";
import type { FlowExpression, ModuleTree } from "./ast.ts";
import { hiddenCharacters } from "./hidden.ts";
import { type FileContents, SegParser } from "./parser.ts";
import { nestingMax, type Scanned, scan } from "./scan.ts";

export interface ParsedModule {
  readonly tree: ModuleTree;
  /** In source order. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface ParsedFlow {
  /** Undefined when there are diagnostics. */
  readonly flow: FlowExpression | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

let shared: SegParser | undefined;

/** Made on first use: building the parser costs more than parsing a small file. */
function parser(): SegParser {
  shared ??= new SegParser({ validate: false });
  return shared;
}

const nothing: FileContents = { name: undefined, isRoot: false, by: undefined, declarations: [] };

export interface ParseOptions {
  /** Today in UTC, `YYYY-MM-DD`: only for advice that needs a date (SEG109). */
  readonly today?: string;
}

/** Reads one policy file. */
export function parseModule(source: SourceFile, { today }: ParseOptions = {}): ParsedModule {
  const scanned = scan(source);
  const { contents, broken, problems } =
    scanned.tooDeep === undefined
      ? parser().readFile({ source, tokens: scanned.tokens, today })
      : { contents: nothing, broken: [], problems: [] };
  const { name, isRoot, by, declarations } = contents;
  const { comments } = scanned;
  const span = { source, start: 0, end: source.text.length };
  const tree: ModuleTree = { source, name, isRoot, by, declarations, broken, comments, span };
  return { tree, diagnostics: inOrder(source, scanned, problems) };
}

/** Reads `web -> api : https`. */
export function parseFlow(source: SourceFile): ParsedFlow {
  const scanned = scan(source);
  const { contents, problems } =
    scanned.tooDeep === undefined
      ? parser().readFlow({ source, tokens: scanned.tokens, today: undefined })
      : { contents: undefined, problems: [] };
  const diagnostics = inOrder(source, scanned, problems);
  return { flow: diagnostics.length === 0 ? contents : undefined, diagnostics };
}

function inOrder(
  source: SourceFile,
  { tooDeep }: Scanned,
  problems: readonly Diagnostic[],
): readonly Diagnostic[] {
  const hidden = hiddenCharacters(source);
  const found = [...hidden, ...exceptOnLinesOf(hidden, problems)];
  if (tooDeep !== undefined) {
    const span = { source, start: tooDeep.startOffset, end: tooDeep.endOffset + 1 };
    found.push(diagnose("SEG119", span, { limit: nestingMax }));
  }
  return foremost(onePerPlace(found.sort(byPlace)));
}

/** What was expected twice at one place is one problem. */
function onePerPlace(found: readonly Diagnostic[]): readonly Diagnostic[] {
  let last: number | undefined;
  return found.filter(({ code, span }) => {
    if (code !== "SEG100" || span === undefined) return true;
    const isFirst = span.start !== last;
    last = span.start;
    return isFirst;
  });
}

/** What a hidden character does to its line is no problem of its own. */
function exceptOnLinesOf(hidden: readonly Diagnostic[], problems: readonly Diagnostic[]) {
  if (hidden.length === 0) return problems;
  const lines = new Set(hidden.flatMap(({ fix = [] }) => fix.map(({ span }) => lineOf(span))));
  return problems.filter(({ span }) => span === undefined || !lines.has(lineOf(span)));
}

const lineOf = ({ source, start }: Span) => positionAt(source, start).line;

function byPlace(a: Diagnostic, b: Diagnostic): number {
  return a.span === undefined || b.span === undefined ? 0 : compareSpans(a.span, b.span);
}
