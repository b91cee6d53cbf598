// One packet as the interpreters see it, and its place on the axes that rules look at.
import { type Family, parseAddress } from "./address.ts";

export const states = ["new", "established", "related", "invalid", "untracked"] as const;
export type State = (typeof states)[number];

export interface Owner {
  readonly uid: number;
  readonly gid: number;
  /** From the root of the hierarchy, without a slash at either end; "" is the root itself. */
  readonly cgroup: string;
}

export interface Packet {
  readonly direction: "in" | "out";
  readonly family: Family;
  readonly source: string;
  readonly destination: string;
  readonly protocol: number;
  /** Of TCP, UDP, SCTP, DCCP and UDP-Lite. */
  readonly ports?: { readonly source: number; readonly destination: number };
  /** Of ICMP and ICMPv6. */
  readonly icmp?: { readonly type: number; readonly code: number };
  readonly state: State;
  readonly ctDirection: "original" | "reply";
  /** Comes in by, or leaves through, the loopback interface. */
  readonly loopback: boolean;
  readonly hopLimit: number;
  /** Of the local socket; undefined where there is none. */
  readonly owner: Owner | undefined;
  /** Epoch seconds. */
  readonly now: number;
}

/** The axes with numbers on them, and their greatest value. */
export const axes = {
  direction: 1n,
  family: 1n,
  source4: (1n << 32n) - 1n,
  source6: (1n << 128n) - 1n,
  destination4: (1n << 32n) - 1n,
  destination6: (1n << 128n) - 1n,
  protocol: 255n,
  sourcePort: 65535n,
  destinationPort: 65535n,
  icmpType: 255n,
  icmpCode: 255n,
  state: BigInt(states.length - 1),
  ctDirection: 1n,
  loopback: 1n,
  hopLimit: 255n,
  owned: 1n,
  uid: (1n << 32n) - 2n,
  gid: (1n << 32n) - 2n,
  now: (1n << 33n) - 1n,
} as const;
export type Axis = keyof typeof axes;
export const axisNames = Object.keys(axes).filter((name): name is Axis => name in axes);

/** A packet on the axes. Only what its family, protocol and owner give it is ever looked at. */
export type Point = Readonly<Record<Axis, bigint>> & { readonly cgroup: string };

export const portProtocols: readonly number[] = [6, 17, 132, 33, 136];

export function pointOf(packet: Packet): Point {
  const { family, owner } = packet;
  const source = addressOf(packet.source, family);
  const destination = addressOf(packet.destination, family);
  return {
    direction: packet.direction === "in" ? 0n : 1n,
    family: family === 4 ? 0n : 1n,
    source4: family === 4 ? source : 0n,
    source6: family === 6 ? source : 0n,
    destination4: family === 4 ? destination : 0n,
    destination6: family === 6 ? destination : 0n,
    protocol: BigInt(packet.protocol),
    sourcePort: BigInt(packet.ports?.source ?? 0),
    destinationPort: BigInt(packet.ports?.destination ?? 0),
    icmpType: BigInt(packet.icmp?.type ?? 0),
    icmpCode: BigInt(packet.icmp?.code ?? 0),
    state: BigInt(states.indexOf(packet.state)),
    ctDirection: packet.ctDirection === "original" ? 0n : 1n,
    loopback: packet.loopback ? 1n : 0n,
    hopLimit: BigInt(packet.hopLimit),
    owned: owner === undefined ? 0n : 1n,
    uid: BigInt(owner?.uid ?? 0),
    gid: BigInt(owner?.gid ?? 0),
    cgroup: owner?.cgroup ?? "",
    now: BigInt(packet.now),
  };
}

function addressOf(text: string, family: Family): bigint {
  const value = parseAddress(text, family);
  if (value === undefined) throw new Error(`no IPv${family} address: ${text}`);
  return value;
}
