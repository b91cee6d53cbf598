// The witness itself: the same small policy in each of five formats, verdicts said by hand, and the
// precedence of Windows on rules made by hand.
import { describe, expect, it } from "vitest";
import { formatAddress, parseAddress, parseRange } from "./addresses.ts";
import { boundaryPackets } from "./boundaries.ts";
import { decide } from "./evaluate.ts";
import {
  type FirewallPolicy,
  noConditions,
  type Packet,
  profileNames,
  type Rule,
} from "./policy.ts";
import { kinds, readAll } from "./read.ts";
import {
  cspJson,
  cspRules,
  registryPol,
  registryText,
  ruleStrings,
  script,
  syncml,
} from "./samples.ts";
import { semanticFaults } from "./semantic-checks.ts";

const policies = readAll(
  new Map([
    ["apply.ps1", script()],
    ["rules.reg", registryText()],
    ["registry.pol", registryPol()],
    ["csp/firewall-001.json", cspJson()],
    ["csp/firewall-001.xml", syncml()],
  ]),
);
const policyOf = (kind: (typeof kinds)[number]) => {
  const policy = policies.get(kind);
  if (policy === undefined) throw new Error(`no ${kind}`);
  return policy;
};

const tcpIn = {
  direction: "in",
  family: 4,
  local: "10.0.0.2",
  protocol: 6,
  remotePort: 50_000,
} as const;
const tcpOut = {
  direction: "out",
  family: 4,
  local: "10.0.0.2",
  protocol: 6,
  localPort: 50_000,
} as const;
const dns = { ...tcpOut, protocol: 17, remote: "10.0.0.53", remotePort: 53 };
const ping = {
  direction: "in",
  family: 4,
  local: "10.0.0.2",
  remote: "1.2.3.4",
  protocol: 1,
} as const;
const far = { ...tcpOut, remote: "1.2.3.4" };

const verdicts: readonly (readonly ["allow" | "block", string, Packet])[] = [
  ["allow", "web", { ...tcpIn, remote: "10.0.0.1", localPort: 443 }],
  ["block", "a port before", { ...tcpIn, remote: "10.0.0.1", localPort: 442 }],
  ["allow", "the last port", { ...tcpIn, remote: "10.0.0.9", localPort: 8100 }],
  ["block", "a port after", { ...tcpIn, remote: "10.0.0.9", localPort: 8101 }],
  ["block", "the refused port", { ...tcpIn, remote: "10.0.0.9", localPort: 8050 }],
  ["block", "an address between", { ...tcpIn, remote: "10.0.0.4", localPort: 443 }],
  ["block", "an address after", { ...tcpIn, remote: "10.0.0.10", localPort: 443 }],
  ["allow", "IPv6", { ...tcpIn, family: 6, local: "fd00::2", remote: "fd00::1", localPort: 443 }],
  [
    "block",
    "other IPv6",
    { ...tcpIn, family: 6, local: "fd00::2", remote: "fd00::3", localPort: 443 },
  ],
  ["block", "UDP", { ...tcpIn, protocol: 17, remote: "10.0.0.1", localPort: 443 }],
  ["block", "outbound", { ...far, localPort: 443, remotePort: 50_000 }],
  ["allow", "echo", { ...ping, icmp: { type: 8, code: 7 } }],
  ["allow", "timestamp", { ...ping, icmp: { type: 13, code: 0 } }],
  ["block", "another code", { ...ping, icmp: { type: 13, code: 1 } }],
  ["block", "another type", { ...ping, icmp: { type: 9, code: 0 } }],
  ["allow", "the program", { ...dns, program: "c:\\DNS.exe" }],
  ["block", "another program", { ...dns, program: "c:\\dns2.exe" }],
  ["block", "no program", dns],
  ["block", "another local address", { ...dns, program: "C:\\dns.exe", local: "10.0.0.3" }],
  ["allow", "the service", { ...far, remotePort: 80, service: "foo" }],
  ["block", "another service", { ...far, remotePort: 80, service: "bar" }],
  ["allow", "the user", { ...far, remotePort: 81, user: "S-1-5-20" }],
  ["block", "another user", { ...far, remotePort: 81, user: "S-1-5-200" }],
  ["block", "no user", { ...far, remotePort: 81 }],
  ["allow", "GRE", { ...ping, protocol: 47 }],
  ["block", "ESP", { ...ping, protocol: 50 }],
];

