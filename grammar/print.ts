// A tree and its comments -> the canonical text (language.md section 8). Printing never changes
// what a file means: nothing is reordered but imports and the items in a rule's braces.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { type SourceFile, textOf } from "../diagnostics/source.ts";
import type {
  BodyDeclaration,
  Declaration,
  Fixture,
  ImportDeclaration,
  LabelDeclaration,
  LabelNode,
  ModuleTree,
  TeamDeclaration,
  TemplateDeclaration,
  TestDeclaration,
  UseDeclaration,
} from "./ast.ts";
import { concat, type Doc, layOut } from "./doc.ts";
import { parseModule } from "./parse.ts";
import type { Item, PrintedItem } from "./print-comments.ts";
import { PrintContext } from "./print-context.ts";
import {
  printPredicate,
  printProgram,
  printService,
  printSet,
  qualifiedText,
  textItems,
} from "./print-expression.ts";
import { printDelegate, printFlow, printGuard, printObserve, printRule } from "./print-rule.ts";

/** Columns of a line. */
const width = 100;

export interface Formatted {
  /** The text itself, unchanged, when there are diagnostics. */
  readonly text: string;
  readonly diagnostics: readonly Diagnostic[];
}

/** Formats one file. Idempotent; comments are kept. */
export function formatModule(source: SourceFile): Formatted {
  const { tree, diagnostics } = parseModule(source);
  return { text: diagnostics.length > 0 ? source.text : printModule(tree), diagnostics };
}

/** The canonical text of a tree without errors. */
export function printModule(tree: ModuleTree): string {
  const context = new PrintContext(tree.source, tree.comments);
  const { declarations } = tree;
  const { items, rest } = context.file([
    headerItem(context, tree),
    ...declarations.map((declaration) => ({
      span: declaration.span,
      print: () => printDeclaration(context, declaration),
    })),
  ]);
  const [header, ...printed] = items;
  const all = [header, ...sortImports(declarations, printed), rest];
  return all
    .filter((item) => item !== undefined)
    .map(({ doc, trailing, spaced }, index) => {
      const text = layOut(concat(doc, trailing), { width, base: 0 });
      return `${index > 0 && spaced ? "\n" : ""}${text}\n`;
    })
    .join("");
}

/** The header has no node of its own: it ends with its last word. */
function headerItem(context: PrintContext, { name, isRoot, by }: ModuleTree): Item {
  const words = [`module ${name?.text ?? ""}`, isRoot ? "root" : "", by ? `by ${by.text}` : ""];
  const lastName = by ?? name;
  const end = lastName?.span.end ?? 0;
  const isLast = isRoot && by === undefined;
  const span = { start: context.start, end: isLast ? context.endOfWordAfter(end) : end };
  return { span, print: () => words.filter((word) => word !== "").join(" ") };
}

/** Imports that follow each other are sorted as they read; their comments move with them. */
function sortImports(
  declarations: readonly Declaration[],
  printed: readonly PrintedItem[],
): readonly PrintedItem[] {
  const sorted = [...printed];
  for (let start = 0; start < declarations.length; start++) {
    let end = start;
    while (declarations[end]?.kind === "import") end++;
    if (end === start) continue;
    const run = declarations.slice(start, end).map((declaration, index) => ({
      key: importKey(declaration as ImportDeclaration), // the loop stopped at the first other
      item: printed[start + index],
    }));
    run.sort((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)));
    for (const [index, { item }] of run.entries()) {
      const place = printed[start + index];
      // Empty lines stay where they are: they part groups of statements.
      if (item && place) sorted[start + index] = { ...item, spaced: place.spaced };
    }
    start = end - 1;
  }
  return sorted;
}

function importKey({ from, names }: ImportDeclaration): string {
  return `${names
    .map(({ text }) => text)
    .sort()
    .join(", ")} from ${from.text}`;
}

function printDeclaration(context: PrintContext, declaration: Declaration): Doc {
  switch (declaration.kind) {
    case "import":
      return printImport(context, declaration);
    case "label":
      return printLabel(context, declaration);
    case "require": {
      const { name, of, have } = declaration;
      const set = printSet(context, of);
      return concat(`require ${name.text} = `, set, " have ", printPredicate(context, have));
    }
    case "team":
      return printTeam(context, declaration);
    case "delegate":
      return printDelegate(context, declaration);
    case "observe":
      return printObserve(context, declaration);
    case "guard":
      return printGuard(context, declaration);
    case "test":
      return printTest(context, declaration);
    case "template":
      return printTemplate(context, declaration);
    case "use":
      return printUse(context, declaration);
    default:
      return printBodyDeclaration(context, declaration);
  }
}

