// What a slice requires of an enforcer in one direction, as the lists that its artefact is held
// against: an opening that is the same for every policy, then denies, then allows; all else is refused,
// or let pass while observed.
import type { Direction } from "../inventory/types.ts";
import type { PacketMode, PacketRule, PacketVerdict, ProcessRecord } from "../plan/packet-list.ts";
import type { DirectionSlice, LocalProgram, SliceEntry } from "../plan/slice.ts";
import type { MeaningOf } from "../plan/target.ts";
import type { Family } from "../sets/address.ts";
import { addressesOfFamily, everyAddress, prefixes } from "../sets/address-set.ts";
import {
  anyProtocol,
  icmpInterval,
  neverFlows,
  portInterval,
  protocols,
  type ServiceSet,
  serviceSet,
  subtractServices,
  unionServices,
} from "../sets/service-set.ts";

/** Denies, then allows. */
export function requiredRules(half: DirectionSlice): readonly PacketRule[] {
  return [
    ...half.denies.map((entry) => ruleOf(entry, "drop")),
    ...half.allows.map((entry) => ruleOf(entry, "accept")),
  ];
}

/** What must happen, before any rule of the policy, to packets of this mode. */
export function requiredOpening(half: DirectionSlice, mode: PacketMode): readonly PacketRule[] {
  if (mode.loopback) return [accepted(anyProtocol)];
  return [
    ...established(half, mode),
    ...(mode.state === "related" ? [accepted(errors4, 4), accepted(errors6, 6)] : []),
    { ...accepted(discovery, 6), verdict: mode.hopLimit === 255 ? "accept" : "drop" },
    listenerDiscovery(half.direction),
    ...dhcp(half.direction, mode),
    ...(mode.state === "invalid" && half.observed === undefined
      ? [{ ...accepted(exceptIcmp), verdict: "drop" as const }]
      : []),
  ];
}

/**
 * Replies, errors and the like where the platform passes them or not, whatever the rules say, and what
 * would come from or go to `nobody`.
 */
export const platformOpening = (
  direction: Direction,
  { nobody, hasBaseline }: Pick<MeaningOf, "nobody" | "hasBaseline">,
): readonly PacketRule[] => [
  accepted(neverFlows),
  ...(hasBaseline ? [listenerDiscovery(direction)] : []),
  ...(nobody === undefined
    ? []
    : [
        { ...accepted(anyProtocol), remote: nobody },
        { ...accepted(anyProtocol), local: nobody },
      ]),
];

/**
 * Later packets of an exchange. Where a rule asks for the process of a protocol without connections,
 * what the first end sends is judged every time: such a socket can change hands (language.md 6.4).
 */
function established(half: DirectionSlice, { state, reply }: PacketMode): readonly PacketRule[] {
  if (state !== "established") return [];
  return [accepted(reply || !half.judgesProcesses ? anyProtocol : connected)];
}

const ofProtocol = (protocol: number): ServiceSet =>
  serviceSet([{ first: protocol * 65536, last: protocol * 65536 + 65535 }]);
const connected = unionServices(ofProtocol(protocols.tcp), ofProtocol(protocols.sctp));
const exceptIcmp = subtractServices(
  anyProtocol,
  unionServices(ofProtocol(protocols.icmp4), ofProtocol(protocols.icmp6)),
);
const icmpTypes = (family: Family, ...types: readonly number[]) =>
  serviceSet(types.map((type) => icmpInterval(family, type, undefined)));
const errors4 = icmpTypes(4, 3, 11, 12);
const errors6 = icmpTypes(6, 1, 2, 3, 4);
const discovery = icmpTypes(6, 133, 134, 135, 136);

function accepted(service: ServiceSet, family?: Family): PacketRule {
  return {
    remote: family === undefined ? everyAddress : addressesOfFamily(everyAddress, family),
    local: undefined,
    service,
    processes: [],
    notProcesses: [],
    before: undefined,
    verdict: "accept",
  };
}

/** A client asks, and is answered from an address that it never asked. */
function dhcp(direction: Direction, { sourcePort }: PacketMode): readonly PacketRule[] {
  const pairs = [
    { family: 4, client: 68, server: 67 },
    { family: 6, client: 546, server: 547 },
  ] as const;
  return pairs.flatMap(({ family, client, server }) => {
    const [from, to] = direction === "egress" ? [client, server] : [server, client];
    return sourcePort === from ? [accepted(serviceSet([portInterval(17, to, to)]), family)] : [];
  });
}

const linkSources = prefixes("::/128", "fe80::/10");
const linkDestinations = prefixes("fe80::/10", "ff02::/16");

/** The peers that an opening tells from others. */
export const openingPeers = [linkSources, linkDestinations];

function listenerDiscovery(direction: Direction): PacketRule {
  const [remote, local] =
    direction === "ingress" ? [linkSources, linkDestinations] : [linkDestinations, linkSources];
  return { ...accepted(icmpTypes(6, 130, 131, 132, 143)), remote, local };
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
function recordOf({ fields, uid, gid, sid }: LocalProgram): ProcessRecord {
  return new Map(
    [...fields].map(([field, value]) => {
      if (field === "user") return [field, sid ?? `${uid}`] as const;
      if (field === "group") return [field, `${gid}`] as const;
      if (field === "cgroup") {
        const parts = value.split("/").filter((part) => part !== "");
        return [field, parts.join("/")] as const;
      }
      return [field, value] as const;
    }),
  );
}
