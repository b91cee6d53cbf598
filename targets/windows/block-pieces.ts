// What a rule that blocks must leave alone: it would beat the rules of the baseline, which pass whatever the
// policy says (language.md section 7, B). No such rule is for all protocols, and those for UDP and for
// listener discovery are cut around what a DHCP client and a host on its link say.
import type { Direction } from "../../compiler/inventory/types.ts";
import { protocolPieces, type ServicePiece } from "../../compiler/minimise/service-pieces.ts";
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import {
  type AddressSet,
  addressesMeet,
  addressesOfFamily,
  everyAddress,
  intersectAddresses,
  isNoAddress,
  subtractAddresses,
} from "../../compiler/sets/address-set.ts";
import type { NumberRanges } from "../../compiler/sets/service-parts.ts";
import {
  icmpInterval,
  intersectServices,
  isNoService,
  portInterval,
  protocols,
  type ServiceSet,
  serviceSet,
  subtractServices,
} from "../../compiler/sets/service-set.ts";
import { linkEnds } from "./baseline.ts";
import type { RuleContent } from "./rules.ts";

/** A piece of an entry for one rule, with the ports of senders that it is for. */
export interface RulePiece extends ServicePiece {
  readonly remote: AddressSet;
  readonly local: AddressSet | undefined;
  /** Undefined: whichever. */
  readonly senders: NumberRanges | undefined;
}

export function blockPieces(entry: SliceEntry, direction: Direction): readonly RulePiece[] {
  return protocolPieces(entry.service, entry.family).flatMap((piece) => {
    const whole: RulePiece = {
      ...piece,
      remote: entry.remote,
      local: entry.local,
      senders: undefined,
    };
    if (piece.protocol === protocols.udp) return aroundDhcp(whole, entry, direction);
    return piece.protocol === protocols.icmp6 ? aroundListeners(whole, direction) : [whole];
  });
}

/** Where a client's request goes, or its answer comes to, and from which port. */
export const dhcpPorts = (family: 4 | 6, direction: Direction) => {
  const [client, server] = family === 4 ? [68, 67] : [546, 547];
  return direction === "ingress" ? { to: client, from: server } : { to: server, from: client };
};

/** Every port but one. */
export const allPortsBut = (port: number): NumberRanges => [
  { first: 0, last: port - 1 },
  { first: port + 1, last: 65535 },
];

function aroundDhcp(
  piece: RulePiece,
  { family }: SliceEntry,
  direction: Direction,
): readonly RulePiece[] {
  const { to, from } = dhcpPorts(family, direction);
  const there = serviceSet([portInterval(protocols.udp, to, to)]);
  if (isNoService(intersectServices(piece.service, there))) return [piece];
  return [
    ...narrowed(piece, subtractServices(piece.service, there), `but ${to}`),
    ...narrowed(piece, there, `${to} of ${family}`).map((one) => ({
      ...one,
      senders: allPortsBut(from),
    })),
  ];
}

const narrowed = (piece: RulePiece, service: ServiceSet, key: string): readonly RulePiece[] =>
  isNoService(service) ? [] : [{ ...piece, service, key: `${piece.key} ${key}` }];

export const listenerTypes = serviceSet(
  [130, 131, 132, 143].map((type) => icmpInterval(6, type, undefined)),
);

function aroundListeners(piece: RulePiece, direction: Direction): readonly RulePiece[] {
  const talk = intersectServices(piece.service, listenerTypes);
  const { remote, local } = linkEnds[direction];
  if (isNoService(talk) || !addressesMeet(piece.remote, remote)) return [piece];
  const near = subtractAddresses(piece.local ?? addressesOfFamily(everyAddress, 6), local);
  const [far, link] = [
    subtractAddresses(piece.remote, remote),
    intersectAddresses(piece.remote, remote),
  ];
  return [
    ...narrowed(piece, subtractServices(piece.service, talk), "others"),
    ...narrowed({ ...piece, remote: far }, talk, "far"),
    ...narrowed({ ...piece, remote: link, local: near }, talk, "near"),
  ].filter(
    (one) => !isNoAddress(one.remote) && !(one.local !== undefined && isNoAddress(one.local)),
  );
}

/** Whether a rule that blocks holds something that must pass. */
export function meetsBaseline(rule: RuleContent): boolean {
  const { direction, protocol, icmp, remote = everyAddress } = rule;
  if (protocol === undefined) return true;
  if (protocol === protocols.icmp4)
    return icmp?.some(({ type }) => [3, 11, 12].includes(type)) ?? true;
  if (protocol === protocols.icmp6) {
    const never = [1, 2, 3, 4, 133, 134, 135, 136];
    if (icmp?.some(({ type }) => never.includes(type)) ?? true) return true;
    const ends = linkEnds[direction];
    return (
      icmp?.some(({ type }) => [130, 131, 132, 143].includes(type)) === true &&
      addressesMeet(remote, ends.remote) &&
      (rule.local === undefined || addressesMeet(rule.local, ends.local))
    );
  }
  if (protocol !== protocols.udp) return false;
  const [to, from] =
    direction === "ingress"
      ? [rule.localPorts, rule.remotePorts]
      : [rule.remotePorts, rule.localPorts];
  const holds = (ports: NumberRanges | undefined, port: number) =>
    ports?.some(({ first, last }) => first <= port && port <= last) ?? true;
  return ([4, 6] as const).some((family) => {
    const ports = dhcpPorts(family, direction);
    const isOf = addressesMeet(remote, addressesOfFamily(everyAddress, family));
    return isOf && holds(to, ports.to) && holds(from, ports.from);
  });
}

/** Cut around DHCP, a rule is for the port of a sender, of which a policy knows nothing. */
export function isAroundDhcp(rule: RuleContent): boolean {
  const { direction, action, protocol, remote } = rule;
  if (action !== "block" || protocol !== protocols.udp || remote === undefined) return false;
  const [to, from] =
    direction === "ingress"
      ? [rule.localPorts, rule.remotePorts]
      : [rule.remotePorts, rule.localPorts];
  return ([4, 6] as const).some((family) => {
    const ports = dhcpPorts(family, direction);
    const others = addressesOfFamily(remote, family === 4 ? 6 : 4);
    return (
      isNoAddress(others) &&
      JSON.stringify(to) === JSON.stringify([{ first: ports.to, last: ports.to }]) &&
      JSON.stringify(from) === JSON.stringify(allPortsBut(ports.from))
    );
  });
}
