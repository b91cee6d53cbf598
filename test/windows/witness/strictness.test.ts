// What the readers refuse: each format's mistakes, one at a time, in a text that is right without.
import { describe, expect, it } from "vitest";
import { readApplyScript } from "./apply-data.ts";
import { readCspJson } from "./csp-json.ts";
import { readAll } from "./read.ts";
import { readRegistryPol } from "./registry-pol.ts";
import { readRegistryText } from "./registry-text.ts";
import { readRuleString } from "./rule-string.ts";
import {
  cspJson,
  cspProfiles,
  cspRules,
  polEntry,
  polHead,
  registryPol,
  registryText,
  replaceNode,
  ruleStrings,
  script,
  scriptRules,
  syncml,
  syncmlOf,
} from "./samples.ts";
import { readSyncml } from "./syncml.ts";
import { readXml } from "./xml.ts";

/** Refuses a mistake that changes nothing: then the case would show nothing. */
function changed(text: string, from: string, to: string): string {
  const result = text.replace(from, () => to);
  if (result === text) throw new Error(`nothing to change: ${from}`);
  return result;
}

describe("apply.ps1", () => {
  it("may have no rules, and defaults that are not configured", () => {
    const policy = readApplyScript(script([], { inbound: "NotConfigured", outbound: "Allow" }));
    expect(policy.rules).toEqual([]);
    expect(policy.profiles.Domain).toMatchObject({ inbound: undefined, outbound: "allow" });
  });

  it.each<[string, string, string]>([
    ["no begin", "# segc data begin", "# segc"],
    ["a second end", "exit 0", "# segc data end"],
    ["another variable", "$SegcData", "$Segc"],
    ["a default that is none", "'Block'", "'Deny'"],
    ["a missing default", "  Outbound = 'Block'\n", ""],
    ["what is not ASCII", "exit 0", "# \u00e9"],
    ["a curly quote", "Name='segc-web'", "Name=\u2018segc-web\u2019"],
    ["a double quote", "Name='segc-web'", 'Name="segc-web"'],
    ["a quote in a string", "segc-web", "segc''web"],
    ["a comment in the data", "  Rules", "  # Rules"],
    ["a comma behind a rule", "31'}", "31'},"],
    ["an unknown key", "Until=", "Profile="],
    ["a key twice", "Until='2026-12-31'", "Description='b'"],
    [
      "keys out of order",
      "Direction='Inbound';Action='Allow'",
      "Action='Allow';Direction='Inbound'",
    ],
    ["a rule without a name", "Name='segc-web';", ""],
    ["a list that is a string", "@('443','8000-8100')", "'443'"],
    ["a string that is a list", "Name='segc-web'", "Name=@('segc-web')"],
    ["an empty list", "@('443','8000-8100')", "@()"],
    ["a list with a hole", "@('443','8000-8100')", "@('443',,'8000-8100')"],
    ["a space in a list", "'443','8000-8100'", "'443', '8000-8100'"],
    ["another action", "Action='Allow'", "Action='Bypass'"],
    ["another protocol", "'TCP'", "'tcp'"],
    ["a protocol too high", "'47'", "'256'"],
    ["a port too high", "'443'", "'65536'"],
    ["a range of ports backwards", "8000-8100", "8100-8000"],
    ["a port by name", "'443'", "'RPC'"],
    ["an ICMP code of all", "'13:0'", "'13:*'"],
    ["an address by name", "'10.0.0.1'", "'LocalSubnet'"],
    ["a user by another list", "(A;;CC;;;S-1-5-20)", "(D;;CC;;;S-1-5-20)"],
    ["no day", "2026-12-31", "2026-02-30"],
    ["an escape cut off", "a~007e", "a~7e"],
    ["an escape in capitals", "~00e9", "~00E9"],
    ["an escape of what needs none", "~00e9", "~0041"],
    ["a number instead of a string", "Protocol='TCP'", "Protocol=6"],
  ])("refuses %s", (_, from, to) => {
    const text = changed(script(), from, to);
    expect(() => readApplyScript(text)).toThrow();
  });

  it("takes either line end, and a rule that says little", () => {
    expect(readApplyScript(script().replaceAll("\n", "\r\n")).rules.length).toBe(
      scriptRules.length,
    );
    const [rule] = readApplyScript(
      script(["@{Name='a';Direction='Outbound';Action='Block'}"]),
    ).rules;
    expect(rule).toMatchObject({ protocol: undefined, localPorts: undefined, action: "block" });
  });
});

