// A project against what hosts with the Windows Firewall have in force, as somebody exported it.
import type { UtcDate } from "../compiler/model/types.ts";
import { slicesOf } from "../compiler/plan/slices.ts";
import { namesIn } from "../compiler/verify-artefacts.ts";
import { capabilityTable } from "../targets/capabilities.ts";
import { driftOfHost, type LiveDrift } from "../targets/windows/live/drift.ts";
import { type LiveFile, readLive } from "../targets/windows/live/read-live.ts";
import type { CheckResult } from "./check.ts";

/** Of one workload. */
export type HostDrift =
  | { readonly workload: string; readonly drifts: readonly LiveDrift[] }
  | { readonly workload: string; readonly path: string; readonly problem: string };

/** Names of the workloads that the Windows Firewall enforces, sorted. */
export const windowsHosts = ({ inventory }: CheckResult): readonly string[] =>
  inventory.workloads
    .filter(({ enforcers }) => enforcers.some(({ kind }) => kind === "windows-firewall"))
    .map(({ name }) => name)
    .sort();

/** For every workload that files were found of, in the order of their names. */
export function windowsDrift(
  { model, expansion }: CheckResult,
  files: ReadonlyMap<string, readonly LiveFile[]>,
  { now }: { readonly now: UtcDate },
): readonly HostDrift[] {
  const slices = slicesOf(model, expansion, capabilityTable, now, "windows-firewall");
  const nameOf = namesIn(expansion);
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([workload, own]): readonly HostDrift[] => {
      const slice = slices.find(({ workloads }) => workloads.includes(workload));
      if (slice === undefined) return [];
      const read = readLive(own);
      if (!read.ok) return [{ workload, path: read.path, problem: read.problem }];
      const drifts = driftOfHost(slice, read.host, {
        from: now,
        names: { local: workload, nameOf },
      });
      return [{ workload, drifts }];
    });
}
