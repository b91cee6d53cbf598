// Limits that a project sets for what an enforcer is given. What minimising leaves is counted, so
// only a compile can say whether they hold.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { Span } from "../diagnostics/source.ts";
import type { ArtefactEntry } from "./manifest.ts";
import type { EnforcerSlice, SliceEntry } from "./plan/slice.ts";
import type { TargetName } from "./plan/target.ts";
import { rangeCount } from "./sets/address-set.ts";

/** One limit for every artefact of a target; `span` is where the project states it. */
export interface Quota {
  readonly target: Extract<TargetName, "iptables" | "nftables" | "windows">;
  /** What of an artefact is counted, as the manifest has it. */
  readonly of: "rules" | "elements" | "bytes";
  readonly limit: number;
  readonly span: Span;
}

/** What an account grants, where artefacts of a target share it; `span` is where the project says so. */
export interface Limit {
  readonly target: Extract<TargetName, "aws">;
  readonly name: keyof AwsLimits;
  readonly value: number;
  readonly span: Span;
}

/** Quotas of an AWS account that decide which security groups there can be (platforms.md A.4). */
export interface AwsLimits {
  /** Rules of one group in one direction, counted for each family. */
  readonly rulesPerGroup: number;
  /** Groups of one interface. */
  readonly groupsPerInterface: number;
  /** Of those, left free on each: for somebody else's, and to replace ours by. */
  readonly reserveSlots: number;
  /** Managed prefix lists of the region; 0: prefixes stay in the groups. */
  readonly prefixLists: number;
}

/** What AWS grants to every account, one slot left free. */
export const awsDefaults: AwsLimits = {
  rulesPerGroup: 60,
  groupsPerInterface: 5,
  reserveSlots: 1,
  prefixLists: 100,
};

/** AWS grants no more than so many rules times groups of an interface. */
export const awsProductMax = 1000;

/** The quotas that an artefact does not keep. */
export const exceededBy = (entry: ArtefactEntry, quotas: readonly Quota[]): readonly Quota[] =>
  quotas.filter(({ target, of, limit }) => entry.target === target && entry[of] > limit);

/** SEG901 for each quota that an artefact of this slice does not keep. */
export const overruns = (
  entry: ArtefactEntry,
  slice: EnforcerSlice | undefined,
  quotas: readonly Quota[],
): readonly Diagnostic[] =>
  slice === undefined ? [] : exceededBy(entry, quotas).map((quota) => overrun(entry, quota, slice));

function overrun(entry: ArtefactEntry, quota: Quota, slice: EnforcerSlice): Diagnostic {
  const { of, limit, span } = quota;
  const { workloads, minimised } = entry;
  return diagnose("SEG901", span, {
    workload: workloads[0] ?? entry.id,
    others: workloads.length - 1,
    target: entry.target,
    of,
    count: entry[of],
    limit,
    minimised: minimised !== null,
    dearest: dearestRules(slice, of),
  });
}

const shown = 3;

/**
 * Rules by what each puts into the slice before anything is put together: entries, or the ranges of
 * their addresses. Greatest first, equal ones by name.
 */
function dearestRules({ directions }: EnforcerSlice, of: Quota["of"]) {
  const costs = new Map<string, number>();
  for (const direction of directions) {
    for (const kind of ["denies", "allows", "stagedDenies", "stagedAllows"] as const) {
      for (const entry of direction[kind]) {
        costs.set(entry.ruleId, (costs.get(entry.ruleId) ?? 0) + costOf(entry, of));
      }
    }
  }
  return [...costs]
    .map(([rule, cost]) => ({ rule, cost }))
    .sort((a, b) => b.cost - a.cost || (a.rule < b.rule ? -1 : 1))
    .slice(0, shown);
}

const costOf = ({ remote, local }: SliceEntry, of: Quota["of"]) =>
  of === "rules" ? 1 : rangeCount(remote) + (local === undefined ? 0 : rangeCount(local));
