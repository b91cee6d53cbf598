// The choices a packet has on each axis next to the edges of rules: first, last, one before and one
// after of every range, every name that is said, another one, and none.
import {
  type AddressRange,
  type Family,
  formatAddress,
  lastOf,
  parseAddress,
} from "./addresses.ts";
import type { Packet, PortRange, Rule } from "./policy.ts";

/** Part of a packet: the fields of one axis; none where it says nothing. */
export type Choice = Partial<Packet>;

export interface Axis {
  /** INVARIANT: never empty. */
  readonly values: readonly Choice[];
  /** Whether a choice is what a rule asks for on this axis. */
  readonly meets: (rule: Rule, choice: Choice) => boolean;
}

/** Documentation addresses, far from most rules' edges. */
const somewhere: Readonly<Record<Family, { readonly local: string; readonly remote: string }>> = {
  4: { local: "192.0.2.1", remote: "198.51.100.1" },
  6: { local: "2001:db8::1", remote: "2001:db8:1::1" },
};
const usualProtocols: Readonly<Record<Family, readonly number[]>> = {
  4: [6, 17, 1],
  6: [6, 17, 58],
};
/** ICMP of the other family does not travel. */
const foreignProtocol: Readonly<Record<Family, number>> = { 4: 58, 6: 1 };
const somePort = 49_152;
const someone = {
  program: "C:\\witness\\other.exe",
  service: "WitnessOther",
  user: "S-1-5-21-1-2-3-4",
};

/** A packet for every direction, family and protocol named, and for a protocol that is not. */
export function flowsOf(rules: readonly Rule[]): readonly Packet[] {
  const named = rules.flatMap(({ protocol }) => (protocol === undefined ? [] : [protocol]));
  const unnamed = [47, 50, 132, 253].find((protocol) => !named.includes(protocol)) ?? 254;
  return ([4, 6] as const).flatMap((family) => {
    const protocols = new Set([...usualProtocols[family], ...named, unnamed]);
    protocols.delete(foreignProtocol[family]);
    return [...protocols].flatMap((protocol) =>
      (["in", "out"] as const).map((direction) => ({
        direction,
        family,
        protocol,
        ...somewhere[family],
      })),
    );
  });
}

/** The axes of a flow, from the rules for its protocol. */
export function axesOf(all: readonly Rule[], { family, protocol }: Packet): readonly Axis[] {
  const rules = all.filter((rule) => rule.protocol === undefined || rule.protocol === protocol);
  const hasPorts = protocol === 6 || protocol === 17;
  const hasIcmp = protocol === 1 || protocol === 58;
  return [
    addressAxis(rules, { end: "local", family }),
    addressAxis(rules, { end: "remote", family }),
    ...(hasPorts ? [portAxis(rules, "localPort"), portAxis(rules, "remotePort")] : []),
    ...(hasIcmp ? [icmpAxis(rules)] : []),
    programAxis(rules),
    serviceAxis(rules),
    userAxis(rules),
  ];
}

function addressAxis(
  rules: readonly Rule[],
  { end, family }: { end: "local" | "remote"; family: Family },
): Axis {
  const isLocal = end === "local";
  const asked = (rule: Rule) => (isLocal ? rule.localAddresses : rule.remoteAddresses);
  const edges = rules
    .flatMap((rule) => asked(rule) ?? [])
    .filter((range) => range.family === family)
    .flatMap(({ first, last }) => [first - 1n, first, last, last + 1n])
    .filter((value) => value >= 0n && value <= lastOf(family));
  const values = new Set([parseAddress(somewhere[family][end]).value, ...edges]);
  return {
    values: [...values].map((value) => {
      const text = formatAddress({ family, value });
      return isLocal ? { local: text } : { remote: text };
    }),
    meets: (rule, choice) => {
      const { value } = parseAddress((isLocal ? choice.local : choice.remote) ?? "");
      return asked(rule)?.some((range) => holds(range, family, value)) ?? true;
    },
  };
}

const holds = (range: AddressRange, family: Family, value: bigint) =>
  range.family === family && range.first <= value && value <= range.last;

function portAxis(rules: readonly Rule[], field: "localPort" | "remotePort"): Axis {
  const isLocal = field === "localPort";
  const asked = (rule: Rule): readonly PortRange[] | undefined =>
    isLocal ? rule.localPorts : rule.remotePorts;
  const edges = rules
    .flatMap((rule) => asked(rule) ?? [])
    .flatMap(({ first, last }) => [first - 1, first, last, last + 1])
    .filter((port) => port >= 0 && port <= 65_535);
  return {
    values: [...new Set([somePort, ...edges])].map((port) =>
      isLocal ? { localPort: port } : { remotePort: port },
    ),
    meets: (rule, choice) => {
      const port = choice[field] ?? -1;
      return asked(rule)?.some(({ first, last }) => first <= port && port <= last) ?? true;
    },
  };
}

function icmpAxis(rules: readonly Rule[]): Axis {
  const asked = rules.flatMap((rule) => rule.icmp ?? []);
  const near = (numbers: readonly number[]) => [
    ...new Set(
      numbers.flatMap((n) => [n - 1, n, n + 1]).filter((number) => number >= 0 && number <= 255),
    ),
  ];
  const codes = near([0, ...asked.flatMap(({ code }) => (code === undefined ? [255] : [code]))]);
  return {
    values: near([8, ...asked.map(({ type }) => type)]).flatMap((type) =>
      codes.map((code) => ({ icmp: { type, code } })),
    ),
    meets: (rule, { icmp }) =>
      rule.icmp?.some(
        ({ type, code }) => type === icmp?.type && (code === undefined || code === icmp.code),
      ) ?? true,
  };
}

function programAxis(rules: readonly Rule[]): Axis {
  const named = rules.flatMap(({ program }) => (program === undefined ? [] : [program]));
  return {
    values: [{}, ...[...new Set([...named, someone.program])].map((program) => ({ program }))],
    meets: (rule, { program }) => rule.program === undefined || rule.program === program,
  };
}

function serviceAxis(rules: readonly Rule[]): Axis {
  const named = rules.flatMap(({ service }) =>
    service === undefined || service === "*" ? [] : [service],
  );
  return {
    values: [{}, ...[...new Set([...named, someone.service])].map((service) => ({ service }))],
    meets: (rule, { service }) =>
      rule.service === undefined ||
      (rule.service === "*" ? service !== undefined : rule.service === service),
  };
}

function userAxis(rules: readonly Rule[]): Axis {
  const named = rules.flatMap(({ users }) => users ?? []);
  return {
    values: [{}, ...[...new Set([...named, someone.user])].map((user) => ({ user }))],
    meets: (rule, { user }) =>
      rule.users === undefined || (user !== undefined && rule.users.includes(user)),
  };
}