describe.each(kinds)("a policy as %s", (kind) => {
  it.each(verdicts)("says %s for %s", (verdict, _, packet) => {
    const answers = profileNames.map((profile) => decide(policyOf(kind), packet, profile));
    expect(answers).toEqual([verdict, verdict, verdict]);
  });

  it("is the same policy as the script", () => {
    const meant = ({ profiles, rules }: FirewallPolicy) => ({
      profiles,
      rules: rules.map((rule) => ({ ...rule, title: undefined, until: undefined })),
    });
    expect(meant(policyOf(kind))).toEqual(meant(policyOf("script")));
    expect(policyOf(kind).rules[0]?.description).toBe("a~'\u00e9");
  });
});

const settings = {
  enabled: true,
  inbound: undefined,
  outbound: undefined,
  localMerge: false,
  shielded: false,
};
const made = (
  rules: readonly Partial<Rule>[],
  profile: Partial<typeof settings> = {},
): FirewallPolicy => {
  const all = { ...settings, ...profile };
  return {
    profiles: { Domain: all, Private: all, Public: all },
    rules: rules.map((rule, at) => ({
      ...noConditions,
      name: `rule-${at}`,
      title: undefined,
      description: undefined,
      until: undefined,
      direction: "in",
      action: "allow",
      active: true,
      profiles: profileNames,
      ...rule,
    })),
  };
};
const packet = { ...tcpIn, remote: "10.0.0.1", localPort: 443 };
const said = (policy: FirewallPolicy, asked: Packet = packet) => decide(policy, asked, "Private");

describe("precedence", () => {
  it("is bypass, block, allow, default", () => {
    const all = made([{ action: "allow" }, { action: "block" }, { action: "bypass" }]);
    expect(said(all, { ...packet, isAuthenticated: true })).toBe("allow");
    expect(said(all)).toBe("block");
    expect(said(made([{ action: "allow" }]))).toBe("allow");
    expect(said(made([]))).toBe("block");
    expect(said(made([]), { ...far, remotePort: 80 })).toBe("allow");
    expect(said(made([], { shielded: true }), { ...far, remotePort: 80 })).toBe("allow");
  });

  it("lets switches of a profile win over rules", () => {
    expect(said(made([{ action: "block" }], { enabled: false }))).toBe("allow");
    expect(said(made([{ action: "allow" }], { shielded: true }))).toBe("block");
  });

  it("counts no rule that is off or of another profile", () => {
    expect(said(made([{ active: false }]))).toBe("block");
    expect(said(made([{ profiles: ["Public", "Domain"] }]))).toBe("block");
    expect(said(made([{ profiles: ["Private"] }]))).toBe("allow");
  });

  it("takes every service for a star, and nothing that is none", () => {
    expect(said(made([{ service: "*" }]), { ...packet, service: "Foo" })).toBe("allow");
    expect(said(made([{ service: "*" }]))).toBe("block");
  });

  it("finds addresses in ranges that overlap and stand in any order", () => {
    const remoteAddresses = ["10.0.0.9", "10.0.0.0/24", "10.0.0.3-10.0.1.5"].map(parseRange);
    const policy = made([{ remoteAddresses }]);
    expect(said(policy, { ...packet, remote: "10.0.1.5" })).toBe("allow");
    expect(said(policy, { ...packet, remote: "10.0.0.255" })).toBe("allow");
    expect(said(policy, { ...packet, remote: "10.0.1.6" })).toBe("block");
    expect(said(policy, { ...packet, family: 6, local: "::2", remote: "::a00:1" })).toBe("block");
  });

  it("has no answer where the packet leaves out what a rule asks for", () => {
    const { localPort: _, ...without } = packet;
    expect(() =>
      said(made([{ protocol: 6, localPorts: [{ first: 1, last: 2 }] }]), without),
    ).toThrow(/port/);
    expect(() => said(made([{ protocol: 1, icmp: [{ type: 8, code: 0 }] }]), ping)).toThrow(/ICMP/);
    expect(() => said(made([]), { ...packet, remote: "fd00::1" })).toThrow(/family/);
  });
});

