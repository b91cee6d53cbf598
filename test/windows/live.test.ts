// What administrators have of a host - exports of the registry, policy files, rules of the cmdlets - read
// and held against a policy.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOfText } from "../../compiler/file-bytes.ts";
import type { EnforcerSlice } from "../../compiler/plan/slice.ts";
import type { OutputFile } from "../../compiler/plan/target.ts";
import { windows } from "../../targets/windows/index.ts";
import { driftOfHost } from "../../targets/windows/live/drift.ts";
import { readLive } from "../../targets/windows/live/read-live.ts";
import { readTokens } from "../../targets/windows/live/rule-tokens.ts";
import { directionSlice, entry, slice, tcp } from "../nftables/slices.ts";
import { someWindowsSlice } from "./slices.ts";

const runs = process.env.SEGC_FULL === "1" ? 2000 : 120;
const from = "2026-11-23";

const policyKey = "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall";
const localKey =
  "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy";
const head = "Windows Registry Editor Version 5.00\r\n";

function hostOf(path: string, bytes: Uint8Array) {
  const read = readLive([{ path, bytes }]);
  if (!read.ok) throw new Error(read.problem);
  return read.host;
}

const textHost = (text: string) => hostOf("a.reg", new TextEncoder().encode(text));

const drifts = (of: EnforcerSlice, host: ReturnType<typeof hostOf>) =>
  driftOfHost(of, host, { from, names: { local: "here" } }).map(
    ({ kind, text }) => `${kind} ${text}`,
  );

const shop = slice(
  directionSlice("ingress", { allows: [entry("r", ["10.0.0.1"], tcp(443))] }),
  directionSlice("egress"),
);
const shopFiles = windows.render(windows.plan(shop));
const fileOf = (files: readonly OutputFile[], path: string) =>
  files.find((file) => file.path === path)?.text ?? "";
const reg = fileOf(shopFiles, "rules.reg");
const withRule = (rule: string, text = reg) => `${text}"X"="${rule}"\r\n`;

describe("what segc wrote itself", () => {
  test("has no drift, in either form of the registry", () => {
    let compared = 0;
    fc.assert(
      fc.property(someWindowsSlice, (of) => {
        if (windows.beyond(of, { blockRules: true }) !== undefined) return;
        const files = windows.render(
          windows.plan(windows.prepare?.(of, { blockRules: true }) ?? of),
        );
        const pol = bytesOfText("registry.pol", fileOf(files, "registry.pol"));
        expect(drifts(of, textHost(fileOf(files, "rules.reg")))).toEqual([]);
        expect(drifts(of, hostOf("a.pol", pol))).toEqual([]);
        compared++;
      }),
      { numRuns: runs },
    );
    expect(compared).toBeGreaterThan(10);
  });

  test("is read from UTF-16 too, with its mark", () => {
    const units = bytesOfText("x.pol", `\ufeff${reg}`);
    expect(drifts(shop, hostOf("a.reg", units))).toEqual([]);
  });

  test("may stand in several files", () => {
    const [policy = "", rules = ""] = reg.split(/(?=\[HKEY[^\n]*FirewallRules\])/);
    const read = readLive(
      [policy, head + rules].map((text, at) => ({
        path: `${at}.reg`,
        bytes: new TextEncoder().encode(text),
      })),
    );
    expect(read.ok && drifts(shop, read.host)).toEqual([]);
  });
});

