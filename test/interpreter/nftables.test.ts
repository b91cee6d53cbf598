// What nft's documentation says of each feature, and the traps.
import { describe, expect, it } from "vitest";
import { readNftables } from "./nftables.ts";
import type { Packet } from "./packet.ts";
import { bare, icmp, icmp6, tcp, tcp6, udp } from "./packets.ts";
import { decide } from "./program.ts";

/** One base chain on input that drops what no rule accepts, with more of the table before it. */
const table = (rules: string, before = "", hook = "input") => `
table inet t {
${before}
  chain c {
    type filter hook ${hook} priority filter
    policy drop
${rules}
  }
}
`;
const accepts = (text: string, packet: Packet) => decide(readNftables(text), packet) === "accept";
const passes = (rules: string, packet: Packet, before?: string) =>
  accepts(table(rules, before), packet);
const outgoing = { direction: "out" } as const;

describe("nft matches", () => {
  it("sees addresses of its family only, negated or not", () => {
    expect(passes("ip saddr 10.0.0.0/30 accept", tcp(1))).toBe(true);
    expect(passes("ip saddr 10.0.0.2-10.0.0.9 accept", tcp(1))).toBe(false);
    expect(passes("ip daddr != 10.0.0.1 accept", tcp(1))).toBe(true);
    expect(passes("ip6 saddr ::/0 accept", tcp(1))).toBe(false);
    expect(passes("ip6 saddr != fd00::9 accept", tcp(1))).toBe(false);
    expect(passes("ip6 saddr != fd00::9 accept", tcp6(1))).toBe(true);
    expect(passes("ip saddr != 10.9.9.9 accept", tcp6(1))).toBe(false);
    expect(passes("ip saddr { 10.9.9.9, 10.0.0.0/31 } accept", tcp(1))).toBe(true);
  });

  it("implies the protocol of a port", () => {
    expect(passes("tcp dport 53 accept", udp(53))).toBe(false);
    expect(passes("tcp dport != 53 accept", udp(54))).toBe(false);
    expect(passes("udp sport 40000 accept", udp(53))).toBe(true);
    expect(passes("tcp dport 50-53 accept", tcp6(53))).toBe(true);
    expect(passes("tcp dport >= 53 accept", tcp(52))).toBe(false);
    expect(passes("meta l4proto { tcp, udp } th dport 53 accept", udp(53))).toBe(true);
    expect(passes("th dport 0 meta l4proto { 6, 132 } accept", bare(47))).toBe(false);
    expect(passes("meta l4proto 6 th dport != 7 accept", bare(47))).toBe(false);
    expect(passes("meta l4proto 47 accept", bare(47))).toBe(true);
    expect(passes("sctp dport 9 accept", tcp(9, { protocol: 132 }))).toBe(true);
  });

  it("implies the version of ICMP", () => {
    expect(passes("icmp type 8 accept", icmp(8))).toBe(true);
    expect(passes("icmp type echo-request accept", icmp(0))).toBe(false);
    expect(passes("icmp type 8 accept", icmp6(8))).toBe(false);
    expect(passes("icmp type 3 icmp code 4 accept", icmp(3, 3))).toBe(false);
    expect(passes("icmpv6 type { 130-132, 143 } accept", icmp6(131))).toBe(true);
    expect(passes("ip6 hoplimit 255 icmpv6 type 135 accept", icmp6(135))).toBe(false);
    expect(passes("ip6 hoplimit 255 accept", icmp6(135, 0, { hopLimit: 255 }))).toBe(true);
    expect(passes("ip6 hoplimit 64 accept", tcp(1))).toBe(false);
  });

  it("compares states one by one", () => {
    const established = tcp(1, { state: "established" });
    expect(passes("ct state established,related accept", established)).toBe(true);
    expect(passes("ct state { new, invalid } accept", established)).toBe(false);
    expect(passes("ct state != established accept", established)).toBe(false);
    expect(passes("ct state != { established, new } accept", established)).toBe(false);
    // The mask as a whole is compared: no packet has two states.
    expect(passes("ct state != established,new accept", established)).toBe(true);
    expect(passes("ct direction original accept", established)).toBe(true);
    expect(passes("ct direction != reply accept", tcp(1, { state: "untracked" }))).toBe(false);
  });

  it("knows the loopback interface by the hook", () => {
    const lo = { loopback: true };
    expect(passes('iif "lo" accept', tcp(1, lo))).toBe(true);
    expect(passes("iifname lo accept", tcp(1))).toBe(false);
    expect(passes('oif "lo" accept', tcp(1, lo))).toBe(false);
    expect(passes('oif != "lo" accept', tcp(1, lo))).toBe(true);
    const out = tcp(1, { ...lo, ...outgoing });
    expect(accepts(table('oif "lo" accept', "", "output"), out)).toBe(true);
    expect(accepts(table('meta iif "lo" accept', "", "output"), out)).toBe(false);
  });

  it("sees owners where there is a socket", () => {
    const owner = { uid: 1000, gid: 4, cgroup: "a.slice/b.service/c" };
    const owned = tcp(1, { owner });
    expect(passes("meta skuid 1000 accept", owned)).toBe(true);
    expect(passes("meta skuid 0-999 accept", owned)).toBe(false);
    expect(passes("meta skuid != 7 accept", tcp(1))).toBe(false);
    expect(passes("meta skgid { 4, 5 } accept", owned)).toBe(true);
    expect(passes('socket cgroupv2 level 2 "a.slice/b.service" accept', owned)).toBe(true);
    expect(passes('socket cgroupv2 level 1 "a.slice/b.service" accept', owned)).toBe(false);
    expect(passes('socket cgroupv2 level 4 != "a.slice/b.service/c/d" accept', owned)).toBe(false);
    const set = (elements: string) => `set s {\n type cgroupsv2\n ${elements}\n}`;
    const rule = "socket cgroupv2 level 1 @s accept";
    expect(passes(rule, owned, set('elements = { "a.slice" }'))).toBe(true);
    expect(passes(rule, owned, set(""))).toBe(false);
  });

  it("reads times as UTC, the bound itself excluded by <", () => {
    for (const bound of ["1797379200", '"2026-12-16 00:00:00"', '"2026-12-16"']) {
      expect(passes(`meta time < ${bound} accept`, tcp(1, { now: 1797379199 }))).toBe(true);
      expect(passes(`meta time < ${bound} accept`, tcp(1, { now: 1797379200 }))).toBe(false);
      expect(passes(`meta time >= ${bound} accept`, tcp(1, { now: 1797379200 }))).toBe(true);
    }
  });

  it("takes limits, logs and counters as no verdict", () => {
    const rule = 'ct state new limit rate 5/second burst 9 packets log prefix "x accept: " counter';
    expect(passes(`${rule} comment "accept"`, tcp(1))).toBe(false);
    expect(passes(`counter packets 1 bytes 2 log group 3 accept`, tcp(1))).toBe(true);
  });
});

