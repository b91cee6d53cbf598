// What the members of a fleet hold back at their own end. An address that a rule names as `outside`,
// `internet`, `anywhere` or within `networks` may be let in by mistake where it belongs to a member whose
// own egress refuses the flow on every day to come (language.md section 7, *don't-care*): so `outside` is
// one prefix instead of a complement. The members that are leant on stand in the same artefact; who is no member
// and is leant on is held back by another one, which does what the policy says by a proof of its own.
import type { Fleet, FleetMember } from "./plan/fleet.ts";
import type { FleetMeaning } from "./plan/fleet-target.ts";
import type { DirectionMeaning, PacketRule } from "./plan/packet-list.ts";
import type { PeerProduct } from "./plan/subtract.ts";
import {
  type AddressSet,
  addressesMeet,
  addressesOfFamily,
  isNoAddress,
  noAddress,
  subtractAddresses,
  unionOfAddresses,
} from "./sets/address-set.ts";
import {
  isNoService,
  noService,
  type ServiceSet,
  subtractServices,
  unionOfServices,
} from "./sets/service-set.ts";

/** Some who send by the same rules. */
interface Senders {
  readonly realm: string;
  readonly sends: readonly PeerProduct[];
  readonly remote: AddressSet;
}

/** On whom it is leant: only on members of the fleet, or also on those held back elsewhere. */
export type Leaning = "members" | "anybody";

/**
 * For some members of one slice, the packets to any of them that other members do not send, of services
 * for which some rule names addresses that no workload has: rules that drop. Access only ends as days go
 * by, so what is refused today stays refused.
 */
export function heldBackFrom(
  fleet: Fleet,
  meaning: FleetMeaning,
): (receivers: readonly FleetMember[], on: Leaning) => readonly PacketRule[] {
  const { managed } = fleet;
  const own = sendersIn(fleet, meaning);
  const others = fleet.elsewhere.flatMap(({ alone, sends }) =>
    [...alone].map(([realm, remote]): Senders => ({ realm, sends, remote })),
  );
  return (receivers, on) => {
    const senders = on === "members" ? own : [...own, ...others];
    const realms = new Set(receivers.flatMap(({ addresses }) => [...addresses.keys()]));
    const [realm, ...more] = realms;
    if (realm === undefined || more.length > 0) return [];
    const [first] = receivers;
    const open = first === undefined ? noService : openServices(first, managed.get(realm));
    const to = unionOfAddresses(receivers.flatMap((one) => one.addresses.get(realm) ?? []));
    const byService = new Map<string, { service: ServiceSet; remotes: AddressSet[] }>();
    for (const { sends, remote } of senders.filter((one) => one.realm === realm)) {
      // A rule of one family sends nothing in the other.
      for (const family of [4, 6] as const) {
        const service = subtractServices(open, sentTo(sends, addressesOfFamily(to, family)));
        if (isNoService(service)) continue;
        const own = addressesOfFamily(remote, family);
        const key = JSON.stringify(service.intervals);
        const before = byService.get(key);
        if (before === undefined) byService.set(key, { service, remotes: [own] });
        else before.remotes.push(own);
      }
    }
    return [...byService.values()].map(({ service, remotes }) => ({
      remote: unionOfAddresses(remotes),
      local: undefined,
      service,
      processes: [],
      notProcesses: [],
      before: undefined,
      verdict: "drop",
    }));
  };
}

function sendersIn({ members }: Fleet, meaning: FleetMeaning): readonly Senders[] {
  const senders = new Map<DirectionMeaning, Map<string, AddressSet[]>>();
  for (const member of members) {
    const egress = ownEgress(member, meaning);
    if (egress === undefined) continue;
    const inRealms = senders.get(egress) ?? new Map<string, AddressSet[]>();
    senders.set(egress, inRealms);
    for (const [realm, alone] of member.alone) {
      const before = inRealms.get(realm);
      if (before === undefined) inRealms.set(realm, [alone]);
      else before.push(alone);
    }
  }
  return [...senders].flatMap(([{ rules }, inRealms]) => {
    const sends = rules.filter(({ verdict }) => verdict === "accept");
    return [...inRealms].map(
      ([realm, addresses]): Senders => ({
        realm,
        sends,
        remote: unionOfAddresses(addresses),
      }),
    );
  });
}

/** Of rules with peers that no workload is. */
function openServices({ slice }: FleetMember, managed: AddressSet = noAddress): ServiceSet {
  const half = slice.directions.find(({ direction }) => direction === "ingress");
  return unionOfServices(
    (half?.allows ?? [])
      .filter(({ remote }) => !isNoAddress(subtractAddresses(remote, managed)))
      .map(({ service }) => service),
  );
}

/** Undefined where the member does not surely refuse what its rules do not let out. */
function ownEgress(member: FleetMember, meaning: FleetMeaning): DirectionMeaning | undefined {
  const half = member.slice.directions.find(({ direction }) => direction === "egress");
  if (half === undefined || half.observed !== undefined) return undefined;
  const own = meaning.of(member);
  const found = own?.faults.length === 0 ? own.directions : [];
  const egress = found.find(({ direction }) => direction === "egress");
  return egress?.otherwise === "drop" ? egress : undefined;
}

/** Every service that some rule lets out to some of the addresses. */
const sentTo = (sends: readonly PeerProduct[], to: AddressSet): ServiceSet =>
  unionOfServices(
    sends.filter(({ remote }) => addressesMeet(remote, to)).map(({ service }) => service),
  );
