// Looks up a name as written, `web` or `prod.web`, and says what is wrong when it means nothing
// here (SEG201, SEG203). `lookUp` is silent; `resolveName` reports.
import type { Edit } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import { nearest } from "../../diagnostics/suggest.ts";
import type { Name, QualifiedName } from "../../grammar/ast.ts";
import { isBroken } from "./broken-names.ts";
import { type Build, type Context, report } from "./context.ts";
import { importsOf } from "./imports.ts";
import {
  type Meaning,
  type ModuleScope,
  meaningOf,
  moduleOf,
  nounOf,
  type Scope,
  type Use,
  wrong,
} from "./scope.ts";

type LookUp =
  | { readonly found: Meaning }
  | { readonly unknown: Name; readonly use: Use | undefined }
  | { readonly hidden: Name; readonly use: Use };

/** What the name means in the scope; says nothing. */
export function lookUp(build: Build, scope: Scope, name: QualifiedName): LookUp {
  const [head, member, beyond] = name.parts;
  const meaning = head === undefined ? wrong : meaningOf(scope, head.text);
  if (head === undefined || meaning?.kind === "wrong") return { found: wrong };
  if (meaning === undefined) return { unknown: head, use: undefined };
  if (member === undefined) return { found: meaning };
  if (meaning.kind !== "use") return { unknown: member, use: undefined };
  const instance = build.instances.get(meaning);
  if (instance === undefined) return { found: wrong };
  const item = instance.members.get(member.text);
  if (item === undefined) return { unknown: member, use: meaning };
  if (beyond !== undefined) return { unknown: beyond, use: undefined };
  return item.kind === "wrong" || item.exported
    ? { found: item }
    : { hidden: member, use: meaning };
}

/** What the name means in the context; undefined where that is wrong, reported here or before. */
export function resolveName(
  context: Context,
  name: QualifiedName,
): Exclude<Meaning, { kind: "wrong" }> | undefined {
  const result = lookUp(context.build, context.scope, name);
  if ("found" in result) return result.found.kind === "wrong" ? undefined : result.found;
  if ("hidden" in result) reportHidden(context, result.hidden, result.use);
  else if (isBrokenIn(context, result)) return undefined;
  else if (result.use !== undefined) reportUnknownMember(context, result.unknown, result.use);
  else reportUnknown(context, name);
  return undefined;
}

/** Where the declaration was not understood, which was reported, its uses stay silent. */
function isBrokenIn(
  { build, scope }: Context,
  { unknown, use }: Extract<LookUp, { unknown: Name }>,
): boolean {
  const instance = use === undefined ? undefined : build.instances.get(use);
  return isBroken((instance?.module ?? moduleOf(scope)).tree, unknown.text);
}

/** Reports a name that means something, but nothing that can stand here. */
export function reportOtherKind(
  context: Context,
  name: QualifiedName,
  meaning: Exclude<Meaning, { kind: "wrong" }>,
  wanted: string,
): void {
  const text = textOfName(name);
  const parameters = { why: "other-kind", name: text, found: nounOf(meaning), wanted } as const;
  const members = meaning.kind === "use" ? exportedMembers(context.build, meaning) : [];
  const notes = members.length > 0 ? [`\`${text}\` has ${quoted(members)}`] : [];
  report(context, diagnose("SEG201", name.span, parameters, { notes }));
}

/** `prod.web`, as one text. */
export function textOfName(name: QualifiedName): string {
  return name.parts.map((part) => part.text).join(".");
}

function reportHidden(context: Context, member: Name, use: Use): void {
  const instance = context.build.instances.get(use);
  const holder = `template \`${instance?.template.name ?? use.name}\``;
  const owner = instance?.module.tree.by?.text;
  report(context, diagnose("SEG203", member.span, { name: member.text, holder, owner }));
}

function reportUnknownMember(context: Context, member: Name, use: Use): void {
  const members = exportedMembers(context.build, use);
  const [best] = nearest(member.text, members, 1);
  const suggestion = best === undefined ? "" : `; did you mean \`${use.name}.${best}\`?`;
  const where = `\`${use.name}\``;
  const parameters = { why: "unknown", name: member.text, where, suggestion } as const;
  report(context, diagnose("SEG201", member.span, parameters));
}

