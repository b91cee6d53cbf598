// Generated projects made free of errors, so that there is something to compile.
import type { UtcDate } from "../../compiler/model/types.ts";
import { type CompileResult, compile } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { type GeneratedProject, withoutLines } from "../generated/project.ts";

/** The project without the lines at which an error points, until there is none. */
export function repaired(
  project: GeneratedProject,
  now: UtcDate,
  minimise = true,
): {
  readonly project: GeneratedProject;
  readonly result: CompileResult;
} {
  const result = compile(memoryFiles(project.files), { now, minimise });
  if (result.compiled !== undefined) return { project, result };
  const lines = new Set(
    result.diagnostics
      .filter(({ severity }) => severity === "error")
      .flatMap(({ span }) => (span === undefined ? [] : [lineOf(span)])),
  );
  const smaller = withoutLines(project, lines);
  if (smaller.statements.length === project.statements.length) {
    throw new Error(`cannot be repaired: ${JSON.stringify(result.diagnostics, undefined, 1)}`);
  }
  return repaired(smaller, now, minimise);
}

const lineOf = ({
  source,
  start,
}: {
  readonly source: { readonly text: string };
  readonly start: number;
}) => source.text.slice(0, start).split("\n").length;
