// Rules as the registry holds them: `v2.10|Action=Allow|…|` ([MS-GPFAS] 2.2.2.19). A list is a token
// for each of its values, and a token absent is no condition. The grammar has no escape for `|`: what
// holds one is refused before it gets here.
import type { NumberRanges } from "../../compiler/sets/service-parts.ts";
import { protocols } from "../../compiler/sets/service-set.ts";
import { rangeTexts } from "./address-ranges.ts";
import { ruleOfWords, userList } from "./rule-words.ts";
import { type FirewallRule, groupName, type RuleContent } from "./rules.ts";

/** The lowest schema version that has all its tokens: `LUAuth` came with 2.20. */
const versionOf = ({ user }: RuleContent) => (user === undefined ? "v2.10" : "v2.20");

type Token = readonly [name: string, value: string];

export function ruleString(rule: FirewallRule): string {
  return `${versionOf(rule)}|${tokensOf(rule)
    .map(([name, value]) => `${name}=${value}|`)
    .join("")}`;
}

function tokensOf(rule: FirewallRule): readonly Token[] {
  const one = (name: string, value: string | number | undefined): readonly Token[] =>
    value === undefined ? [] : [[name, String(value)]];
  const ports = (name: string, ranges: NumberRanges = []): readonly Token[] =>
    ranges.map(({ first, last }) =>
      first === last ? [name, String(first)] : [`${name}2_10`, `${first}-${last}`],
    );
  const addresses = (name: string, set: RuleContent["remote"]): readonly Token[] =>
    set === undefined
      ? []
      : rangeTexts(set).map((text) => [`${name}${text.includes(":") ? 6 : 4}`, text]);
  const { action, direction, protocol, user } = rule;
  return [
    ["Action", action === "allow" ? "Allow" : "Block"],
    ["Active", "TRUE"],
    ["Dir", direction === "ingress" ? "In" : "Out"],
    ...one("Protocol", protocol),
    ...ports("LPort", rule.localPorts),
    ...ports("RPort", rule.remotePorts),
    ...(rule.icmp ?? []).map(
      ({ type, code }): Token => [
        protocol === protocols.icmp4 ? "ICMP4" : "ICMP6",
        `${type}:${code ?? "*"}`,
      ],
    ),
    ...addresses("LA", rule.local),
    ...addresses("RA", rule.remote),
    ...one("App", rule.program),
    ...one("Svc", rule.service),
    ...one("LUAuth", user === undefined ? undefined : userList(user)),
    ["Name", rule.id],
    ["Desc", rule.description],
    ["EmbedCtxt", groupName],
  ];
}

/** Strictly what `ruleString` writes, with no end date; else what is wrong with it. */
export function readRuleString(id: string, text: string): FirewallRule | string {
  const [version = "", ...fields] = text.split("|");
  if (!/^v2\.(10|20)$/.test(version)) return "is of a version that segc does not write";
  if (fields.pop() !== "") return "does not end with `|`";
  const tokens = new Map<string, string[]>();
  for (const field of fields) {
    const at = field.indexOf("=");
    const [name, value] = [field.slice(0, at), field.slice(at + 1)];
    if (at <= 0 || value === "") return `holds \`${field}\`, which is no token with a value`;
    const values = tokens.get(name);
    if (values === undefined) tokens.set(name, [value]);
    else values.push(value);
  }
  return ruleOf(id, text, new Tokens(tokens));
}

class Tokens {
  readonly #all: ReadonlyMap<string, readonly string[]>;
  constructor(all: ReadonlyMap<string, readonly string[]>) {
    this.#all = all;
  }
  readonly list = (name: string): readonly string[] => this.#all.get(name) ?? [];
  readonly one = (name: string): string | undefined => this.list(name)[0];
}

function ruleOf(id: string, text: string, tokens: Tokens): FirewallRule | string {
  const rule = ruleOfWords({
    id,
    direction: directions.get(tokens.one("Dir") ?? ""),
    action: actions.get(tokens.one("Action") ?? ""),
    protocol: tokens.one("Protocol"),
    localPorts: [...tokens.list("LPort"), ...tokens.list("LPort2_10")],
    remotePorts: [...tokens.list("RPort"), ...tokens.list("RPort2_10")],
    icmp: [...tokens.list("ICMP4"), ...tokens.list("ICMP6")],
    local: [...tokens.list("LA4"), ...tokens.list("LA6")],
    remote: [...tokens.list("RA4"), ...tokens.list("RA6")],
    program: tokens.one("App"),
    service: tokens.one("Svc"),
    userList: tokens.one("LUAuth"),
    description: tokens.one("Desc"),
    until: undefined,
  });
  if (typeof rule === "string") return rule;
  // What was not asked for, or stood elsewhere, is not written again.
  return ruleString(rule) === text ? rule : "says more, or otherwise, than segc writes";
}

const directions = new Map<string, RuleContent["direction"]>([
  ["In", "ingress"],
  ["Out", "egress"],
]);
const actions = new Map<string, RuleContent["action"]>([
  ["Allow", "allow"],
  ["Block", "block"],
]);
