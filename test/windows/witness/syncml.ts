// The files csp/firewall-001.xml, ...: the Firewall CSP's nodes as SyncML (OMA DM), each set by a
// Replace, together in Atomic blocks as the CSP demands for rules.
import {
  type Format,
  type NodeValue,
  profileFormat,
  profileOfNodes,
  ruleFormat,
  ruleOfNodes,
  rulesPerFileMax,
} from "./csp-nodes.ts";
import type { FirewallPolicy, Profile, ProfileName, Rule } from "./policy.ts";
import { decimal, matched, meaning, putOnce, quoted, refuse } from "./strict.ts";
import { type Element, readXml } from "./xml.ts";

const store = "./Vendor/MSFT/Firewall/MdmStore/";
const formats = { chr: "chr", int: "int", bool: "bool" } as const;
const booleans = { true: true, false: false };

/** The files in their order; only the last has the profiles. */
export function readSyncml(texts: readonly string[]): FirewallPolicy {
  const files = texts.map(fileOf);
  const [profiles, ...others] = files.map((file) => file.profiles).reverse();
  if (profiles === undefined) return refuse("there is no file");
  if (others.some((other) => other.size > 0)) refuse("an earlier file has profiles");
  const profile = (name: ProfileName) => profiles.get(name) ?? refuse(`no ${name}Profile`);
  return {
    profiles: { Domain: profile("Domain"), Private: profile("Private"), Public: profile("Public") },
    rules: files.flatMap((file) => file.rules),
  };
}

interface SyncmlFile {
  readonly profiles: ReadonlyMap<string, Profile>;
  readonly rules: readonly Rule[];
}

type Groups = Map<string, Map<string, NodeValue>>;

function fileOf(text: string): SyncmlFile {
  const root = readXml(text);
  only(root, { name: "SyncML", xmlns: "SYNCML:SYNCML1.2" });
  const body = childrenOf(root, "SyncBody")[0];
  if (body === undefined || root.children.length !== 1) return refuse("not one SyncBody");
  only(body, { name: "SyncBody" });
  const atomics = body.children.slice(0, -1);
  const final = body.children.at(-1);
  if (final?.name !== "Final" || final.text !== "" || final.children.length > 0) {
    refuse("no Final at the end");
  }
  if (atomics.length === 0) refuse("no Atomic");
  const ids = new Set<string>();
  const blocks = atomics.map((atomic) => blockOf(atomic, ids));
  const profiles = new Map<string, Profile>();
  const rules = new Map<string, Rule>();
  // A rule or a profile is all of one block: `putOnce` refuses one that goes on in another.
  for (const block of blocks) {
    for (const [name, nodes] of block.profiles) putOnce(profiles, name, profileOfNodes(nodes));
    for (const [name, nodes] of block.rules) putOnce(rules, name, ruleOfNodes(name, nodes));
  }
  if (rules.size > rulesPerFileMax) refuse(`${rules.size} rules in one file`);
  return { profiles, rules: [...rules.values()] };
}

function blockOf(atomic: Element, ids: Set<string>) {
  only(atomic, { name: "Atomic" });
  const [id, ...replaces] = atomic.children;
  takeId(id, ids);
  if (replaces.length === 0) refuse("an Atomic without a Replace");
  const block: { profiles: Groups; rules: Groups } = { profiles: new Map(), rules: new Map() };
  for (const replace of replaces) {
    only(replace, { name: "Replace" });
    const [replaceId, ...items] = replace.children;
    takeId(replaceId, ids);
    if (items.length === 0) return refuse("a Replace has no Item");
    for (const item of items) putNode(block, itemOf(item));
  }
  return block;
}

/** Numbers of commands tell their answers apart: each is there once. */
function takeId(id: Element | undefined, ids: Set<string>): void {
  const text = leaf(id ?? refuse("no CmdID"), "CmdID");
  decimal(text, { what: "CmdID", max: 0x7fff_ffff });
  if (ids.has(text)) refuse(`CmdID ${text} stands twice`);
  ids.add(text);
}

interface Item {
  readonly uri: string;
  readonly format: Format;
  readonly data: string;
}

function itemOf(item: Element): Item {
  only(item, { name: "Item" });
  const [target, meta, data, ...more] = item.children;
  const uri = target?.children[0];
  const format = meta?.children[0];
  if (data === undefined || more.length > 0) return refuse("an Item is Target, Meta and Data");
  if (uri === undefined || target?.children.length !== 1) return refuse("a Target has one LocURI");
  if (format === undefined || meta?.children.length !== 1) return refuse("a Meta has one Format");
  only(target, { name: "Target" });
  only(meta, { name: "Meta" });
  return {
    uri: leaf(uri, "LocURI"),
    format: meaning<Format>(formats, leaf(format, "Format", "syncml:metinf"), "Format"),
    data: leaf(data, "Data"),
  };
}

function putNode(block: { profiles: Groups; rules: Groups }, { uri, format, data }: Item): void {
  if (!uri.startsWith(store)) refuse(`a node elsewhere: ${quoted(uri)}`);
  const path = uri.slice(store.length);
  const pattern = /^(?:(Domain|Private|Public)Profile|FirewallRules\/([^/%]+))\/(.+)$/;
  const [, profile, rule = "", node = ""] = matched(pattern, path, "a node");
  const isProfile = profile !== undefined;
  const wanted = isProfile ? profileFormat(node) : ruleFormat(node);
  if (format !== wanted) refuse(`${node} is ${wanted}, not ${format}`);
  const groups = isProfile ? block.profiles : block.rules;
  const name = profile ?? rule;
  const nodes = groups.get(name) ?? new Map<string, NodeValue>();
  putOnce(nodes, node, nodeValue(format, data));
  groups.set(name, nodes);
}

function nodeValue(format: Format, data: string): NodeValue {
  switch (format) {
    case "chr":
      return data;
    case "int":
      return decimal(data, { what: "Data", max: 0x7fff_ffff });
    case "bool":
      return meaning(booleans, data, "Data");
  }
}

const childrenOf = (parent: Element, name: string) =>
  parent.children.filter((child) => child.name === name);

/** Refuses another name, other attributes, or text where children belong. */
function only(element: Element, { name, xmlns }: { name: string; xmlns?: string }): void {
  if (element.name !== name) refuse(`${element.name} where ${name} has to be`);
  if (element.attributes.get("xmlns") !== xmlns) refuse(`${name} is of another namespace`);
  if (element.attributes.size > (xmlns === undefined ? 0 : 1)) refuse(`${name} has attributes`);
  if (/[^ \t\r\n]/.test(element.text)) refuse(`${name} has text`);
}

function leaf(element: Element, name: string, xmlns?: string): string {
  const bare = { ...element, text: "" };
  only(bare, xmlns === undefined ? { name } : { name, xmlns });
  return element.children.length === 0 ? element.text : refuse(`${name} has children`);
}
