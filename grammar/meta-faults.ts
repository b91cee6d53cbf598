// Which items may stand in the braces after a statement: the table of language.md section 5.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import { type Span, textOf } from "../diagnostics/source.ts";
import type { Meta, MetaItem } from "./ast.ts";

/** What the braces belong to. */
export type MetaPlace = "allow" | "deny" | "guard" | "exception" | "observe";

type Kind = MetaItem["kind"];

/** What may stand there as far as syntax goes. */
const legal: Readonly<Record<MetaPlace, readonly Kind[]>> = {
  allow: ["because", "ticket", "until", "log", "family", "fallback-network", "fallback-cidr"],
  deny: ["because", "ticket", "until", "log", "family", "fallback-network"],
  guard: ["because", "ticket"],
  exception: ["because", "ticket", "until"],
  observe: ["because", "ticket"],
};

/** Told by their meaning, later (SEG312, SEG314): nothing to advise. */
const refusedLater: Readonly<Record<MetaPlace, readonly Kind[]>> = {
  allow: [],
  deny: ["until", "fallback-network"],
  guard: [],
  exception: [],
  observe: [],
};

const places: Readonly<Record<MetaPlace, string>> = {
  allow: "on `allow`",
  deny: "on `deny`",
  guard: "on a guardrail",
  exception: "on the exception of a guardrail",
  observe: "on `observe`",
};

/** All problems of one block, in source order. */
export function checkMeta(
  meta: Meta,
  options: { readonly place: MetaPlace; readonly hasExceptions: boolean },
): readonly Diagnostic[] {
  if (meta.items.length === 0 && !options.hasExceptions) return [empty(meta.span)];
  const found: Diagnostic[] = [];
  const seen: { [kind in Kind]?: Span } = {};
  for (const item of meta.items) {
    const first = seen[item.kind];
    if (!legal[options.place].includes(item.kind)) found.push(misplaced(item, options.place));
    else if (first !== undefined) found.push(twice(item, first));
    seen[item.kind] ??= item.span;
  }
  return found;
}

function empty(span: Span): Diagnostic {
  return diagnose("SEG117", span, { empty: true }, { fix: [{ span, text: "" }] });
}

function misplaced(item: MetaItem, place: MetaPlace): Diagnostic {
  const words = legal[place]
    .filter((kind) => !refusedLater[place].includes(kind))
    .map((kind) => `\`${wordsOf(kind)}\``)
    .join(", ");
  const help =
    place === "observe" && item.kind === "until"
      ? "the end date stands in the head: `observe … until YYYY-MM-DD`"
      : `legal here: ${words}`;
  return diagnose(
    "SEG118",
    item.span,
    { item: wordsOf(item.kind), place: places[place] },
    { help },
  );
}

function twice(item: MetaItem, first: Span): Diagnostic {
  const span = item.span;
  const related = [{ message: `given here first: ${textOf(first)}`, span: first }];
  return diagnose(
    "SEG117",
    span,
    { item: wordsOf(item.kind) },
    { related, fix: [{ span, text: "" }] },
  );
}

function wordsOf(kind: Kind): string {
  return kind.replace("-", " ");
}