describe("nft sets and maps", () => {
  const ports = "set s {\n type ipv4_addr . inet_proto . inet_service\n flags interval\n";

  it("matches nothing against an empty set, and everything against its negation", () => {
    const empty = "set s {\n type ipv4_addr\n}";
    expect(passes("ip saddr @s accept", tcp(1), empty)).toBe(false);
    expect(passes("ip saddr != @s accept", tcp(1), empty)).toBe(true);
    expect(passes("ip saddr != @s accept", tcp6(1), empty)).toBe(false);
  });

  it("matches every field of a concatenation in the same element", () => {
    const set = `${ports} elements = { 10.0.0.0/31 . tcp . 22, 10.0.0.8 . udp . 50-53 }\n}`;
    const rule = "ip saddr . meta l4proto . th dport @s accept";
    expect(passes(rule, tcp(22), set)).toBe(true);
    expect(passes(rule, tcp(52), set)).toBe(false);
    expect(passes(rule, udp(52, { source: "10.0.0.8" }), set)).toBe(true);
    expect(passes(rule, udp(52), set)).toBe(false);
    const inline = "ip6 saddr . tcp dport { fd00::1 . 22, fd00::2 . 23 } accept";
    expect(passes(inline, tcp6(22))).toBe(true);
    expect(passes(inline, tcp6(23))).toBe(false);
  });

  it("goes on after a verdict map that misses", () => {
    const rules = "ip saddr vmap { 10.0.0.0/31 : drop, 10.0.0.9 : accept }\naccept";
    expect(passes(rules, tcp(1))).toBe(false);
    expect(passes(rules, tcp(1, { source: "10.0.0.9" }))).toBe(true);
    expect(passes(rules, tcp(1, { source: "10.0.0.7" }))).toBe(true);
    expect(passes(rules, tcp6(1))).toBe(true);
    const states = "ct state vmap { established : accept, invalid : drop }\ntcp dport 9 accept";
    expect(passes(states, tcp(1, { state: "established" }))).toBe(true);
    expect(passes(states, tcp(9, { state: "invalid" }))).toBe(false);
    expect(passes(states, tcp(9))).toBe(true);
  });

  it("jumps from a named map and comes back to the next rule", () => {
    const map = `map m {
      type ipv4_addr : verdict
      flags interval
      elements = { 10.0.0.0/24 : jump web,
        10.1.0.0-10.1.0.9 : continue }
    }
    chain web {
      tcp dport 80 accept
    }`;
    const rules = "ip saddr vmap @m\ntcp dport 22 accept";
    expect(passes(rules, tcp(80), map)).toBe(true);
    expect(passes(rules, tcp(22), map)).toBe(true);
    expect(passes(rules, tcp(80, { source: "10.1.0.3" }), map)).toBe(false);
  });

  it("follows later commands", () => {
    const text = `add table inet t
      delete table inet t
      table inet t {
        set s {
          type ipv4_addr
          elements = { 10.0.0.9 }
        }
        chain c {
          type filter hook input priority 0; policy drop;
          ip saddr @s accept
        }
      }
      flush set inet t s`;
    expect(accepts(`${text}\nadd element inet t s { 10.0.0.1 }`, tcp(1))).toBe(true);
    expect(accepts(text, tcp(1, { source: "10.0.0.9" }))).toBe(false);
  });
});

