// Rule sets written by hand, in which every feature that the interpreters know decides something.
import type { Artefact } from "../interpreter/artefact.ts";

/** Where the rules stand: with the host that asks, or the one that is asked. */
export interface RuleCase {
  readonly name: string;
  readonly host: "a" | "b";
  readonly artefact: Artefact;
}

const nft = (name: string, rules: string, before = "", host: "a" | "b" = "b"): RuleCase => ({
  name: `nft: ${name}`,
  host,
  artefact: {
    format: "nftables",
    texts: {
      nft: `table inet t {
${before}
  chain c {
    type filter hook ${host === "a" ? "output" : "input"} priority filter
    policy drop
    ct state established accept
    icmpv6 type 133-136 accept
${rules}
  }
}
`,
    },
  },
});

const restore = (
  name: string,
  rules: { readonly v4: string; readonly v6?: string },
  ipset = "",
  host: "a" | "b" = "b",
): RuleCase => {
  const chain = host === "a" ? "OUTPUT" : "INPUT";
  const table = (text: string) => `*filter
:${chain} DROP [0:0]
:SUB - [0:0]
:DEEP -
-A ${chain} -m conntrack --ctstate ESTABLISHED -j ACCEPT
${text.replaceAll("CHAIN", chain)}
COMMIT
`;
  const discovery = "-A CHAIN -p ipv6-icmp -m icmp6 --icmpv6-type 135 -j ACCEPT\n";
  const v6 = table(`${discovery}${discovery.replace("135", "136")}${rules.v6 ?? ""}`);
  const texts = { ipset, v4: table(rules.v4), v6 };
  return { name: `iptables: ${name}`, host, artefact: { format: "iptables", texts } };
};

const subs = `chain e {
    return
  }
  chain d {
    tcp dport 7000 accept
    udp dport 7001 return
    goto e
    udp dport 7000 accept
  }`;

