// Slices for iptables: the shared ones without programs of listeners, which this enforcer cannot see;
// and what a flat list says about a packet, straight from its definition.
import type fc from "fast-check";
import type { PacketList, PacketRule, ProcessRecord } from "../../compiler/plan/packet-list.ts";
import type { EnforcerSlice, SliceEntry } from "../../compiler/plan/slice.ts";
import { hasAddress } from "../../compiler/sets/address-set.ts";
import { hasService } from "../../compiler/sets/service-set.ts";
import type { Packet } from "../../targets/nftables/meaning.ts";
import { someSlice } from "../nftables/slices.ts";

const ofAnybody = (entries: readonly SliceEntry[]): readonly SliceEntry[] =>
  entries.map((entry) => ({ ...entry, programs: [], notPrograms: [] }));

/** As the compiler would hand it to iptables. */
export const forIptables = (slice: EnforcerSlice): EnforcerSlice => ({
  ...slice,
  kind: "iptables",
  directions: slice.directions.map((one) =>
    one.direction === "egress"
      ? one
      : {
          ...one,
          denies: ofAnybody(one.denies),
          allows: ofAnybody(one.allows),
          stagedDenies: ofAnybody(one.stagedDenies),
          stagedAllows: ofAnybody(one.stagedAllows),
        },
  ),
});

export const someIptSlice: fc.Arbitrary<EnforcerSlice> = someSlice.map(forIptables);

/** A direction without a list is not filtered. */
export function listsDecide(lists: readonly PacketList[], packet: Packet): "accept" | "drop" {
  const list = lists.find(({ direction }) => direction === packet.direction);
  if (list === undefined) return "accept";
  return list.rules.find((rule) => ruleHolds(rule, packet))?.verdict ?? list.otherwise;
}

function ruleHolds(rule: PacketRule, packet: Packet): boolean {
  const [near, far] =
    packet.direction === "egress"
      ? [packet.source, packet.destination]
      : [packet.destination, packet.source];
  const isAny = (test: readonly ProcessRecord[]) => test.some((record) => hasAll(record, packet));
  return (
    hasAddress(rule.remote, far) &&
    (rule.local === undefined || hasAddress(rule.local, near)) &&
    hasService(rule.service, packet.protocol * 65536 + packet.detail) &&
    rule.processes.every(isAny) &&
    !rule.notProcesses.some(isAny) &&
    (rule.before === undefined || packet.now < rule.before)
  );
}

const hasAll = (record: ProcessRecord, { owner }: Packet): boolean =>
  [...record].every(([field, value]) => {
    if (field === "user") return `${owner?.uid}` === value;
    if (field === "group") return `${owner?.gid}` === value;
    const actual = owner?.fields.get(field);
    if (field !== "cgroup") return actual === value;
    return actual !== undefined && `${actual.replace(/^\//, "")}/`.startsWith(`${value}/`);
  });

/** Traffic that no rule speaks of: what is no flow, and the baseline. */
export function isBeyondRules({ family, protocol, detail, sourcePort, state }: Packet): boolean {
  const type = detail >> 8;
  if (state !== "new") return true;
  if (protocol === 17) {
    const pairs = ["68-67", "546-547", "67-68", "547-546"];
    return pairs.includes(`${sourcePort}-${detail}`);
  }
  return family === 6 && protocol === 58 && ((type >= 130 && type <= 136) || type === 143);
}
