// Service expressions as they are written: which of them rules and declarations hold.
import type {
  Declaration,
  ModuleTree,
  ServiceDeclaration,
  ServiceExpression,
  ServiceItem,
} from "../grammar/ast.ts";

/** `service NAME = …` of a module, without those of templates. */
export function serviceDeclarations({ declarations }: ModuleTree): readonly ServiceDeclaration[] {
  return declarations.filter((one) => one.kind === "service");
}

/**
 * The services of rules, those in templates too. What a guardrail, a delegation or a test says must not follow
 * a name that somebody else may give another meaning.
 */
export function serviceExpressions({ declarations }: ModuleTree): readonly ServiceExpression[] {
  return declarations.flatMap(expressionsIn);
}

function expressionsIn(declaration: Declaration): readonly ServiceExpression[] {
  switch (declaration.kind) {
    case "rule":
      return [declaration.flow.service];
    case "template":
      return declaration.body.flatMap((one) => (one.kind === "rule" ? [one.flow.service] : []));
    default:
      return [];
  }
}

/** Whether it is `udp/53` itself, no range around it. */
export function isPort(item: ServiceItem, protocol: "tcp" | "udp", port: number): boolean {
  return (
    item.kind === "ports" &&
    item.protocol === protocol &&
    item.range?.first === port &&
    item.range.last === port
  );
}
