// A comparison -> what a reviewer reads: who gains or loses which services, in the words of the policy,
// each with one flow for an example, the rules that answer for it, and why it deserves a look.
import { describeFlow } from "../guard/describe-flow.ts";
import type { Family } from "../sets/address.ts";
import {
  equalServices,
  intersectServices,
  type ServiceSet,
  servicesOfFamily,
  unionServices,
} from "../sets/service-set.ts";
import type { Cell, Comparison, Kind } from "./cells.ts";
import { type Danger, dangersOf, weightOf } from "./danger.ts";
import { exampleFlow } from "./example-flow.ts";
import { type MovedWorkloads, movedWorkloads } from "./moved-workloads.ts";
import { type NamedEnd, type Namer, namer } from "./names.ts";
import { countPairs, hasAddressOf, otherFamilyOf } from "./pair-counts.ts";
import { type PointProduct, productsIn } from "./products.ts";
import { type ResponsibleRule, responsibleRules, rulesFinder } from "./responsible.ts";
import { serviceWords } from "./service-words.ts";
import { standingNotes } from "./standing-notes.ts";

export interface Change extends Kind {
  readonly source: NamedEnd;
  readonly destination: NamedEnd;
  readonly service: ServiceSet;
  /** `https (tcp/443)`, `any-service`. */
  readonly serviceText: string;
  /** Only where both ends have addresses of the other family too. */
  readonly family: Family | undefined;
  /** Pairs of workloads, or of a workload and what is outside, with at least one such flow. */
  readonly pairs: number;
  /** In the words of `explain`. */
  readonly example: string;
  /** Those that say what one version says and the other does not; those that did not change stand last. */
  readonly rules: readonly ResponsibleRule[];
  readonly dangers: readonly Danger[];
  /** What stands at the ends of the example, where that is different. */
  readonly notes: readonly string[];
}

export interface PolicyDiff {
  /** The most dangerous first; what is gained before what is lost. */
  readonly changes: readonly Change[];
  readonly totals: Readonly<Record<Section, Total>>;
  readonly workloads: MovedWorkloads;
}

/** What the policy says otherwise, and what only gets through otherwise. */
export const sections = ["allowed", "open", "refused", "stopped"] as const;
export type Section = (typeof sections)[number];

export function sectionOf({ change, layer }: Pick<Kind, "change" | "layer">): Section {
  if (change === "gained") return layer === "effect" ? "open" : "allowed";
  return layer === "effect" ? "stopped" : "refused";
}

export interface Total {
  readonly changes: number;
  readonly pairs: number;
}

/** The changes of a comparison, for people. */
export function changesOf(comparison: Comparison): PolicyDiff {
  const drafts = new Map<string, Draft[]>();
  const names = [namer(comparison, 0), namer(comparison, 1)];
  const products: Record<Section, PointProduct[]> = {
    allowed: [],
    open: [],
    refused: [],
    stopped: [],
  };
  for (const [kind, groups] of byKindAndGroup(comparison)) {
    for (const cells of groups.values()) {
      for (const product of productsIn(comparison, cells)) {
        products[sectionOf(kind)].push(product);
        addDraft(drafts, comparison, names, kind, product);
      }
    }
  }
  const rules = rulesFinder(comparison);
  const changes = acrossFamilies(comparison, names, [...drafts.values()].flat())
    .map((draft) => finished(comparison, rules, draft))
    .sort(byDanger);
  const total = (section: Section): Total => ({
    changes: changes.filter((one) => sectionOf(one) === section).length,
    pairs: countPairs(comparison, products[section]),
  });
  return {
    changes,
    totals: {
      allowed: total("allowed"),
      open: total("open"),
      refused: total("refused"),
      stopped: total("stopped"),
    },
    workloads: movedWorkloads(comparison),
  };
}

/** A change in the making, with the product of each group that it was seen in. */
interface Draft extends Kind {
  source: NamedEnd;
  destination: NamedEnd;
  service: ServiceSet;
  parts: {
    readonly family: Family;
    readonly realm: string;
    readonly product: PointProduct;
  }[];
}

type CellsByGroup = ReadonlyMap<number, readonly Cell[]>;

function byKindAndGroup({ cells, space }: Comparison): ReadonlyMap<Kind, CellsByGroup> {
  const kinds = new Map<Kind, Map<number, Cell[]>>();
  for (const cell of cells) {
    const group = space.classes[space.points[cell.source]?.of ?? -1]?.group ?? -1;
    let groups = kinds.get(cell.kind);
    if (groups === undefined) {
      groups = new Map();
      kinds.set(cell.kind, groups);
    }
    const list = groups.get(group);
    if (list === undefined) groups.set(group, [cell]);
    else list.push(cell);
  }
  return kinds;
}

/** One product of one group; the same said of another family or realm is one change with it. */
function addDraft(
  drafts: Map<string, Draft[]>,
  { space, services }: Comparison,
  names: readonly Namer[],
  { change, layer, causes }: Kind,
  product: PointProduct,
): void {
  const name = names[change === "lost" ? 0 : 1]?.name;
  const group =
    space.groups[space.classes[space.points[product.sources[0] ?? -1]?.of ?? -1]?.group ?? -1];
  if (name === undefined || group === undefined) return;
  const [source, destination] = [name(product.sources), name(product.destinations)];
  const service = services.setOf(product.service);
  const part = { ...group, product };
  const key = JSON.stringify([change, layer, causes, source.text, destination.text]);
  const known = drafts.get(key) ?? [];
  const match = known.find((draft) => isExactWith(draft, group.family, service));
  if (match !== undefined) {
    match.service = unionServices(match.service, service);
    match.parts.push(part);
    return;
  }
  known.push({ change, layer, causes, source, destination, service, parts: [part] });
  drafts.set(key, known);
}

