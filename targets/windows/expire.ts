// A plan as time passes: rules of Windows know no end dates, so what has ended is taken out of the plan.
import type { UtcDate } from "../../compiler/model/types.ts";
import type { ArtefactSize } from "../../compiler/plan/target.ts";
import { listedRanges, type WindowsPlan } from "./rules.ts";

/** Elements are the addresses and ranges that rules list. */
export function measureWindows({ rules }: WindowsPlan): ArtefactSize {
  const elements = rules.reduce((sum, rule) => sum + listedRanges(rule), 0);
  return { rules: rules.length, elements };
}

/** Sorted, each once. What ends is described by the names of its rules. */
export function windowsExpiries({
  rules,
}: WindowsPlan): readonly { readonly rule: string; readonly until: UtcDate }[] {
  const found = new Map<string, { readonly rule: string; readonly until: UtcDate }>();
  for (const { description, until } of rules) {
    if (until === undefined) continue;
    for (const rule of description.split(", ")) found.set(`${until} ${rule}`, { rule, until });
  }
  return [...found.keys()].sort().flatMap((key) => found.get(key) ?? []);
}

export const expireWindows = (plan: WindowsPlan, now: UtcDate): WindowsPlan => ({
  ...plan,
  rules: plan.rules.filter(({ until }) => until === undefined || until >= now),
});
