// What groups do at each interface, in the form that policies are compared in: the rules of all groups
// it carries together. A group as a peer is the private addresses of those who carry it (platforms.md A.2),
// which the inventory knows. What comes before the rules (replies, DHCP, what no group filters) is AWS's
// own and stands in no artefact.
import type { Direction } from "../../compiler/inventory/types.ts";
import {
  type Families,
  type Fleet,
  type FleetMember,
  familiesOf,
} from "../../compiler/plan/fleet.ts";
import type { FleetMeaning } from "../../compiler/plan/fleet-target.ts";
import type { DirectionMeaning, PacketRule } from "../../compiler/plan/packet-list.ts";
import type { MeaningOf } from "../../compiler/plan/target.ts";
import {
  type AddressSet,
  addressesOfFamily,
  addressSet,
  everyAddress,
  isAddressSubset,
  noAddress,
  shareAddresses,
  unionOfAddresses,
} from "../../compiler/sets/address-set.ts";
import { anyService, isServiceSubset } from "../../compiler/sets/service-set.ts";
import type { Attachment, AwsPlan, GroupRule, SecurityGroup } from "./groups.ts";
import {
  directions,
  halfOf,
  isLeftAlone,
  networkOf,
  networksInReach,
  ofInterface,
} from "./members.ts";
import { serviceOf } from "./permissions.ts";

const keyOf = (network: string, name: string) => JSON.stringify([network, name]);

export function awsMeaning(plan: AwsPlan, fleet: Fleet): FleetMeaning {
  const byWorkload = new Map<string, Attachment[]>();
  for (const attachment of plan.attachments) {
    const list = byWorkload.get(attachment.workload);
    if (list === undefined) byWorkload.set(attachment.workload, [attachment]);
    else list.push(attachment);
  }
  const known = new Map(fleet.members.map((member) => [member.name, member]));
  const faults = [
    ...[...byWorkload.keys()]
      .filter((name) => !known.has(name))
      .map((name) => `\`${name}\` has no interface in the inventory that groups could be at`),
    ...unknownPeers(plan, known),
    ...peersOutOfReach(plan, fleet),
  ];
  const groups = new Map(plan.groups.map((group) => [keyOf(group.network, group.name), group]));
  const peersIn = peersOfGroups(plan, known);
  const meanings = new Map<string, Readonly<Record<Direction, DirectionMeaning>>>();
  const meaningOf = (network: string, names: readonly string[]) => {
    const key = JSON.stringify([network, names]);
    const before = meanings.get(key);
    if (before !== undefined) return before;
    const carried = names.flatMap((name) => groups.get(keyOf(network, name)) ?? []);
    const found = {
      ingress: directionMeaning("ingress", carried, peersIn),
      egress: directionMeaning("egress", carried, peersIn),
    };
    meanings.set(key, found);
    return found;
  };
  return {
    faults,
    of: (member) => {
      const attachments = byWorkload.get(member.name) ?? [];
      const found = attachmentFaults(member, attachments, networkOf(member, fleet));
      if (found.length > 0) return { directions: [], faults: found };
      const [first] = attachments;
      if (first?.groups === undefined) return undefined;
      const both = meaningOf(first.network, first.groups);
      return { directions: filtered(member, both), faults: [] } satisfies MeaningOf;
    },
  };
}

/** A direction that nothing enforces must be open, and is none that is filtered then. */
function filtered(
  member: FleetMember,
  both: Readonly<Record<Direction, DirectionMeaning>>,
): readonly DirectionMeaning[] {
  return directions
    .map((direction) => both[direction])
    .filter(
      (one) =>
        halfOf(member.slice, one.direction) !== undefined || !isOpen(one, familiesOf(member)),
    );
}

function isOpen({ rules }: DirectionMeaning, families: Families): boolean {
  // What has an end is shut again when `segc expire` has taken it out.
  const lasting = rules.filter(({ before }) => before === undefined);
  const all = lasting.filter(({ service }) => isServiceSubset(anyService, service));
  const peers = unionOfAddresses(all.map(({ remote }) => remote));
  return families.every((family) =>
    isAddressSubset(addressesOfFamily(everyAddress, family), peers),
  );
}

/** What is wrong with who carries what, before any packet is looked at. */
function attachmentFaults(
  member: FleetMember,
  attachments: readonly Attachment[],
  network: string | undefined,
): readonly string[] {
  const { name, enforcers, slice } = member;
  const ids = attachments.map((one) => one.interface);
  const missing = enforcers.filter((id) => !ids.includes(id));
  const strange = ids.filter((id) => !enforcers.includes(id));
  const lists = new Set(
    attachments.map(({ network, groups }) => JSON.stringify([network, groups])),
  );
  const isElsewhere = attachments.some((one) => one.network !== network);
  const leavesAlone = attachments.every(({ groups }) => groups === undefined);
  const hasNone = attachments.some(({ groups }) => groups?.length === 0);
  return [
    ...missing.map((id) => `says nothing of interface \`${id}\` of \`${name}\``),
    ...strange.map((id) => `the inventory has no interface \`${id}\` of \`${name}\``),
    ...(hasNone ? [`\`${name}\` has no group at all, which EC2 refuses`] : []),
    ...(lists.size > 1 ? [`the interfaces of \`${name}\` carry different groups`] : []),
    ...(isElsewhere ? [`\`${name}\` is in network \`${network ?? "several"}\``] : []),
    ...(leavesAlone === isLeftAlone(slice)
      ? []
      : [
          leavesAlone
            ? `leaves \`${name}\` as it is, which the policy enforces`
            : `gives groups to \`${name}\`, which the policy only observes`,
        ]),
  ];
}

