// What the manuals of iptables and ipset say of each feature, and the traps.
import { describe, expect, it } from "vitest";
import { readIptables } from "./iptables.ts";
import type { Packet } from "./packet.ts";
import { bare, icmp, icmp6, tcp, tcp6, udp } from "./packets.ts";
import { decide } from "./program.ts";

/** Both directions drop what no rule accepts; lines of another chain stand first. */
const table = (rules: string, chain = "INPUT") => `*filter
:INPUT DROP [0:0]
:FORWARD DROP
:OUTPUT DROP
:SUB - [0:0]
:DEEP -
${rules.replace(/^(?=[-!])(?!-A)/gm, `-A ${chain} `)}
COMMIT
`;
const passes = (rules: string, packet: Packet, ipset = "", chain = "INPUT") => {
  const text = table(rules, chain);
  const program = readIptables(packet.family === 4 ? { v4: text, ipset } : { v6: text, ipset });
  return decide(program, packet) === "accept";
};
const out = { direction: "out" } as const;
const passesOut = (rules: string, packet: Packet) => passes(rules, packet, "", "OUTPUT");

describe("iptables matches", () => {
  it("compares protocols and addresses", () => {
    expect(passes("-p tcp -j ACCEPT", tcp(1))).toBe(true);
    expect(passes("! -p 6 -j ACCEPT", tcp(1))).toBe(false);
    expect(passes("-p all -j ACCEPT", bare(47))).toBe(true);
    expect(passes("-p gre -j ACCEPT", bare(47))).toBe(true);
    expect(passes("-s 10.0.0.0/31 -d 10.0.0.2/32 -j ACCEPT", tcp(1))).toBe(true);
    expect(passes("! -s 10.0.0.0/31 -j ACCEPT", tcp(1))).toBe(false);
    expect(passes("-s 10.9.0.0/16,10.0.0.1 -j ACCEPT", tcp(1))).toBe(true);
    expect(passes("-s fd00::/64 -j ACCEPT", tcp6(1))).toBe(true);
  });

  it("reads the two families apart", () => {
    const program = readIptables({ v4: table("-j ACCEPT"), v6: table("-j DROP") });
    expect([decide(program, tcp(1)), decide(program, tcp6(1))]).toEqual(["accept", "drop"]);
    const half = readIptables({ v4: table("-j DROP") });
    expect([decide(half, tcp(1)), decide(half, tcp6(1))]).toEqual(["drop", "accept"]);
  });

  it("knows lo by the direction", () => {
    expect(passes("-i lo -j ACCEPT", tcp(1, { loopback: true }))).toBe(true);
    expect(passes("! -i lo -j ACCEPT", tcp(1))).toBe(true);
    expect(passesOut("-o lo -j ACCEPT", tcp(1, { loopback: true, ...out }))).toBe(true);
    expect(passesOut("-o lo -j ACCEPT", tcp(1, out))).toBe(false);
  });

  it("compares ports, with or without the module", () => {
    expect(passes("-p tcp --dport 1 -j ACCEPT", tcp(1))).toBe(true);
    expect(passes("-p udp -m udp --dport 10: -j ACCEPT", udp(9))).toBe(false);
    expect(passes("-p tcp -m tcp ! --dport :9 -j ACCEPT", tcp(10))).toBe(true);
    expect(passes("-p tcp -m comment --comment x --sport 40000 -j ACCEPT", tcp(9))).toBe(true);
    expect(passes("-p sctp -m sctp --dport 1 -j ACCEPT", tcp(1, { protocol: 132 }))).toBe(true);
    const several = "-p tcp -m multiport --dports 1,5:7,9 -j ACCEPT";
    expect([1, 4, 6, 9].map((port) => passes(several, tcp(port)))).toEqual([
      true,
      false,
      true,
      true,
    ]);
    expect(passes("-p tcp -m multiport ! --dports 1,2 -j ACCEPT", tcp(2))).toBe(false);
    expect(passes("-p tcp -m multiport --ports 40000,7 -j ACCEPT", tcp(2))).toBe(true);
    expect(passes("-p udp -m multiport --sports 1:40000 -j ACCEPT", udp(2))).toBe(true);
  });

  it("compares ICMP", () => {
    expect(passes("-p icmp -m icmp --icmp-type 8 -j ACCEPT", icmp(8, 3))).toBe(true);
    expect(passes("-p icmp -m icmp --icmp-type 3/4 -j ACCEPT", icmp(3, 3))).toBe(false);
    expect(passes("-p icmp -m icmp ! --icmp-type echo-request -j ACCEPT", icmp(8))).toBe(false);
    expect(passes("-p icmp -m icmp --icmp-type any -j ACCEPT", icmp(77))).toBe(true);
    // In version 4 the type 255 is how `any` is written.
    expect(passes("-p icmp -m icmp --icmp-type 255 -j ACCEPT", icmp(77))).toBe(true);
    const solicitation = "-p ipv6-icmp -m icmp6 --icmpv6-type 135 -m hl --hl-eq 255 -j ACCEPT";
    expect(passes(solicitation, icmp6(135))).toBe(false);
    expect(passes(solicitation, icmp6(135, 0, { hopLimit: 255 }))).toBe(true);
    expect(passes("-p icmpv6 -m icmp6 --icmpv6-type 255 -j ACCEPT", icmp6(1))).toBe(false);
    expect(passes("-m hl ! --hl-eq 64 -j ACCEPT", tcp6(1))).toBe(false);
  });

  it("compares states and directions", () => {
    const related = tcp(1, { state: "related" });
    expect(passes("-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", related)).toBe(true);
    expect(passes("-m conntrack ! --ctstate NEW,RELATED -j ACCEPT", related)).toBe(false);
    expect(passes("-m state --state NEW -j ACCEPT", tcp(1))).toBe(true);
    expect(passes("-m conntrack --ctdir REPLY -j ACCEPT", tcp(1))).toBe(false);
    const invalid = tcp(1, { state: "invalid" });
    expect(passes("-m conntrack --ctdir ORIGINAL -j ACCEPT", invalid)).toBe(false);
    expect(passes("-m conntrack --ctstate INVALID --ctdir REPLY -j ACCEPT", invalid)).toBe(true);
  });

  it("compares owners where packets leave", () => {
    const owned = tcp(1, { ...out, owner: { uid: 1000, gid: 4, cgroup: "a/b/c" } });
    expect(passesOut("-m owner --uid-owner 1000 -j ACCEPT", owned)).toBe(true);
    expect(passesOut("-m owner --uid-owner 7-999 --gid-owner 4 -j ACCEPT", owned)).toBe(false);
    expect(passesOut("-m owner ! --uid-owner 7 -j ACCEPT", tcp(1, out))).toBe(true);
    expect(passesOut("-m owner --uid-owner 7 ! --gid-owner 7 -j ACCEPT", tcp(1, out))).toBe(false);
    expect(passesOut("-m cgroup --path a/b -j ACCEPT", owned)).toBe(true);
    expect(passesOut("-m cgroup --path /a/b/c/d -j ACCEPT", owned)).toBe(false);
    expect(passesOut("-m cgroup ! --path a/c -j ACCEPT", owned)).toBe(true);
    expect(passesOut("-m cgroup ! --path a/c -j ACCEPT", tcp(1, out))).toBe(false);
  });

  it("includes both ends of a time", () => {
    const rule = "-m time --datestart 2027-01-02T03:04:05 --datestop 2027-02 -j ACCEPT";
    const at = (text: string) => passes(rule, tcp(1, { now: Date.parse(text) / 1000 }));
    expect(at("2027-01-02T03:04:04Z")).toBe(false);
    expect(at("2027-01-02T03:04:05Z")).toBe(true);
    expect(at("2027-02-01T00:00:00Z")).toBe(true);
    expect(at("2027-02-01T00:00:01Z")).toBe(false);
  });
});

