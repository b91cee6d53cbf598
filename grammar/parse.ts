// The two ways into the grammar: a whole file, and a flow typed by hand. Whatever the bytes, the
// answer is a tree and the problems in source order; nothing is thrown.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import { compareSpans, type SourceFile } from "../diagnostics/source.ts";
import type { FlowExpression, ModuleTree } from "./ast.ts";
import { hiddenCharacters } from "./hidden.ts";
import { type FileContents, SegParser } from "./parser.ts";
import { nestingMax, type Scanned, scan } from "./scan.ts";

/** Most bytes of one policy file that are read (SEG120). */
export const policyBytesMax = 64 * 1024 * 1024;

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
function parserFor(source: SourceFile, scanned: Scanned): SegParser {
  shared ??= new SegParser({ validate: false });
  shared.begin(source, scanned.tokens);
  return shared;
}

const nothing: FileContents = { name: undefined, isRoot: false, by: undefined, declarations: [] };

export function parseModule(source: SourceFile): ParsedModule {
  const scanned = scan(source);
  const parser = parserFor(source, scanned);
  const contents = scanned.tooDeep === undefined ? parser.file() : nothing;
  const tree: ModuleTree = {
    ...contents,
    broken: parser.broken,
    comments: scanned.comments,
    source,
    span: { source, start: 0, end: source.text.length },
  };
  return { tree, diagnostics: problems(source, scanned, parser) };
}

/** Reads `web -> api : https`. */
export function parseFlow(source: SourceFile): ParsedFlow {
  const scanned = scan(source);
  const parser = parserFor(source, scanned);
  const flow = scanned.tooDeep === undefined ? parser.typedFlow().flow : undefined;
  const diagnostics = problems(source, scanned, parser);
  return { flow: diagnostics.length === 0 ? flow : undefined, diagnostics };
}

function problems(source: SourceFile, { tooDeep }: Scanned, parser: SegParser) {
  const found = [...hiddenCharacters(source), ...parser.diagnostics];
  if (tooDeep !== undefined) {
    const span = { source, start: tooDeep.startOffset, end: tooDeep.endOffset + 1 };
    found.push(diagnose("SEG119", span, { limit: nestingMax }));
  }
  return found.sort((a, b) =>
    a.span === undefined || b.span === undefined ? 0 : compareSpans(a.span, b.span),
  );
}