/** Who carries a group that rules name, at an address that the inventory does not know. */
function unknownPeers(
  { groups, attachments }: AwsPlan,
  members: ReadonlyMap<string, FleetMember>,
): readonly string[] {
  const named = new Set(
    groups.flatMap(({ ingress, egress }) =>
      [...ingress, ...egress].flatMap(({ peer }) =>
        peer.kind === "group" ? [keyOf(peer.network, peer.group)] : [],
      ),
    ),
  );
  return attachments.flatMap(({ network, workload, groups: carried = [] }) =>
    (members.get(workload)?.addresses.size ?? 0) > 0
      ? []
      : carried
          .filter((name) => named.has(keyOf(network, name)))
          .map(
            (name) => `\`${workload}\` carries \`${name}\`, which rules name, and has no address`,
          ),
  );
}

/** AWS takes no such rule, or it has no effect. */
function peersOutOfReach({ groups }: AwsPlan, fleet: Fleet): readonly string[] {
  return groups.flatMap(({ name, network, ...rules }) =>
    directions.flatMap((direction) => {
      const near = new Set(networksInReach(network, direction, fleet));
      return rules[direction].flatMap(({ peer }) =>
        peer.kind !== "group" || near.has(peer.network)
          ? []
          : `\`${name}\` of network \`${network}\` names \`${peer.group}\` of \`${peer.network}\`, which is not joined to it`,
      );
    }),
  );
}

/** Seconds since 1970 at which the day is over, in UTC: then `segc expire` takes the rule out. */
const afterDay = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 1000 + 86_400;

type PeersOf = (rule: GroupRule) => AddressSet;

function peersOfGroups(
  { attachments, lists }: AwsPlan,
  members: ReadonlyMap<string, FleetMember>,
): PeersOf {
  const addresses = new Map<string, AddressSet[]>();
  for (const { network, groups = [], workload } of attachments) {
    const [own = noAddress] = [...(members.get(workload)?.addresses.values() ?? [])].map(
      ofInterface,
    );
    for (const group of groups) {
      const key = keyOf(network, group);
      const list = addresses.get(key);
      if (list === undefined) addresses.set(key, [own]);
      else list.push(own);
    }
  }
  const unions = new Map(
    [...addresses].map(([key, sets]) => [key, shareAddresses(unionOfAddresses(sets))]),
  );
  const listed = new Map(
    lists.map(({ name, entries }) => [name, shareAddresses(addressSet(entries))]),
  );
  const prefixes = new Map<string, AddressSet>();
  return ({ peer }) => {
    if (peer.kind === "group") return unions.get(keyOf(peer.network, peer.group)) ?? noAddress;
    if (peer.kind === "list") return listed.get(peer.list) ?? noAddress;
    const key = `${peer.cidr.address.words.join()}/${peer.cidr.length}`;
    const before = prefixes.get(key);
    const found = before ?? shareAddresses(addressSet([peer.cidr]));
    if (before === undefined) prefixes.set(key, found);
    return found;
  };
}

/** Rules of one service are one rule here: peers together are compared more quickly. */
function directionMeaning(
  direction: Direction,
  groups: readonly SecurityGroup[],
  peersOf: PeersOf,
): DirectionMeaning {
  const byService = new Map<string, { rule: GroupRule; peers: AddressSet[] }>();
  for (const group of groups) {
    for (const rule of group[direction]) {
      const key = `${rule.protocol} ${rule.from} ${rule.to} ${rule.until}`;
      const peers = peersOf(rule);
      const before = byService.get(key);
      if (before === undefined) byService.set(key, { rule, peers: [peers] });
      else before.peers.push(peers);
    }
  }
  const rules = [...byService.values()].flatMap(({ rule, peers }): readonly PacketRule[] => {
    const service = serviceOf(rule);
    if (service === undefined) throw new Error("bug in segc (aws): a rule that was not read");
    return [
      {
        remote: shareAddresses(unionOfAddresses(peers)),
        local: undefined,
        service,
        processes: [],
        notProcesses: [],
        before: rule.until === undefined ? undefined : afterDay(rule.until),
        verdict: "accept",
      },
    ];
  });
  return {
    direction,
    opening: undefined,
    openingKey: undefined,
    asks: { hopLimits: [], sourcePorts: [] },
    rules,
    otherwise: "drop",
  };
}
