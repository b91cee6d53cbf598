// Packets for tests: a first TCP packet that comes in, with what a test changes of it.
import type { Packet } from "./packet.ts";

const incoming: Packet = {
  direction: "in",
  family: 4,
  source: "10.0.0.1",
  destination: "10.0.0.2",
  protocol: 6,
  ports: { source: 40000, destination: 443 },
  state: "new",
  ctDirection: "original",
  loopback: false,
  hopLimit: 64,
  owner: undefined,
  now: 1_800_000_000,
};

export const tcp = (port: number, changes: Partial<Packet> = {}): Packet => ({
  ...incoming,
  ports: { source: 40000, destination: port },
  ...changes,
});

export const udp = (port: number, changes: Partial<Packet> = {}): Packet =>
  tcp(port, { protocol: 17, ...changes });

export const tcp6 = (port: number, changes: Partial<Packet> = {}): Packet =>
  tcp(port, { family: 6, source: "fd00::1", destination: "fd00::2", ...changes });

/** Any protocol without ports. */
export const bare = (protocol: number, changes: Partial<Packet> = {}): Packet => {
  const { ports: _, ...rest } = incoming;
  return { ...rest, protocol, ...changes };
};

export const icmp = (type: number, code = 0, changes: Partial<Packet> = {}): Packet =>
  bare(1, { icmp: { type, code }, ...changes });

export const icmp6 = (type: number, code = 0, changes: Partial<Packet> = {}): Packet =>
  bare(58, {
    family: 6,
    source: "fd00::1",
    destination: "fd00::2",
    icmp: { type, code },
    ...changes,
  });
