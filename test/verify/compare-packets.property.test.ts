// Comparing two packet lists against what happens to every packet that could tell them apart.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PacketList, PacketRule } from "../../compiler/plan/packet-list.ts";
import { addressClasses, type ClassesByFamily } from "../../compiler/sets/address-classes.ts";
import { everyAddress, prefixes, unionAddresses } from "../../compiler/sets/address-set.ts";
import {
  anyService,
  portInterval,
  protocols,
  serviceSet,
  subtractServices,
  unionServices,
} from "../../compiler/sets/service-set.ts";
import { comparePackets, type PacketWitness } from "../../compiler/verify/compare-packets.ts";
import {
  type Aspects,
  aspects,
  list,
  packetsFor,
  reordered,
  rule,
  verdictOn,
} from "./random-packets.ts";

const numRuns = process.env.SEGC_FULL === "1" ? 4_000 : 200;

interface Pair {
  readonly asked: Aspects;
  readonly a: PacketList;
  readonly b: PacketList;
}

/** A witness as a packet: what no rule asks for is any value. */
const packetOf = (witness: PacketWitness) => ({
  ...witness,
  local: witness.local ?? witness.remote,
  seconds: witness.seconds ?? 0,
});

/** None, those of both lists, and some that the far ends of one list may split. */
const classings = ({ a, b }: Pair) => {
  const peers = ({ rules }: PacketList) => rules.map(({ remote }) => remote);
  const all = addressClasses([...peers(a), ...peers(b)]);
  return [undefined, all, addressClasses(peers(a).slice(1))];
};

function agrees(pair: Pair): void {
  for (const classes of classings(pair)) agreesBy(pair, classes);
}

function agreesBy({ asked, a, b }: Pair, classes: ClassesByFamily | undefined): void {
  const found = comparePackets(a, b, { classes });
  const telling = packetsFor(asked).find((packet) => verdictOn(a, packet) !== verdictOn(b, packet));
  expect(found.equal).toBe(telling === undefined);
  if (found.equal !== false) return;
  expect(found.a).not.toBe(found.b);
  expect(verdictOn(a, packetOf(found.witness))).toBe(found.a);
  expect(verdictOn(b, packetOf(found.witness))).toBe(found.b);
}

const unrelated: fc.Arbitrary<Pair> = aspects.chain((asked) =>
  fc.record({ asked: fc.constant(asked), a: list(asked), b: list(asked) }),
);

const replacing = (a: PacketList, at: number, count: number, ...by: readonly PacketRule[]) => ({
  ...a,
  rules: a.rules.toSpliced(at % (a.rules.length + 1), count, ...by),
});

const mutated: fc.Arbitrary<Pair> = aspects.chain((asked) =>
  fc
    .tuple(list(asked), rule(asked), fc.nat(), fc.constantFrom(0, 1))
    .map(([a, other, at, count]) => ({ asked, a, b: replacing(a, at, count, other) })),
);

/** Each rule once for what another one also holds, and once whole; copies of all sets. */
function split(a: PacketList, by: PacketRule): PacketList {
  const copied = (one: PacketRule): PacketRule => ({
    ...one,
    remote: { v4: new Float64Array(one.remote.v4), v6: new Float64Array(one.remote.v6) },
    service: { intervals: [...one.service.intervals] },
  });
  return {
    ...a,
    rules: a.rules.flatMap((one) => [
      { ...copied(one), processes: [...one.processes, ...by.processes], before: one.before },
      copied({
        ...one,
        service: unionServices(one.service, subtractServices(one.service, by.service)),
      }),
    ]),
  };
}

const sameMeaning: fc.Arbitrary<Pair> = aspects.chain((asked) =>
  fc.tuple(list(asked), rule(asked)).map(([a, by]) => ({ asked, a, b: split(a, by) })),
);

describe("two packet lists", () => {
  it("are decided where they have nothing to do with each other", () => {
    fc.assert(fc.property(unrelated, agrees), { numRuns });
  });

  it("are told apart exactly where one change made them different", () => {
    fc.assert(fc.property(mutated, agrees), { numRuns });
  });

  it("are equal where rules are split", () => {
    fc.assert(
      fc.property(sameMeaning, (pair) => {
        expect(comparePackets(pair.a, pair.b)).toEqual({ equal: true });
        agrees(pair);
      }),
      { numRuns },
    );
  });
});

describe("two orders of the same rules for processes", () => {
  const asked: Aspects = { local: false, process: true, time: false };

  it("are told apart exactly where a process of two rules is", () => {
    fc.assert(
      fc.property(reordered, ([a, b]) => agrees({ asked, a, b })),
      { numRuns },
    );
  });

  it("are of both kinds here", () => {
    const sample = fc.sample(reordered, { numRuns: 200, seed: 1 });
    const different = sample.filter(([a, b]) =>
      packetsFor(asked).some((packet) => verdictOn(a, packet) !== verdictOn(b, packet)),
    );
    expect(different.length).toBeGreaterThan(40);
    expect(different.length).toBeLessThan(160);
  });
});