describe("iptables chains", () => {
  it("comes back from -j and not from -g", () => {
    const sub = "-A SUB -p tcp --dport 1 -j ACCEPT\n";
    expect(passes(`${sub}-j SUB\n-p tcp --dport 2 -j ACCEPT`, tcp(2))).toBe(true);
    expect(passes(`${sub}-g SUB\n-p tcp --dport 2 -j ACCEPT`, tcp(2))).toBe(false);
    const deep = "-A SUB -g DEEP\n-A SUB -j ACCEPT\n-A DEEP -p tcp -j RETURN\n-A DEEP -j ACCEPT\n";
    expect(passes(`${deep}-j SUB`, tcp(2))).toBe(false);
    expect(passes(`${deep}-j SUB`, udp(2))).toBe(true);
  });

  it("returns from a built-in chain to its policy, and logs without deciding", () => {
    expect(passes("-p tcp -j RETURN\n-j ACCEPT", tcp(2))).toBe(false);
    const log = '-m limit --limit 5/min -j LOG --log-prefix "a -j ACCEPT " --log-level 4\n';
    expect(passes(`${log}-j NFLOG --nflog-group 2 --nflog-prefix x`, tcp(1))).toBe(false);
    expect(passes("-p tcp -j REJECT --reject-with tcp-reset\n-j ACCEPT", tcp(1))).toBe(false);
    expect(passes('-m comment --comment "a \\" -j DROP" -j ACCEPT', tcp(1))).toBe(true);
  });
});