function printImport(context: PrintContext, { names, from, span }: ImportDeclaration): Doc {
  return concat("import ", context.sortedList(span.start, textItems(names)), ` from ${from.text}`);
}

function printLabel(context: PrintContext, label: LabelDeclaration): Doc {
  const { name, type, tree, optional } = label;
  return concat(
    `label ${name.text}: ${type}`,
    tree.length === 0 ? "" : concat(" ", printTree(context, name.span.end, tree)),
    optional ? " optional" : "",
  );
}

function printTree(context: PrintContext, start: number, nodes: readonly LabelNode[]): Doc {
  const items = nodes.map(({ name, children, span }) => ({
    span,
    print: () =>
      children.length === 0
        ? name.text
        : concat(`${name.text} `, printTree(context, name.span.end, children)),
  }));
  return context.list(start, items);
}

function printTeam(context: PrintContext, { name, owns, writes }: TeamDeclaration): Doc {
  return concat(
    `team ${name.text} owns `,
    printSet(context, owns),
    writes.length === 0 ? "" : concat(" writes ", context.list(owns.span.end, textItems(writes))),
  );
}

function printBodyDeclaration(context: PrintContext, declaration: BodyDeclaration): Doc {
  switch (declaration.kind) {
    case "rule":
      return printRule(context, declaration);
    case "segment":
      return concat(`${headOf(declaration)} = `, printSet(context, declaration.set));
    case "service":
      return concat(`${headOf(declaration)} = `, printService(context, declaration.service));
    case "program":
      return concat(`${headOf(declaration)} `, printProgram(context, declaration.body));
  }
}

/** `export segment web`. */
function headOf({
  exported,
  kind,
  name,
}: Exclude<BodyDeclaration, { kind: "rule" }> | TemplateDeclaration | UseDeclaration): string {
  return `${exported ? "export " : ""}${kind} ${name.text}`;
}

function printTemplate(context: PrintContext, template: TemplateDeclaration): Doc {
  const { name, parameters, body } = template;
  const listed = parameters.map((parameter) => ({
    span: parameter.span,
    text: `${parameter.name.text}: ${parameter.type.text}`,
  }));
  const items = body.map((declaration) => ({
    span: declaration.span,
    print: () => printBodyDeclaration(context, declaration),
  }));
  const close = context.closingOf(context.bracketAfter(name.span.end));
  return concat(
    headOf(template),
    context.list(name.span.end, textItems(listed)),
    " ",
    context.block(close, items),
  );
}

function printUse(context: PrintContext, use: UseDeclaration): Doc {
  const items = use.arguments.map(({ name, value, span }) => ({
    span,
    print: () =>
      concat(
        `${name.text}: `,
        value.kind === "string" ? textOf(value.span) : printSet(context, value),
      ),
  }));
  const { template } = use;
  return concat(
    `${headOf(use)} = ${qualifiedText(template)}`,
    context.list(template.span.end, items),
  );
}

function printTest(context: PrintContext, { title, fixtures, assertions }: TestDeclaration): Doc {
  const items = [
    ...fixtures.map((fixture) => ({
      span: fixture.span,
      print: () => printFixture(context, fixture),
    })),
    ...assertions.map(({ expect, flow, span }) => ({
      span,
      print: () => concat(`${expect} `, printFlow(context, flow, "")),
    })),
  ].sort((a, b) => a.span.start - b.span.start);
  return concat(`test ${textOf(title.span)} `, context.block(title.span.end, items));
}

function printFixture(context: PrintContext, { name, items }: Fixture): Doc {
  const listed = items.map(({ key, values, braced, span }) => {
    const texts = values.map((value) => ({ span: value.span, text: textOf(value.span) }));
    const print = (): Doc =>
      concat(
        `${key.text} `,
        braced ? context.list(key.span.end, textItems(texts)) : (texts[0]?.text ?? ""),
      );
    return { span, print };
  });
  return concat(`workload ${name.text} `, context.list(name.span.end, listed));
}
