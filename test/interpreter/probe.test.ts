// The exact comparison against the slow, obvious one: every packet of the boundary values.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { is } from "./formula.ts";
import { readIptables } from "./iptables.ts";
import { readNftables } from "./nftables.ts";
import { firstDifference, packetsOf, probesOf } from "./probe.ts";
import { decide, type Program } from "./program.ts";

const runs = process.env.SEGC_FULL === "1" ? 2000 : 150;

/** Few axes, each with few values: the whole product stays small. */
const nftRule = fc.tuple(
  fc.subarray(
    [
      "ip saddr 10.0.0.0/31",
      "ip saddr != 10.0.0.1-10.0.0.2",
      "tcp dport 22-23",
      "ct state established",
      "meta l4proto 6-7",
    ],
    { maxLength: 2 },
  ),
  fc.constantFrom("accept", "drop", "jump d", "goto d", "return", "continue"),
);
const nftText = fc.tuple(fc.array(nftRule, { maxLength: 5 }), fc.array(nftRule, { maxLength: 2 }));
const written = (rules: readonly (readonly [readonly string[], string])[], flat: boolean) =>
  rules
    .filter(([matches]) => !(matches.some((m) => m.startsWith("ip ")) && matches.length > 2))
    .map(([matches, verdict]) =>
      [...matches, flat ? verdict.replace(/.* d/, "drop") : verdict].join(" "),
    )
    .join("\n");
const nftProgram = nftText.map(([base, sub]) =>
  readNftables(`table inet t {
    chain d {
      ${written(sub, true)}
    }
    chain c {
      type filter hook input priority 0; policy accept;
      ${written(base, false)}
    }
  }`),
);

const disagreeing = (a: Program, b: Program) => {
  for (const packet of packetsOf(probesOf([a, b]))) {
    if (decide(a, packet) !== decide(b, packet)) return packet;
  }
  return undefined;
};

describe("the comparison of programs", () => {
  it("finds a packet exactly where trying all packets finds one", () => {
    let differing = 0;
    fc.assert(
      fc.property(nftProgram, nftProgram, (a, b) => {
        const found = firstDifference(a, b);
        expect(found === undefined).toBe(disagreeing(a, b) === undefined);
        if (found === undefined) return;
        differing += 1;
        expect(decide(a, found.packet)).toBe(found.before);
        expect(decide(b, found.packet)).toBe(found.after);
      }),
      { numRuns: runs },
    );
    expect(differing).toBeGreaterThan(runs / 4);
  });

  it("holds the two formats side by side", () => {
    const nft = readNftables(`table inet t {
      chain c {
        type filter hook input priority 0; policy drop;
        ip saddr { 10.0.0.0/24, 10.0.1.0/24 } tcp dport 22-23 accept
        ip6 saddr fd00::/64 accept
      }
    }`);
    const table = (rules: string) => `*filter\n:INPUT DROP\n${rules}\nCOMMIT\n`;
    const v4 = "-A INPUT -s 10.0.0.0/23 -p tcp -m multiport --dports 22,23 -j ACCEPT";
    const v6 = "-A INPUT -s fd00::/64 -j ACCEPT";
    expect(firstDifference(nft, readIptables({ v4: table(v4), v6: table(v6) }))).toBeUndefined();
    const narrower = readIptables({ v4: table(v4), v6: table(v6.replace("/64", "/65")) });
    expect(firstDifference(nft, narrower)).toMatchObject({
      packet: { family: 6, source: "fd00:0:0:0:8000:0:0:0" },
      before: "accept",
      after: "drop",
    });
    // Among the packets of version 4 there is none.
    expect(firstDifference(nft, narrower, is("family", 0))).toBeUndefined();
  });

  it("tells cgroups apart by the depth that is asked", () => {
    const of = (rule: string) =>
      readNftables(`table inet t {
        chain c {
          type filter hook output priority 0; policy drop;
          socket cgroupv2 ${rule} accept
        }
      }`);
    expect(firstDifference(of('level 1 "a"'), of('level 1 "a"'))).toBeUndefined();
    expect(firstDifference(of('level 1 "a"'), of('level 2 "a/b"'))).toMatchObject({
      before: "accept",
      packet: { direction: "out", owner: { cgroup: expect.stringMatching(/^a(\/other.*)?$/) } },
    });
    // Only a cgroup that nobody names lies as deep as that.
    expect(firstDifference(of('level 3 != "a"'), of('level 3 "a"'))).toMatchObject({
      packet: { owner: { cgroup: expect.stringMatching(/^.*\/.*\/.*$/) } },
    });
    // Nothing so shallow has a path so deep.
    expect(firstDifference(of('level 1 "a/b"'), of('level 3 "a/b"'))).toBeUndefined();
    expect(firstDifference(of('level 1 != "a/b"'), of('level 3 != "a/b"'))).toBeDefined();
  });

  it("names the values at every boundary and beside it", () => {
    const program = readNftables(`table inet t {
      chain c {
        type filter hook input priority 0;
        tcp dport 22-23 accept
        ip saddr 10.0.0.0/30 accept
      }
    }`);
    const { values } = probesOf([program]);
    expect(values.destinationPort.map(Number)).toEqual([0, 1, 21, 22, 23, 24, 25]);
    const base = 10n << 24n;
    expect(values.source4).toEqual(expect.arrayContaining([base - 1n, base, base + 3n, base + 4n]));
    expect(values.protocol.map(Number)).toEqual(expect.arrayContaining([5, 6, 7]));
  });
});
