// A generated project made free of errors: what a statement is refused for is not what properties
// of meaning are about, so statements with an error are left out.
import { positionAt } from "../../diagnostics/source.ts";
import { type CheckResult, check } from "../../index.ts";
import { memoryFiles } from "./memory-files.ts";
import { type GeneratedProject, withoutLines } from "./project.ts";

export interface SoundProject {
  readonly project: GeneratedProject;
  readonly checked: CheckResult;
}

/** Drops the lines that have errors until none is left. */
export function soundProject(project: GeneratedProject, now: string): SoundProject {
  const checked = check(memoryFiles(project.files), { now });
  const errors = checked.diagnostics.filter(({ severity }) => severity === "error");
  if (errors.length === 0) return { project, checked };
  const lines = new Set(
    errors.map(({ span, message }) => {
      if (span?.source.path !== "lab.seg") throw new Error(`not repairable: ${message}`);
      return positionAt(span.source, span.start).line;
    }),
  );
  return soundProject(withoutLines(project, lines), now);
}
