// A tree and its comments -> the canonical text (language.md section 8). Printing never changes
// what a file means: nothing is reordered but imports and the items in a rule's braces.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { type SourceFile, textOf } from "../diagnostics/source.ts";
import type {
  BodyDeclaration,
  Declaration,
  Fixture,
  ImportDeclaration,
  LabelNode,
  ModuleTree,
  ProgramBody,
  TemplateDeclaration,
  TestDeclaration,
} from "./ast.ts";
import { parseModule } from "./parse.ts";
import { joinItems, openingComments, printItems } from "./print-block.ts";
import { CommentLedger } from "./print-comments.ts";
import {
  braced,
  breakList,
  flatPredicate,
  flatProgram,
  flatSet,
  layOutService,
  layOutSet,
  qualifiedText,
  widthMax,
} from "./print-expression.ts";
import { metaTail, printDelegate, printFlow, printGuard, printRule } from "./print-flow.ts";

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
  const ledger = new CommentLedger(tree);
  const { source } = tree;
  const headerEnd = headerSpanEnd(tree);
  const header = {
    span: { source, start: tree.name?.span.start ?? 0, end: headerEnd },
    print: () => headerText(tree),
  };
  const declarations = sortImports(tree.declarations).map((declaration) => ({
    span: declaration.span,
    print: () => printDeclaration(ledger, declaration, ""),
  }));
  const items = printItems(ledger, [header, ...declarations], {
    range: { start: 0, end: source.text.length + 1 },
    indent: "",
  });
  return `${joinItems(items, "")}\n`;
}

function headerText({ name, isRoot, by }: ModuleTree): string {
  return `module ${name?.text ?? ""}${isRoot ? " root" : ""}${by === undefined ? "" : ` by ${by.text}`}`;
}

/** The header has no node of its own: it ends at its last word. */
function headerSpanEnd({ name, isRoot, by, source }: ModuleTree): number {
  if (by !== undefined) return by.span.end;
  const end = name?.span.end ?? 0;
  return isRoot ? source.text.indexOf("root", end) + 4 : end;
}

/** Imports that follow each other are sorted by module; comments move with them. */
function sortImports(declarations: readonly Declaration[]): readonly Declaration[] {
  const sorted = [...declarations];
  for (let start = 0; start < sorted.length; start++) {
    let end = start;
    while (sorted[end]?.kind === "import") end++;
    const run = sorted.slice(start, end) as ImportDeclaration[]; // the loop stopped at the first other
    run.sort((a, b) => (a.from.text < b.from.text ? -1 : Number(a.from.text > b.from.text)));
    sorted.splice(start, run.length, ...run);
    start = Math.max(start, end - 1);
  }
  return sorted;
}

function printDeclaration(ledger: CommentLedger, declaration: Declaration, indent: string): string {
  switch (declaration.kind) {
    case "import": {
      const names = declaration.names.map(({ text }) => text).sort();
      const flat = `import ${braced(names)} from ${declaration.from.text}`;
      if (flat.length <= widthMax) return flat;
      return `import {\n${names.map((name) => `  ${name},\n`).join("")}} from ${declaration.from.text}`;
    }
    case "label": {
      const { name, type, tree, optional } = declaration;
      const end = optional ? " optional" : "";
      const head = `label ${name.text}: ${type}`;
      if (tree.length === 0) return `${head}${end}`;
      return `${head} ${printTree(ledger, { nodes: tree, declaration, column: head.length + 1, end })}${end}`;
    }
    case "require": {
      const have = ` have ${flatPredicate(declaration.have)}`;
      return `require ${declaration.name.text} = ${flatSet(declaration.of)}${have}`;
    }
    case "team": {
      const { name, owns, writes } = declaration;
      const end = writes.length === 0 ? "" : ` writes ${braced(writes.map(({ text }) => text))}`;
      const head = `team ${name.text} owns `;
      const place = { indent, column: head.length, reserve: end.length };
      return `${head}${layOutSet(ledger, owns, place)}${end}`;
    }
    case "delegate":
      return printDelegate(ledger, declaration);
    case "observe": {
      const { directions, of, until, meta } = declaration;
      const head = `observe ${directions.join(", ")} of `;
      const end = ` until ${until.value}`;
      const place = { indent, column: head.length, reserve: end.length };
      const start = `${head}${layOutSet(ledger, of, place)}${end}`;
      const tail = meta === undefined ? undefined : metaTail(ledger, meta, indent);
      const isShort = start.length + (tail?.flat?.length ?? widthMax) <= widthMax;
      return `${start}${isShort ? (tail?.flat ?? "") : (tail?.broken() ?? "")}`;
    }
    case "guard":
      return printGuard(ledger, declaration, indent);
    case "test":
      return printTest(ledger, declaration);
    case "template":
      return printTemplate(ledger, declaration);
    case "use": {
      const { exported, name, template, arguments: args } = declaration;
      const head = `${exported ? "export " : ""}use ${name.text} = ${qualifiedText(template)}`;
      const list = args.map(({ name: argument, value }) => {
        const text = value.kind === "string" ? textOf(value.span) : flatSet(value);
        return `${argument.text}: ${text}`;
      });
      return `${head}${parenthesisedList(list, head.length)}`;
    }
    default:
      return printBodyDeclaration(ledger, declaration, indent);
  }
}

