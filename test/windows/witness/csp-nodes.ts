// The nodes of the Firewall CSP (windows-itpro-docs, mdm/firewall-csp.md): what each is called, its
// type, and what it means. Both ways of writing them come here as paths such as `Action/Type`.

import { addressRanges, icmpTypeAndCode, listed, portRanges, usersOf } from "./conditions.ts";
import {
  type Direction,
  noConditions,
  type Profile,
  type ProfileName,
  profileNames,
  type Rule,
  type Verdict,
} from "./policy.ts";
import { meaning, quoted, refuse } from "./strict.ts";

export type Format = "chr" | "int" | "bool";
export type NodeValue = string | number | boolean;
/** The nodes below one rule, or below one profile. */
export type Nodes = ReadonlyMap<string, NodeValue>;

/** The portal's limit of one policy (platforms.md C.5). */
export const rulesPerFileMax = 150;

const ruleNodes: Readonly<Record<string, Format>> = {
  Name: "chr",
  Direction: "chr",
  "Action/Type": "int",
  Enabled: "bool",
  Profiles: "int",
  Protocol: "int",
  LocalPortRanges: "chr",
  RemotePortRanges: "chr",
  IcmpTypesAndCodes: "chr",
  LocalAddressRanges: "chr",
  RemoteAddressRanges: "chr",
  "App/FilePath": "chr",
  "App/ServiceName": "chr",
  LocalUserAuthorizationList: "chr",
  Description: "chr",
};

const profileNodes: Readonly<Record<string, Format>> = {
  EnableFirewall: "bool",
  Shielded: "bool",
  AllowLocalPolicyMerge: "bool",
  DefaultInboundAction: "int",
  DefaultOutboundAction: "int",
};

export const ruleFormat = (path: string): Format => meaning(ruleNodes, path, "a node of a rule");
export const profileFormat = (path: string): Format =>
  meaning(profileNodes, path, "a node of a profile");

const directions: Readonly<Record<string, Direction>> = { IN: "in", OUT: "out" };
const verdicts: Readonly<Record<string, Verdict>> = { 0: "block", 1: "allow" };
/** Of a default the numbers are the other way round. */
const defaults: Readonly<Record<string, Verdict>> = { 0: "allow", 1: "block" };
const profileBits: Readonly<Record<ProfileName, number>> = { Domain: 1, Private: 2, Public: 4 };
const allProfiles = 0x7fff_ffff;

/** Older and newer pages disagree whether a rule without `Enabled` is on: it has to be said. */
export function ruleOfNodes(name: string, nodes: Nodes): Rule {
  if (!/^[^/]+$/.test(name)) refuse(`no name of a rule: ${quoted(name)}`);
  const { text, whole, flag } = getters(nodes);
  const parsed = <T>(path: string, read: (text: string) => T) => {
    const value = text(path);
    return value === undefined ? undefined : read(value);
  };
  const protocol = whole("Protocol");
  if (protocol !== undefined && protocol > 255) refuse(`no protocol: ${protocol}`);
  return {
    ...noConditions,
    name,
    title: text("Name"),
    description: text("Description"),
    until: undefined,
    direction: meaning(directions, text("Direction") ?? "", "Direction"),
    action: meaning(verdicts, String(whole("Action/Type")), "Action/Type"),
    active: flag("Enabled") ?? refuse(`rule ${name} has no Enabled`),
    profiles: profilesOf(whole("Profiles")),
    protocol,
    localPorts: parsed("LocalPortRanges", portRanges),
    remotePorts: parsed("RemotePortRanges", portRanges),
    icmp: parsed("IcmpTypesAndCodes", (value) => listed(value, icmpTypeAndCode)),
    localAddresses: parsed("LocalAddressRanges", addressRanges),
    remoteAddresses: parsed("RemoteAddressRanges", addressRanges),
    program: text("App/FilePath"),
    service: text("App/ServiceName"),
    users: parsed("LocalUserAuthorizationList", usersOf),
  };
}

export function profileOfNodes(nodes: Nodes): Profile {
  const { whole, flag } = getters(nodes);
  const action = (path: string) => {
    const value = whole(path);
    return value === undefined ? undefined : meaning(defaults, String(value), path);
  };
  return {
    enabled: flag("EnableFirewall") ?? refuse("no EnableFirewall"),
    inbound: action("DefaultInboundAction"),
    outbound: action("DefaultOutboundAction"),
    localMerge: flag("AllowLocalPolicyMerge") ?? refuse("no AllowLocalPolicyMerge"),
    shielded: flag("Shielded") ?? refuse("no Shielded"),
  };
}

function getters(nodes: Nodes) {
  return {
    text: (path: string) => typed(nodes, path, (value) => typeof value === "string"),
    whole: (path: string) => typed(nodes, path, isWhole),
    flag: (path: string) => typed(nodes, path, (value) => typeof value === "boolean"),
  };
}

const isWhole = (value: NodeValue): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 0;

function typed<T extends NodeValue>(
  nodes: Nodes,
  path: string,
  isOfType: (value: NodeValue) => value is T,
): T | undefined {
  const value = nodes.get(path);
  if (value === undefined) return undefined;
  return isOfType(value) ? value : refuse(`${path} cannot be ${quoted(String(value))}`);
}

/** Absent is every profile, now and later ([MS-FASP] 2.2.2). */
function profilesOf(bits = allProfiles): readonly ProfileName[] {
  if (bits !== allProfiles && (bits < 1 || bits > 7)) refuse(`no profiles: ${bits}`);
  return profileNames.filter((name) => (bits & profileBits[name]) !== 0);
}
