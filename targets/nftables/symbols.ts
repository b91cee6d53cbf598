// The words that `nft -j list` prints in place of numbers: ICMP types and codes as nft knows them,
// protocols as a Debian host's /etc/protocols names them. Needed only to read a listing back.
import type { Family } from "../../compiler/sets/address.ts";

const icmp4Types: Readonly<Record<string, number>> = {
  "echo-reply": 0,
  "destination-unreachable": 3,
  "source-quench": 4,
  redirect: 5,
  "echo-request": 8,
  "router-advertisement": 9,
  "router-solicitation": 10,
  "time-exceeded": 11,
  "parameter-problem": 12,
  "timestamp-request": 13,
  "timestamp-reply": 14,
  "info-request": 15,
  "info-reply": 16,
  "address-mask-request": 17,
  "address-mask-reply": 18,
};

const icmp6Types: Readonly<Record<string, number>> = {
  "destination-unreachable": 1,
  "packet-too-big": 2,
  "time-exceeded": 3,
  "parameter-problem": 4,
  "echo-request": 128,
  "echo-reply": 129,
  "mld-listener-query": 130,
  "mld-listener-report": 131,
  "mld-listener-done": 132,
  "nd-router-solicit": 133,
  "nd-router-advert": 134,
  "nd-neighbor-solicit": 135,
  "nd-neighbor-advert": 136,
  "nd-redirect": 137,
  "router-renumbering": 138,
  "ind-neighbor-solicit": 141,
  "ind-neighbor-advert": 142,
  "mld2-listener-report": 143,
};

const icmp4Codes: Readonly<Record<string, number>> = {
  "net-unreachable": 0,
  "host-unreachable": 1,
  "prot-unreachable": 2,
  "port-unreachable": 3,
  "frag-needed": 4,
  "net-prohibited": 9,
  "host-prohibited": 10,
  "admin-prohibited": 13,
};

const icmp6Codes: Readonly<Record<string, number>> = {
  "no-route": 0,
  "admin-prohibited": 1,
  "addr-unreachable": 3,
  "port-unreachable": 4,
  "policy-fail": 5,
  "reject-route": 6,
};

export const icmpTypes = (family: Family) => (family === 4 ? icmp4Types : icmp6Types);
export const icmpCodes = (family: Family) => (family === 4 ? icmp4Codes : icmp6Codes);

export const protocolNumbers: Readonly<Record<string, number>> = {
  ...{ ip: 0, icmp: 1, igmp: 2, ggp: 3, ipencap: 4, st: 5, tcp: 6, egp: 8, igp: 9, pup: 12 },
  ...{ udp: 17, hmp: 20, "xns-idp": 22, rdp: 27, "iso-tp4": 29, dccp: 33, xtp: 36, ddp: 37 },
  ...{ "idpr-cmtp": 38, ipv6: 41, "ipv6-route": 43, "ipv6-frag": 44, idrp: 45, rsvp: 46 },
  ...{ gre: 47, esp: 50, ah: 51, skip: 57, "ipv6-icmp": 58, "ipv6-nonxt": 59, "ipv6-opts": 60 },
  ...{ rspf: 73, vmtp: 81, eigrp: 88, ospf: 89, "ax.25": 93, ipip: 94, etherip: 97, encap: 98 },
  ...{ pim: 103, ipcomp: 108, vrrp: 112, l2tp: 115, isis: 124, sctp: 132, fc: 133 },
  ...{ "mobility-header": 135, udplite: 136, "mpls-in-ip": 137, manet: 138, hip: 139 },
  ...{ shim6: 140, wesp: 141, rohc: 142, ethernet: 143 },
};
