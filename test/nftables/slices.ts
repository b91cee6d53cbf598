// Slices made by hand and at random, and what they mean, written down a second time straight from
// the definition of a slice: the witness of every test in this folder.
import fc from "fast-check";
import type { Direction } from "../../compiler/inventory/types.ts";
import {
  type DirectionSlice,
  type EnforcerSlice,
  judgeProcesses,
  type LocalProgram,
  type SliceEntry,
} from "../../compiler/plan/slice.ts";
import { type Cidr, contains, type Family, parsePrefix } from "../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressesOfFamily,
  addressSet,
  cidrsOf,
} from "../../compiler/sets/address-set.ts";
import {
  anyService,
  hasService,
  icmpInterval,
  intersectServices,
  neverFlows,
  portInterval,
  protocolInterval,
  type ServiceSet,
  serviceSet,
  servicesOfFamily,
  subtractServices,
} from "../../compiler/sets/service-set.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import type { Packet, SocketOwner } from "../../targets/nftables/meaning.ts";

export function cidr(text: string): Cidr {
  const parsed = parsePrefix(text);
  if (parsed.kind !== "prefix") throw new Error(`${text} is no prefix`);
  return parsed.cidr;
}

export const program = (
  fields: Readonly<Partial<Record<ProgramField, string>>>,
  ids: { readonly uid?: number; readonly gid?: number } = {},
): LocalProgram => ({
  key: JSON.stringify(fields),
  label: "program",
  // The entries of a record over fields.
  fields: new Map(Object.entries(fields) as [ProgramField, string][]),
  uid: ids.uid,
  gid: ids.gid,
  sid: undefined,
});

export const entry = (
  ruleId: string,
  remote: readonly string[],
  service: ServiceSet,
  rest: Partial<SliceEntry> = {},
): SliceEntry => ({
  ruleId,
  alsoRules: [],
  because: undefined,
  ticket: undefined,
  family: remote[0]?.includes(":") ? 6 : 4,
  local: undefined,
  remote: addressSet(remote.map(cidr)),
  service,
  programs: [],
  notPrograms: [],
  until: undefined,
  log: "none",
  ...rest,
});

export const directionSlice = (
  direction: Direction,
  rest: Partial<DirectionSlice> = {},
): DirectionSlice => ({
  direction,
  observed: undefined,
  judgesProcesses: judgeProcesses([...(rest.denies ?? []), ...(rest.allows ?? [])]),
  denies: [],
  allows: [],
  stagedDenies: [],
  stagedAllows: [],
  ...rest,
});

export const slice = (...directions: readonly DirectionSlice[]): EnforcerSlice => ({
  kind: "nftables",
  id: "0123456789ab",
  workloads: ["w"],
  directions,
});

export const tcp = (first: number, last = first) => serviceSet([portInterval(6, first, last)]);
export const udp = (first: number, last = first) => serviceSet([portInterval(17, first, last)]);

const hostile = fc.constantFrom(
  'a"; accept; #',
  "line\nbreak\r\n\taccept",
  "it\u2019s \u201cfine\u201d",
  "\u001b[31mred\u0000",
  "x".repeat(500),
  "\u00e9".repeat(200),
  "}\n}\nadd rule inet segc input accept\n",
  "\\",
  "\u202eevil",
  "log",
  "",
);
const text = fc.oneof(
  fc.constantFrom("nightly report", "CRM-1"),
  hostile,
  fc.string({ maxLength: 40 }),
);

const addresses4 = fc.constantFrom(
  "10.0.0.1",
  "10.0.0.2",
  "10.0.0.0/30",
  "192.0.2.0/24",
  "0.0.0.0/0",
  "255.255.255.255",
  "128.0.0.0/1",
);
const addresses6 = fc.constantFrom(
  "2001:db8::1",
  "2001:db8::/64",
  "fd00:20::/48",
  "fe80::/10",
  "::/0",
  "ffff::/16",
  "::1",
);

/** Disjoint, sorted, not empty, of one family. */
const peers = (family: Family) =>
  fc
    .array(family === 4 ? addresses4 : addresses6, { minLength: 1, maxLength: 4 })
    .map((list) => addressesOfFamily(addressSet(list.map(cidr)), family));

const port = fc.constantFrom(1, 22, 67, 80, 443, 1024, 65535);
const somePorts = fc
  .tuple(fc.constantFrom(6, 17, 132), port, port)
  .map(([protocol, a, b]) => portInterval(protocol, Math.min(a, b), Math.max(a, b)));
