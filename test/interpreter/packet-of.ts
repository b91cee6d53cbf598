// A place on the axes -> the packet that stands there, for people and for `decide`.
import { formatAddress } from "./address.ts";
import { type Packet, type Point, portProtocols, states } from "./packet.ts";

export function packetOf(point: Point): Packet {
  const family = point.family === 0n ? 4 : 6;
  const protocol = Number(point.protocol);
  const source = family === 4 ? point.source4 : point.source6;
  const destination = family === 4 ? point.destination4 : point.destination6;
  return {
    direction: point.direction === 0n ? "in" : "out",
    family,
    source: formatAddress(source, family),
    destination: formatAddress(destination, family),
    protocol,
    ...(portProtocols.includes(protocol)
      ? { ports: { source: Number(point.sourcePort), destination: Number(point.destinationPort) } }
      : {}),
    ...(protocol === 1 || protocol === 58
      ? { icmp: { type: Number(point.icmpType), code: Number(point.icmpCode) } }
      : {}),
    state: states[Number(point.state)] ?? "new",
    ctDirection: point.ctDirection === 0n ? "original" : "reply",
    loopback: point.loopback === 1n,
    hopLimit: Number(point.hopLimit),
    owner:
      point.owned === 0n
        ? undefined
        : { uid: Number(point.uid), gid: Number(point.gid), cgroup: point.cgroup },
    now: Number(point.now),
  };
}
