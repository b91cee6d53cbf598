// `test "…" { … }`: fixtures are known in their test only, and may not take a name of the module.
import type { TestDeclaration } from "../../grammar/ast.ts";
import type { Build } from "./context.ts";
import { declarationOf } from "./declare.ts";
import { type Declared, reportDuplicate } from "./duplicates.ts";
import { checkFixture } from "./fixtures.ts";
import { checkFlow } from "./flows.ts";
import { type Fixture, type ModuleScope, nounOf, type TestScope, wrong } from "./scope.ts";
import type { PolicyTest } from "./types.ts";

/** The tests of all modules, in module, then source order. A faulty test is left out whole. */
export function checkPolicyTests(build: Build): readonly PolicyTest[] {
  return [...build.modules.values()].flatMap((scope) =>
    scope.tree.declarations.flatMap((declaration) =>
      declaration.kind === "test" ? (checkTest(build, scope, declaration) ?? []) : [],
    ),
  );
}

function checkTest(
  build: Build,
  module: ModuleScope,
  declaration: TestDeclaration,
): PolicyTest | undefined {
  const scope = testScope(build, module, declaration);
  const context = { build, scope };
  const fixtures = declaration.fixtures.map((fixture) => checkFixture(context, fixture));
  const assertions = declaration.assertions.map(({ expect, flow: tree, span }) => {
    const flow = checkFlow(context, tree, "other")?.flow;
    return flow && { expect, flow, span };
  });
  const known = {
    fixtures: fixtures.filter((one) => one !== undefined),
    assertions: assertions.filter((one) => one !== undefined),
  };
  const author = build.authored.get(module);
  if (author === undefined || known.fixtures.length < fixtures.length) return undefined;
  if (known.assertions.length < assertions.length) return undefined;
  if ([...scope.fixtures.values()].includes(wrong)) return undefined;
  const { title, span } = declaration;
  return { title: title.value, module: author, ...known, span };
}

function testScope(build: Build, module: ModuleScope, { fixtures }: TestDeclaration): TestScope {
  const names = new Map<string, Fixture | typeof wrong>();
  const scope: TestScope = { kind: "test", module, fixtures: names };
  const first = new Map<string, Declared>();
  for (const { name } of fixtures) {
    const fixture: Fixture = { kind: "fixture", name: name.text, nameSpan: name.span };
    const one = { name: name.text, span: name.span, noun: nounOf(fixture) };
    const known = first.get(name.text) ?? declarationOf(module, name.text);
    if (known === undefined) first.set(name.text, one);
    else reportDuplicate({ build, scope }, known, one);
    names.set(name.text, known === undefined ? fixture : wrong);
  }
  return scope;
}
