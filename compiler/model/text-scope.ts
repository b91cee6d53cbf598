// Names in text the user types at a command, `explain prod.web -> api : https`: looked up in the
// whole project, with the module in front or, where only one module has the name, without.
import type { Build, CheckedSet } from "./context.ts";
import { flowOfQuestion } from "./question.ts";
import type { Item, ProgramItem, SegmentItem, ServiceItem } from "./scope.ts";
import type { ModelScope } from "./types.ts";

/** The scope of text that stands in no module. */
export function textScope(build: Build): ModelScope {
  let index: ReadonlyMap<string, readonly Item[]> | undefined;
  const find = <Kind extends Item["kind"]>(kind: Kind, name: string) => {
    index ??= indexOf(build);
    const items = index.get(name)?.filter((item): item is ItemOf<Kind> => item.kind === kind);
    return items?.find((item) => item.qualified === name) ?? only(items ?? []);
  };
  return {
    segment: (name) => setOf(build, find("segment", name)),
    service: (name) => {
      const item = find("service", name);
      return item && build.services.get(item)?.service;
    },
    program: (name) => {
      const item = find("program", name);
      return item && build.programs.get(item);
    },
    flow: (tree, workloads) => {
      index ??= indexOf(build);
      return flowOfQuestion(build, index, { tree, workloads });
    },
  };
}

type ItemOf<Kind extends Item["kind"]> = Extract<
  SegmentItem | ServiceItem | ProgramItem,
  { readonly kind: Kind }
>;

function setOf(build: Build, item: SegmentItem | undefined): CheckedSet["set"] | undefined {
  return item && build.sets.get(item)?.set;
}

function only<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}

/** Items by `crm.prod.web` and by `prod.web`. */
function indexOf(build: Build): ReadonlyMap<string, readonly Item[]> {
  const result = new Map<string, Item[]>();
  const add = (name: string, item: Item) => {
    const known = result.get(name);
    if (known === undefined) result.set(name, [item]);
    else known.push(item);
  };
  const scopes = [...build.modules.values(), ...build.instances.values()];
  for (const item of scopes.flatMap((scope) => scope.items)) {
    add(item.qualified, item);
    add(item.qualified.slice(item.qualified.indexOf(".") + 1), item);
  }
  return result;
}
