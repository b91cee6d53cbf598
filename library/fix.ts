// A project -> the same with everything put right that `lint` can put right by itself, as texts: nothing
// is written here. Files that change are formatted as `segc fmt` does, and a fix that would leave the
// policy with an error is not made.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { formatModule } from "../grammar/print.ts";
import { apart, withFixes } from "../lint/apply-edits.ts";
import { fixClaim } from "../lint/fix-claims.ts";
import type { FixClaim } from "../lint/rule.ts";
import type { Files } from "../project/files.ts";
import { type LintOptions, type LintResult, lint } from "./lint.ts";

export interface Fixed {
  /** As it was found; its place is in the text that it was found in. */
  readonly diagnostic: Diagnostic;
  readonly claim: FixClaim;
}

export interface FixResult {
  /** What is left. */
  readonly linted: LintResult;
  /** In the order made. */
  readonly fixed: readonly Fixed[];
  /** Path to new text, of files that change. */
  readonly changed: ReadonlyMap<string, string>;
}

export interface FixOptions extends LintOptions {
  /** Fixes to make, in this order; default: those that keep the meaning, then the others. */
  readonly claims?: readonly FixClaim[];
}

/** Fixes may bring each other about, but not for ever. */
const roundsMax = 20;

const everyClaim: readonly FixClaim[] = [
  "keeps the meaning",
  "keeps what is allowed today",
  "changes the meaning",
];

/** Makes fixes until there are none to make. */
export function fix(files: Files, { claims, ...options }: FixOptions): FixResult {
  const wanted = claims ?? everyClaim;
  const refused = new Set<string>();
  const fixed: Fixed[] = [];
  let changed: ReadonlyMap<string, string> = new Map();
  let linted = lint(files, options);
  for (let round = 0; round < roundsMax && linted.complete; round++) {
    const step = nextStep(linted, wanted, (diagnostic) => !refused.has(keyOf(diagnostic)));
    if (step.length === 0) break;
    const made = (part: readonly Diagnostic[]) => {
      const texts = new Map([...changed, ...textsAfter(linted, part)]);
      const after = lint(overlaid(files, texts), options);
      return after.complete ? { part, texts, after } : undefined;
    };
    let done = made(step);
    if (done === undefined) {
      // One of them does harm: they are taken one by one, and what does is left out.
      for (const one of step) {
        const more = made([...(done?.part ?? []), one]);
        if (more === undefined) refused.add(keyOf(one));
        else done = more;
      }
    }
    if (done === undefined) continue;
    const claimOf = ({ code }: Diagnostic) => fixClaim(code) ?? "changes the meaning";
    fixed.push(...done.part.map((diagnostic) => ({ diagnostic, claim: claimOf(diagnostic) })));
    [changed, linted] = [done.texts, done.after];
  }
  return { linted, fixed, changed };
}

/**
 * The fixes of policy files that can be made at once: those of one claim. What keeps the meaning does so
 * as it is now, and comes before anything that changes it.
 */
function nextStep(
  { project, diagnostics }: LintResult,
  claims: readonly FixClaim[],
  isWanted: (diagnostic: Diagnostic) => boolean,
): readonly Diagnostic[] {
  const paths = new Set(project.sources.map(({ path }) => path));
  const fixable = diagnostics.filter(({ fix: edits = [], span }) => {
    const inPolicy = span !== undefined && paths.has(span.source.path);
    return inPolicy && edits.length > 0 && edits.every((edit) => edit.span.source === span.source);
  });
  for (const claim of claims) {
    const chosen = fixable.filter((one) => fixClaim(one.code) === claim && isWanted(one));
    const byFile = Map.groupBy(chosen, ({ span }) => span?.source.path);
    if (chosen.length > 0) return [...byFile.values()].flatMap(apart);
  }
  return [];
}

/** The files that the fixes change, formatted. */
function textsAfter(
  { project }: LintResult,
  findings: readonly Diagnostic[],
): readonly (readonly [string, string])[] {
  return project.sources.flatMap(({ path, text }) => {
    const here = findings.filter(({ span }) => span?.source.path === path);
    if (here.length === 0) return [];
    return [[path, formatModule({ path, text: withFixes(text, here) }).text] as const];
  });
}

/** The same files, some with another text. */
function overlaid(files: Files, texts: ReadonlyMap<string, string>): Files {
  const encoder = new TextEncoder();
  return {
    ...files,
    read: (path, bytesMax) => {
      const text = texts.get(path);
      return text === undefined
        ? files.read(path, bytesMax)
        : { ok: true, bytes: encoder.encode(text) };
    },
  };
}

/** Equal for a finding before and after others were put right: places move, lines stay. */
function keyOf({ code, message, span }: Diagnostic): string {
  const { text = "" } = span?.source ?? {};
  const start = text.lastIndexOf("\n", (span?.start ?? 0) - 1) + 1;
  const line = text.slice(start).split("\n", 1)[0]?.trim();
  return JSON.stringify([code, message, span?.source.path, line]);
}
