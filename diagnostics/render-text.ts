// A diagnostic -> what a person reads. The first line alone says severity, code, place and cause,
// so that `grep` and a terminal's links work; below it the excerpt, what else matters, what to do.
//
//   error SEG304 at crm.seg:14:61: `handles` is a set; use `handles has payment`
//      |
//   14 | segment cards = workloads where handles is payment
//      |                                         ^^^^^^^^^^
//   help: write `handles has payment`
//   page: docs/diagnostics/SEG304.md (label-kind-mismatch)
import type { Diagnostic, Related } from "./diagnostic.ts";
import { escapeText } from "./render-display.ts";
import { excerptLines, gutterWidthOf } from "./render-excerpt.ts";
import { fixLines } from "./render-fix.ts";
import { plainStyle, type Style } from "./render-style.ts";
import { positionAt, type Span } from "./source.ts";

/** Related places shown with their text; further ones are only counted. */
const relatedMax = 5;
const messageLengthMax = 2_000;

/** The page of a code, relative to the package. */
export function pageOf(code: string): string {
  return `docs/diagnostics/${code}.md`;
}

/** `crm.seg:14:61`. */
export function placeOf(span: Span): string {
  const { line, column } = positionAt(span.source, span.start);
  return `${escapeText(span.source.path)}:${line}:${column}`;
}

/** One diagnostic as text, ending with a line break. */
export function renderText(diagnostic: Diagnostic, style: Style = plainStyle): string {
  const width = gutterWidth(diagnostic);
  const lines = [
    headline(diagnostic, style),
    ...(diagnostic.span === undefined
      ? []
      : excerptLines(diagnostic.span, diagnostic.label, width, {
          caret: style[diagnostic.severity],
          gutter: style.faint,
        })),
    ...(diagnostic.related ?? [])
      .slice(0, relatedMax)
      .flatMap((related) => relatedLines(related, width, style)),
    ...moreRelated(diagnostic, style),
    ...(diagnostic.notes ?? []).map((note) => `${style.note("note:")} ${sentence(note)}`),
    ...helpLines(diagnostic, width, style),
    style.faint(`page: ${pageOf(diagnostic.code)} (${diagnostic.name})`),
  ];
  return `${lines.join("\n")}\n`;
}

function headline({ severity, code, span, message }: Diagnostic, style: Style): string {
  const head = style[severity](`${severity} ${code}`);
  const place = span === undefined ? "" : ` at ${placeOf(span)}`;
  return `${head}${style.strong(`${place}: ${sentence(message)}`)}`;
}

function relatedLines({ message, span }: Related, width: number, style: Style): readonly string[] {
  if (span === undefined) return [`${style.note("note:")} ${sentence(message)}`];
  return [
    `${style.note("note")} at ${placeOf(span)}: ${sentence(message)}`,
    ...excerptLines(span, undefined, width, { caret: style.note, gutter: style.faint }),
  ];
}

function moreRelated({ related = [] }: Diagnostic, style: Style): readonly string[] {
  const more = related.length - relatedMax;
  if (more <= 0) return [];
  return [`${style.note("note:")} and ${more} more ${more === 1 ? "place" : "places"}`];
}

function helpLines({ help, fix = [] }: Diagnostic, width: number, style: Style): string[] {
  const changed = fixLines(fix, width, style);
  if (help === undefined && changed.length === 0) return [];
  return [`${style.help("help:")} ${sentence(help ?? "change it like this")}`, ...changed];
}

/** One width for all excerpts of a diagnostic, so that their bars stand in one line. */
function gutterWidth({ span, related = [] }: Diagnostic): number {
  const spans = [span, ...related.slice(0, relatedMax).map((place) => place.span)];
  return Math.max(...spans.map((place) => (place === undefined ? 1 : gutterWidthOf(place))));
}

function sentence(text: string): string {
  const shown = text.length > messageLengthMax ? `${text.slice(0, messageLengthMax)}…` : text;
  return escapeText(shown);
}