describe("addresses", () => {
  it("are numbers", () => {
    expect(parseAddress("10.0.0.1").value).toBe(0x0a00_0001n);
    expect(parseAddress("fd00::1:2").value).toBe((0xfd00n << 112n) | 0x1_0002n);
    expect(parseAddress("::ffff:1.2.3.4").value).toBe(0xffff_0102_0304n);
    expect(formatAddress(parseAddress("fd00::1"))).toBe("fd00:0:0:0:0:0:0:1");
    expect(formatAddress(parseAddress("10.20.30.40"))).toBe("10.20.30.40");
  });

  it("are ranges however they are written", () => {
    const range = parseRange("10.1.0.0-10.1.255.255");
    expect(parseRange("10.1.0.0/16")).toEqual(range);
    expect(parseRange("10.1.0.0/255.255.0.0")).toEqual(range);
    expect(parseRange("fd00::/8").last).toBe((0xfen << 120n) - 1n);
  });

  it.each([
    "",
    "10.0.0",
    "10.0.0.256",
    "10.0.0.01",
    "10.0.0.2-10.0.0.1",
    "10.0.0.1-fd00::1",
    "10.0.0.1/8",
    "10.0.0.0/255.0.255.0",
    "0.0.0.0/0",
    "10.0.0.0/33",
    "fd00::1::2",
    "fd00:1",
    "1:2:3:4:5:6:7:8::",
    "fe80::1%eth0",
    "12345::",
    " 10.0.0.1",
    "LocalSubnet",
    "*",
  ])("refuse %j", (text) => {
    expect(() => parseRange(text)).toThrow();
  });
});

describe("boundary packets", () => {
  const web = policyOf("script");
  const options = { seed: 1, packetsMax: 3000 };

  it("are the same for the same seed, at most so many, and none twice", () => {
    const packets = boundaryPackets([web], options);
    expect(packets).toEqual(boundaryPackets([web], options));
    expect(packets).not.toEqual(boundaryPackets([web], { ...options, seed: 2 }));
    expect(packets.length).toBeGreaterThan(2900);
    expect(packets.length).toBeLessThanOrEqual(options.packetsMax);
    expect(new Set(packets.map((each) => JSON.stringify(each))).size).toBe(packets.length);
  });

  it("reach both verdicts in both directions and families, and every rule", () => {
    const packets = boundaryPackets([web], options);
    const reached = new Set(
      packets.map((p) => `${p.direction} ${p.family} ${decide(web, p, "Public")}`),
    );
    expect(reached.size).toBe(8);
    for (const { name } of web.rules) {
      const without = { ...web, rules: web.rules.filter((rule) => rule.name !== name) };
      const isSeen = packets.some((p) => decide(web, p, "Public") !== decide(without, p, "Public"));
      expect([name, isSeen]).toEqual([name, true]);
    }
  });

  it("are all there is where that is little", () => {
    const rule = { protocol: 6, localPorts: [{ first: 80, last: 80 }] };
    const packets = boundaryPackets([made([rule])], { seed: 1, packetsMax: 100_000 });
    const ports = new Set(packets.flatMap(({ localPort = -1 }) => [localPort]));
    for (const port of [79, 80, 81]) expect(ports).toContain(port);
    expect(packets.length).toBeLessThan(2000);
  });
});

describe("semantic checks of Windows", () => {
  const faults = (rule: Partial<Rule>) => semanticFaults(made([rule]));

  it("find nothing in the samples", () => {
    for (const policy of policies.values()) expect(semanticFaults(policy)).toEqual([]);
  });

  it.each<[string, Partial<Rule>]>([
    ["a user list beside a service", { users: ["S-1-5-20"], service: "Foo" }],
    ["ports without TCP or UDP", { localPorts: [{ first: 1, last: 2 }] }],
    ["ICMP types without ICMP", { protocol: 6, icmp: [{ type: 8, code: 0 }] }],
    ["the program has", { program: "C:/x.exe" }],
    ["the service has", { service: "a\\b" }],
    ["the description is empty", { description: "" }],
    ["the title has", { title: "ALL" }],
    ["the name has", { name: "a|b" }],
    ["an IPv6 range", { remoteAddresses: [parseRange("::-ffff::")] }],
    [
      "a list of more",
      { remoteAddresses: Array.from({ length: 1001 }, () => parseRange("10.0.0.1")) },
    ],
  ])("find %s", (fault, rule) => {
    expect(faults(rule).join()).toContain(fault);
  });

  it("stop the reading of an artefact", () => {
    const rules = [{ ...cspRules[4], LocalUserAuthorizationList: "D:(A;;CC;;;S-1-5-20)" }];
    const read = () => readAll(new Map([["csp/firewall-001.json", cspJson(rules)]]));
    expect(read).toThrow(/user list beside a service/);
    const twice = { a: ruleStrings["segc-gre"] ?? "", A: ruleStrings["segc-gre"] ?? "" };
    expect(() => readAll(new Map([["rules.reg", registryText(twice)]]))).toThrow(/the name/);
  });
});