const someIcmp = fc
  .tuple(
    fc.constantFrom<[Family, number]>(
      [4, 8],
      [4, 5],
      [4, 13],
      [6, 128],
      [6, 130],
      [6, 143],
      [6, 200],
    ),
    fc.option(fc.constantFrom(0, 1, 7, 255), { nil: undefined }),
  )
  .map(([[family, type], code]) => icmpInterval(family, type, code));
const interval = fc.oneof(
  { weight: 4, arbitrary: somePorts },
  { weight: 2, arbitrary: someIcmp },
  { weight: 1, arbitrary: fc.constantFrom(6, 7, 17, 47, 132).map(protocolInterval) },
);
const service = (family: Family): fc.Arbitrary<ServiceSet> =>
  fc
    .oneof(
      { weight: 6, arbitrary: fc.array(interval, { minLength: 1, maxLength: 3 }).map(serviceSet) },
      { weight: 1, arbitrary: fc.constant(anyService) },
    )
    .map((set) => intersectServices(subtractServices(set, neverFlows), servicesOfFamily(family)))
    .filter(({ intervals }) => intervals.length > 0);

const names = {
  unit: ["crm-report.service", "export@1.service", "a b;c", "../../x.service"],
  cgroup: ["/system.slice/cron.service", "machine.slice", "/a/b/c/d"],
  path: ["/opt/a", "/opt/b\n"],
  user: ["crm"],
  group: ["batch"],
} as const;

const programOf = (direction: Direction): fc.Arbitrary<LocalProgram> =>
  fc
    .record(
      {
        unit: fc.constantFrom(...names.unit),
        cgroup: fc.constantFrom(...names.cgroup),
        path: fc.constantFrom(...names.path),
        ...(direction === "egress"
          ? { user: fc.constantFrom(...names.user), group: fc.constantFrom(...names.group) }
          : {}),
      },
      { requiredKeys: [] },
    )
    .filter((fields) => Object.keys(fields).length > 0)
    .map((fields) => program(fields, { uid: 1001, gid: 1002 }));

const ruleId = fc.oneof(fc.constantFrom("crm.web-to-api", "crm.prod.x", "r-0123456789"), hostile);

export const someEntry = (
  direction: Direction,
  effect: "allow" | "deny",
): fc.Arbitrary<SliceEntry> =>
  fc.constantFrom<Family>(4, 6).chain((family) =>
    fc.record({
      ruleId,
      alsoRules: fc.constant([]),
      because: fc.option(text, { nil: undefined }),
      ticket: fc.option(text, { nil: undefined }),
      family: fc.constant(family),
      local: fc.option(peers(family), { nil: undefined, freq: 5 }),
      remote: peers(family),
      service: service(family),
      programs: fc.array(programOf(direction), { maxLength: 1 }),
      notPrograms: fc.oneof(
        { weight: 4, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(programOf(direction), { minLength: 1, maxLength: 2 }) },
      ),
      until:
        effect === "deny"
          ? fc.constant(undefined)
          : fc.option(fc.constantFrom("2026-11-23", "2026-12-15"), { nil: undefined, freq: 4 }),
      log: fc.constantFrom("none" as const, "new" as const, "all" as const),
    }),
  );

export const someDirection = (direction: Direction): fc.Arbitrary<DirectionSlice> =>
  fc
    .record({
      direction: fc.constant(direction),
      observed: fc.option(fc.constant({ until: "2027-01-01" }), { nil: undefined, freq: 3 }),
      denies: fc.array(someEntry(direction, "deny"), { maxLength: 2 }),
      allows: fc.array(someEntry(direction, "allow"), { maxLength: 4 }),
      stagedDenies: fc.array(someEntry(direction, "deny"), { maxLength: 1 }),
      stagedAllows: fc.array(someEntry(direction, "allow"), { maxLength: 1 }),
    })
    .map(({ direction: side, ...rest }) => directionSlice(side, rest));

export const someSlice: fc.Arbitrary<EnforcerSlice> = fc
  .tuple(someDirection("ingress"), someDirection("egress"), fc.constantFrom(0, 1, 2))
  .map(([ingress, egress, which]) =>
    slice(...([[ingress, egress], [ingress], [egress]][which] ?? [])),
  );

const addressOf = (family: Family) =>
  fc
    .constantFrom(
      ...(family === 4
        ? [
            "10.0.0.1",
            "10.0.0.2",
            "10.0.0.3",
            "10.0.0.4",
            "192.0.2.255",
            "255.255.255.255",
            "127.0.0.1",
          ]
        : [
            "2001:db8::1",
            "2001:db8::2",
            "2001:db8:0:1::",
            "fe80::1",
            "ff02::16",
            "::",
            "::1",
            "fd00:20::9",
            "ffff::1",
          ]),
    )
    .map((address) => cidr(address).address);

