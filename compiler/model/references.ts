// The names and parameters an expression mentions, in source order, without looking them up.
import type {
  Parameter,
  QualifiedName,
  ServiceExpression,
  SetExpression,
} from "../../grammar/ast.ts";

export type Reference = QualifiedName | Parameter;

/** Segments, services and programs that a set expression names. */
export function referencesOfSet(expression: SetExpression): readonly Reference[] {
  const found: Reference[] = [];
  collect(expression, found);
  return found;
}

/** Services that a service expression names. */
export function referencesOfService(expression: ServiceExpression): readonly Reference[] {
  return expression.items.flatMap((item) =>
    item.kind === "name" || item.kind === "parameter" ? [item] : [],
  );
}

function collect(expression: SetExpression, found: Reference[]): void {
  switch (expression.kind) {
    case "name":
    case "parameter":
      found.push(expression);
      return;
    case "union":
    case "intersection":
      for (const part of expression.of) collect(part, found);
      return;
    case "difference":
      collect(expression.of, found);
      collect(expression.except, found);
      return;
    case "parenthesised":
      collect(expression.of, found);
      return;
    case "program-at":
      if ("kind" in expression.program) collect(expression.program, found);
      collect(expression.at, found);
      return;
    default:
      return; // built-in sets and literals name nothing
  }
}
