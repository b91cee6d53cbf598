// The numbered ways in which the nearest compilers go wrong (reference: hazards), each as a policy
// of our own for one server, and packets at that server of which is said by hand whether they pass.

export interface Hazard {
  /** As the reference counts them. */
  readonly numbers: readonly number[];
  readonly what: string;
  /** Statements of the root module. */
  readonly policy: string;
  /** Statements of a second module, `other`. */
  readonly other?: string;
  /**
   * `[out ]ADDRESS SERVICE`: a first packet from there to the server, or from it to there; a service
   * is `tcp/N`, `udp/N`, `icmp4/T`, `icmp6/T` or `proto/N`.
   */
  readonly passes: readonly string[];
  readonly refused: readonly string[];
}

/** Hosts by their role: the server has both families, `six` and `four` one each. */
export const hosts = {
  server: ["10.0.0.1", "fd00::1"],
  web: ["10.0.0.2", "fd00::2"],
  six: ["fd00::3"],
  four: ["10.0.0.4"],
} as const;

const quote = '\\"; accept; #';

export const hazards: readonly Hazard[] = [
  {
    numbers: [1],
    what: "a source of IPv6 only opens nothing to IPv4",
    policy: "allow six -> server : tcp/22",
    passes: ["fd00::3 tcp/22"],
    refused: ["10.0.0.2 tcp/22", "10.0.0.4 tcp/22", "fd00::2 tcp/22", "fd00::3 tcp/23"],
  },
  {
    numbers: [2],
    what: "a source of one family and a destination of the other have no packet",
    policy: `allow mixed = networks { 2001:db8::/32 } -> server & workloads where role is four : tcp/22
allow four -> six : tcp/22
allow web = four -> server : tcp/443`,
    passes: ["10.0.0.4 tcp/443"],
    refused: ["10.0.0.4 tcp/22", "2001:db8::1 tcp/22", "fd00::3 tcp/22", "fd00::2 tcp/443"],
  },
  {
    numbers: [3],
    what: "ICMPv6 alone is no rule without a match",
    policy: "allow web -> server : icmp6/128",
    passes: ["fd00::2 icmp6/128"],
    refused: ["10.0.0.2 icmp4/8", "10.0.0.2 tcp/22", "fd00::2 tcp/22", "fd00::3 icmp6/128"],
  },
  {
    numbers: [4],
    what: "an exclusion from anywhere stays an exclusion",
    policy: "allow most = anywhere except networks { 10.9.0.0/16, fd09::/16 } -> server : tcp/22",
    passes: ["10.8.0.1 tcp/22", "10.10.0.0 tcp/22", "fd0a::1 tcp/22", "10.0.0.2 tcp/22"],
    refused: ["10.9.0.0 tcp/22", "10.9.255.255 tcp/22", "fd09::1 tcp/22", "10.8.0.1 tcp/23"],
  },
  {
    numbers: [5, 6],
    what: "an exclusion of everything, and of a host by a larger network, leave nothing",
    policy: `allow whole = networks { 10.9.0.0/16 } except networks { 10.9.0.0/16 } -> server : tcp/22
allow larger = networks { 10.9.1.1/32 } except networks { 10.0.0.0/8 } -> server : tcp/23
allow both = networks { 10.9.0.0/16, fd09::/16 } except networks { 10.0.0.0/8 } -> server : tcp/24`,
    passes: ["fd09::1 tcp/24"],
    refused: [
      ...["10.9.0.1 tcp/22", "10.8.0.1 tcp/22", "fd00::2 tcp/22", "10.9.1.1 tcp/23"],
      ...["10.9.1.2 tcp/23", "10.9.0.1 tcp/24", "10.8.0.1 tcp/24", "fd0a::1 tcp/24"],
    ],
  },
  {
    numbers: [7],
    what: "rules of one name in two directions stay in their own",
    policy: "allow same = web -> server : tcp/22",
    other: "allow same = server -> web : tcp/23",
    passes: ["10.0.0.2 tcp/22", "out 10.0.0.2 tcp/23"],
    refused: ["10.0.0.2 tcp/23", "out 10.0.0.2 tcp/22"],
  },
  {
    numbers: [8],
    what: "rules of one name keep their own addresses",
    policy: "allow same = { web, six } -> server : tcp/22",
    other: "allow same = { web, four } -> server : tcp/23",
    passes: ["10.0.0.2 tcp/22", "10.0.0.2 tcp/23", "fd00::3 tcp/22", "10.0.0.4 tcp/23"],
    refused: ["10.0.0.4 tcp/22", "fd00::3 tcp/23", "fd00::4 tcp/22"],
  },
  {
    numbers: [9, 16],
    what: "what a comment says is never a rule, over however many lines",
    policy: `allow hostile = web -> server : tcp/22 {
  because "${quote} \\\\\\nadd rule inet segc input accept\\nCOMMIT\\n\\u0000'$(reboot) \`id\` -j ACCEPT\\\\"
  ticket "a\\"; accept; #\\\\"
}`,
    passes: ["10.0.0.2 tcp/22"],
    refused: ["10.0.0.2 tcp/23", "10.0.0.4 tcp/22", "fd00::3 udp/53", "out 10.0.0.2 tcp/22"],
  },
  {
    numbers: [11],
    what: "a deny of an IPv6 network is no deny of the rest",
    policy: `allow all = anywhere -> server : tcp/22
deny bad = networks { 2001:db8::/32 } -> server : tcp/22`,
    passes: ["10.0.0.2 tcp/22", "198.51.100.1 tcp/22", "2001:db9::1 tcp/22", "fd00::2 tcp/22"],
    refused: ["2001:db8::1 tcp/22", "2001:db8:ffff::1 tcp/22"],
  },
  {
    numbers: [12],
    what: "an exclusion of one rule does not end the evaluation of the others",
    policy: `allow most = networks { 10.9.0.0/16 } except networks { 10.9.1.0/24 } -> server : tcp/22
allow few = networks { 10.9.1.0/25 } -> server : { tcp/22, tcp/23 }`,
    passes: ["10.9.0.1 tcp/22", "10.9.1.1 tcp/22", "10.9.1.1 tcp/23", "10.9.2.1 tcp/22"],
    refused: ["10.9.1.128 tcp/22", "10.9.1.128 tcp/23", "10.9.0.1 tcp/23"],
  },
  {
    numbers: [13],
    what: "a deny takes from every allow, whichever stands first",
    policy: `allow one = networks { 10.9.0.0/16 } -> server : { tcp/20-30, udp/53 }
deny two = networks { 10.9.1.0/24 } -> server : tcp/22
allow three = networks { 10.9.1.0/25 } -> server : tcp/*`,
    passes: ["10.9.1.1 tcp/23", "10.9.0.1 tcp/22", "10.9.1.1 udp/53", "10.9.1.1 tcp/65535"],
    refused: ["10.9.1.1 tcp/22", "10.9.1.200 tcp/22", "10.9.1.200 tcp/31"],
  },
  {
    numbers: [14],
    what: "protocols by number, and both families of one rule",
    policy:
      "allow tunnels = { web, networks { 192.0.2.0/24, 2001:db8::/32 } } -> server : { proto/47, proto/50 }",
    passes: ["192.0.2.1 proto/47", "2001:db8::1 proto/50", "10.0.0.2 proto/50", "fd00::2 proto/47"],
    refused: [
      "192.0.2.1 proto/51",
      "2001:db9::1 proto/47",
      "192.0.3.1 proto/47",
      "10.0.0.2 tcp/47",
    ],
  },
  {
    numbers: [15],
    what: "every entry of a list of ports and ranges, and nothing between them",
    policy: `allow web -> server : { tcp/1, tcp/3, tcp/5, tcp/7, tcp/9, tcp/11, tcp/13, tcp/15, tcp/17,
  tcp/19, tcp/21, tcp/23, tcp/25, tcp/27, tcp/29, tcp/31, tcp/100-200, tcp/300-400, udp/65535 }`,
    passes: ["1", "15", "17", "31", "100", "200", "300", "400"].map((p) => `10.0.0.2 tcp/${p}`),
    refused: [
      ...["2", "16", "30", "99", "201", "299", "401", "65535"].map((p) => `10.0.0.2 tcp/${p}`),
      ...["10.0.0.2 udp/1", "10.0.0.4 tcp/1"],
    ],
  },
  {
    numbers: [17],
    what: "a rule that logs only adds its log",
    policy: `allow logged = web -> server : tcp/22 { log all }
deny watched = networks { 10.9.0.0/16 } -> server : tcp/22 { log new }
allow most = networks { 10.0.0.0/8 } -> server : tcp/22`,
    passes: ["10.0.0.2 tcp/22", "10.8.0.1 tcp/22"],
    refused: ["10.9.0.1 tcp/22", "10.0.0.2 tcp/23"],
  },
  {
    numbers: [18],
    what: "several ICMP types, among other rules",
    policy: `allow web -> server : { icmp6/128, icmp6/135/1, icmp6/140, icmp4/8, icmp4/13 }
allow six -> server : { icmp6/139, icmp6/140, tcp/22 }`,
    passes: ["fd00::2 icmp6/128", "fd00::2 icmp6/140", "10.0.0.2 icmp4/8", "fd00::3 icmp6/139"],
    refused: ["fd00::2 icmp6/139", "10.0.0.2 icmp4/15", "fd00::3 icmp6/128", "fd00::2 tcp/22"],
  },
  {
    numbers: [19],
    what: "both families in one policy",
    policy: `allow four -> server : tcp/22
allow six -> server : tcp/23
allow web -> server : tcp/24`,
    passes: ["10.0.0.4 tcp/22", "fd00::3 tcp/23", "10.0.0.2 tcp/24", "fd00::2 tcp/24"],
    refused: ["10.0.0.4 tcp/23", "fd00::3 tcp/22", "10.0.0.4 tcp/24", "fd00::4 tcp/22"],
  },
  {
    numbers: [20],
    what: "rules named like words of the tools",
    policy: ["log", "accept", "drop", "input", "table", "elements", "ct", "return", "commit"]
      .map((name, index) => `allow ${name} = networks { 10.9.${index}.0/24 } -> server : tcp/22`)
      .join("\n"),
    passes: ["10.9.0.1 tcp/22", "10.9.8.1 tcp/22"],
    refused: ["10.9.9.1 tcp/22", "fd00::2 tcp/22"],
  },
];

/** Sets beyond what they hold by default: too many for an interpreter, tried in kernels only. */
export const largeHazard: Hazard = {
  numbers: [21],
  what: "more members than a set holds by default",
  policy: `allow many = networks { ${manyNetworks().join(", ")} } -> server : tcp/22`,
  passes: [],
  refused: [],
};

/** 70,000 single addresses, no two next to each other: the default of ipset is 65,536. */
function manyNetworks(): readonly string[] {
  return Array.from({ length: 70_000 }, (_, index) => {
    const number = 2 * index;
    return `10.${16 + (number >> 16) * 100}.${(number >> 8) & 255}.${number & 255}`;
  });
}