describe("a rule of somebody else", () => {
  test("opens what it allows", () => {
    const host = textHost(
      withRule("v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=22|RA4=10.0.0.9|"),
    );
    expect(drifts(shop, host)).toEqual([
      "opened 10.0.0.9 -> here : tcp/22 is refused by the policy and accepted by the host",
    ]);
  });

  test("is told with the profiles that it is of", () => {
    const host = textHost(
      withRule(
        "v2.10|Action=Allow|Active=TRUE|Dir=In|Profile=Public|Profile=Domain|Protocol=6|LPort=22|RA4=10.0.0.9|",
      ),
    );
    expect(drifts(shop, host)[0]).toMatch(/ \(Domain, Public\)$/);
  });

  test.each([
    ["is not active", "v2.10|Action=Allow|Active=FALSE|Dir=In|"],
    ["says nothing of being active", "v2.10|Action=Allow|Dir=In|"],
    [
      "allows what is allowed",
      "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=443|RA4=10.0.0.1/255.255.255.255|",
    ],
    [
      "allows the baseline",
      "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=58|ICMP6=133:*|ICMP6=134:*|ICMP6=135:*|ICMP6=136:*|",
    ],
    ["blocks what is refused", "v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=80|"],
  ])("%s: nothing changes", (_, rule) => {
    expect(drifts(shop, textHost(withRule(rule)))).toEqual([]);
  });

  test("closes what it blocks", () => {
    const host = textHost(withRule("v2.10|Action=Block|Active=TRUE|Dir=In|Protocol=6|"));
    expect(drifts(shop, host)).toEqual([
      "closed 10.0.0.1 -> here : tcp/443 is allowed by the policy and dropped by the host",
    ]);
  });

  test("that opens and one that closes are both told", () => {
    const host = textHost(
      withRule("v2.10|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=443|").concat(
        '"Y"="v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=17|LPort=53|RA4=10.0.0.1|"\r\n',
      ),
    );
    expect(drifts(shop, host).map((text) => text.split(" ")[0])).toEqual(["opened", "closed"]);
  });

  test("of which something is not understood is kept word for word, and judged both ways", () => {
    const open = textHost(
      withRule(
        "v2.31|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=22|RA4=LocalSubnet|IFType=Lan|",
      ),
    );
    expect(drifts(shop, open)).toEqual([
      expect.stringMatching(
        /^opened .* tcp\/22 is refused by the policy and perhaps accepted by the host$/,
      ),
      "other rule `X` has RA4=LocalSubnet, IFType=Lan, which is not understood",
    ]);
    const shut = textHost(
      withRule("v2.31|Action=Block|Active=TRUE|Dir=In|Protocol=6|TTK=Proximity|"),
    );
    expect(drifts(shop, shut)[0]).toMatch(/^closed /);
  });

  test("of the local store counts only where policy merges it", () => {
    const rule = `\r\n${localKey}\\FirewallRules]\r\n"L"="v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=22|RA4=10.0.0.9|"\r\n`;
    expect(drifts(shop, textHost(reg + rule))).toEqual([]);
    const merged = reg.replaceAll(
      '"AllowLocalPolicyMerge"=dword:00000000',
      '"AllowLocalPolicyMerge"=dword:00000001',
    );
    expect(drifts(shop, textHost(merged + rule))).toEqual([
      "other rules of the local store are in force",
      "opened 10.0.0.9 -> here : tcp/22 is refused by the policy and accepted by the host",
    ]);
  });
});

describe("profiles", () => {
  test("that are off, that allow by default, or that refuse every exception", () => {
    const set = (name: string, value: number) =>
      textHost(
        reg.replaceAll(
          new RegExp(`"${name}"=dword:0000000\\d`, "g"),
          `"${name}"=dword:0000000${value}`,
        ),
      );
    expect(drifts(shop, set("EnableFirewall", 0))).toContain("other the firewall is off");
    expect(drifts(shop, set("DefaultOutboundAction", 0))[0]).toMatch(/^opened here -> /);
    expect(drifts(shop, set("DoNotAllowExceptions", 1))[0]).toMatch(/^closed 10\.0\.0\.1 -> here/);
  });

  test("of a host without policy are Windows' own", () => {
    const { profiles } = textHost(head);
    expect(profiles.Domain).toEqual({
      enabled: true,
      inbound: "block",
      outbound: "allow",
      localMerge: true,
      shielded: false,
    });
  });

  test("of the local store are read under its name for the private one", () => {
    const { profiles } = textHost(
      `${head}${localKey}\\StandardProfile]\r\n"EnableFirewall"=dword:00000000\r\n`,
    );
    expect([profiles.Private.enabled, profiles.Public.enabled]).toEqual([false, true]);
  });
});

describe("exports", () => {
  test("have bytes, lines that go on, comments and keys of others", () => {
    const text = `${head}; a comment\r\n[HKEY_LOCAL_MACHINE\\SOFTWARE\\Other]\r\n@="x"\r\n"n"=hex:01,02\r\n"q"=hex(b):01,\\\r\n  02\r\n${policyKey}\\FirewallRules]\r\n"A"=hex(1):76,00,32,00,2e,00,31,00,30,00,7c,00,41,00,63,00,74,00,69,00,6f,00,\\\r\n  6e,00,3d,00,41,00,6c,00,6c,00,6f,00,77,00,7c,00,44,00,69,00,72,00,3d,00,49,00,6e,00,7c,00,00,00\r\n`;
    const { rules, unread } = textHost(text);
    expect(unread).toEqual([]);
    expect(rules).toMatchObject([
      { name: "A", action: "allow", direction: "ingress", enabled: false },
    ]);
  });

  test("tell what they cannot say", () => {
    const { unread } = textHost(
      `${head}${policyKey}\\FirewallRules]\r\nnonsense\r\n"B"="no rule"\r\n`,
    );
    expect(unread).toEqual(["nonsense", "B: no rule"]);
  });

  test.each([
    ["a.reg", "nothing"],
    ["a.pol", "PReg"],
    ["a.json", "[]"],
    ["a.json", "{"],
  ])("%s of `%s` is none", (path, text) => {
    expect(readLive([{ path, bytes: new TextEncoder().encode(text) }])).toMatchObject({
      ok: false,
      path,
    });
  });

  test("of policy files know deletions", () => {
    const key = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\FirewallRules";
    const value = (name: string, data: string) => {
      const size = String.fromCharCode((data.length + 1) * 2, 0);
      return `[${key}\0;${name}\0;\u0001\0;${size};${data}\0]`;
    };
    const rule = "v2.10|Action=Allow|Active=TRUE|Dir=In|";
    const pol = (...entries: readonly string[]) =>
      hostOf(
        "a.pol",
        bytesOfText("a.pol", `\u5250\u6765\u0001\u0000${entries.join("")}`),
      ).rules.map(({ name }) => name);
    expect(pol(value("A", rule), value("B", rule), value("**del.A", " "))).toEqual(["B"]);
    expect(pol(value("A", rule), value("**delvals.", " "), value("B", rule))).toEqual(["B"]);
  });
});

