// Slices for iptables: the shared ones without programs of listeners, which this enforcer cannot see;
// and what a flat list says about a packet, straight from its definition.

import fc from "fast-check";
import type { PacketList, PacketRule, ProcessRecord } from "../../compiler/plan/packet-list.ts";
import type { EnforcerSlice, SliceEntry } from "../../compiler/plan/slice.ts";
import { type AddressSet, cidrsOf, hasAddress } from "../../compiler/sets/address-set.ts";
import { hasService } from "../../compiler/sets/service-set.ts";
import type { Packet } from "../../targets/nftables/meaning.ts";
import { cidr, packet, someSlice } from "../nftables/slices.ts";

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

/**
 * Packets that meet an entry of the slice in everything but the process, which is one that the entry
 * asks for or shuts out, or lacks a field of it: what chance would hardly find.
 */
export const aimedPacket = (of: EnforcerSlice): fc.Arbitrary<Packet> =>
  fc
    .tuple(packet, fc.nat(), fc.nat(), fc.array(fc.nat(), { maxLength: 3 }), fc.nat())
    .map(([other, which, at, programs, missing]) => {
      const entries = of.directions.flatMap(({ direction, denies, allows }) =>
        [...denies, ...allows].map((entry) => ({ direction, entry })),
      );
      const aim = entries[which % Math.max(entries.length, 1)];
      if (aim === undefined) return { ...other, state: "new" };
      const { direction, entry } = aim;
      const { intervals } = entry.service;
      const interval = intervals[at % intervals.length];
      const point = interval === undefined ? 0 : at % 2 === 0 ? interval.first : interval.last;
      const any = cidr(entry.family === 4 ? "10.0.0.9" : "2001:db8::9");
      const one = (set: AddressSet | undefined) => {
        const list = set === undefined ? [] : cidrsOf(set);
        return (list[at % Math.max(list.length, 1)] ?? any).address;
      };
      const [near, far] = [one(entry.local), one(entry.remote)];
      const named = [...entry.programs, ...entry.notPrograms];
      const chosen = named.length === 0 ? [] : programs.map((one) => named[one % named.length]);
      const all = chosen.flatMap((one) => [...(one?.fields ?? [])]);
      const kept = all.filter((_, index) => missing % 4 !== 0 || index !== missing % all.length);
      const has = (field: string) => kept.some(([name]) => name === field);
      return {
        ...other,
        direction,
        family: entry.family,
        source: direction === "egress" ? near : far,
        destination: direction === "egress" ? far : near,
        protocol: Math.floor(point / 65536),
        detail: point % 65536,
        state: "new",
        owner: {
          fields: new Map(kept.filter(([, value]) => value !== "a b;c" && !value.includes(".."))),
          uid: has("user") ? 1001 : 0,
          gid: has("group") ? 1002 : 0,
        },
      };
    });

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