export const owner: fc.Arbitrary<SocketOwner | undefined> = fc.option(
  fc
    .record(
      {
        unit: fc.constantFrom(...names.unit.slice(0, 2)), // the other names no unit can have,
        cgroup: fc.constantFrom(...names.cgroup, "/system.slice/cron.service/x", "/machine.slicex"),
        path: fc.constantFrom(...names.path),
      },
      { requiredKeys: [] },
    )
    .chain((fields) =>
      fc.record({
        fields: fc.constant(new Map(Object.entries(fields) as [ProgramField, string][])),
        uid: fc.constantFrom(0, 1001, 1002),
        gid: fc.constantFrom(0, 1001, 1002),
      }),
    ),
  { nil: undefined, freq: 6 },
);

export const packet: fc.Arbitrary<Packet> = fc.constantFrom<Family>(4, 6).chain((family) =>
  fc
    .record({
      direction: fc.constantFrom<Direction>("ingress", "egress"),
      loopback: fc.constant(false),
      family: fc.constant(family),
      source: addressOf(family),
      destination: addressOf(family),
      point: fc.oneof(
        fc.tuple(
          fc.constantFrom(6, 17, 132),
          fc.oneof(port, fc.constantFrom(21, 23, 66, 68, 444, 0)),
        ),
        fc.tuple(
          fc.constant(family === 4 ? 1 : 58),
          fc
            .tuple(
              fc.constantFrom(0, 3, 5, 8, 11, 13, 128, 129, 130, 133, 135, 137, 143, 200),
              fc.constantFrom(0, 1, 2, 255),
            )
            .map(([type, code]) => type * 256 + code),
        ),
        fc.tuple(fc.constantFrom(0, 2, 47, 7), fc.constant(0)),
      ),
      sourcePort: fc.constantFrom(40000, 68, 546, 67, 547),
      hopLimit: fc.constantFrom(64, 255),
      state: fc.constantFrom(
        "new" as const,
        "established" as const,
        "related" as const,
        "invalid" as const,
      ),
      reply: fc.boolean(),
      owner,
      now: fc
        .constantFrom("2026-11-23T23:59:59Z", "2026-11-24T00:00:00Z", "2026-12-16T00:00:00Z")
        .map((at) => Date.parse(at) / 1000),
    })
    .map(({ point: [protocol, detail], ...rest }) => ({ ...rest, protocol, detail })),
);

/** What a slice says about the first packet of a flow that is no baseline traffic. */
export function sliceDecides(of: EnforcerSlice, packet: Packet): "accept" | "drop" {
  const direction = of.directions.find((one) => one.direction === packet.direction);
  if (direction === undefined) return "accept";
  const hit = (list: readonly SliceEntry[]) => list.some((one) => entryMatches(one, packet));
  if (hit(direction.denies)) return "drop";
  return direction.observed !== undefined || hit(direction.allows) ? "accept" : "drop";
}

function entryMatches(one: SliceEntry, packet: Packet): boolean {
  const [near, far] =
    packet.direction === "egress"
      ? [packet.source, packet.destination]
      : [packet.destination, packet.source];
  const inside = (set: AddressSet, address: typeof near) =>
    cidrsOf(set).some((c) => contains(c, address));
  const runs = (wanted: LocalProgram) => ownerMatches(wanted, packet.owner);
  return (
    one.family === packet.family &&
    (one.local === undefined || inside(one.local, near)) &&
    inside(one.remote, far) &&
    hasService(one.service, packet.protocol * 65536 + packet.detail) &&
    one.programs.every(runs) &&
    !one.notPrograms.some(runs) &&
    (one.until === undefined || new Date(packet.now * 1000).toISOString().slice(0, 10) <= one.until)
  );
}

function ownerMatches(wanted: LocalProgram, who: SocketOwner | undefined): boolean {
  return [...wanted.fields].every(([field, value]) => {
    if (field === "user") return who?.uid === wanted.uid;
    if (field === "group") return who?.gid === wanted.gid;
    const actual = who?.fields.get(field);
    if (field !== "cgroup") return actual === value;
    const plain = value.replace(/^\//, "");
    return actual !== undefined && `${actual.replace(/^\//, "")}/`.startsWith(`${plain}/`);
  });
}
