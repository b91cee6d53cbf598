// Who enforces less than a rule says. An enforcer that cannot see a program, because it stands at
// the far end or is of a kind without eyes for processes, lets every process of that workload through
// and relies on the one that sees (language.md section 7: permitted by every enforcer on the path).
import type { Product } from "../extent/types.ts";
import type { Direction, EnforcerKind, Workload } from "../inventory/types.ts";
import type { Program, Rule } from "../model/types.ts";
import { type Bitset, intersection, isEmpty, union } from "../sets/bitset.ts";
import { programsOf } from "./check-programs.ts";
import { activeRules, type PlanContext } from "./context.ts";
import { loweredProducts } from "./lowering.ts";
import { seesField } from "./target.ts";

export interface Reliance {
  readonly rule: Rule;
  /** The end whose programs it is about. */
  readonly direction: Direction;
  /** Sorted by their keys. */
  readonly programs: readonly Program[];
  /** Endpoints with an enforcer of that kind on the path that cannot tell the programs apart. */
  readonly blind: ReadonlyMap<EnforcerKind, Bitset>;
  /** Endpoints of the programs with an enforcer of that kind that can. */
  readonly seeing: ReadonlyMap<EnforcerKind, Bitset>;
}

const kinds: readonly EnforcerKind[] = ["aws-sg", "nftables", "iptables", "windows-firewall"];

/** For each rule in force and each end with programs, in the order of the rules' ids. */
export function reliances(context: PlanContext): readonly Reliance[] {
  return activeRules(context)
    .filter((rule) => !rule.staged && namesPrograms(context, rule))
    .flatMap((rule) =>
      (["egress", "ingress"] as const).flatMap((direction) => relianceOf(context, rule, direction)),
    );
}

const namesPrograms = ({ expansion }: PlanContext, rule: Rule) =>
  expansion
    .flowsOf(rule)
    .products.some(
      (product) => programsOf(product, "egress").length + programsOf(product, "ingress").length > 0,
    );

function relianceOf(context: PlanContext, rule: Rule, direction: Direction): readonly Reliance[] {
  const programs = new Map<string, Program>();
  const blind = new Map<EnforcerKind, Bitset>();
  const seeing = new Map<EnforcerKind, Bitset>();
  for (const product of loweredProducts(context, rule)) {
    const asked = programsOf(product, direction);
    if (asked.length === 0) continue;
    for (const program of asked) programs.set(program.key, program);
    addStanding(context, product, { direction, asked, blind, seeing });
  }
  if (blind.size === 0 || seeing.size === 0) return [];
  const sorted = [...programs.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
  return [{ rule, direction, programs: sorted, blind, seeing }];
}

interface Standing extends Pick<Reliance, "direction"> {
  readonly asked: readonly Program[];
  readonly blind: Map<EnforcerKind, Bitset>;
  readonly seeing: Map<EnforcerKind, Bitset>;
}

/** Enforcers at either end of the product's flows, by whether they see the programs. */
function addStanding(
  { search, ends, capabilities }: PlanContext,
  product: Product,
  { direction, asked, blind, seeing }: Standing,
): void {
  const other = direction === "egress" ? "ingress" : "egress";
  const [starts, arrives] = [search.startingAt(product), search.endingAt(product)];
  const [near, far] = direction === "egress" ? [starts, arrives] : [arrives, starts];
  for (const kind of kinds) {
    const sees = (like: Workload) =>
      asked
        .flatMap((program) => [...(program.alternatives.get(like.platform)?.keys() ?? [])])
        .every((field) => seesField(capabilities[kind], like, direction, field));
    const runs = (like: Workload) =>
      asked.some(({ alternatives }) => alternatives.has(like.platform));
    const at = (test: (like: Workload) => boolean) =>
      intersection(
        near,
        ends[direction].where(
          (standing, like) => standing.includes(kind) && runs(like) && test(like),
        ),
      );
    add(seeing, kind, at(sees));
    add(
      blind,
      kind,
      at((like) => !sees(like)),
    );
    add(
      blind,
      kind,
      intersection(
        far,
        ends[other].where((standing) => standing.includes(kind)),
      ),
    );
  }
}

function add(sets: Map<EnforcerKind, Bitset>, kind: EnforcerKind, more: Bitset): void {
  if (isEmpty(more)) return;
  const before = sets.get(kind);
  sets.set(kind, before === undefined ? more : union(before, more));
}
