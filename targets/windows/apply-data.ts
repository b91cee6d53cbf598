// The data block of `apply.ps1`, in a grammar small enough to be read by a few expressions: hash tables
// of single-quoted strings and lists of them. Characters other than printable ASCII, and quotes, are
// written as four hexadecimal digits, so no character that PowerShell takes for a quote or a line's end
// can stand there (platforms.md C.8), and no string can end before we say.
import type { UtcDate } from "../../compiler/model/types.ts";
import { protocols } from "../../compiler/sets/service-set.ts";
import { rangeTexts } from "./address-ranges.ts";
import { ruleOfWords, userList } from "./rule-words.ts";
import type { DefaultAction, FirewallRule, RuleContent, WindowsPlan } from "./rules.ts";

const begin = "# segc data begin";
const end = "# segc data end";

export function applyData({ defaults, rules }: WindowsPlan): string {
  const lines = [
    begin,
    "$SegcData = @{",
    `  Inbound = '${actionWord(defaults.ingress)}'`,
    `  Outbound = '${actionWord(defaults.egress)}'`,
    ...(rules.length === 0
      ? ["  Rules = @()"]
      : ["  Rules = @(", ...rules.map((rule) => `    ${ruleText(rule)}`), "  )"]),
    "}",
    end,
  ];
  return lines.map((line) => `${line}\n`).join("");
}

const actionWords: readonly string[] = ["Block", "Allow", "NotConfigured"];
const actions: readonly DefaultAction[] = ["block", "allow", undefined];
const actionWord = (of: DefaultAction) => actionWords[actions.indexOf(of)] ?? "";

/** Between quotes. */
export const quoted = (text: string) =>
  `'${text.replaceAll(/[^ -&(-}]/g, (unit) => `~${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}'`;

const unquoted = (text: string) =>
  text.replaceAll(/~([0-9a-f]{4})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );

const protocolWords = new Map<number, string>([
  [protocols.tcp, "TCP"],
  [protocols.udp, "UDP"],
  [protocols.icmp4, "ICMPv4"],
  [protocols.icmp6, "ICMPv6"],
]);

type Value = string | readonly string[] | undefined;

function ruleText(rule: FirewallRule): string {
  const { protocol, user } = rule;
  const ports = (ranges: RuleContent["localPorts"]) =>
    ranges?.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
  const word = protocol === undefined ? "Any" : (protocolWords.get(protocol) ?? `${protocol}`);
  const pairs: readonly (readonly [string, Value])[] = [
    ["Name", rule.id],
    ["Direction", rule.direction === "ingress" ? "Inbound" : "Outbound"],
    ["Action", rule.action === "allow" ? "Allow" : "Block"],
    ["Protocol", word],
    ["LocalPort", ports(rule.localPorts)],
    ["RemotePort", ports(rule.remotePorts)],
    [
      "IcmpType",
      rule.icmp?.map(({ type, code }) => (code === undefined ? `${type}` : `${type}:${code}`)),
    ],
    ["LocalAddress", rule.local && rangeTexts(rule.local)],
    ["RemoteAddress", rule.remote && rangeTexts(rule.remote)],
    ["Program", rule.program],
    ["Service", rule.service],
    ["LocalUser", user === undefined ? undefined : userList(user)],
    ["Description", rule.description],
    ["Until", rule.until],
  ];
  const texts = pairs.flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}=${valueText(value)}`],
  );
  return `@{${texts.join(";")}}`;
}

const valueText = (value: string | readonly string[]) =>
  typeof value === "string" ? quoted(value) : `@(${value.map(quoted).join()})`;

export type DataRead =
  | { readonly ok: true; readonly plan: WindowsPlan }
  /** Lines of the block, from 1. */
  | { readonly ok: false; readonly line: number; readonly problem: string };

/** Strictly what `applyData` writes. */
export function readApplyData(text: string): DataRead {
  const lines = text.split("\n");
  const fault = (line: number, problem: string): DataRead => ({ ok: false, line, problem });
  const wanted = [begin, "$SegcData = @{"];
  const odd = wanted.findIndex((one, at) => lines[at] !== one);
  if (odd >= 0) return fault(odd + 1, `is not \`${wanted[odd]}\``);
  const [inbound, outbound] = [
    /^ {2}Inbound = '(\w+)'$/.exec(lines[2] ?? "")?.[1],
    /^ {2}Outbound = '(\w+)'$/.exec(lines[3] ?? "")?.[1],
  ];
  const places = [inbound, outbound].map((word) => actionWords.indexOf(word ?? ""));
  const [ingress = -1, egress = -1] = places;
  if (ingress < 0 || egress < 0) return fault(ingress < 0 ? 3 : 4, "is no default action");
  const defaults = { ingress: actions[ingress], egress: actions[egress] };
  const isEmpty = lines[4] === "  Rules = @()";
  if (!isEmpty && lines[4] !== "  Rules = @(") return fault(5, "is no list of rules");
  const rules: FirewallRule[] = [];
  let at = 5;
  for (; !isEmpty && lines[at] !== "  )"; at++) {
    const rule = readRule(lines[at] ?? "");
    if (typeof rule === "string") return fault(at + 1, rule);
    rules.push(rule);
  }
  if (!isEmpty) at++;
  const rest = lines.slice(at);
  const isEnd = rest.length === 3 && rest[0] === "}" && rest[1] === end && rest[2] === "";
  if (!isEnd || isEmpty !== (rules.length === 0))
    return fault(at + 1, "is not the end of the data");
  return { ok: true, plan: { defaults, rules } };
}

