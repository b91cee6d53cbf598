// What a slice requires of an enforcer in one direction, as the list that its artefact is held
// against: the baseline, then denies, then allows; all else is refused, or let pass while observed.
import type { Direction } from "../inventory/types.ts";
import type { PacketList, PacketRule, PacketVerdict, ProcessRecord } from "../plan/packet-list.ts";
import type { DirectionSlice, LocalProgram, SliceEntry } from "../plan/slice.ts";
import { prefixes } from "../sets/address-set.ts";
import { icmpInterval, serviceSet } from "../sets/service-set.ts";

/** The list of one direction. */
export function requiredList(half: DirectionSlice): PacketList {
  return {
    direction: half.direction,
    rules: [
      listenerDiscovery(half.direction),
      ...half.denies.map((entry) => ruleOf(entry, "drop")),
      ...half.allows.map((entry) => ruleOf(entry, "accept")),
    ],
    otherwise: half.observed === undefined ? "drop" : "accept",
  };
}

const linkSources = prefixes("::/128", "fe80::/10");
const linkDestinations = prefixes("fe80::/10", "ff02::/16");

/** The part of the baseline that has no port or hop limit (language.md section 7, B). */
function listenerDiscovery(direction: Direction): PacketRule {
  const [remote, local] =
    direction === "ingress" ? [linkSources, linkDestinations] : [linkDestinations, linkSources];
  return {
    remote,
    local,
    service: serviceSet([130, 131, 132, 143].map((type) => icmpInterval(6, type, undefined))),
    processes: [],
    notProcesses: [],
    before: undefined,
    verdict: "accept",
  };
}

function ruleOf(entry: SliceEntry, verdict: PacketVerdict): PacketRule {
  return {
    remote: entry.remote,
    local: entry.local,
    service: entry.service,
    processes: entry.programs.map((program) => [recordOf(program)]),
    notProcesses: entry.notPrograms.map((program) => [recordOf(program)]),
    before: entry.until === undefined ? undefined : afterDay(entry.until),
    verdict,
  };
}

/** Seconds since 1970 at which the day is over, in UTC. */
const afterDay = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000 + 86_400;

/** Accounts as numbers, cgroups as paths under the root of the hierarchy. */
function recordOf({ fields, uid, gid }: LocalProgram): ProcessRecord {
  return new Map(
    [...fields].map(([field, value]) => {
      if (field === "user") return [field, `${uid}`] as const;
      if (field === "group") return [field, `${gid}`] as const;
      if (field === "cgroup") {
        const parts = value.split("/").filter((part) => part !== "");
        return [field, parts.join("/")] as const;
      }
      return [field, value] as const;
    }),
  );
}