describe("ipset", () => {
  const match = (flags: string) => `-m set --match-set s ${flags} -j ACCEPT`;

  it("holds nothing when empty, and everything else when inverted", () => {
    expect(passes(match("src"), tcp(1), "create s hash:ip family inet")).toBe(false);
    const inverted = "-m set ! --match-set s src -j ACCEPT";
    expect(passes(inverted, tcp(1), "create s hash:ip family inet")).toBe(true);
  });

  it("lets the most specific network decide", () => {
    const sets = `create s hash:net family inet hashsize 1024 maxelem 65536
add s 10.0.0.0/8
add s 10.0.0.0/24 nomatch
add s 10.0.0.1
add s 10.7.0.0-10.7.0.2`;
    const from = (source: string) => passes(match("src"), tcp(1, { source }), sets);
    expect(["10.0.0.1", "10.0.0.2", "10.1.0.0", "11.0.0.0"].map(from)).toEqual([
      true,
      false,
      true,
      false,
    ]);
    const ports = `create s hash:net,port
add s 10.0.0.0/8,tcp:80-81
add s 10.0.0.0/24,81 nomatch timeout 0`;
    expect(passes(match("src,dst"), tcp(80), ports)).toBe(true);
    expect(passes(match("src,dst"), tcp(81), ports)).toBe(false);
    expect(passes(match("src,dst"), udp(80), ports)).toBe(false);
  });

  it("reads the port of each side, TCP unless it says otherwise", () => {
    const sets = "create s hash:ip,port family inet\nadd s 10.0.0.1,80\nadd s 10.0.0.2,udp:53";
    expect(passes(match("src,dst"), tcp(80), sets)).toBe(true);
    expect(passes(match("src,src"), tcp(80), sets)).toBe(false);
    expect(passes(match("dst,dst"), udp(53), sets)).toBe(true);
    expect(passes(match("src"), tcp(80), sets)).toBe(false);
    const more = "create s hash:ip,port\nadd s 10.0.0.1,icmp:8/0\nadd s 10.0.0.1,gre:0";
    expect(passes(match("src,dst"), icmp(8), more)).toBe(true);
    expect(passes(match("src,dst"), icmp(8, 1), more)).toBe(false);
    expect(passes(match("src,dst"), bare(47), more)).toBe(true);
    const six = "create s hash:ip,port family inet6\nadd s fd00::1,ipv6-icmp:128/0";
    expect(passes(match("src,dst"), icmp6(128), six)).toBe(true);
    const three = "create s hash:ip,port,ip\nadd s 10.0.0.1,tcp:80,10.0.0.2";
    expect(passes(match("src,dst,dst"), tcp(80), three)).toBe(true);
    expect(passes(match("src,dst,src"), tcp(80), three)).toBe(false);
  });

  it("takes ports of TCP and UDP from a bitmap, and the lists of either family", () => {
    const ports = "create s bitmap:port range 0-1024\nadd s 80\nadd s 90-92";
    expect([80, 91, 93].map((port) => passes(match("dst"), udp(port), ports))).toEqual([
      true,
      true,
      false,
    ]);
    expect(passes(match("dst"), tcp(80, { protocol: 132 }), ports)).toBe(false);
    const list = `create a hash:net family inet
create b hash:net family inet6
create s list:set size 8
add a 10.0.0.0/30
add b fd00::/64
add s a
add s b`;
    expect(passes(match("src"), tcp(1), list)).toBe(true);
    expect(passes(match("src"), tcp6(1), list)).toBe(true);
    expect(passes(match("src"), tcp(1, { source: "10.0.0.4" }), list)).toBe(false);
  });

  it("swaps a new set for the old one", () => {
    const sets = `create s hash:ip
create n hash:ip
add n 10.0.0.1
swap s n
destroy n`;
    expect(passes(match("src"), tcp(1), sets)).toBe(true);
  });
});

