// A plan as nodes of the Firewall CSP (platforms.md C.5): the one form behind its JSON and its SyncML.
// Rules stand in parts of 150 at most, which is what a profile of a device management takes.
import { rangeTexts } from "./address-ranges.ts";
import { ruleOfWords, userList } from "./rule-words.ts";
import type { DefaultAction, FirewallRule, RuleContent, WindowsPlan } from "./rules.ts";

export const rulesPerPart = 150;

export type NodeValue = string | number | boolean;

/** Leaves by their path below the node of the profile or rule. */
export type Nodes = readonly (readonly [path: string, value: NodeValue])[];

export interface CspPart {
  /** Of every profile; only the last part has them: what may pass is there before all else is shut. */
  readonly profiles: Nodes | undefined;
  readonly rules: readonly { readonly id: string; readonly nodes: Nodes }[];
}

export function cspParts({ defaults, rules }: WindowsPlan): readonly CspPart[] {
  const parts: CspPart[] = [];
  for (let at = 0; at === 0 || at < rules.length; at += rulesPerPart) {
    parts.push({
      profiles: at + rulesPerPart >= rules.length ? profileNodes(defaults) : undefined,
      rules: rules
        .slice(at, at + rulesPerPart)
        .map((rule) => ({ id: rule.id, nodes: nodesOf(rule) })),
    });
  }
  return parts;
}

export const profileNodes = ({ ingress, egress }: WindowsPlan["defaults"]): Nodes => [
  ["EnableFirewall", true],
  ["Shielded", false],
  ["AllowLocalPolicyMerge", false],
  ...action("DefaultInboundAction", ingress),
  ...action("DefaultOutboundAction", egress),
];

const action = (path: string, of: DefaultAction): Nodes =>
  of === undefined ? [] : [[path, of === "block" ? 1 : 0]];

/** Without `Profiles`, a rule is of all of them. */
function nodesOf(rule: FirewallRule): Nodes {
  const one = (path: string, value: NodeValue | undefined): Nodes =>
    value === undefined ? [] : [[path, value]];
  const ports = (ranges: RuleContent["localPorts"]) =>
    ranges?.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join();
  const addresses = (set: RuleContent["remote"]) =>
    set === undefined ? undefined : rangeTexts(set).join();
  const { user } = rule;
  return [
    ["Name", rule.id],
    ["Direction", rule.direction === "ingress" ? "IN" : "OUT"],
    ["Action/Type", rule.action === "allow" ? 1 : 0],
    ["Enabled", true],
    ...one("Protocol", rule.protocol),
    ...one("LocalPortRanges", ports(rule.localPorts)),
    ...one("RemotePortRanges", ports(rule.remotePorts)),
    ...one(
      "IcmpTypesAndCodes",
      rule.icmp?.map(({ type, code }) => `${type}:${code ?? "*"}`).join(),
    ),
    ...one("LocalAddressRanges", addresses(rule.local)),
    ...one("RemoteAddressRanges", addresses(rule.remote)),
    ...one("App/FilePath", rule.program),
    ...one("App/ServiceName", rule.service),
    ...one("LocalUserAuthorizationList", user === undefined ? undefined : userList(user)),
    ["Description", rule.description],
  ];
}

/** The rule that these leaves are; else what is wrong with them. */
export function ruleOfNodes(
  id: string,
  nodes: ReadonlyMap<string, NodeValue>,
): FirewallRule | string {
  const word = (path: string) => {
    const value = nodes.get(path);
    return value === undefined ? undefined : String(value);
  };
  const list = (path: string) => word(path)?.split(",") ?? [];
  const [direction, type] = [word("Direction"), word("Action/Type")];
  const rule = ruleOfWords({
    id,
    direction: direction === "IN" ? "ingress" : direction === "OUT" ? "egress" : undefined,
    action: type === "1" ? "allow" : type === "0" ? "block" : undefined,
    protocol: word("Protocol"),
    localPorts: list("LocalPortRanges"),
    remotePorts: list("RemotePortRanges"),
    icmp: list("IcmpTypesAndCodes"),
    local: list("LocalAddressRanges"),
    remote: list("RemoteAddressRanges"),
    program: word("App/FilePath"),
    service: word("App/ServiceName"),
    userList: word("LocalUserAuthorizationList"),
    description: word("Description"),
    until: undefined,
  });
  if (typeof rule === "string") return rule;
  // What was not asked for, or is of another type, is not written again.
  const written = new Map(nodesOf(rule));
  const odd = [...new Set([...written.keys(), ...nodes.keys()])].find(
    (path) => written.get(path) !== nodes.get(path),
  );
  return odd === undefined ? rule : `says \`${odd}\` otherwise than segc writes it`;
}

/** The default actions that the leaves of a profile are. */
export function defaultsOfNodes(
  nodes: ReadonlyMap<string, NodeValue>,
): WindowsPlan["defaults"] | string {
  const actionOf = (path: string): DefaultAction => {
    const value = nodes.get(path);
    return value === undefined ? undefined : value === 1 ? "block" : "allow";
  };
  const defaults = {
    ingress: actionOf("DefaultInboundAction"),
    egress: actionOf("DefaultOutboundAction"),
  };
  const wanted = new Map(profileNodes(defaults));
  const wrong = [...new Set([...wanted.keys(), ...nodes.keys()])].find(
    (path) => wanted.get(path) !== nodes.get(path),
  );
  return wrong === undefined ? defaults : `\`${wrong}\` is not what segc writes`;
}
