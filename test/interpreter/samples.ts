// Artefacts for the tests of mutants: written by hand, with all the shapes that have a mutation.
import type { Artefact } from "./artefact.ts";

export const nftSample: Artefact = {
  format: "nftables",
  texts: {
    nft: `# a comment
add table inet t
delete table inet t
table inet t {
  set hosts {
    type ipv4_addr
    flags interval
    elements = {
      10.0.0.0/24,
      10.0.2.1,
      10.0.2.3-10.0.2.4,
    }
  }
  set others {
    type ipv4_addr
    flags interval
    elements = {
      192.0.2.1,
      192.0.2.8/29,
    }
  }
  set hosts6 {
    type ipv6_addr
    flags interval
    elements = {
      fd00::/64,
      fd01::1,
    }
  }
  set pairs {
    type ipv4_addr . inet_service
    elements = { 10.9.0.1 . 22, 10.9.0.2 . 23 }
  }
  chain input {
    type filter hook input priority filter
    policy drop
    ct state established accept
    ip saddr @hosts tcp dport { 22, 80-81 } accept comment "one"
    ip6 saddr @hosts6 tcp dport 22 accept comment "one"
    ip saddr @others udp dport 53 accept comment "two"
    ip saddr . tcp dport @pairs accept
    ip saddr 198.51.100.0/24 drop
  }
  chain output {
    type filter hook output priority filter
    policy drop
    ip daddr @hosts accept
    ip6 daddr fd00::/64 accept
  }
}
`,
  },
};

export const iptablesSample: Artefact = {
  format: "iptables",
  texts: {
    ipset: `create hosts hash:net family inet
add hosts 10.0.0.0/24
add hosts 10.0.2.1
add hosts 10.0.0.64/26 nomatch
create others hash:net family inet
add others 192.0.2.1
add others 192.0.2.8/29
create pairs hash:ip,port family inet
add pairs 10.9.0.1,tcp:22
add pairs 10.9.0.2,udp:53
create hosts6 hash:net family inet6
add hosts6 fd00::/64
add hosts6 fd01::1
`,
    v4: `*filter
:INPUT DROP
:OUTPUT DROP
:LOGGED -
:OTHER -
-A LOGGED -j LOG --log-prefix "refused "
-A LOGGED -j DROP
-A OTHER -s 198.51.100.0/24 -j DROP
-A INPUT -m conntrack --ctstate ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m set --match-set hosts src -m multiport --dports 22,80:81 -m comment --comment "one" -j ACCEPT
-A INPUT -m set --match-set pairs src,dst -j ACCEPT
-A INPUT -m set --match-set others src -p udp -m udp --dport 53 -j ACCEPT
-A INPUT -j OTHER
-A INPUT -g LOGGED
-A OUTPUT -d 10.0.0.0/24 -j ACCEPT
COMMIT
`,
    v6: `*filter
:INPUT DROP
:OUTPUT ACCEPT
-A INPUT -p tcp -m set --match-set hosts6 src -m tcp --dport 22 -j ACCEPT
-A INPUT -s fd02::/64 -j ACCEPT
COMMIT
`,
  },
};