/** Among more changes of a kind nobody looks for two that are one. */
const joinedMax = 1_000;

/**
 * Workloads without addresses of one family make two changes of one: `web`, and for the other family those of
 * `web` that have it. They are one where each is all that can be of it in its family.
 */
function acrossFamilies(
  comparison: Comparison,
  names: readonly Namer[],
  drafts: readonly Draft[],
): readonly Draft[] {
  const left = new Set(drafts);
  const byKind = Map.groupBy(drafts, ({ change, layer, causes }) =>
    JSON.stringify([change, layer, causes]),
  );
  for (const some of byKind.values()) {
    if (some.length > joinedMax) continue;
    for (const one of some) {
      for (const other of some) {
        if (one === other || !left.has(one) || !left.has(other)) continue;
        const joined = joinedDraft(comparison, names, one, other);
        if (joined === undefined) continue;
        left.delete(other);
        Object.assign(one, joined);
      }
    }
  }
  return [...left];
}

function joinedDraft(
  comparison: Comparison,
  names: readonly Namer[],
  one: Draft,
  other: Draft,
): Pick<Draft, "source" | "destination" | "service" | "parts"> | undefined {
  const [part, far] = [one.parts[0], other.parts[0]];
  if (part === undefined || far === undefined || part.family === far.family) return undefined;
  const isAlike = (each: Draft, like: typeof part) =>
    each.parts.every(({ family, realm }) => family === like.family && realm === part.realm);
  if (!isAlike(one, part) || !isAlike(other, far)) return undefined;
  if (!isExactWith(one, far.family, other.service)) return undefined;
  const version = one.change === "lost" ? 0 : 1;
  const namer = names[version];
  const source = namer?.joined(one.source, other.source);
  const destination = namer?.joined(one.destination, other.destination);
  if (source === undefined || destination === undefined) return undefined;
  const isAll = (joined: NamedEnd, end: NamedEnd, like: typeof part) =>
    joined.workloads.filter((name) => hasAddressOf(comparison, version, name, like)).join() ===
    end.workloads.join();
  const isWhole =
    isAll(source, one.source, part) &&
    isAll(source, other.source, far) &&
    isAll(destination, one.destination, part) &&
    isAll(destination, other.destination, far);
  if (!isWhole) return undefined;
  const service = unionServices(one.service, other.service);
  return { source, destination, service, parts: [...one.parts, ...other.parts] };
}

/** Taken together, each family still has its own services and no more. */
function isExactWith(draft: Draft, family: Family, service: ServiceSet): boolean {
  const joined = unionServices(draft.service, service);
  const own = (of: Family) => intersectServices(joined, servicesOfFamily(of));
  return (
    equalServices(own(family), service) &&
    draft.parts.every((part) =>
      equalServices(
        own(part.family),
        intersectServices(draft.service, servicesOfFamily(part.family)),
      ),
    )
  );
}

function finished(
  comparison: Comparison,
  rules: ReturnType<typeof rulesFinder>,
  { parts, ...draft }: Draft,
): Change {
  const version = draft.change === "lost" ? 0 : 1;
  const [first] = parts;
  if (first === undefined) throw new Error("bug in segc (diff): a change without flows");
  const families = new Set(parts.map(({ family }) => family));
  const other = families.size === 1 ? otherFamilyOf(comparison, version, first) : undefined;
  const change = { ...draft, family: other === undefined ? undefined : first.family };
  const products = parts.map(({ product }) => product);
  const { flow, ...points } = exampleFlow(comparison, version, first.product);
  const names = {
    source: flow.source.workload?.name ?? "",
    destination: flow.destination.workload?.name ?? "",
  };
  const model = comparison.versions[version]?.context.model;
  const serviceText = serviceWords(model ?? { services: [] }, draft.service, families);
  return {
    ...change,
    serviceText,
    pairs: countPairs(comparison, products),
    example: describeFlow(flow),
    rules: responsibleRules(comparison, rules, change, {
      products,
      example: {
        ...points,
        service: comparison.services.numberOf({
          intervals: [{ first: flow.service, last: flow.service }],
        }),
      },
    }),
    dangers: dangersOf(comparison, version, { ...change, serviceText }),
    notes: standingNotes(comparison, points, names),
  };
}

function byDanger(a: Change, b: Change): number {
  if (a.change !== b.change) return a.change === "gained" ? -1 : 1;
  return (
    weightOf(b.dangers) - weightOf(a.dangers) ||
    b.pairs - a.pairs ||
    compareTexts(a.source.text, b.source.text) ||
    compareTexts(a.destination.text, b.destination.text) ||
    compareTexts(a.layer, b.layer) ||
    compareTexts(a.causes.join(), b.causes.join()) ||
    compareTexts(a.example, b.example)
  );
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));
