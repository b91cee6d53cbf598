// Rules and their ids (language.md 6.1): named ones by module, use and name, unnamed ones by the
// hash of what they say with every name resolved, so that moving or reformatting keeps the id.
import type { Span } from "../../diagnostics/source.ts";
import type { RuleDeclaration } from "../../grammar/ast.ts";
import type { Build, Context } from "./context.ts";
import { reportDuplicates } from "./duplicates.ts";
import { checkFlow, completed } from "./flows.ts";
import { checkAllowMeta, checkDenyMeta, readMeta } from "./meta.ts";
import { authorOf, type InstanceScope, type ModuleScope } from "./scope.ts";
import { sha256 } from "./sha256.ts";
import { shortIds } from "./short-ids.ts";
import type { Rule } from "./types.ts";

/** Every rule of the project, those of template instances too, sorted by id. */
export function checkRules(build: Build): readonly Rule[] {
  const rules = new Map<string, Rule>();
  const add = (rule: Rule) => {
    const known = rules.get(rule.id);
    if (known === undefined) rules.set(rule.id, rule);
    else rules.set(rule.id, { ...known, duplicates: [...known.duplicates, rule.span] });
  };
  for (const scope of build.modules.values()) {
    const declarations = scope.tree.declarations.filter((one) => one.kind === "rule");
    for (const rule of rulesOf({ build, scope }, scope, declarations)) add(rule);
  }
  for (const scope of build.bodies.values()) bodyRules(build, scope); // for what it reports
  for (const scope of build.instances.values()) {
    for (const rule of bodyRules(build, scope)) add(rule);
  }
  const idFor = shortIds();
  return [...rules.values()]
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((rule) => (rule.named ? rule : { ...rule, id: `r-${idFor(rule.id.slice(2))}` }));
}

function bodyRules(build: Build, scope: InstanceScope): readonly Rule[] {
  const context = { build, scope };
  const declarations = scope.template.declaration.body.filter((one) => one.kind === "rule");
  const named = declarations.flatMap(({ name }) => (name === undefined ? [] : [name]));
  reportDuplicates(
    context,
    named.map(({ text, span }) => ({ name: text, span, noun: "rule" })),
  );
  return rulesOf(context, scope, declarations);
}

/** An unnamed rule has the whole digest still. A second rule of one name was reported where names are declared; the first one stays. */
function rulesOf(
  context: Context,
  scope: ModuleScope | InstanceScope,
  declarations: readonly RuleDeclaration[],
): readonly Rule[] {
  const names = new Set<string>();
  return declarations.flatMap((declaration) => {
    const rule = checkRule(context, scope, declaration);
    const name = declaration.name?.text;
    if (rule === undefined || (name !== undefined && names.has(name))) return [];
    if (name !== undefined) names.add(name);
    return [rule];
  });
}

function checkRule(
  context: Context,
  scope: ModuleScope | InstanceScope,
  declaration: RuleDeclaration,
): Rule | undefined {
  const { effect, staged, span } = declaration;
  const checked = checkFlow(context, declaration.flow, effect === "allow" ? "allow" : "other");
  const read = readMeta(declaration.meta);
  const fits =
    effect === "deny"
      ? checkDenyMeta(context, declaration.meta)
      : checked !== undefined && checkAllowMeta(context, declaration.meta, checked);
  const author = authorOf(scope);
  const module = context.build.authored.get(author);
  if (checked === undefined || read === undefined || !fits || module === undefined)
    return undefined;
  const use = scope.kind === "instance" ? scope.use : undefined;
  const path = [author.name, ...(use === undefined ? [] : [use.name])].join(".");
  const name = declaration.name?.text;
  const text = `${staged ? "staged " : ""}${effect} ${checked.key} ${read.key}`;
  return {
    id: name === undefined ? `r-${sha256(`${path}\n${text}`)}` : `${path}.${name}`,
    named: name !== undefined,
    module,
    effect,
    staged,
    flow: completed(checked, read.meta, read.family),
    meta: read.meta,
    span,
    use: use?.declaration.span,
    duplicates: [] satisfies Span[],
  };
}
