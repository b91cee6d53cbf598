// Guardrails, decided with the naive meaning over the finite space of space.ts. Each fault is one
// diagnostic with a flow that shows it.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { checkAlways } from "./always.ts";
import { checkNever, endedExceptions } from "./never.ts";
import type { Space } from "./space.ts";

/** SEG601, 603, 604, 605 and 606 of every guardrail, in id order. */
export function checkGuardrails(space: Space): readonly Diagnostic[] {
  return space.world.model.guardrails.flatMap((guardrail) =>
    guardrail.verb === "always"
      ? [...checkAlways(space, guardrail), ...endedExceptions(space, guardrail, [])]
      : checkNever(space, guardrail),
  );
}
