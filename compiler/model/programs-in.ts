// Which programs a set asks for, or leaves out.
import type { EndpointSet, Program } from "./types.ts";

/** Every program a set names. */
export function programsIn(set: EndpointSet): readonly Program[] {
  switch (set.kind) {
    case "program":
      return [set.program, ...programsIn(set.of)];
    case "union":
    case "intersection":
      return set.of.flatMap(programsIn);
    case "difference":
      return [...programsIn(set.of), ...programsIn(set.except)];
    default:
      return [];
  }
}
