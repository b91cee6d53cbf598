// nft's data types: the text of a value -> what it is on its axis (man nft, DATA TYPES).
import { type Family, parseAddresses } from "../address.ts";
import { states } from "../packet.ts";
import { type Range, range } from "../ranges.ts";

/** A range of numbers, or the path of a cgroup. */
export type Value = Range | { readonly path: string };

const numbers = (names: Readonly<Record<string, number>>, greatest: number) => (text: string) => {
  const [first = "", last, ...more] = text.split("-");
  const whole = names[text];
  if (whole !== undefined) return range(whole);
  const low = oneNumber(first, names, greatest);
  const high = last === undefined ? low : oneNumber(last, names, greatest);
  if (low === undefined || high === undefined || low > high || more.length > 0) return undefined;
  return range(low, high);
};

function oneNumber(text: string, names: Readonly<Record<string, number>>, greatest: number) {
  const named = names[text];
  if (named !== undefined) return named;
  const value = /^(0x[0-9a-fA-F]+|\d+)$/.test(text) ? Number(text) : Number.NaN;
  return value <= greatest ? value : undefined;
}

const protocols = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  dccp: 33,
  gre: 47,
  esp: 50,
  ah: 51,
  icmpv6: 58,
  "ipv6-icmp": 58,
  sctp: 132,
  udplite: 136,
};
const services = { ssh: 22, domain: 53, http: 80, ntp: 123, https: 443 };
const icmpTypes = {
  "echo-reply": 0,
  "destination-unreachable": 3,
  redirect: 5,
  "echo-request": 8,
  "time-exceeded": 11,
  "parameter-problem": 12,
};
const icmpv6Types = {
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
  "mld2-listener-report": 143,
};
const stateNames = Object.fromEntries(states.map((name, index) => [name, index]));

const address = (family: Family) => (text: string) => parseAddresses(text, family);

/** By the name of the type; a reader answers undefined where the text is no such value. */
export const readers: Readonly<Record<string, (text: string) => Value | undefined>> = {
  ipv4_addr: address(4),
  ipv6_addr: address(6),
  inet_service: numbers(services, 65535),
  inet_proto: numbers(protocols, 255),
  icmp_type: numbers(icmpTypes, 255),
  icmpv6_type: numbers(icmpv6Types, 255),
  icmp_code: numbers({}, 255),
  icmpv6_code: numbers({}, 255),
  mark: numbers({}, 0xffffffff),
  uid: numbers({ root: 0 }, 0xfffffffe),
  gid: numbers({ root: 0 }, 0xfffffffe),
  integer: numbers({}, 255),
  ct_state: numbers(stateNames, -1),
  ct_dir: numbers({ original: 0, reply: 1 }, 1),
  nf_proto: numbers({ ipv4: 0, ipv6: 1 }, -1),
  ether_type: numbers({ ip: 0, ip6: 1 }, -1),
  // The only interface that packets of this model can be told apart by.
  ifname: numbers({ lo: 1 }, -1),
  time: timeOf,
  cgroupsv2: (text) => ({ path: text.replace(/^\/+|\/+$/g, "") }),
};

/** Epoch seconds, or a date that nft reads in local time: the loader's time zone is UTC here. */
function timeOf(text: string): Range | undefined {
  if (/^\d+$/.test(text)) return range(BigInt(text));
  const found = /^(\d{4}-\d{2}-\d{2})(?: (\d{2}:\d{2})(:\d{2})?)?$/.exec(text);
  if (found === null) return undefined;
  const [, day, clock = "00:00", seconds = ":00"] = found;
  const time = Date.parse(`${day}T${clock}${seconds}Z`);
  return Number.isNaN(time) ? undefined : range(time / 1000);
}
