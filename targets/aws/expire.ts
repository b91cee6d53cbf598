// A plan as time passes: groups know no end dates, so what has ended is taken out of the plan and then
// revoked.
import type { UtcDate } from "../../compiler/model/types.ts";
import type { ArtefactSize } from "../../compiler/plan/target.ts";
import type { AwsPlan, GroupRule, SecurityGroup } from "./groups.ts";
import { listsNamed } from "./prefix-lists.ts";

const rulesOf = ({ groups }: AwsPlan): readonly GroupRule[] =>
  groups.flatMap(({ ingress, egress }) => [...ingress, ...egress]);

/** Elements are groups, what carries them, and entries of prefix lists. */
export function measureAws(plan: AwsPlan): ArtefactSize {
  const attached = plan.attachments.reduce((sum, { groups = [] }) => sum + groups.length, 0);
  const entries = plan.lists.reduce((sum, list) => sum + list.entries.length, 0);
  return { rules: rulesOf(plan).length, elements: plan.groups.length + attached + entries };
}

/** Sorted, each once. */
export function awsExpiries(
  plan: AwsPlan,
): readonly { readonly rule: string; readonly until: UtcDate }[] {
  const found = new Map<string, { readonly rule: string; readonly until: UtcDate }>();
  for (const { rules, until } of rulesOf(plan)) {
    if (until === undefined) continue;
    for (const rule of rules) found.set(`${until} ${rule}`, { rule, until });
  }
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? []);
}

/** Groups stay, empty or not: rules of others name them. */
export function expireAws(plan: AwsPlan, now: UtcDate): AwsPlan {
  const isOpen = ({ until }: GroupRule) => until === undefined || until >= now;
  const kept = (group: SecurityGroup): SecurityGroup => ({
    ...group,
    ingress: group.ingress.filter(isOpen),
    egress: group.egress.filter(isOpen),
  });
  const groups = plan.groups.map(kept);
  return { ...plan, groups, lists: listsNamed(plan.lists, groups) };
}
