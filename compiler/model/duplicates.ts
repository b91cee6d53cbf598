// Keeps spaces of names free of duplicates: SEG202 stands at the later declaration and points to
// the first, wherever the two stand in the file.
import { diagnose } from "../../diagnostics/registry.ts";
import { positionAt, type Span } from "../../diagnostics/source.ts";
import { type Context, report } from "./context.ts";

export interface Declared {
  readonly name: string;
  readonly span: Span;
  /** "segment", "label": what the later one is called in the message. */
  readonly noun: string;
}

/** Reports that two declarations in one file have one name. */
export function reportDuplicate(context: Context, one: Declared, other: Declared): void {
  const [first, later] = one.span.start <= other.span.start ? [one, other] : [other, one];
  const { line } = positionAt(first.span.source, first.span.start);
  report(
    context,
    diagnose(
      "SEG202",
      later.span,
      { kind: later.noun, name: later.name, line },
      { label: "declared again", related: [{ message: "first declared here", span: first.span }] },
    ),
  );
}

/** The names that more than one of `declared` has; each repetition is reported. */
export function reportDuplicates(
  context: Context,
  declared: readonly Declared[],
): ReadonlySet<string> {
  const first = new Map<string, Declared>();
  const repeated = new Set<string>();
  for (const one of declared) {
    const known = first.get(one.name);
    if (known === undefined) first.set(one.name, one);
    else {
      repeated.add(one.name);
      reportDuplicate(context, known, one);
    }
  }
  return repeated;
}
