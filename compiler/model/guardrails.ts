// Guardrails and their exceptions. One faulty exception takes the whole guardrail out: without it
// the guardrail would accuse flows that the author excused.
import type { GuardDeclaration, GuardException } from "../../grammar/ast.ts";
import type { Build, Context } from "./context.ts";
import { reportDuplicates } from "./duplicates.ts";
import { checkFlow } from "./flows.ts";
import { readMeta } from "./meta.ts";
import type { ModuleScope } from "./scope.ts";
import { sha256 } from "./sha256.ts";
import { shortIds } from "./short-ids.ts";
import type { Exception, Guardrail } from "./types.ts";

/** Every guardrail, sorted by id. Equal unnamed ones are one. */
export function checkGuardrails(build: Build): readonly Guardrail[] {
  const result = new Map<string, Guardrail>();
  for (const scope of build.modules.values()) {
    const context = { build, scope };
    reportRuleNames(context, scope);
    for (const declaration of scope.tree.declarations) {
      if (declaration.kind !== "guard") continue;
      const guardrail = checkGuardrail(context, scope, declaration);
      if (guardrail !== undefined && !result.has(guardrail.id)) result.set(guardrail.id, guardrail);
    }
  }
  const idFor = shortIds();
  return [...result]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, guardrail]) =>
      isDigest(id) ? { ...guardrail, id: `g-${idFor(id.slice(2))}` } : guardrail,
    );
}

/** Of an unnamed guardrail; the others have a dot. */
const isDigest = (id: string): boolean => !id.includes(".");

/** Rules and guardrails of a module share one space of names. */
function reportRuleNames(context: Context, scope: ModuleScope): void {
  const declared = scope.tree.declarations.flatMap((declaration) => {
    if (declaration.kind !== "rule" && declaration.kind !== "guard") return [];
    const { name } = declaration;
    const noun = declaration.kind === "rule" ? "rule" : "guardrail";
    return name === undefined ? [] : [{ name: name.text, span: name.span, noun }];
  });
  reportDuplicates(context, declared);
}

function checkGuardrail(
  context: Context,
  scope: ModuleScope,
  declaration: GuardDeclaration,
): Guardrail | undefined {
  const { verb, name, span } = declaration;
  const checked = checkFlow(context, declaration.flow, "other");
  const names = declaration.exceptions.map((one) => one.name);
  reportDuplicates(
    context,
    names.map(({ text, span: at }) => ({ name: text, span: at, noun: "exception" })),
  );
  const exceptions = declaration.exceptions.map((one) => checkException(context, one));
  const known = exceptions.filter((one) => one !== undefined);
  const read = readMeta(declaration.meta);
  const module = context.build.authored.get(scope);
  if (checked === undefined || read === undefined || module === undefined) return undefined;
  if (known.length < exceptions.length) return undefined;
  const excepted = known.map((one) => one.key).sort();
  const text = [scope.name, `${verb} ${checked.key} ${read.key}`, ...excepted].join("\n");
  return {
    id: name === undefined ? `g-${sha256(text)}` : `${scope.name}.${name.text}`,
    module,
    verb,
    flow: checked.flow,
    exceptions: known.map((one) => one.exception),
    meta: read.meta,
    span,
  };
}

function checkException(
  context: Context,
  { name, flow: tree, meta, span }: GuardException,
): { readonly exception: Exception; readonly key: string } | undefined {
  const checked = checkFlow(context, tree, "other");
  const read = readMeta(meta);
  if (checked === undefined || read === undefined) return undefined;
  const { flow, key } = checked;
  const exception = { name: name.text, flow, until: read.meta.until, span };
  return { exception, key: `except ${name.text} ${key} ${read.key}` };
}
