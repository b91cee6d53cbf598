// Rules of the model, put together by where they are written: a rule of a template stands once in
// the text and means something in each use. What is said of the text must hold in all of them.
import type { Model, Rule } from "../compiler/model/types.ts";
import { compareSpans, type Span } from "../diagnostics/source.ts";
import type { ModuleTree, RuleDeclaration } from "../grammar/ast.ts";

export interface WrittenRule {
  readonly span: Span;
  readonly tree: RuleDeclaration;
  /** One, but for a rule of a template: one for each use. */
  readonly rules: readonly [Rule, ...Rule[]];
}

/** In the order of files and places; rules of templates that nobody uses are not among them. */
export function writtenRules(model: Model, trees: readonly ModuleTree[]): readonly WrittenRule[] {
  const byPlace = new Map<string, [Rule, ...Rule[]]>();
  for (const rule of model.rules) {
    const known = byPlace.get(placeOf(rule.span));
    if (known === undefined) byPlace.set(placeOf(rule.span), [rule]);
    else known.push(rule);
  }
  return trees
    .flatMap(ruleTrees)
    .flatMap((tree) => {
      const rules = byPlace.get(placeOf(tree.span));
      return rules === undefined ? [] : [{ span: tree.span, tree, rules }];
    })
    .sort((a, b) => compareSpans(a.span, b.span));
}

/** How messages call a rule: its name, or what it says. */
export function nameOf(rule: Rule): string {
  return rule.named ? rule.id : rule.flow.text;
}

const placeOf = ({ source, start }: Span) => `${source.path} ${start}`;

function ruleTrees({ declarations }: ModuleTree): readonly RuleDeclaration[] {
  return declarations.flatMap((declaration) => {
    if (declaration.kind === "rule") return [declaration];
    if (declaration.kind !== "template") return [];
    return declaration.body.filter((one) => one.kind === "rule");
  });
}