describe("rules.reg", () => {
  it.each<[string, string, string]>([
    ["another head", "Version 5.00", "Version 4.00"],
    ["a bare line feed", "\r\n", "\n"],
    ["what is not ASCII", "Name=not", "Name=n\u00f6t"],
    ["another hive", "[HKEY_LOCAL_MACHINE\\", "[HKEY_CURRENT_USER\\"],
    ["another key", "FirewallRules]", "FirewallRulez]"],
    ["a key twice", 'PrivateProfile]\r\n"', 'DomainProfile]\r\n"'],
    [
      "a missing profile",
      "[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\PrivateProfile]",
      "[-HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall\\DomainProfile]",
    ],
    ["a section that deletes rules", "PublicProfile]\r\n\r\n", "FirewallRules]\r\n\r\n"],
    ["a missing switch", '"EnableFirewall"=dword:00000001\r\n', ""],
    ["an unknown setting", "EnableFirewall", "EnableFirewal"],
    ["a switch of two", '"EnableFirewall"=dword:00000001', '"EnableFirewall"=dword:00000002'],
    ["a short dword", "dword:00000001", "dword:1"],
    ["a deleted value", "dword:00000001", "-"],
    ["a value twice", '"segc-not"', '"segc-gre"'],
    ["a lone backslash", "C:\\\\dns.exe", "C:\\dns.exe"],
    ["a comment", "\r\n\r\n[", "\r\n; no\r\n["],
    ["hex without its NUL", ",00,00\r\n", "\r\n"],
    ["half a unit", ",00,00,00\r\n", ",00,00\r\n"],
    ["hex of another type", "hex(1)", "hex(2)"],
  ])("refuses %s", (_, from, to) => {
    const text = changed(registryText(), from, to);
    expect(() => readRegistryText(text)).toThrow();
  });

  it("holds PolicyVersion against the rules", () => {
    const key = "[HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Microsoft\\WindowsFirewall]";
    const versioned = (digits: string) =>
      `${registryText()}${key}\r\n"PolicyVersion"=dword:0000${digits}\r\n`;
    expect(readRegistryText(versioned("0214")).rules.length).toBe(7);
    expect(() => readRegistryText(versioned("020a"))).toThrow(/PolicyVersion/);
  });
});

describe("registry.pol", () => {
  it.each<[string, string, string]>([
    ["another head", polHead, "\u5250\u6765\u0002\u0000"],
    ["a hive in the key", "SOFTWARE", "HKLM\\SOFTWARE"],
    ["another mark", ";\u0004", ",\u0004"],
    ["another type", ";\u0004\u0000;", ";\u0003\u0000;"],
    ["another size", ";\u0004\u0000;\u0004", ";\u0004\u0000;\u0006"],
    ["an odd size", ";\u0004\u0000;\u0004", ";\u0004\u0000;\u0005"],
    ["a text without its NUL", "EmbedCtxt=segc|\u0000", "EmbedCtxt=segc||"],
    ["an order", "\u0000;segc-not\u0000", "\u0000;**del.segc-not\u0000"],
    ["a value twice", ";segc-not\u0000", ";segc-gre\u0000"],
    ["a missing switch", ";EnableFirewall\u0000", ";DisableFirewall\u0000"],
  ])("refuses %s", (_, from, to) => {
    const text = changed(registryPol(), from, to);
    expect(() => readRegistryPol(text)).toThrow();
  });

  it("refuses an end too early, and something after it", () => {
    expect(() => readRegistryPol(registryPol().slice(0, -1))).toThrow(/cut off/);
    expect(() => readRegistryPol(`${registryPol()}\n`)).toThrow();
    expect(() => readRegistryPol(polHead)).toThrow(/DomainProfile/);
    expect(() => readRegistryPol(registryPol() + polEntry("SOFTWARE\\Other", "a", 1))).toThrow(
      /key/,
    );
  });
});

