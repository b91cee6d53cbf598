// One small policy by hand in every format: inbound web for two networks, a refused port in it, ping,
// DNS outbound for one program, and a service and a user of their own. Verdicts are in the tests.

/** Rules of `apply.ps1` without the four spaces in front. */
export const scriptRules = [
  "@{Name='segc-web';Direction='Inbound';Action='Allow';Protocol='TCP';LocalPort=@('443','8000-8100');RemoteAddress=@('10.0.0.1','10.0.0.5-10.0.0.9','fd00::1');Description='a~007e~0027~00e9';Until='2026-12-31'}",
  "@{Name='segc-not';Direction='Inbound';Action='Block';Protocol='TCP';LocalPort=@('8050')}",
  "@{Name='segc-ping';Direction='Inbound';Action='Allow';Protocol='ICMPv4';IcmpType=@('8','13:0')}",
  "@{Name='segc-dns';Direction='Outbound';Action='Allow';Protocol='UDP';RemotePort=@('53');LocalAddress=@('10.0.0.2');RemoteAddress=@('10.0.0.53');Program='C:\\dns.exe'}",
  "@{Name='segc-svc';Direction='Outbound';Action='Allow';Protocol='TCP';RemotePort=@('80');Service='Foo'}",
  "@{Name='segc-user';Direction='Outbound';Action='Allow';Protocol='TCP';RemotePort=@('81');LocalUser='D:(A;;CC;;;S-1-5-20)'}",
  "@{Name='segc-gre';Direction='Inbound';Action='Allow';Protocol='47'}",
] as const;

export function script(
  rules: readonly string[] = scriptRules,
  { inbound = "Block", outbound = "Block" } = {},
): string {
  const list =
    rules.length === 0
      ? ["  Rules = @()"]
      : ["  Rules = @(", ...rules.map((rule) => `    ${rule}`), "  )"];
  return [
    "Set-StrictMode -Version Latest",
    "# segc data begin",
    "$SegcData = @{",
    `  Inbound = '${inbound}'`,
    `  Outbound = '${outbound}'`,
    ...list,
    "}",
    "# segc data end",
    "exit 0",
    "",
  ].join("\n");
}

export const ruleStrings: Readonly<Record<string, string>> = {
  "segc-web":
    "v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=443|LPort2_10=8000-8100|RA4=10.0.0.1|RA4=10.0.0.5-10.0.0.9|RA6=fd00::1|Name=web|Desc=a~'\u00e9|EmbedCtxt=segc|",
  "segc-not":
    "v2.10|Action=Block|Active=TRUE|Dir=In|Protocol=6|LPort=8050|Name=not|EmbedCtxt=segc|",
  "segc-ping":
    "v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=1|ICMP4=8:*|ICMP4=13:0|Name=ping|EmbedCtxt=segc|",
  "segc-dns":
    "v2.10|Action=Allow|Active=TRUE|Dir=Out|Protocol=17|RPort=53|LA4=10.0.0.2|RA4=10.0.0.53|App=C:\\dns.exe|Name=dns|EmbedCtxt=segc|",
  "segc-svc":
    "v2.10|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|RPort=80|Svc=Foo|Name=svc|EmbedCtxt=segc|",
  "segc-user":
    "v2.20|Action=Allow|Active=TRUE|Dir=Out|Protocol=6|RPort=81|LUAuth=D:(A;;CC;;;S-1-5-20)|Name=user|EmbedCtxt=segc|",
  "segc-gre": "v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=47|Name=gre|EmbedCtxt=segc|",
};

const base = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall";
const profileKeys = ["Domain", "Private", "Public"].map((name) => `${base}\\${name}Profile`);
const settings: readonly (readonly [string, number])[] = [
  ["EnableFirewall", 1],
  ["DoNotAllowExceptions", 0],
  ["AllowLocalPolicyMerge", 0],
  ["DefaultInboundAction", 1],
  ["DefaultOutboundAction", 1],
];

/** A .reg file; the text that is not ASCII is in hex. */
export function registryText(rules = ruleStrings): string {
  const values = settings.map(([name, value]) => `"${name}"=dword:0000000${value}`);
  return [
    "Windows Registry Editor Version 5.00",
    "",
    ...profileKeys.flatMap((key) => [
      `[-HKEY_LOCAL_MACHINE\\${key}]`,
      "",
      `[HKEY_LOCAL_MACHINE\\${key}]`,
      ...values,
      "",
    ]),
    `[HKEY_LOCAL_MACHINE\\${base}\\FirewallRules]`,
    ...Object.entries(rules).map(([name, text]) => `"${name}"=${registryData(text)}`),
    "",
  ].join("\r\n");
}