describe("rules of the cmdlets", () => {
  const words = {
    Name: "R",
    Enabled: "True",
    Direction: "Inbound",
    Action: "Allow",
    Profile: "Domain, Private",
    Protocol: "TCP",
    LocalPort: ["22", "8000-8100"],
    RemotePort: "Any",
    RemoteAddress: ["10.0.0.0/255.255.255.0", "fd00::/64"],
    Program: "C:\\x.exe",
    Service: "Any",
    LocalUser: "Any",
    InterfaceType: "Any",
  };
  const numbers = { ...words, Enabled: 1, Direction: 1, Action: 2, Profile: 3, Protocol: "6" };
  const profiles = ["Domain", "Private", "Public"].map((Name) => ({
    Name,
    Enabled: 1,
    DefaultInboundAction: "Block",
    DefaultOutboundAction: 4,
    AllowLocalFirewallRules: 0,
    AllowInboundRules: "True",
  }));
  const host = (rules: unknown) =>
    hostOf(
      "a.json",
      new TextEncoder().encode(JSON.stringify({ Profiles: profiles, Rules: rules })),
    );

  test("are the same by words and by numbers, alone or in a list", () => {
    const { rules } = host([words]);
    expect(host(numbers).rules).toEqual(rules);
    expect(rules).toMatchObject([
      {
        name: "R",
        direction: "ingress",
        action: "allow",
        profiles: ["Domain", "Private"],
        protocol: 6,
        localPorts: [
          { first: 22, last: 22 },
          { first: 8000, last: 8100 },
        ],
        program: "C:\\x.exe",
        service: undefined,
        unknown: [],
      },
    ]);
    expect(Object.values(host([]).profiles)[0]).toMatchObject({
      outbound: "block",
      localMerge: false,
    });
  });

  test("keep what is not understood", () => {
    const { rules, unread } = host([
      { ...words, RemoteAddress: "LocalSubnet", PolicyAppId: "Tag", Service: "*" },
      { ...words, Action: "NotConfigured" },
      { ...words, Program: "C:\\a|Action=Block|" },
    ]);
    expect(rules).toMatchObject([{ unknown: ["RA4=LocalSubnet", "Svc=*", "PolicyAppId=Tag"] }]);
    expect(unread).toEqual(["rule R", "rule R"]);
  });
});

test.each([
  ["", undefined],
  ["v2.10|Dir=In|", undefined],
  ["v2.10|Action=Maybe|Dir=In|", undefined],
  [
    "v2.10|Action=ByPass|Active=TRUE|Dir=In|Security=Authenticate|",
    ["Action=ByPass", "Security=Authenticate"],
  ],
  ["v2.10|Action=Allow|Dir=Out|LPort=RPC|", ["LPort=RPC"]],
  ["v2.10|Action=Allow|Dir=Out|LUAuth=O:LSD:(A;;CC;;;S-1-5-20)|", []],
  ["v2.10|Action=Allow|Dir=Out|LUAuth=D:(A;;CC;;;BA)|", ["LUAuth=D:(A;;CC;;;BA)"]],
  ["v2.10|Action=Allow|Dir=Out|RA4=10.0.0.9-10.0.0.1|", ["RA4=10.0.0.9-10.0.0.1"]],
  ["v2.10|Action=Allow|Dir=Out|RA4=10.0.0.0/255.0.255.0|", ["RA4=10.0.0.0/255.0.255.0"]],
  ["v2.10|Action=Allow|Dir=Out|RADynKey={1}|", ["RADynKey={1}"]],
])("the rule string %j leaves %j", (text, unknown) => {
  expect(readTokens("A", text, "policy")?.unknown).toEqual(unknown);
});