describe("a rule string", () => {
  const web = ruleStrings["segc-web"] ?? "";
  const read = (text: string) => readRuleString("a", text).rule;

  it("has profiles, subnets and a switch", () => {
    const [head = "", tail = ""] = web.split("RA6=fd00::1|");
    const rule = read(
      `${head}Profile=Public|Profile=Domain|RA6=fd00::/8|RA4=10.1.0.0/255.255.0.0|${tail}`,
    );
    expect(rule.profiles).toEqual(["Domain", "Public"]);
    expect(rule.remoteAddresses?.length).toBe(4);
    expect(read(changed(web, "Active=TRUE|", "")).active).toBe(false);
    expect(
      read(changed(web, "Protocol=6|LPort=443|LPort2_10=8000-8100|", "")).protocol,
    ).toBeUndefined();
  });

  it.each<[string, string, string]>([
    ["no version", "v2.10|", ""],
    ["a version of another grammar", "v2.10", "v3.0"],
    ["no end", "segc|", "segc"],
    ["a token twice", "Dir=In|", "Dir=In|Dir=In|"],
    ["a value of a list twice", "LPort=443|", "LPort=443|LPort=443|"],
    ["an unknown token", "Dir=In|", "Dir=In|LSM=TRUE|"],
    ["a token in small letters", "Dir=In|", "dir=In|"],
    ["an empty field", "Dir=In|", "Dir=In||"],
    ["an empty value", "Desc=a~'\u00e9", "Desc="],
    ["a bar in a text", "Name=web", "Name=w|b"],
    ["no direction", "Dir=In|", ""],
    ["no name", "Name=web|", ""],
    ["another action", "Action=Allow", "Action=allow"],
    ["another profile", "Dir=In|", "Dir=In|Profile=Any|"],
    ["ports before the protocol", "Protocol=6|LPort=443|", "LPort=443|Protocol=6|"],
    ["ports of another protocol", "Protocol=6|", "Protocol=50|"],
    ["ICMP types beside ports", "LPort=443|", "LPort=443|ICMP4=8:*|"],
    ["a range where one port belongs", "LPort=443", "LPort=443-444"],
    ["one port where a range belongs", "8000-8100", "8000"],
    ["a version that has no ranges", "v2.10", "v2.9"],
    ["a version that has no users", "Name=web", "LUAuth=D:(A;;CC;;;S-1-5-20)|Name=web"],
    ["the other family", "RA4=10.0.0.1|", "RA6=10.0.0.1|"],
    ["a prefix of every bit", "RA4=10.0.0.1|", "RA4=10.0.0.1/32|"],
    ["a protocol too high", "Protocol=6", "Protocol=256"],
  ])("refuses %s", (_, from, to) => {
    const text = changed(web, from, to);
    expect(() => read(text)).toThrow();
  });
});

describe("csp/firewall-001.json", () => {
  const [web = {}] = cspRules;
  it.each<[string, string, string]>([
    ["no profiles", '"profiles":', '"profile":'],
    ["another type", '"Enabled":true', '"Enabled":"true"'],
    ["a rule that does not say whether it is on", '"Enabled":true,', ""],
    ["a rule without direction", '"Direction":"IN",', ""],
    ["another direction", '"IN"', '"In"'],
    ["another action", '"Type":1', '"Type":2'],
    ["an unknown node", '"Protocol"', '"InterfaceTypes"'],
    ["a node too deep", '"Type":1', '"Type":{"Type":1}'],
    ["an empty node", '{"Type":1}', "{}"],
    ["a key twice", '"Protocol":6', '"Protocol":6,"Protocol":6'],
    ["no name", '"Name":"segc-web",', ""],
    ["a slash in a name", '"segc-web"', '"segc/web"'],
    ["no profile at all", "2147483647", "0"],
    ["a profile that is none", "2147483647", "8"],
    ["a space in a list", "443,8000", "443, 8000"],
    ["an ICMP type without code", "8:*", "8"],
    ["any address as a star", "10.0.0.1,10.0.0.5-10.0.0.9,fd00::1", "*"],
    ["a protocol too high", '"Protocol":47', '"Protocol":256'],
    ["a fraction", '"Protocol":47', '"Protocol":4.7'],
    ["no default that is known", '"DefaultInboundAction":1', '"DefaultInboundAction":2'],
    ["a missing switch", '"Shielded":false,', ""],
    ["a list as an object", '"rules":[', '"rule":['],
  ])("refuses %s", (_, from, to) => {
    const text = changed(cspJson(), from, to);
    expect(() => readCspJson([text])).toThrow();
  });

  it("has at most 150 rules, and profiles only in the last file", () => {
    const many = (count: number) =>
      Array.from({ length: count }, (_, at) => ({ ...web, Name: `r${at}` }));
    const first = JSON.stringify({ rules: many(150) });
    expect(readCspJson([first, cspJson()]).rules.length).toBe(157);
    expect(() => readCspJson([JSON.stringify({ rules: many(151) }), cspJson()])).toThrow(/151/);
    expect(() => readCspJson([cspJson(), cspJson()])).toThrow(/profiles/);
    expect(() => readCspJson([first])).toThrow(/profiles/);
    expect(readCspJson([JSON.stringify({ profiles: cspProfiles, rules: [] })]).rules).toEqual([]);
  });
});