function registryData(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return `"${text.replace(/["\\]/g, "\\$&")}"`;
  const bytes = `${text}\0`
    .split("")
    .flatMap((unit) => [unit.charCodeAt(0) % 256, Math.floor(unit.charCodeAt(0) / 256)])
    .map((byte) => byte.toString(16).padStart(2, "0"));
  // Broken as regedit breaks its own exports.
  return `hex(1):${bytes.slice(0, 20).join(",")},\\\r\n  ${bytes.slice(20).join(",")}`;
}

const word = (value: number) => String.fromCharCode(value % 65_536, Math.floor(value / 65_536));

export function polEntry(key: string, name: string, value: number | string): string {
  const data = typeof value === "number" ? word(value) : `${value}\0`;
  const type = typeof value === "number" ? 4 : 1;
  return `[${key}\0;${name}\0;${word(type)};${word(2 * data.length)};${data}]`;
}

export const polHead = "\u5250\u6765\u0001\u0000";

export function registryPol(rules = ruleStrings): string {
  const profiles = profileKeys.flatMap((key) =>
    settings.map(([name, value]) => polEntry(key, name, value)),
  );
  const entries = Object.entries(rules).map(([name, text]) =>
    polEntry(`${base}\\FirewallRules`, name, text),
  );
  return [polHead, ...profiles, ...entries].join("");
}

const always = { Enabled: true, Profiles: 2_147_483_647 };
const allow = { Action: { Type: 1 }, ...always };

export const cspProfiles = {
  EnableFirewall: true,
  Shielded: false,
  AllowLocalPolicyMerge: false,
  DefaultInboundAction: 1,
  DefaultOutboundAction: 1,
};

export const cspRules: readonly Readonly<Record<string, unknown>>[] = [
  {
    Name: "segc-web",
    Direction: "IN",
    ...allow,
    Protocol: 6,
    LocalPortRanges: "443,8000-8100",
    RemoteAddressRanges: "10.0.0.1,10.0.0.5-10.0.0.9,fd00::1",
    Description: "a~'\u00e9",
  },
  {
    Name: "segc-not",
    Direction: "IN",
    Action: { Type: 0 },
    ...always,
    Protocol: 6,
    LocalPortRanges: "8050",
  },
  { Name: "segc-ping", Direction: "IN", ...allow, Protocol: 1, IcmpTypesAndCodes: "8:*,13:0" },
  {
    Name: "segc-dns",
    Direction: "OUT",
    ...allow,
    Protocol: 17,
    RemotePortRanges: "53",
    LocalAddressRanges: "10.0.0.2",
    RemoteAddressRanges: "10.0.0.53",
    App: { FilePath: "C:\\dns.exe" },
  },
  {
    Name: "segc-svc",
    Direction: "OUT",
    ...allow,
    Protocol: 6,
    RemotePortRanges: "80",
    App: { ServiceName: "Foo" },
  },
  {
    Name: "segc-user",
    Direction: "OUT",
    ...allow,
    Protocol: 6,
    RemotePortRanges: "81",
    LocalUserAuthorizationList: "D:(A;;CC;;;S-1-5-20)",
  },
  { Name: "segc-gre", Direction: "IN", ...allow, Protocol: 47 },
];

export const cspJson = (rules = cspRules): string =>
  JSON.stringify({ profiles: cspProfiles, rules });

const escaped = (text: string) => text.replace(/[&<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);

export function replaceNode(id: number, path: string, value: unknown): string {
  const format = typeof value === "string" ? "chr" : typeof value === "number" ? "int" : "bool";
  return (
    `<Replace><CmdID>${id}</CmdID><Item><Target>` +
    `<LocURI>./Vendor/MSFT/Firewall/MdmStore/${path}</LocURI></Target>` +
    `<Meta><Format xmlns="syncml:metinf">${format}</Format></Meta>` +
    `<Data>${escaped(String(value))}</Data></Item></Replace>`
  );
}

const isObject = (value: unknown): value is object => typeof value === "object" && value !== null;

/** The same nodes as the JSON, one Replace each. */
export function syncml(rules = cspRules): string {
  const profiles = ["Domain", "Private", "Public"].flatMap((name) =>
    Object.entries(cspProfiles).map(([key, value]) => [`${name}Profile/${key}`, value] as const),
  );
  const nodes = rules.flatMap(({ Name: name, ...rule }) =>
    Object.entries(rule).flatMap(([key, value]) =>
      (isObject(value) ? Object.entries(value) : [["", value] as const]).map(
        ([below, leaf]) =>
          [`FirewallRules/${name}/${key}${below === "" ? "" : `/${below}`}`, leaf] as const,
      ),
    ),
  );
  return syncmlOf(
    [...profiles, ...nodes].map(([path, value], at) => replaceNode(at + 2, path, value)),
  );
}

export const syncmlOf = (replaces: readonly string[]): string =>
  [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<SyncML xmlns="SYNCML:SYNCML1.2"><SyncBody><Atomic><CmdID>1</CmdID>',
    ...replaces,
    "</Atomic><Final/></SyncBody></SyncML>",
    "",
  ].join("\n");