const string = "'[ -&(-~]*'";
const pair = new RegExp(`^([A-Za-z]+)=(?:(${string})|@\\((${string}(?:,${string})*)\\))(?:;|$)`);

function readRule(line: string): FirewallRule | string {
  const body = /^ {4}@\{(.*)\}$/.exec(line)?.[1];
  if (body === undefined) return "is no rule";
  const values = new Map<string, readonly string[]>();
  for (let rest = body; rest !== ""; ) {
    const [whole = "", key = "", single, list] = pair.exec(rest) ?? [];
    if (whole === "" || values.has(key) || (rest === whole && whole.endsWith(";"))) {
      return "is not the data of a rule";
    }
    const texts = (single ?? list ?? "").slice(1, -1).split("','");
    values.set(key, texts.map(unquoted));
    if ((single === undefined) !== lists.has(key)) return `says \`${key}\` in another form`;
    rest = rest.slice(whole.length);
  }
  const rule = ruleOf(values);
  if (typeof rule === "string") return rule;
  return `    ${ruleText(rule)}` === line ? rule : "is not the data of a rule";
}

const lists = new Set(["LocalPort", "RemotePort", "IcmpType", "LocalAddress", "RemoteAddress"]);

function ruleOf(values: ReadonlyMap<string, readonly string[]>): FirewallRule | string {
  const one = (key: string) => values.get(key)?.[0];
  const many = (key: string) => values.get(key) ?? [];
  const [protocol, until] = [one("Protocol"), one("Until")];
  if (until !== undefined && !isDay(until)) return "names no day";
  const number = [...protocolWords].find(([, word]) => word === protocol)?.[0];
  return ruleOfWords({
    id: one("Name") ?? "",
    direction: one("Direction") === "Inbound" ? "ingress" : "egress",
    action: one("Action") === "Allow" ? "allow" : "block",
    protocol: protocol === "Any" ? undefined : String(number ?? protocol),
    localPorts: many("LocalPort"),
    remotePorts: many("RemotePort"),
    icmp: many("IcmpType"),
    local: many("LocalAddress"),
    remote: many("RemoteAddress"),
    program: one("Program"),
    service: one("Service"),
    userList: one("LocalUser"),
    description: one("Description"),
    until,
  });
}

const isDay = (text: string): text is UtcDate =>
  /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(`${text}T00:00:00Z`));
