// `# seg-allow SEG702: vendor scanner, SEC-77`: a comment that takes one finding back, where it is and
// with a reason. It speaks of the statement that it stands before, in or behind.
//
// The one idea: only warnings, and of what concerns the whole project (SEG4xx to SEG6xx) only in the
// root module. What does not keep to that suppresses nothing, and is a finding itself (SEG799).
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { IdleReason } from "../diagnostics/messages/lint.ts";
import { type Code, registry } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";
import type { ModuleTree } from "../grammar/ast.ts";
import { isWithin, statementAt } from "./statements.ts";

export interface Suppression {
  readonly code: string;
  readonly reason: string;
  /** The comment. */
  readonly span: Span;
  /** Findings that begin in here. */
  readonly covers: Span | undefined;
  /** Why it can suppress nothing, whatever is found. */
  readonly fault: IdleReason | undefined;
}

export interface IdleSuppression {
  readonly suppression: Suppression;
  readonly why: IdleReason;
}

export interface Suppressed {
  readonly diagnostic: Diagnostic;
  readonly suppression: Suppression;
}

/** Every suppression of every module. */
export function suppressionsIn(
  trees: readonly ModuleTree[],
  /** Codes that the project makes errors. */
  raised: ReadonlySet<string>,
): readonly Suppression[] {
  return trees.flatMap((tree) =>
    tree.comments.flatMap((comment) => {
      if (!/^\s*seg-allow\b/.test(comment.text)) return [];
      const said = /^\s*seg-allow[\s:]*([^\s:,]*)\s*(?::\s*(.*))?$/.exec(comment.text);
      // More before the colon than one code, or no colon: nobody can tell what is meant.
      const code = said?.[1] ?? /SEG\d+/.exec(comment.text)?.[0] ?? "";
      const reason = said?.[2] ?? "";
      const form = said === null ? "form" : faultOf(tree, code, reason.trim());
      const fault = raised.has(code) ? "raised" : form;
      const covers = statementAt(tree, comment);
      return [{ code, reason: reason.trim(), span: comment.span, covers, fault }];
    }),
  );
}

function faultOf(tree: ModuleTree, code: string, reason: string): IdleReason | undefined {
  const entry = registry[code as Code]; // undefined for what is no code
  if (!Object.hasOwn(registry, code)) return "unknown";
  if (code === "SEG799") return "itself";
  if (entry.verb === "compile") return "compile";
  if (entry.severity === "error" && entry.either !== true) return "error";
  if (/^SEG[456]/.test(code) && !tree.isRoot) return "root";
  return reason === "" ? "reason" : undefined;
}

/** Divides findings into those that stand and those that are taken back. */
export function suppress(
  diagnostics: readonly Diagnostic[],
  suppressions: readonly Suppression[],
): { readonly kept: readonly Diagnostic[]; readonly suppressed: readonly Suppressed[] } {
  const kept: Diagnostic[] = [];
  const suppressed: Suppressed[] = [];
  const working = suppressions.filter(({ fault }) => fault === undefined);
  for (const diagnostic of diagnostics) {
    const suppression = working.find((one) => isAbout(one, diagnostic));
    if (suppression === undefined) kept.push(diagnostic);
    else suppressed.push({ diagnostic, suppression });
  }
  return { kept, suppressed };
}

/** Those that could be left out, but for codes of which it is not known what they would say. */
export function idleSuppressions(
  suppressions: readonly Suppression[],
  findings: readonly Diagnostic[],
  unknown: ReadonlySet<string>,
): readonly IdleSuppression[] {
  return suppressions.flatMap((suppression) => {
    const { fault, code } = suppression;
    if (fault !== undefined) return [{ suppression, why: fault }];
    if (unknown.has(code) || findings.some((one) => isAbout(suppression, one))) return [];
    return [{ suppression, why: "nothing" as const }];
  });
}

function isAbout({ code, covers }: Suppression, diagnostic: Diagnostic): boolean {
  const { span, severity } = diagnostic;
  return (
    diagnostic.code === code &&
    severity === "warning" &&
    span !== undefined &&
    covers !== undefined &&
    isWithin(span, covers)
  );
}