/** `(a, b)`, or one item a line. */
function parenthesisedList(items: readonly string[], column: number, reserve = 0): string {
  const flat = `(${items.join(", ")})`;
  if (column + flat.length + reserve <= widthMax) return flat;
  return `(\n${items.map((item) => `  ${item},\n`).join("")})`;
}

function printBodyDeclaration(
  ledger: CommentLedger,
  declaration: BodyDeclaration,
  indent: string,
): string {
  if (declaration.kind === "rule") return printRule(ledger, declaration, indent);
  const { exported, kind, name } = declaration;
  const head = `${exported ? "export " : ""}${kind} ${name.text}`;
  const place = { indent, column: indent.length + head.length + 3, reserve: 0 };
  switch (declaration.kind) {
    case "segment":
      return `${head} = ${layOutSet(ledger, declaration.set, place)}`;
    case "service":
      return `${head} = ${layOutService(ledger, declaration.service, place)}`;
    case "program":
      return `${head} ${printProgram(ledger, declaration.body, place)}`;
  }
}

/** One alternative a line; the flat form on one line. */
function printProgram(
  ledger: CommentLedger,
  body: ProgramBody,
  { indent, column }: { readonly indent: string; readonly column: number },
): string {
  const flat = flatProgram(body);
  const isFlatForm = body.alternatives.every(({ platform }) => platform === undefined);
  const hasComments = ledger.within(body.span).length > 0;
  const fits = column + flat.length <= widthMax;
  if (isFlatForm && fits && !hasComments) return flat;
  const inside = `${indent}  `;
  const items = isFlatForm
    ? body.alternatives.flatMap(({ fields }) =>
        fields.map(({ field, value, span }) => ({
          span,
          print: () => `${field} ${textOf(value.span)}`,
        })),
      )
    : body.alternatives.map((alternative) => ({
        span: alternative.span,
        print: () => flatProgram({ ...body, alternatives: [alternative] }).slice(2, -2),
      }));
  const range = { start: body.span.start + 1, end: body.span.end - 1 };
  const opening = openingComments(ledger, body.span.start, {
    ...range,
    end: items[0]?.span.start ?? range.end,
  });
  const printed = printItems(ledger, items, { range, indent: inside });
  return `{${opening}\n${joinItems(printed, inside)}\n${indent}}`;
}

interface TreePlace {
  readonly nodes: readonly LabelNode[];
  readonly declaration: { readonly span: LabelNode["span"] };
  readonly column: number;
  readonly end: string;
}

function printTree(ledger: CommentLedger, { nodes, declaration, column, end }: TreePlace): string {
  const flat = flatTree(nodes);
  const { source } = declaration.span;
  const [first, last] = [nodes[0], nodes.at(-1)];
  if (first === undefined || last === undefined) return flat;
  const open = source.text.lastIndexOf("{", first.span.start);
  const close = source.text.indexOf(
    "}",
    commentFreeEnd(ledger, last.span.end, declaration.span.end),
  );
  const span = { source, start: open, end: close + 1 };
  const hasComments = ledger.within(span).length > 0;
  if (!hasComments && column + flat.length + end.length <= widthMax) return flat;
  return breakList(ledger, { span }, nodes, { indent: "" }, (node, place) =>
    printNode(ledger, node, place.indent),
  );
}