const plain: PacketRule = {
  ...{ remote: everyAddress, local: undefined, service: anyService, processes: [] },
  ...{ notProcesses: [], before: undefined, verdict: "accept" },
};
const listOf = (...rules: readonly PacketRule[]): PacketList => ({
  ...{ direction: "ingress", rules, otherwise: "drop" },
});
const ssh = serviceSet([portInterval(protocols.tcp, 22, 22)]);

describe("a difference", () => {
  it("is shown by the lowest packet of its kind", () => {
    const a = listOf({ ...plain, remote: prefixes("10.0.0.0/8"), service: ssh });
    const b = listOf({ ...plain, remote: prefixes("10.0.0.0/9"), service: ssh });
    expect(comparePackets(a, b)).toEqual({
      ...{ equal: false, a: "accept", b: "drop" },
      witness: {
        ...{ family: 4, remote: { family: 4, words: [0x0a800000] }, local: undefined },
        ...{ service: 6 * 65536 + 22, process: new Map(), seconds: undefined },
      },
    });
  });

  it("that only IPv6 has is found", () => {
    const a = listOf({ ...plain, remote: prefixes("10.0.0.0/8", "fd00::/8") });
    const b = listOf({ ...plain, remote: prefixes("10.0.0.0/8") });
    expect(comparePackets(a, b)).toMatchObject({ equal: false, witness: { family: 6 } });
  });

  it("between directions is no question", () => {
    const other: PacketList = { ...listOf(), direction: "egress" };
    expect(comparePackets(listOf(), other).equal).toBeUndefined();
  });

  it("is not looked for among too many processes", () => {
    const users = Array.from({ length: 300 }, (_, user) => new Map([["user", `${user}`]] as const));
    const units = Array.from({ length: 300 }, (_, unit) => new Map([["unit", `${unit}`]] as const));
    const many = listOf({ ...plain, processes: [users, units] });
    const found = comparePackets(many, listOf());
    expect(found.equal).toBeUndefined();
    expect(comparePackets(many, { ...many, rules: [...many.rules] })).toEqual({ equal: true });
  });

  it("is looked for among processes whose rules meet, where all would be too many", () => {
    const tcp = (port: number) => serviceSet([portInterval(protocols.tcp, port, port)]);
    const asking = (field: "user" | "unit", value: number, port: number): PacketRule => ({
      ...plain,
      service: tcp(port),
      processes: [[new Map([[field, `${value}`]])]],
    });
    const others = Array.from({ length: 100 }, (_, value) => [
      asking("user", value, 1000 + value),
      asking("unit", value, 2000 + value),
    ]).flat();
    const denies: PacketRule = { ...asking("user", 7, 22), verdict: "drop" };
    const list = (...first: readonly PacketRule[]) => listOf(...first, ...others);
    const together = asking("unit", 8, 22);
    // What only a process of both shows: the later rule does not see it.
    const process = new Map([
      ["user", "7"],
      ["unit", "8"],
    ]);
    expect(comparePackets(list(denies, together), list(together, denies))).toMatchObject({
      equal: false,
      witness: { process },
    });
    const apart = asking("unit", 8, 23);
    expect(comparePackets(list(denies, apart), list(apart, denies))).toEqual({ equal: true });
  });

  it("that only one process of several records shows is found, in either order", () => {
    const deep = [new Map([["cgroup", "/a/b"] as const])];
    const wide = [
      new Map([
        ["cgroup", "/a"],
        ["user", "0"],
      ] as const),
    ];
    for (const processes of [
      [deep, wide],
      [wide, deep],
    ]) {
      expect(comparePackets(listOf({ ...plain, processes }), listOf())).toMatchObject({
        equal: false,
        witness: {
          process: new Map([
            ["cgroup", "/a/b"],
            ["user", "0"],
          ]),
        },
      });
    }
  });

  it("in the case of a path is one on Linux and none on Windows", () => {
    const byPath = (path: string) =>
      listOf({ ...plain, processes: [[new Map([["path", path] as const])]] });
    const verdictFor = (x: string, y: string) => comparePackets(byPath(x), byPath(y)).equal;
    expect(verdictFor("/usr/bin/X", "/usr/bin/x")).toBe(false);
    expect(verdictFor("C:\\X.exe", "c:\\x.EXE")).toBe(true);
  });

  it("in what no packet has is none, in replies there is one", () => {
    const replies = serviceSet([{ first: 65536, last: 65536 + 255 }]);
    expect(comparePackets(listOf({ ...plain, service: replies }), listOf()).equal).toBe(false);
    const nothing = serviceSet([{ first: 1, last: 65535 }]);
    expect(comparePackets(listOf({ ...plain, service: nothing }), listOf())).toEqual({
      equal: true,
    });
    const wide = unionAddresses(prefixes("10.0.0.0/9"), prefixes("10.128.0.0/9"));
    expect(
      comparePackets(
        listOf({ ...plain, remote: wide, service: ssh }),
        listOf({ ...plain, remote: prefixes("10.0.0.0/8"), service: unionServices(ssh, nothing) }),
      ),
    ).toEqual({ equal: true });
  });
});
