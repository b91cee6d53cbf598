// Where statements stand in a text: which one a comment speaks of, and what goes with one that is
// taken out.
import type { Edit } from "../diagnostics/diagnostic.ts";
import type { Span } from "../diagnostics/source.ts";
import type { Comment, ModuleTree } from "../grammar/ast.ts";

/** Whether `inner` begins in `outer`. */
export const isWithin = (inner: Span, outer: Span): boolean =>
  inner.source.path === outer.source.path &&
  inner.start >= outer.start &&
  inner.start < Math.max(outer.end, outer.start + 1);

/** The statement that a comment stands before, in or behind. */
export function statementAt(tree: ModuleTree, { span, trailing }: Comment): Span | undefined {
  const all = statementsOf(tree);
  if (!trailing) {
    const next = all
      .filter(({ start }) => start >= span.end)
      .reduce<Span | undefined>(
        (best, one) => (best === undefined || one.start < best.start ? one : best),
        undefined,
      );
    if (next !== undefined && isOnlyComments(tree.source.text.slice(span.end, next.start))) {
      return next;
    }
  }
  const around = all.filter((one) => one.start <= span.start && span.start < one.end);
  const smallest = around.reduce<Span | undefined>(
    (best, one) => (best === undefined || sizeOf(one) < sizeOf(best) ? one : best),
    undefined,
  );
  const before = all.filter(
    ({ end, start }) =>
      end <= span.start &&
      start >= (smallest?.start ?? 0) &&
      !tree.source.text.slice(end, span.start).includes("\n"),
  );
  return before.at(-1) ?? smallest;
}

const sizeOf = ({ start, end }: Span) => end - start;

const isOnlyComments = (text: string) => /^(?:\s|#.*)*$/.test(text);

/** The header, declarations, and what stands in templates and guardrails; by where they begin. */
function statementsOf(tree: ModuleTree): readonly Span[] {
  const nested = tree.declarations.flatMap((declaration) => {
    const inner =
      declaration.kind === "template"
        ? declaration.body
        : declaration.kind === "guard"
          ? declaration.exceptions
          : [];
    return [declaration.span, ...inner.map(({ span }) => span)];
  });
  return [...headerOf(tree), ...nested].sort((a, b) => a.start - b.start);
}

/** `module app root by secops`. */
function headerOf({ source, name, by }: ModuleTree): readonly Span[] {
  if (name === undefined) return [];
  const start = source.text.lastIndexOf("module", name.span.start);
  return [{ source, start: Math.max(start, 0), end: (by ?? name).span.end }];
}

/**
 * Takes a statement out with the line it stands on, the comment behind it and those that stand right
 * above it: they speak of it.
 */
export function removal({ source, start, end }: Span): readonly Edit[] {
  const { text } = source;
  let from = lineStart(text, start);
  const behind = /^[^\S\n]*(?:#[^\n]*)?(?:\r?\n|$)/.exec(text.slice(end));
  // Something else on its lines stays as it is.
  if (behind === null || text.slice(from, start).trim() !== "") {
    return [{ span: { source, start, end }, text: "" }];
  }
  for (;;) {
    const above = lineStart(text, from - 1);
    if (from === 0 || !/^\s*#/.test(text.slice(above, from))) break;
    from = above;
  }
  return [{ span: { source, start: from, end: end + behind[0].length }, text: "" }];
}

const lineStart = (text: string, at: number) => text.lastIndexOf("\n", Math.max(at - 1, -1)) + 1;