/** Behind every comment between the last item and the bracket: they may hold brackets too. */
function commentFreeEnd(ledger: CommentLedger, start: number, end: number): number {
  return ledger.within({ start, end }).at(-1)?.span.end ?? start;
}

function printNode(ledger: CommentLedger, node: LabelNode, indent: string): string {
  if (node.children.length === 0) return node.name.text;
  const flat = `${node.name.text} ${flatTree(node.children)}`;
  const hasComments = ledger.within(node.span).length > 0;
  if (!hasComments && indent.length + flat.length + 1 <= widthMax) return flat;
  const list = breakList(ledger, node, node.children, { indent }, (child, place) =>
    printNode(ledger, child, place.indent),
  );
  return `${node.name.text} ${list}`;
}

function flatTree(nodes: readonly LabelNode[]): string {
  return braced(
    nodes.map(({ name, children }) =>
      children.length === 0 ? name.text : `${name.text} ${flatTree(children)}`,
    ),
  );
}

function printTemplate(ledger: CommentLedger, template: TemplateDeclaration): string {
  const { exported, name, parameters, body, span } = template;
  const head = `${exported ? "export " : ""}template ${name.text}`;
  const list = parameters.map((parameter) => `${parameter.name.text}: ${parameter.type.text}`);
  const items = body.map((declaration) => ({
    span: declaration.span,
    print: () => printBodyDeclaration(ledger, declaration, "  "),
  }));
  const afterList = parameters.at(-1)?.span.end ?? name.span.end;
  const close = span.source.text.indexOf(")", commentFreeEnd(ledger, afterList, afterList));
  const open = span.source.text.indexOf("{", close);
  return `${head}${parenthesisedList(list, head.length, 2)} ${block(ledger, items, { open, end: span.end })}`;
}

function printTest(ledger: CommentLedger, test: TestDeclaration): string {
  const items = [
    ...test.fixtures.map((fixture) => ({
      span: fixture.span,
      print: () => printFixture(ledger, fixture),
    })),
    ...test.assertions.map(({ expect, flow, span }) => ({
      span,
      print: () =>
        printFlow(ledger, flow, {
          head: `${expect} `,
          indent: "  ",
          tail: { flat: "", broken: () => "" },
        }),
    })),
  ].sort((a, b) => a.span.start - b.span.start);
  const open = test.span.source.text.indexOf("{", test.title.span.end);
  return `test ${textOf(test.title.span)} ${block(ledger, items, { open, end: test.span.end })}`;
}

function printFixture(ledger: CommentLedger, fixture: Fixture): string {
  const items = fixture.items.map(({ key, values, braced: inBraces }) => {
    const texts = values.map((value) => textOf(value.span));
    return `${key.text} ${inBraces ? braced(texts) : texts.join("")}`;
  });
  const head = `workload ${fixture.name.text} `;
  const hasComments = ledger.within(fixture.span).length > 0;
  const flat = `${head}${braced(items)}`;
  if (!hasComments && flat.length + 2 <= widthMax) return flat;
  const list = fixture.items.map((item, index) => ({ span: item.span, text: items[index] ?? "" }));
  return `${head}${breakList(ledger, fixture, list, { indent: "  " }, ({ text }) => text)}`;
}

function block(
  ledger: CommentLedger,
  items: Parameters<typeof printItems>[1],
  { open, end }: { readonly open: number; readonly end: number },
): string {
  const range = { start: open + 1, end: end - 1 };
  const opening = openingComments(ledger, open, {
    ...range,
    end: items[0]?.span.start ?? range.end,
  });
  const printed = printItems(ledger, items, { range, indent: "  " });
  if (printed.length === 0) return opening === "" ? "{\n}" : `{${opening}\n}`;
  return `{${opening}\n${joinItems(printed, "  ")}\n}`;
}