export const ruleCases: readonly RuleCase[] = [
  nft(
    "prefixes and ports",
    "ip saddr 10.0.0.0/31 tcp dport { 7000, 7002 } accept\nip6 saddr != 2001:db8::1 udp dport 7001-7002 accept",
  ),
  nft(
    "th over two protocols",
    "meta l4proto { tcp, udp } th dport 7001 accept\nmeta nfproto ipv6 meta l4proto { 6, 17 } th dport != 7000 accept",
  ),
  nft(
    "icmp of each version",
    "icmp type 8 accept\nicmpv6 type { 128, 129 } ip6 saddr 2001:db8::1 accept",
  ),
  nft(
    "an empty set and its negation",
    "ip saddr @s accept\nip saddr != @s udp dport 7000 accept",
    "set s {\n type ipv4_addr\n}",
  ),
  nft(
    "jump, goto and return",
    "jump d\nip saddr 10.0.0.1 udp dport 7001 accept\nmeta l4proto udp th dport 7000 accept",
    subs,
  ),
  nft("goto from the base chain", "goto d\naccept", subs),
  nft("return from the base chain", "tcp dport 7000 return\naccept"),
  nft(
    "a verdict map that may miss",
    "ip saddr vmap @m\nudp dport 7002 accept",
    "chain web {\n tcp dport 7001 accept\n}\nmap m {\n type ipv4_addr : verdict\n flags interval\n elements = { 10.0.0.1 : jump web, 10.0.0.2-10.0.0.9 : drop }\n}",
  ),
  nft(
    "concatenations",
    "ip saddr . meta l4proto . th dport @s accept\nip6 saddr . tcp dport { 2001:db8::1 . 7000, 2001:db8::2 . 7001 } accept",
    "set s {\n type ipv4_addr . inet_proto . inet_service\n flags interval\n elements = { 10.0.0.0/31 . tcp . 7000-7001, 10.0.0.2 . 17 . 7002 }\n}",
  ),
  nft(
    "states as a map, and a mask negated",
    "ct state vmap { established : drop, invalid : drop }\nct state != established,related tcp dport 7000 accept\nct state != { new } accept",
  ),
  nft(
    "times",
    'tcp dport 7000 meta time < 1000000000 accept\ntcp dport 7001 meta time >= "2001-01-01 00:00:00" accept',
  ),
  nft(
    "base chains in order",
    "accept",
    "chain late {\n type filter hook input priority filter + 5; policy accept;\n tcp dport 7000 drop\n}\nchain early {\n type filter hook input priority -10; policy accept;\n udp dport 7001 drop\n}",
  ),
  nft(
    "owners",
    "meta skuid 0 tcp dport 7000 accept\nmeta skuid != 0 accept\nmeta skgid 0-5 ip daddr 10.7.0.2 udp dport 7001 accept",
    "",
    "a",
  ),
  nft(
    "interfaces",
    'iif "lo" accept\noif "lo" udp dport 7000 accept\noif != "lo" tcp dport 7000 accept\niif != "lo" udp dport 7001 accept\niifname != "lo" udp dport 7002 accept',
    "",
    "a",
  ),
  restore("ports in all forms", {
    v4: `-A CHAIN -p tcp -m tcp --dport 7001: -j ACCEPT
-A CHAIN -p udp -m multiport --dports 7000,7002:7003 -j ACCEPT
-A CHAIN -p icmp -m icmp --icmp-type 255 -j ACCEPT`,
    v6: `-A CHAIN -p tcp -m multiport ! --dports 7000 -j ACCEPT
-A CHAIN -s 2001:db8::2 -p ipv6-icmp -m icmp6 --icmpv6-type 128 -j ACCEPT`,
  }),
  restore("chains", {
    v4: `-A SUB -p tcp -m tcp --dport 7000 -j ACCEPT
-A SUB -g DEEP
-A SUB -j ACCEPT
-A DEEP -p udp -m udp --dport 7000 -j RETURN
-A DEEP -p udp -m udp --dport 7001 -j ACCEPT
-A CHAIN -j SUB
-A CHAIN -p udp -m udp --dport 7000 -j ACCEPT
-A CHAIN ! -s 10.0.0.1/32 -p icmp -j RETURN
-A CHAIN -p icmp -j ACCEPT`,
  }),
  restore(
    "sets of networks, with exceptions",
    {
      v4: `-A CHAIN -m set --match-set nets src -p tcp -j ACCEPT
-A CHAIN -m set ! --match-set nets src -p udp -j ACCEPT
-A CHAIN -m set --match-set both src,dst -j ACCEPT`,
      v6: "-A CHAIN -m set --match-set pairs6 src,dst -j ACCEPT",
    },
    `create nets hash:net family inet
add nets 10.0.0.0/8
add nets 10.0.0.2/31 nomatch
add nets 10.0.0.3
create both hash:net,port family inet
add both 10.0.0.0/24,udp:7000-7001
add both 10.0.0.1,udp:7000 nomatch
add both 10.0.0.2,icmp:8/0
create pairs6 hash:ip,port family inet6
add pairs6 2001:db8::1,7000
add pairs6 2001:db8::2,udp:7001
add pairs6 2001:db8::2,ipv6-icmp:128/0
`,
  ),
  restore(
    "sides, lists and bitmaps",
    {
      v4: `-A CHAIN -m set --match-set three src,dst,dst -j ACCEPT
-A CHAIN -m set --match-set three src -j ACCEPT
-A CHAIN -p udp -m set --match-set list src -m set --match-set ports dst -j ACCEPT`,
      v6: "-A CHAIN -m set --match-set list src -m set --match-set ports dst -j ACCEPT",
    },
    `create three hash:ip,port,ip family inet
add three 10.0.0.1,tcp:7000,10.7.0.2
add three 10.0.0.1,tcp:7001,10.0.0.1
create ports bitmap:port range 7000-7100
add ports 7001-7002
create four hash:net family inet
add four 10.0.0.2
create six hash:net family inet6
add six 2001:db8::/127
create list list:set size 8
add list four
add list six
`,
  ),
  restore(
    "owners and times",
    {
      v4: `-A CHAIN -p tcp -m owner --uid-owner 0 -m multiport --dports 7000,7001 -j ACCEPT
-A CHAIN -p udp -m owner ! --uid-owner 0 -j ACCEPT
-A CHAIN -p udp -m udp --dport 7001 -m time --datestop 2001-01-01T00:00:00 -j ACCEPT
-A CHAIN -p udp -m udp --dport 7002 -m time --datestart 2001-01-01 -j ACCEPT`,
      v6: "-A CHAIN -m hl --hl-eq 64 -p tcp -j ACCEPT\n-A CHAIN -m hl ! --hl-eq 64 -p udp -j ACCEPT",
    },
    "",
    "a",
  ),
];
