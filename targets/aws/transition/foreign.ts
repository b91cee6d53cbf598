// Groups of others at interfaces of the inventory. Exclusively, interfaces leave them; additively they keep
// them, and what these let through beyond the policy is told, flow by flow, until somebody accepts the group.
import { type LiveAccount, livePlannedName } from "../account/account.ts";
import type { AwsPlan } from "../groups.ts";
import type { Flows } from "./bounds.ts";
import { desiredState } from "./desired.ts";
import { effectOf, flowTexts, namesIn } from "./effect.ts";
import type { EndClass } from "./ends.ts";
import { type Foreign, type Keeps, keepsAccepted, keepsAll, keepsNone } from "./keeps.ts";

/** What groups of others let through beyond the policy, as text. */
export interface ForeignExcess {
  readonly accepted: readonly string[];
  readonly open: readonly string[];
}

export function foreignExcess(
  plan: AwsPlan,
  live: LiveAccount,
  { owner, foreign }: { readonly owner: string; readonly foreign: Foreign },
): ForeignExcess {
  if (foreign === "exclusive") return { accepted: [], open: [] };
  const stateWith = (keeps: Keeps) =>
    desiredState(plan, live, { owner, fresh: new Set(), byLikeness: true, keeps }, "as planned")
      .state;
  const [none, accepted, whole] = [keepsNone, keepsAccepted(foreign), keepsAll(foreign)].map(
    stateWith,
  );
  if (none === undefined || accepted === undefined || whole === undefined) {
    throw new Error("bug in segc (aws): no states");
  }
  const texts = textsBy(plan, live, owner);
  return {
    accepted: texts(effectOf(live, none, accepted).opened),
    open: texts(effectOf(live, accepted, whole).opened),
  };
}

/** `10.0.0.9 -> web-1 : tcp/22 by sg-1 (bastion)`: the groups that either end has more of than before. */
function textsBy(plan: AwsPlan, live: LiveAccount, owner: string) {
  const names = namesIn(plan);
  const groups = new Map(live.groups.map((group) => [group.id, group]));
  const isForeign = (id: string) => {
    const group = groups.get(id);
    return group !== undefined && livePlannedName(group, owner) === undefined;
  };
  const moreAt = ({ carried: [before = [], after = []] }: EndClass) =>
    after.filter((id) => !before.includes(id) && isForeign(id));
  return (flows: readonly Flows[]): readonly string[] => {
    const byGroups = new Map<string, Flows[]>();
    for (const one of flows) {
      const ids = [...new Set([...moreAt(one.from), ...moreAt(one.to)])].sort();
      const by = ids.map((id) => `${id} (${groups.get(id)?.name})`).join(" or ");
      byGroups.set(by, [...(byGroups.get(by) ?? []), one]);
    }
    const lists = [...byGroups].map(([by, list]) =>
      flowTexts(list, names).map((text) => `${text} by ${by}`),
    );
    // Few are shown of many: one of each group before the second of any.
    return [
      ...lists.flatMap((list) => list.slice(0, 1)),
      ...lists.flatMap((list) => list.slice(1)),
    ];
  };
}