describe("nft chains", () => {
  it("comes back from a jump and not from a goto", () => {
    const sub = "chain d {\n tcp dport 1 accept\n}";
    expect(passes("jump d\ntcp dport 2 accept", tcp(2), sub)).toBe(true);
    expect(passes("goto d\ntcp dport 2 accept", tcp(2), sub)).toBe(false);
    const nested = "chain e {\n return\n}\nchain d {\n goto e\n tcp dport 3 accept\n}";
    expect(passes("jump d\ntcp dport 2 accept", tcp(2), nested)).toBe(true);
    expect(passes("jump d\ntcp dport 2 accept", tcp(3), nested)).toBe(false);
  });

  it("returns from a base chain to its policy", () => {
    expect(passes("tcp dport 1 return\naccept", tcp(1))).toBe(false);
    expect(passes("tcp dport 1 continue\naccept", tcp(1))).toBe(true);
  });

  it("asks every base chain of a hook in the order of priority; drop is final", () => {
    const chain = (name: string, priority: string, rule: string, policy = "accept") =>
      `chain ${name} {\n type filter hook input priority ${priority}; policy ${policy};\n ${rule}\n}\n`;
    const of = (...chains: readonly string[]) => `table inet t {\n${chains.join("")}}\n`;
    const late = chain("late", "filter + 5", "tcp dport 1 drop");
    const early = chain("early", "-10", "tcp dport 1 accept", "drop");
    expect(accepts(of(late, early), tcp(1))).toBe(false);
    expect(accepts(of(late, early), tcp(2))).toBe(false);
    expect(accepts(of(late, chain("early", "-10", "accept")), tcp(2))).toBe(true);
    expect(accepts(of(late), tcp(1, outgoing))).toBe(true);
  });

  it("lets through what no chain is hooked for", () => {
    expect(accepts("table inet t {\n}\n", tcp(1))).toBe(true);
    const v4only =
      "table ip t {\n chain c {\n type filter hook input priority 0; policy drop;\n }\n}";
    expect([accepts(v4only, tcp(1)), accepts(v4only, tcp6(1))]).toEqual([false, true]);
  });
});

describe("nft files that do not load", () => {
  const set = (elements: string, flags = "flags interval") =>
    `set s {\n type ipv4_addr\n ${flags}\n elements = { ${elements} }\n}`;
  it.each([
    ["an unknown match", "tcp flags syn accept", ""],
    ["an unknown set", "ip saddr @s accept", ""],
    ["a set of the other family", "ip6 saddr @s accept", set("10.0.0.1")],
    ["an unknown chain", "jump nowhere", ""],
    ["a jump to a base chain", "jump c", ""],
    ["a loop", "jump d", "chain d {\n jump e\n}\nchain e {\n jump d\n}"],
    ["two transports", "tcp dport 1 udp dport 2 accept", ""],
    ["two families", "ip saddr 10.0.0.1 ip6 daddr fd00::1 accept", ""],
    ["bytes of any protocol as ports", "th dport 53 accept", ""],
    ["bytes of all but one protocol", "meta l4proto != 1 th dport 53 accept", ""],
    ["bytes of a range of protocols", "meta l4proto 6-17 th dport 53 accept", ""],
    [
      "bytes of a protocol in a key",
      "ip saddr . meta l4proto . th dport { 10.0.0.1 . 1 . 5 } drop",
      "",
    ],
    ["words after a verdict", "accept drop", ""],
    ["a list without braces", "tcp dport 1,2 accept", ""],
    ["a verdict that hangs on a rate", "limit rate 1/second accept", ""],
    ["another interface", 'iif "eth0" accept', ""],
    ["an empty list", "tcp dport { } accept", ""],
    ["a port that is too great", "tcp dport 65536 accept", ""],
    ["a range the wrong way round", "tcp dport 5-3 accept", ""],
    ["an overlap", "accept", set("10.0.0.0/8, 10.1.0.0/16")],
    ["a prefix without the interval flag", "accept", set("10.0.0.0/8", "")],
    ["two verdicts for one port", "tcp dport vmap { 1-5 : accept, 3 : drop }", ""],
  ])("%s", (_, rules, before) => {
    expect(() => readNftables(table(rules, before))).toThrow(/^line \d+: /);
  });

  it("says the line", () => {
    expect(() => readNftables(table("tcp dport 1 accept\nfoo bar accept"))).toThrow(/^line 8: /);
  });

  it("takes overlaps where they are merged, and the same element twice", () => {
    const merged = set("10.0.0.0/8, 10.1.0.0/16", "flags interval\n auto-merge");
    expect(passes("ip saddr @s accept", tcp(1), merged)).toBe(true);
    expect(passes("ip saddr @s accept", tcp(1), set("10.0.0.0/8, 10.0.0.0/8,"))).toBe(true);
    expect(passes("tcp dport { 1-5, 3 } accept", tcp(3))).toBe(true);
  });
});
