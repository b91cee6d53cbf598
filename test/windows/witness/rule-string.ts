// One firewall rule as Group Policy stores it in a registry value ([MS-GPFAS] 2.2.2.19):
// `v2.10|Action=Allow|Active=TRUE|Dir=In|Protocol=6|LPort=443|Name=web|`.
import { type AddressRange, type Family, parseRange } from "./addresses.ts";
import { icmpTypeAndCode, portRange, usersOf } from "./conditions.ts";
import { noConditions, type ProfileName, profileNames, type Rule } from "./policy.ts";
import { decimal, matched, meaning, quoted, refuse } from "./strict.ts";

/** Tokens that may stand more than once, as a list. */
const repeated = [
  "Profile",
  "LPort",
  "RPort",
  "LPort2_10",
  "RPort2_10",
  "LA4",
  "RA4",
  "LA6",
  "RA6",
  "ICMP4",
  "ICMP6",
] as const;
const single = [
  "Action",
  "Active",
  "Dir",
  "Protocol",
  "App",
  "Svc",
  "LUAuth",
  "Name",
  "Desc",
  "EmbedCtxt",
] as const;
type Token = (typeof repeated)[number] | (typeof single)[number];
const tokens: readonly Token[] = [...repeated, ...single];

/** The protocols a token needs; [MS-GPFAS] 2.2.2.19 wants `Protocol=` before it. */
const needsProtocol: Partial<Record<Token, readonly string[]>> = {
  LPort: ["6", "17"],
  RPort: ["6", "17"],
  LPort2_10: ["6", "17"],
  RPort2_10: ["6", "17"],
  ICMP4: ["1"],
  ICMP6: ["58"],
};

/**
 * The oldest schema that knows a token: the structure of 2.10 has no local users, that of 2.20 has
 * (FW_RULE2_20; FW_RULE_STATUS_SEMANTIC_ERROR_LUA_VER and _PORTRANGE_VER in [MS-FASP] 2.2.24).
 */
const needsMinor: Partial<Record<Token, number>> = { LPort2_10: 10, RPort2_10: 10, LUAuth: 20 };

const actions = { Allow: "allow", Block: "block", ByPass: "bypass" } as const;
const directions = { In: "in", Out: "out" } as const;
const booleans = { TRUE: true, FALSE: false };

export interface VersionedRule {
  readonly rule: Rule;
  /** The minor version; the major one is 2. */
  readonly minor: number;
}

export function readRuleString(name: string, text: string): VersionedRule {
  const [version = "", ...fields] = text.split("|");
  const [, digits = ""] = matched(/^v2\.([0-9]+)$/, version, "the version");
  const minor = decimal(digits, { what: "the minor version", max: 255 });
  if (fields.pop() !== "" || fields.length === 0) refuse(`a rule does not end: ${quoted(text)}`);
  return { rule: ruleOf(name, saidBy(fields, minor)), minor };
}

type Said = ReadonlyMap<Token, readonly string[]>;

function saidBy(fields: readonly string[], minor: number): Said {
  const said = new Map<Token, string[]>();
  for (const field of fields) {
    const [, word = "", value = ""] = matched(/^([A-Za-z0-9_]+)=(.+)$/s, field, "a field");
    const token = tokens.find((known) => known === word) ?? refuse(`unknown token ${quoted(word)}`);
    const values = said.get(token) ?? [];
    const isList = repeated.some((known) => known === token);
    if (values.length > 0 && !isList) refuse(`${token} stands twice`);
    if (values.includes(value)) refuse(`${field} stands twice`);
    if (minor < (needsMinor[token] ?? 0)) refuse(`v2.${minor} does not know ${token}`);
    const protocol = said.get("Protocol")?.[0] ?? "";
    if (needsProtocol[token]?.includes(protocol) === false) {
      refuse(`${token} needs a protocol before it`);
    }
    said.set(token, [...values, value]);
  }
  return said;
}

function ruleOf(name: string, said: Said): Rule {
  const one = (token: Token) => said.get(token)?.[0];
  const must = (token: Token) => one(token) ?? refuse(`rule ${name} has no ${token}`);
  const user = one("LUAuth");
  const protocol = one("Protocol");
  return {
    ...noConditions,
    name,
    title: must("Name"),
    description: one("Desc"),
    until: undefined,
    direction: meaning<Rule["direction"]>(directions, must("Dir"), "Dir"),
    action: meaning<Rule["action"]>(actions, must("Action"), "Action"),
    active: meaning(booleans, one("Active") ?? "FALSE", "Active"),
    profiles: profilesOf(said.get("Profile")),
    protocol:
      protocol === undefined ? undefined : decimal(protocol, { what: "Protocol", max: 255 }),
    localPorts: portsOf(said, { single: "LPort", range: "LPort2_10" }),
    remotePorts: portsOf(said, { single: "RPort", range: "RPort2_10" }),
    icmp: (said.get("ICMP4") ?? said.get("ICMP6"))?.map(icmpTypeAndCode),
    localAddresses: addressesOf(said, { 4: "LA4", 6: "LA6" }),
    remoteAddresses: addressesOf(said, { 4: "RA4", 6: "RA6" }),
    program: one("App"),
    service: one("Svc"),
    users: user === undefined ? undefined : usersOf(user),
  };
}

function profilesOf(values: readonly string[] | undefined): readonly ProfileName[] {
  const names = values?.map(
    (value) => profileNames.find((known) => known === value) ?? refuse(`no profile: ${value}`),
  );
  return profileNames.filter((name) => names?.includes(name) ?? true);
}

/** `LPort` has single ports and `LPort2_10` ranges; neither takes what is the other's. */
function portsOf(said: Said, tokensOf: { single: Token; range: Token }) {
  const singles = said.get(tokensOf.single) ?? [];
  const ranges = said.get(tokensOf.range) ?? [];
  if (singles.some((text) => text.includes("-"))) refuse(`${tokensOf.single} takes no range`);
  if (ranges.some((text) => !text.includes("-"))) refuse(`${tokensOf.range} takes only ranges`);
  const ports = [...singles, ...ranges].map(portRange);
  return ports.length === 0 ? undefined : ports;
}

function addressesOf(said: Said, tokensOf: Readonly<Record<Family, Token>>) {
  const ranges = ([4, 6] as const).flatMap((family) =>
    (said.get(tokensOf[family]) ?? []).map((text) => addressOf(text, family)),
  );
  return ranges.length === 0 ? undefined : ranges;
}

function addressOf(text: string, family: Family): AddressRange {
  const range = parseRange(text);
  if (range.family !== family) refuse(`no IPv${family} address: ${quoted(text)}`);
  // [MS-GPFAS] 2.2.2.10 and 2.2.2.12: the number of bits is less than all of them.
  if (text.endsWith(family === 4 ? "/32" : "/128")) refuse(`a prefix of every bit: ${text}`);
  return range;
}