function reportUnknown(context: Context, name: QualifiedName): void {
  const { build, scope } = context;
  const text = textOfName(name);
  const module = moduleOf(scope);
  const suggestions = suggestionsFor(build, scope, text);
  const where = `module \`${module.name}\``;
  const suggestion =
    suggestions.near === undefined ? "" : `; did you mean \`${suggestions.near}\`?`;
  const parameters = { why: "unknown", name: text, where, suggestion } as const;
  const elsewhere = suggestions.exporters.map((one) => importEdit(module, one, suggestions.import));
  const [only] = elsewhere;
  const help = suggestions.exporters.map(
    (one) => `\`import { ${suggestions.import} } from ${one.name}\``,
  );
  report(
    context,
    diagnose("SEG201", name.span, parameters, {
      ...(help.length > 0 ? { help: `import it: ${help.join(" or ")}` } : {}),
      ...(elsewhere.length === 1 && only !== undefined && suggestions.exact ? { fix: [only] } : {}),
    }),
  );
}

interface Suggestions {
  readonly near: string | undefined;
  /** The name to import, and the modules that export it. */
  readonly import: string;
  readonly exporters: readonly ModuleScope[];
  readonly exact: boolean;
}

const suggestionsMax = 500;
const remembered = new WeakMap<Build, Map<string, Suggestions>>();

/** Remembered, and limited: ten thousand misspellings must not cost ten thousand searches. */
function suggestionsFor(build: Build, scope: Scope, text: string): Suggestions {
  const known = remembered.get(build) ?? new Map<string, Suggestions>();
  remembered.set(build, known);
  const key = `${moduleOf(scope).name}:${scope.kind === "module" ? "" : "inner"}:${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  const made =
    known.size < suggestionsMax
      ? suggest(build, scope, text)
      : { near: undefined, import: text, exporters: [], exact: false };
  known.set(key, made);
  return made;
}

function suggest(build: Build, scope: Scope, text: string): Suggestions {
  const module = moduleOf(scope);
  const [head = text, member] = text.split(".");
  const named = member !== undefined && build.modules.has(head) ? member : head;
  const exporters = exportersOf(build, named).filter((one) => one !== module);
  if (exporters.length > 0 && !namesIn(build, scope).has(text)) {
    return { near: undefined, import: named, exporters, exact: named === text };
  }
  const [near] = nearest(text, namesIn(build, scope), 1);
  if (near !== undefined) return { near, import: text, exporters: [], exact: false };
  const foreign = new Set([...build.modules.values()].flatMap(exportsOf));
  const [elsewhere] = nearest(text, foreign, 1);
  if (elsewhere === undefined) return { near, import: text, exporters: [], exact: false };
  const from = exportersOf(build, elsewhere).filter((one) => one !== module);
  return { near: elsewhere, import: elsewhere, exporters: from, exact: false };
}

const exportsOf = (scope: ModuleScope): string[] =>
  [...scope.own].flatMap(([name, one]) => ("exported" in one && one.exported ? [name] : []));

function exportersOf(build: Build, name: string): readonly ModuleScope[] {
  return [...build.modules.values()].filter((scope) => {
    const meaning = scope.own.get(name);
    return meaning !== undefined && "exported" in meaning && meaning.exported;
  });
}

/** Every name that would resolve here, `use.member` included. */
function namesIn(build: Build, scope: Scope): ReadonlySet<string> {
  const inner =
    scope.kind === "instance" ? scope.members : scope.kind === "test" ? scope.fixtures : undefined;
  const result = new Set<string>(inner?.keys());
  for (const [name, meaning] of moduleOf(scope).names) {
    result.add(name);
    if (meaning.kind !== "use") continue;
    for (const member of exportedMembers(build, meaning)) result.add(`${name}.${member}`);
  }
  return result;
}

function exportedMembers(build: Build, use: Use): readonly string[] {
  const body = build.instances.get(use)?.template.declaration.body ?? [];
  return body.flatMap((one) => (one.kind !== "rule" && one.exported ? [one.name.text] : []));
}

/** Adds the name to an import that is there already, or a new import below the header. */
function importEdit(module: ModuleScope, from: ModuleScope, name: string): Edit {
  const { tree } = module;
  const existing = importsOf(module).find((one) => one.from.text === from.name);
  const last = existing?.names.at(-1);
  if (last !== undefined) {
    return { span: { ...last.span, start: last.span.end }, text: `, ${name}` };
  }
  const line = `import { ${name} } from ${from.name}`;
  const after = importsOf(module).at(-1)?.span ?? tree.by?.span;
  if (after !== undefined) return { span: { ...after, start: after.end }, text: `\n${line}` };
  const start = tree.declarations[0]?.span.start ?? tree.span.end;
  return { span: { source: tree.source, start, end: start }, text: `${line}\n` };
}

const quoted = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
