// Rules and profiles as the cmdlets of NetSecurity give them and `ConvertTo-Json` writes them (docs/windows.md
// says with which command): each rule flat, with the properties of its filters. Enumerations are words or
// numbers, by the version of PowerShell. A rule is put as the registry would say it, and read as that.
import type { RegistryValue } from "../registry.ts";
import type { RegistryExport } from "./registry-export.ts";

type Fields = Readonly<Record<string, unknown>>;

const policy = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall";
const local = "SYSTEM\\CurrentControlSet\\Services\\SharedAccess\\Parameters\\FirewallPolicy";

/** Undefined where the text is no such JSON. */
export function readNetRules(text: string): RegistryExport | undefined {
  const parsed = parsedJson(text);
  if (!isFields(parsed) || !("Rules" in parsed)) return undefined;
  const values: RegistryValue[] = [];
  const unread: string[] = [];
  for (const profile of listOf(parsed.Profiles)) values.push(...profileValues(profile));
  const strange = [parsed.Rules].flat().filter((one) => one !== null && !isFields(one));
  for (const _ of strange) unread.push("an entry of `Rules` that is no rule");
  for (const rule of listOf(parsed.Rules)) {
    const value = ruleValue(rule);
    if (typeof value === "string") unread.push(value);
    else values.push(value);
  }
  return { values, unread };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A list of one is its only item, in the JSON of PowerShell. */
const listOf = (value: unknown): readonly Fields[] => [value].flat().filter(isFields);

const textsOf = (value: unknown): readonly string[] =>
  [value].flat().flatMap((one) => {
    if (one === null || one === undefined || one === "") return [];
    return typeof one === "object" ? ["no text"] : [String(one)];
  });

const word = (fields: Fields, name: string, words: Readonly<Record<string, string>>) => {
  const [text = ""] = textsOf(fields[name]);
  const key = text.toLowerCase();
  return Object.hasOwn(words, key) ? words[key] : undefined;
};

/** 2 and `NotConfigured` say nothing. */
const yesNo = { true: "1", "1": "1", false: "0", "0": "0" } as const;

function profileValues(fields: Fields): readonly RegistryValue[] {
  const [name = ""] = textsOf(fields.Name);
  if (!/^(Domain|Private|Public)$/.test(name)) return [];
  const actions = { allow: "0", "2": "0", block: "1", "4": "1" };
  const settings: readonly (readonly [string, string | undefined])[] = [
    ["EnableFirewall", word(fields, "Enabled", yesNo)],
    ["DefaultInboundAction", word(fields, "DefaultInboundAction", actions)],
    ["DefaultOutboundAction", word(fields, "DefaultOutboundAction", actions)],
    ["AllowLocalPolicyMerge", word(fields, "AllowLocalFirewallRules", yesNo)],
    [
      "DoNotAllowExceptions",
      { "0": "1", "1": "0" }[word(fields, "AllowInboundRules", yesNo) ?? ""],
    ],
  ];
  return settings.flatMap(([setting, data]) =>
    data === undefined
      ? []
      : [{ key: `${policy}\\${name}Profile`, name: setting, data: Number(data) }],
  );
}

/** A text says what cannot be read. */
function ruleValue(fields: Fields): RegistryValue | string {
  const [name = ""] = textsOf(fields.Name);
  const action = word(fields, "Action", {
    allow: "Allow",
    "2": "Allow",
    block: "Block",
    "4": "Block",
    allowbypass: "ByPass",
    "3": "ByPass",
  });
  const direction = word(fields, "Direction", {
    inbound: "In",
    "1": "In",
    outbound: "Out",
    "2": "Out",
  });
  const enabled = word(fields, "Enabled", {
    true: "TRUE",
    "1": "TRUE",
    false: "FALSE",
    "2": "FALSE",
  });
  const tokens: (readonly [string, string])[] = [
    ["Action", action ?? ""],
    ["Active", enabled ?? ""],
    ["Dir", direction ?? ""],
    ...profilesOf(textsOf(fields.Profile)).map((one) => ["Profile", one] as const),
    ...protocolOf(fields),
    ...listed(fields, "LocalPort", (one) => (one.includes("-") ? "LPort2_10" : "LPort")),
    ...listed(fields, "RemotePort", (one) => (one.includes("-") ? "RPort2_10" : "RPort")),
    ...listed(fields, "IcmpType", () => "ICMP4"),
    ...listed(fields, "LocalAddress", (one) => (one.includes(":") ? "LA6" : "LA4")),
    ...listed(fields, "RemoteAddress", (one) => (one.includes(":") ? "RA6" : "RA4")),
    ...listed(fields, "Program", () => "App"),
    ...listed(fields, "Service", () => "Svc"),
    ...listed(fields, "LocalUser", () => "LUAuth"),
    ...others.flatMap((one) => listed(fields, one, () => one)),
  ];
  const isWhole =
    name !== "" && action !== undefined && direction !== undefined && enabled !== undefined;
  if (!isWhole || tokens.some(([, value]) => value.includes("|"))) return `rule ${name}`;
  const isLocal =
    word(fields, "PolicyStoreSourceType", { local: "local", "1": "local" }) === "local";
  const data = `v2.31|${tokens.map(([key, value]) => `${key}=${value}|`).join("")}`;
  return { key: `${isLocal ? local : policy}\\FirewallRules`, name, data };
}

/** Conditions that are kept as they are, since nobody here understands them. */
const others = [
  ...["Package", "PackageFamilyName", "PolicyAppId", "RemoteUser", "RemoteMachine", "Owner"],
  ...["Authentication", "Encryption"],
  ...[
    "InterfaceAlias",
    "InterfaceType",
    "RemoteDynamicKeywordAddresses",
    "Platform",
    "DynamicTarget",
  ],
];

const listed = (fields: Fields, name: string, tokenOf: (value: string) => string) =>
  textsOf(fields[name]).flatMap((value) =>
    value === "Any" || (others.includes(name) && /^(0|NotRequired)$/.test(value))
      ? []
      : [[tokenOf(value), value] as const],
  );

function protocolOf(fields: Fields): readonly (readonly [string, string])[] {
  const [text = "Any"] = textsOf(fields.Protocol);
  const numbers: Readonly<Record<string, string>> = {
    tcp: "6",
    udp: "17",
    icmpv4: "1",
    icmpv6: "58",
  };
  const key = text.toLowerCase();
  return text === "Any"
    ? []
    : [["Protocol", (Object.hasOwn(numbers, key) && numbers[key]) || text]];
}

/** Words with commas, or bits: 1 domain, 2 private, 4 public; none of them is all. */
function profilesOf(texts: readonly string[]): readonly string[] {
  const bits = Number(texts[0]);
  const all = ["Domain", "Private", "Public"];
  if (texts.length === 1 && Number.isInteger(bits)) {
    return bits === 0 ? [] : all.filter((_, at) => (bits & (1 << at)) !== 0);
  }
  return texts.flatMap((text) => text.split(/,\s*/)).filter((one) => all.includes(one));
}
