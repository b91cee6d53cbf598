// TypeScript sources -> the few constructs that the house has rules about.
import ts from "typescript";

export interface Found {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/**
 * `x as T` without a comment on its lines or the two above. Left out: `as const`, which asserts
 * nothing, and `as number`, which reads of typed arrays need.
 */
export function bareAssertions(file: string, text: string): readonly Found[] {
  const lines = text.split("\n");
  return nodesOf(file, text).flatMap(({ source, node }) => {
    if (!ts.isAsExpression(node)) return [];
    const type = node.type.getText(source);
    if (type === "const" || type === "number") return [];
    const { first, last } = linesOf(source, node);
    const around = lines.slice(Math.max(0, first - 2), last + 1).join("\n");
    return /\/\/|\*\//.test(around) ? [] : [{ line: first + 1, text: `as ${type}` }];
  });
}

/** Everything thrown that does not say that it is a bug in segc. */
export function foreignThrows(file: string, text: string): readonly Found[] {
  return nodesOf(file, text).flatMap(({ source, node }) => {
    if (!ts.isThrowStatement(node)) return [];
    const thrown = node.expression.getText(source);
    if (/bug in segc/.test(thrown)) return [];
    return [{ line: linesOf(source, node).first + 1, text: thrown.replace(/\s+/g, " ") }];
  });
}

function nodesOf(file: string, text: string) {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
  const found: { readonly source: ts.SourceFile; readonly node: ts.Node }[] = [];
  const visit = (node: ts.Node) => {
    found.push({ source, node });
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function linesOf(source: ts.SourceFile, node: ts.Node) {
  return {
    first: source.getLineAndCharacterOfPosition(node.getStart(source)).line,
    last: source.getLineAndCharacterOfPosition(node.end).line,
  };
}
