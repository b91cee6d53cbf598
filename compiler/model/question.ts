// A flow typed by the user at a command, against the whole project: names of any module, with the
// module in front where it takes that, and workloads by name. Checked as a test's assertion is.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type {
  FlowExpression,
  QualifiedName,
  ServiceItem,
  SetExpression,
} from "../../grammar/ast.ts";
import { type Build, finishReports } from "./context.ts";
import { checkFlow } from "./flows.ts";
import type { Fixture, Item, ModuleScope } from "./scope.ts";
import type { FlowSet } from "./types.ts";

export interface Answered {
  /** Undefined when there are diagnostics. */
  readonly flow: FlowSet | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** What the flow expression means where every unambiguous name of the project can be used. */
export function flowOfQuestion(
  build: Build,
  items: ReadonlyMap<string, readonly Item[]>,
  { tree, workloads }: { readonly tree: FlowExpression; readonly workloads: Iterable<string> },
): Answered {
  const [home] = build.modules.values();
  if (home === undefined) return { flow: undefined, diagnostics: [] };
  const names = new Map(
    [...items].flatMap(([name, [item, ...others]]) =>
      item === undefined || others.length > 0 ? [] : [[name, item] as const],
    ),
  );
  const fixtures = new Map<string, Fixture>();
  for (const name of workloads) fixtures.set(name, { kind: "fixture", name, nameSpan: tree.span });
  const module: ModuleScope = {
    ...home,
    isRoot: true,
    own: new Map(names),
    names: new Map(names),
    items: [],
  };
  const asked: Build = { ...build, reports: [] };
  const scope = { kind: "test", module, fixtures } as const;
  const checked = checkFlow({ build: asked, scope }, inScope(tree, names), "other");
  return { flow: checked?.flow, diagnostics: finishReports(asked.reports) };
}

/** The tree with every dotted name that is known as one part: it is one key of the scope. */
function inScope(tree: FlowExpression, known: ReadonlyMap<string, Item>): FlowExpression {
  const joined = <Other>(name: QualifiedName | Other): QualifiedName | Other => {
    if (!isName(name)) return name;
    const text = name.parts.map((part) => part.text).join(".");
    return known.has(text) ? { ...name, parts: [{ text, span: name.span }] } : name;
  };
  const set = (of: SetExpression): SetExpression => {
    switch (of.kind) {
      case "union":
      case "intersection":
        return { ...of, of: of.of.map(set) };
      case "difference":
        return { ...of, of: set(of.of), except: set(of.except) };
      case "parenthesised":
        return { ...of, of: set(of.of) };
      case "program-at":
        return {
          ...of,
          program: "alternatives" in of.program ? of.program : set(of.program),
          at: set(of.at),
        };
      default:
        return joined(of);
    }
  };
  const items = tree.service.items.map((item): ServiceItem => joined(item));
  return {
    ...tree,
    source: set(tree.source),
    destination: set(tree.destination),
    service: { ...tree.service, items },
  };
}

function isName(of: unknown): of is QualifiedName {
  return typeof of === "object" && of !== null && "kind" in of && of.kind === "name";
}