describe("texts that do not load", () => {
  const load = (rules: string, ipset = "", chain = "INPUT") =>
    readIptables({ v4: table(rules, chain), ipset });
  it.each([
    [
      "sixteen slots",
      "-p tcp -m multiport --dports 1:2,3:4,5:6,7:8,9:10,11:12,13:14,15:16 -j DROP",
    ],
    ["multiport without a protocol", "-m multiport --dports 1 -j DROP"],
    ["ports without a protocol", "-m tcp --dport 1 -j DROP"],
    ["a port option of no module", "-p gre --dport 1 -j DROP"],
    ["ports of an inverted protocol", "! -p tcp -m tcp --dport 1 -j DROP"],
    ["an owner of what comes in", "-m owner --uid-owner 1 -j DROP"],
    ["an owner in a chain of what comes in", "-A SUB -m owner --uid-owner 1 -j DROP\n-j SUB"],
    ["a cgroup of what comes in", "-m cgroup --path a -j DROP"],
    ["an unknown chain", "-j NOWHERE"],
    ["a loop", "-A SUB -j DEEP\n-A DEEP -j SUB"],
    ["an unknown match", "-m hashlimit -j DROP"],
    ["an unknown set", "-m set --match-set s src -j DROP"],
    ["a verdict that hangs on a rate", "-m limit --limit 1/s -j ACCEPT"],
    ["the same option twice", "-p tcp --dport 1 --dport 2 -j DROP"],
    ["an outgoing interface", "-o lo -j DROP"],
    ["hop limits in version 4", "-m hl --hl-eq 1 -j DROP"],
    ["single quotes", "-m comment --comment 'a b' -j DROP"],
  ])("%s", (_, rules) => {
    expect(() => load(rules)).toThrow(/^line \d+: /);
  });

  it.each([
    ["the same element twice", "create s hash:ip\nadd s 10.0.0.1\nadd s 10.0.0.1"],
    ["the same element twice, although", "create s hash:ip\nadd s 10.0.0.1\nadd s 10.0.0.1 -exist"],
    ["a network of hosts as the second", "create s hash:ip,port,ip\nadd s 10.0.0.1,80,10.0.0.0/30"],
    ["no host", "create s hash:ip,port\nadd s 0.0.0.0,80"],
    ["an element of no set", "add s 10.0.0.1"],
    ["a network of length 0", "create s hash:net\nadd s 0.0.0.0/0"],
    ["an address of the other family", "create s hash:net family inet6\nadd s 10.0.0.1"],
    ["networks among hosts of version 6", "create s hash:ip family inet6\nadd s fd00::/64"],
    ["ports of a protocol without", "create s hash:ip,port\nadd s 10.0.0.1,gre:5"],
    ["nomatch among hosts", "create s hash:ip\nadd s 10.0.0.1 nomatch"],
    ["a port outside the range", "create s bitmap:port range 0-9\nadd s 10"],
    ["an unknown type", "create s hash:net,iface"],
    ["a set twice", "create s hash:ip\ncreate s hash:ip"],
  ])("%s", (_, ipset) => {
    expect(() => load("-j DROP", ipset)).toThrow(/^line \d+: /);
  });

  it("takes the same element again under ipset -exist restore", () => {
    const ipset = "create s hash:net\nadd s 10.0.0.0/8\nadd s 10.0.0.0/8 nomatch";
    const v4 = table("-m set --match-set s src -j ACCEPT");
    expect(() => readIptables({ v4, ipset })).toThrow(/^line 3: /);
    expect(decide(readIptables({ v4, ipset }, { exist: true }), tcp(1))).toBe("drop");
  });

  it("a set of the other family, and a text without its end", () => {
    const rule = "-m set --match-set s src -j DROP";
    expect(() => load(rule, "create s hash:ip family inet6")).toThrow("other family");
    expect(() => readIptables({ v4: "*filter\n-A INPUT -j DROP\n" })).toThrow("COMMIT");
    expect(() => readIptables({ v4: "*nat\nCOMMIT\n" })).toThrow("*filter");
    expect(() => readIptables({ v4: table("-j DROP").replaceAll("\n", "\r\n") })).toThrow("line 1");
  });
});
