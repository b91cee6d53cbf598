// Workloads outside a fleet whose own enforcers hold back what they send: another artefact does, which is
// proved by itself. A fleet may lean on them as on its own members (compiler/held-back.ts).
import type { EnforcerKind, Workload } from "../inventory/types.ts";
import { type AddressSet, unionsByKey } from "../sets/address-set.ts";
import type { PlanContext } from "./context.ts";
import type { SliceEntry } from "./slice.ts";
import { slicing } from "./slices.ts";
import { subtractAll } from "./subtract.ts";

/** Workloads that one kind of enforcer lets send the same. */
export interface Elsewhere {
  readonly kind: EnforcerKind;
  /** Names, sorted. */
  readonly workloads: readonly string[];
  /** Addresses that no other workload has, by realm. */
  readonly alone: ReadonlyMap<string, AddressSet>;
  /** All that it may let some process send: what is refused to some processes only counts as sent. */
  readonly sends: readonly SliceEntry[];
}

/**
 * @param isOf workloads that count
 * @param aloneOf addresses of a workload that no other has, by realm
 */
export function heldElsewhere(
  context: PlanContext,
  kinds: readonly EnforcerKind[],
  isOf: (workload: Workload) => boolean,
  aloneOf: (workload: Workload) => ReadonlyMap<string, AddressSet>,
): readonly Elsewhere[] {
  const byName = new Map(
    context.expansion.universe.workloads.filter(isOf).map((one) => [one.name, one]),
  );
  if (byName.size === 0) return [];
  return kinds.flatMap((kind) =>
    [...slicing(context, kind).each()].flatMap(
      ({ workloads, directions }): readonly Elsewhere[] => {
        const egress = directions.find(({ direction }) => direction === "egress");
        const own = workloads.flatMap((name) => byName.get(name) ?? []);
        if (egress === undefined || egress.observed !== undefined || own.length === 0) return [];
        const names = own.map(({ name }) => name).sort();
        const refused = egress.denies.filter(isForAll);
        const sends = egress.allows.flatMap((allow) => subtractAll(allow, refused));
        return [
          {
            kind,
            workloads: names,
            alone: unionsByKey(own.flatMap((one) => [...aloneOf(one)])),
            sends,
          },
        ];
      },
    ),
  );
}

/** Whatever process sends it, from whichever address. */
const isForAll = ({ programs, notPrograms, local }: SliceEntry): boolean =>
  programs.length + notPrograms.length === 0 && local === undefined;
