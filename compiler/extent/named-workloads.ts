// A row of endpoints as messages name it: how many workloads, the first few, their owners.
import type { NamedWorkloads } from "../../diagnostics/messages/authority.ts";
import type { Model } from "../model/types.ts";
import { type Bitset, intersects, members } from "../sets/bitset.ts";
import type { Expansion } from "./types.ts";

/** Endpoints of one workload are neighbours, so a change of workload is a new one. */
export function nameWorkloads(model: Model, expansion: Expansion, row: Bitset): NamedWorkloads {
  const { endpoints, workloads } = expansion.universe;
  const names: string[] = [];
  let count = 0;
  let last: number | undefined;
  for (const endpoint of members(row)) {
    const number = endpoints[endpoint]?.workload;
    if (number === last || number === undefined) continue;
    last = number;
    count++;
    if (names.length < 3) names.push(workloads[number]?.name ?? "");
  }
  const teams = [...model.teams.keys()]
    .filter((team) => intersects(row, expansion.ownedByTeam(team)))
    .sort();
  return { count, names, teams };
}
