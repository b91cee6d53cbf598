// Processes in and out of the programs that a policy names on one host: each program in full, and
// each time without one of its fields.

import type { AccountId, Workload } from "../../compiler/inventory/types.ts";
import { programsIn } from "../../compiler/model/programs-in.ts";
import type { Model } from "../../compiler/model/types.ts";
import type { Process } from "../../compiler/semantics/semantics.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import { components, slicePath } from "../../targets/linux/slices.ts";
import type { HostRules } from "./host-rules.ts";
import type { LabProcess } from "./lab.ts";

export interface EstateProcess extends Omit<LabProcess, "host"> {
  /** The same process as the meaning of the language sees it. */
  readonly record: Process;
}

/** Only what a process on this host can really be; none where its table asks for no process. */
export function identitiesAt(
  model: Model,
  workload: Workload,
  rules: HostRules,
): readonly EstateProcess[] {
  if (!rules.asksProcess) return [];
  const records = new Map<string, Process>();
  for (const { flow } of model.rules) {
    for (const program of [...programsIn(flow.source), ...programsIn(flow.destination)]) {
      const full = program.alternatives.get("linux");
      if (full === undefined) continue;
      for (const record of [full, ...withoutOne(full)]) {
        if (record.size > 0) records.set(JSON.stringify([...record].sort()), record);
      }
    }
  }
  return [...records.keys()].sort().flatMap((key, index) => {
    const record = records.get(key);
    return record === undefined ? [] : realise(`p${index + 1}`, record, workload, rules);
  });
}

const withoutOne = (record: Process): readonly Process[] =>
  [...record.keys()].map((left) => new Map([...record].filter(([field]) => field !== left)));

function realise(
  name: string,
  record: Process,
  workload: Workload,
  rules: HostRules,
): readonly EstateProcess[] {
  const uid = numberOf(record, "user", workload.users);
  const gid = numberOf(record, "group", workload.groups);
  const cgroup = cgroupOf(record, rules);
  if (uid === undefined || gid === undefined || cgroup === "impossible") return [];
  return [{ name, uid, gid, cgroup, record }];
}

function numberOf(record: Process, field: ProgramField, numbers: ReadonlyMap<string, AccountId>) {
  const name = record.get(field);
  const id = name === undefined ? 0 : numbers.get(name);
  return typeof id === "number" ? id : undefined;
}

/** A unit runs where its drop-in says; a launched program cannot be had without the launcher. */
function cgroupOf(record: Process, rules: HostRules): string | undefined {
  if ([...record.keys()].some((field) => ["path", "sha256", "signer"].includes(field))) {
    return "impossible";
  }
  const unit = record.get("unit");
  const cgroup = record.get("cgroup");
  if (unit === undefined) return cgroup === undefined ? undefined : components(cgroup).join("/");
  if (cgroup !== undefined) return "impossible";
  const binding = rules.units.find((one) => one.unit === unit);
  return binding === undefined ? `system.slice/${unit}` : `${slicePath(binding.slice)}/${unit}`;
}
