// The data of `apply.ps1`: one PowerShell hashtable between two comment lines, read as the narrow
// language segc promises for it. Everything PowerShell might read in another way is refused.
import { parseRange } from "./addresses.ts";
import { icmpTypeMaybeCode, portRange, usersOf } from "./conditions.ts";
import {
  type Direction,
  type FirewallPolicy,
  noConditions,
  profileNames,
  type Rule,
  type Verdict,
} from "./policy.ts";
import { decimal, matched, meaning, quoted, refuse } from "./strict.ts";

const keys = [
  "Name",
  "Direction",
  "Action",
  "Protocol",
  "LocalPort",
  "RemotePort",
  "IcmpType",
  "LocalAddress",
  "RemoteAddress",
  "Program",
  "Service",
  "LocalUser",
  "Description",
  "Until",
] as const;
type Key = (typeof keys)[number];
const listKeys: readonly Key[] = keys.slice(4, 9);

const verdicts = { Allow: "allow", Block: "block" } as const;
const defaults = { ...verdicts, NotConfigured: undefined };
const directions: Record<string, Direction> = { Inbound: "in", Outbound: "out" };
const protocols = { TCP: 6, UDP: 17, ICMPv4: 1, ICMPv6: 58, Any: undefined };

export function readApplyScript(text: string): FirewallPolicy {
  if (!/^[\t\r\n\x20-\x7e]*$/.test(text)) refuse("the script is not ASCII");
  const lines = text.split(/\r?\n/);
  const [begin, end] = ["begin", "end"].map((word) => onlyLine(lines, `# segc data ${word}`));
  const [open, inbound = "", outbound = "", ...more] = lines.slice((begin ?? 0) + 1, end);
  if (open !== "$SegcData = @{") refuse("the data does not begin with $SegcData");
  const profile = {
    enabled: true,
    inbound: defaultOf("Inbound", inbound),
    outbound: defaultOf("Outbound", outbound),
    localMerge: false,
    shielded: false,
  };
  return {
    profiles: { Domain: profile, Private: profile, Public: profile },
    rules: ruleLines(more).map(ruleOf),
  };
}

function onlyLine(lines: readonly string[], wanted: string): number {
  const places = lines.flatMap((line, index) => (line === wanted ? [index] : []));
  const [place, ...others] = places;
  return place === undefined || others.length > 0 ? refuse(`not one line ${wanted}`) : place;
}

function defaultOf(key: string, line: string): Verdict | undefined {
  const [, name, value = ""] = matched(/^ {2}([A-Za-z]+) = '([A-Za-z]+)'$/, line, key);
  if (name !== key) refuse(`${key} is missing`);
  return meaning<Verdict | undefined>(defaults, value, key);
}

function ruleLines(lines: readonly string[]): readonly string[] {
  const [first, ...others] = lines;
  if (others.at(-1) !== "}") refuse("the data does not end with a brace");
  if (first === "  Rules = @()" && others.length === 1) return [];
  if (first !== "  Rules = @(" || others.at(-2) !== "  )" || others.length < 3) {
    refuse("the rules are no list");
  }
  return others.slice(0, -2);
}

function ruleOf(line: string): Rule {
  const [, inner = ""] = matched(/^ {4}@\{(.+)\}$/, line, "a rule");
  const said = pairsOf(inner);
  const one = (key: Key) => said.get(key)?.[0];
  const must = (key: Key) => one(key) ?? refuse(`a rule without ${key}`);
  const list = <T>(key: Key, read: (text: string) => T) => said.get(key)?.map(read);
  const user = one("LocalUser");
  return {
    ...noConditions,
    name: must("Name"),
    title: undefined,
    description: one("Description"),
    until: dayOf(one("Until")),
    direction: meaning(directions, must("Direction"), "Direction"),
    action: meaning<Verdict>(verdicts, must("Action"), "Action"),
    active: true,
    profiles: profileNames,
    protocol: protocolOf(one("Protocol")),
    localPorts: list("LocalPort", portRange),
    remotePorts: list("RemotePort", portRange),
    icmp: list("IcmpType", icmpTypeMaybeCode),
    localAddresses: list("LocalAddress", parseRange),
    remoteAddresses: list("RemoteAddress", parseRange),
    program: one("Program"),
    service: one("Service"),
    users: user === undefined ? undefined : usersOf(user),
  };
}

const string = /'([\x20-\x26\x28-\x7e]*)'/y;
const keyword = /([A-Za-z]+)=/y;

/** `Key='text'` and `Key=@('text','text')`, joined by semicolons, keys in the one order. */
function pairsOf(text: string): ReadonlyMap<Key, readonly string[]> {
  const said = new Map<Key, readonly string[]>();
  let at = 0;
  const take = (token: RegExp | string): string => {
    const found = typeof token === "string" ? text.startsWith(token, at) && token : next(token);
    if (found === false) return refuse(`a rule is malformed at ${quoted(text.slice(at))}`);
    at += found.length;
    return found;
  };
  const next = (token: RegExp) => {
    token.lastIndex = at;
    return token.exec(text)?.[0] ?? false;
  };
  const value = () => decoded(take(string).slice(1, -1));
  let after = -1;
  do {
    if (after >= 0) take(";");
    const word = take(keyword).slice(0, -1);
    const key = keys.find((known) => known === word) ?? refuse(`no key of a rule: ${word}`);
    const place = keys.indexOf(key);
    if (place <= after) refuse(`${word} stands twice or too late`);
    after = place;
    if (!listKeys.includes(key)) {
      said.set(key, [value()]);
      continue;
    }
    take("@(");
    const items = [value()];
    while (text.startsWith(",", at)) {
      take(",");
      items.push(value());
    }
    take(")");
    said.set(key, items);
  } while (at < text.length);
  return said;
}

/** `~hhhh` is one UTF-16 unit, and only of what cannot stand for itself. */
function decoded(text: string): string {
  return text.replace(/~(.{0,4})/g, (_, digits: string) => {
    if (!/^[0-9a-f]{4}$/.test(digits)) refuse(`no ~hhhh: ${quoted(text)}`);
    const unit = String.fromCharCode(Number.parseInt(digits, 16));
    return /[\x20-\x26\x28-\x7d]/.test(unit) ? refuse(`~${digits} stands for itself`) : unit;
  });
}

function protocolOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^[0-9]/.test(text)
    ? decimal(text, { what: "Protocol", max: 255 })
    : meaning<number | undefined>(protocols, text, "Protocol");
}

function dayOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  matched(/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/, text, "Until");
  const isDay = new Date(`${text}T00:00:00Z`).toISOString().startsWith(text);
  return isDay ? text : refuse(`no day: ${text}`);
}
