// Small packet lists over a few crowded places, and what happens to single packets by definition.
import fc from "fast-check";
import type {
  PacketList,
  PacketRule,
  PacketVerdict,
  ProcessRecord,
  ProcessTest,
} from "../../compiler/plan/packet-list.ts";
import { remembered } from "../../compiler/plan/remembered.ts";
import { type Family, type IpAddress, parseAddress } from "../../compiler/sets/address.ts";
import { hasAddress, prefixes, unionAddresses } from "../../compiler/sets/address-set.ts";
import {
  anyService,
  hasService,
  icmpInterval,
  packetsOfFamily,
  portInterval,
  protocolInterval,
  protocols,
  serviceSet,
} from "../../compiler/sets/service-set.ts";
import type { ProgramField } from "../../grammar/ast.ts";

export interface Packet {
  readonly family: Family;
  readonly remote: IpAddress;
  readonly local: IpAddress;
  readonly service: number;
  readonly process: ProcessRecord;
  readonly seconds: number;
}

const remoteTexts = [
  ...["10.0.0.0/30", "10.0.0.0/31", "10.0.0.2/32", "10.0.0.3/32", "255.255.255.254/31"],
  ...["fd00::/126", "fd00::1/128", "fd00::2/127", "0.0.0.0/0", "::/0", "0.0.0.0/1"],
  ...["ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127", "fd00::ffff:ffff/128", "fd00::1:0:0/96"],
];
/** Both sides of every border of the prefixes above. */
const remotePoints = [
  ...["0.0.0.0", "9.255.255.255", "10.0.0.0", "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4"],
  ...["127.255.255.255", "128.0.0.0", "255.255.255.253", "255.255.255.254", "255.255.255.255"],
  ...["::", "fcff:ffff::", "fd00::", "fd00::1", "fd00::2", "fd00::3", "fd00::4"],
  ...["fd00::ffff:fffe", "fd00::ffff:ffff", "fd00::1:0:0", "fd00::1:ffff:ffff", "fd00::2:0:0"],
  ...["ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffd", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe"],
];
const localTexts = ["192.0.2.1/32", "192.0.2.0/31", "2001:db8::1/128"];
const localPoints = ["192.0.2.0", "192.0.2.1", "192.0.2.2", "2001:db8::", "2001:db8::1"];

const { tcp, udp, icmp4, icmp6 } = protocols;
const serviceIntervals = [
  ...[portInterval(tcp, 22, 22), portInterval(tcp, 20, 30), portInterval(tcp, 23, 65535)],
  ...[protocolInterval(tcp), portInterval(udp, 53, 53), protocolInterval(47)],
  ...[icmpInterval(4, 8, undefined), icmpInterval(4, 13, 0), protocolInterval(icmp4)],
  ...[icmpInterval(6, 128, 0), protocolInterval(icmp6)],
];
const at = (protocol: number, detail: number) => protocol * 65536 + detail;
/** Both sides of every border, and points that are no flow of either family. */
const servicePoints = [
  ...[0, 19, 20, 21, 22, 23, 24, 30, 31, 65535].map((port) => at(tcp, port)),
  ...[52, 53, 54].map((port) => at(udp, port)),
  ...[at(46, 0), at(47, 0), at(48, 0), at(icmp4, 0), at(icmp4, 8 * 256), at(icmp4, 13 * 256)],
  ...[at(icmp4, 13 * 256 + 1), at(icmp4, 9 * 256), at(icmp6, 128 * 256), at(icmp6, 128 * 256 + 1)],
  ...[at(icmp6, 200 * 256), at(icmp6, 135 * 256)],
];

const fieldValues: readonly (readonly [ProgramField, readonly string[]])[] = [
  ["user", ["0", "1000"]],
  ["unit", ["nginx.service", "sshd.service"]],
  ["cgroup", ["/a", "/a/b", "/a/b/c", "/ab"]],
];
/** Real processes have one value of a field or none, also values that no rule names. */
const realValues: readonly (readonly [ProgramField, readonly (string | undefined)[]])[] = [
  ["user", ["0", "1000", "7"]],
  ["unit", ["nginx.service", "sshd.service", undefined]],
  ["cgroup", ["/a/x", "/a/b", "/a/b/c/d", "/ab", "/z", undefined]],
];
const realProcesses = realValues.reduce<readonly ProcessRecord[]>(
  (processes, [field, values]) =>
    processes.flatMap((process) =>
      values.map((value) =>
        value === undefined ? process : new Map([...process, [field, value]]),
      ),
    ),
  [new Map()],
);

const instants = [100, 200];
const secondsPoints = [99, 100, 199, 200];

/** What rules of a case may ask for: each aspect left out now and then keeps the points few. */
export interface Aspects {
  readonly local: boolean;
  readonly process: boolean;
  readonly time: boolean;
}

export const aspects: fc.Arbitrary<Aspects> = fc.constantFrom(
  { local: false, process: false, time: false },
  { local: true, process: false, time: true },
  { local: false, process: true, time: false },
  { local: true, process: false, time: false },
  { local: false, process: true, time: true },
);

const some = <T>(values: readonly T[], most: number) =>
  fc.subarray([...values], { minLength: 1, maxLength: Math.min(most, values.length) });

const addresses = (texts: readonly string[]) =>
  some(texts, 4).map((list) => unionAddresses(...list.map((text) => prefixes(text))));

const record: fc.Arbitrary<ProcessRecord> = fc
  .tuple(...fieldValues.map(([, values]) => fc.option(fc.constantFrom(...values), { freq: 2 })))
  .map(
    (values) =>
      new Map(
        fieldValues.flatMap(([field], index): (readonly [ProgramField, string])[] => {
          const value = values[index];
          return typeof value === "string" ? [[field, value]] : [];
        }),
      ),
  );
const test: fc.Arbitrary<ProcessTest> = fc.array(record, { maxLength: 3 });

const everywhere = fc.constant(prefixes("0.0.0.0/0", "::/0"));
const any = fc.constant(anyService);

export function rule(asked: Aspects): fc.Arbitrary<PacketRule> {
  const tests = asked.process ? fc.array(test, { maxLength: 2 }) : fc.constant([]);
  return fc.record({
    remote: fc.oneof(addresses(remoteTexts), everywhere),
    local: asked.local
      ? fc.option(addresses(localTexts), { nil: undefined })
      : fc.constant(undefined),
    service: fc.oneof(some(serviceIntervals, 3).map(serviceSet), any),
    processes: tests,
    notProcesses: tests,
    before: asked.time
      ? fc.option(fc.constantFrom(...instants), { nil: undefined })
      : fc.constant(undefined),
    verdict: fc.constantFrom<PacketVerdict>("accept", "drop"),
  });
}

export function list(asked: Aspects): fc.Arbitrary<PacketList> {
  return fc.record({
    direction: fc.constant("ingress" as const),
    rules: fc.array(rule(asked), { maxLength: 6, size: "max" }),
    otherwise: fc.constantFrom<PacketVerdict>("drop", "drop", "accept"),
  });
}

/** Rules that ask for one field each, many of which hold the same packets of some process. */
const oneField: fc.Arbitrary<PacketRule> = fc.record({
  remote: fc.oneof(
    fc.constantFrom(...remoteTexts).map((text) => prefixes(text)),
    everywhere,
  ),
  local: fc.constant(undefined),
  service: fc.oneof(
    fc.constantFrom(...serviceIntervals).map((one) => serviceSet([one])),
    any,
  ),
  processes: fc
    .constantFrom(...fieldValues)
    .chain(([field, values]) => fc.constantFrom(...values).map((value) => [field, value] as const))
    .map((entry) => [[new Map([entry])]]),
  notProcesses: fc.constant([]),
  before: fc.constant(undefined),
  verdict: fc.constantFrom<PacketVerdict>("accept", "drop"),
});

/** Two lists of the same rules in two orders, which is all that may tell them apart. */
export const reordered: fc.Arbitrary<readonly [PacketList, PacketList]> = fc
  .array(oneField, { minLength: 2, maxLength: 5, size: "max" })
  .chain((rules) =>
    fc.tuple(
      fc.constant(rules),
      fc.shuffledSubarray(rules, { minLength: rules.length, maxLength: rules.length }),
      fc.constantFrom<PacketVerdict>("drop", "accept"),
    ),
  )
  .map(([rules, shuffled, otherwise]) => [
    { direction: "ingress", rules, otherwise },
    { direction: "ingress", rules: shuffled, otherwise },
  ]);

const addressOf = (text: string): IpAddress => {
  const parsed = parseAddress(text);
  if (typeof parsed === "string") throw new Error(text);
  return parsed;
};

/** Enough packets to tell any two such lists apart. */
export const packetsFor = remembered(packetsThatTell);

function packetsThatTell(asked: Aspects): readonly Packet[] {
  const [locals, processes, seconds] = [
    asked.local ? localPoints : ["192.0.2.9", "2001:db8::9"],
    asked.process ? realProcesses : [new Map()],
    asked.time ? secondsPoints : [0],
  ];
  return remotePoints.map(addressOf).flatMap((remote) =>
    locals
      .map(addressOf)
      .filter((local) => local.family === remote.family)
      .flatMap((local) =>
        servicePoints
          .filter((service) => hasService(packetsOfFamily(remote.family), service))
          .flatMap((service) =>
            processes.flatMap((process) =>
              seconds.map((second) => ({
                ...{ family: remote.family, remote, local, service },
                ...{ process, seconds: second },
              })),
            ),
          ),
      ),
  );
}

/** First match, by its definition. */
export function verdictOn({ rules, otherwise }: PacketList, packet: Packet): PacketVerdict {
  return rules.find((one) => matches(one, packet))?.verdict ?? otherwise;
}

function matches(one: PacketRule, packet: Packet): boolean {
  return (
    (one.before === undefined || packet.seconds < one.before) &&
    hasAddress(one.remote, packet.remote) &&
    hasService(one.service, packet.service) &&
    (one.local === undefined || hasAddress(one.local, packet.local)) &&
    one.processes.every((tried) => passes(tried, packet.process)) &&
    !one.notProcesses.some((tried) => passes(tried, packet.process))
  );
}

function passes(tried: ProcessTest, process: ProcessRecord): boolean {
  return tried.some((wanted) =>
    [...wanted].every(([field, value]) => {
      const actual = process.get(field);
      return actual === value || (field === "cgroup" && actual?.startsWith(`${value}/`) === true);
    }),
  );
}