describe("csp/firewall-001.xml", () => {
  const first = replaceNode(2, "DomainProfile/EnableFirewall", true);
  it.each<[string, string, string]>([
    ["another version", "SYNCML1.2", "SYNCML1.1"],
    ["another format", ">bool<", ">boolean<"],
    [
      "a format that is not the node's",
      ">bool</Format></Meta><Data>true",
      ">chr</Format></Meta><Data>true",
    ],
    ["a namespace missing", ' xmlns="syncml:metinf"', ""],
    ["no such truth", "<Data>true", "<Data>True"],
    [
      "a node elsewhere",
      "./Vendor/MSFT/Firewall/MdmStore/",
      "./Device/Vendor/MSFT/Firewall/MdmStore/",
    ],
    ["an unknown node", "/Direction<", "/Way<"],
    ["an unknown profile", "PublicProfile/EnableFirewall", "StandardProfile/EnableFirewall"],
    ["a node twice", "PublicProfile/EnableFirewall", "DomainProfile/EnableFirewall"],
    ["a number of a command twice", "<CmdID>2<", "<CmdID>1<"],
    ["another command", first, first.replaceAll("Replace>", "Add>")],
    ["no Final", "<Final/>", ""],
    [
      "a Replace outside the Atomic",
      "</Atomic><Final/>",
      `</Atomic>${replaceNode(999, "FirewallRules/a/Direction", "IN")}<Final/>`,
    ],
    ["text beside elements", "<Item>", "<Item>x"],
    ["a comment", "<Item>", "<Item><!-- no -->"],
    ["CDATA", "<Data>true</Data>", "<Data><![CDATA[true]]></Data>"],
    ["an unknown entity", "<Data>IN", "<Data>&nbsp;IN"],
    ["an ampersand alone", "<Data>IN", "<Data>& IN"],
    ["a tag not closed", "</Item>", ""],
    ["something behind the root", "</SyncML>", "</SyncML><SyncML/>"],
    ["a rule without direction", replaceNode(17, "FirewallRules/segc-web/Direction", "IN"), ""],
  ])("refuses %s", (_, from, to) => {
    const text = changed(syncml(), from, to);
    expect(() => readSyncml([text])).toThrow();
  });

  it("wants a rule whole in one block, and profiles in the first file", () => {
    const split = changed(
      syncml(),
      replaceNode(18, "FirewallRules/segc-web/Action/Type", 1),
      `</Atomic><Atomic><CmdID>999</CmdID>${replaceNode(18, "FirewallRules/segc-web/Action/Type", 1)}`,
    );
    expect(() => readSyncml([split])).toThrow();
    expect(() => readSyncml([syncml(), syncml()])).toThrow(/profiles/);
    expect(() => readSyncml([syncmlOf([])])).toThrow(/Replace/);
  });

  it("reads entities, numbers of characters and line ends as XML does", () => {
    expect(readXml("<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</a>").text).toBe("<&>\"'A\u{1f600}");
    expect(readXml("<a b='&#10;'>\r\n</a>").text).toBe("\n");
    for (const text of [
      "<a b='1' b='2'/>",
      "<a>&#0;</a>",
      "<a>\u0001</a>",
      "<a>\ud800</a>",
      "<a></b>",
      "<a b=1/>",
      "<!DOCTYPE a><a/>",
    ]) {
      expect(() => readXml(text)).toThrow();
    }
  });
});

describe("all files", () => {
  it("are numbered without a gap, and known below csp/", () => {
    expect(readAll(new Map([["README.md", ""]])).size).toBe(0);
    expect(() => readAll(new Map([["csp/firewall-002.json", cspJson()]]))).toThrow(/before/);
    expect(() => readAll(new Map([["csp/firewall-1.json", cspJson()]]))).toThrow(/unknown/);
  });
});
