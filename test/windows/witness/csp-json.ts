// The files csp/firewall-001.json, ...: the Firewall CSP's nodes as JSON objects.
import {
  type Nodes,
  type NodeValue,
  profileFormat,
  profileOfNodes,
  ruleFormat,
  ruleOfNodes,
  rulesPerFileMax,
} from "./csp-nodes.ts";
import type { FirewallPolicy, Profile, Rule } from "./policy.ts";
import { quoted, refuse } from "./strict.ts";

/** The files in their order; only the last has the profiles. */
export function readCspJson(texts: readonly string[]): FirewallPolicy {
  const files = texts.map(fileOf);
  const [profile, ...others] = files.map((file) => file.profile).reverse();
  if (profile === undefined) return refuse("the last file has no profiles");
  if (others.some((other) => other !== undefined)) refuse("an earlier file has profiles");
  return {
    profiles: { Domain: profile, Private: profile, Public: profile },
    rules: files.flatMap((file) => file.rules),
  };
}

interface CspFile {
  readonly profile: Profile | undefined;
  readonly rules: readonly Rule[];
}

function fileOf(text: string): CspFile {
  const { profiles, rules, ...others } = objectOf(parsed(text));
  if (Object.keys(others).length > 0) refuse(`unknown keys ${Object.keys(others)}`);
  if (!Array.isArray(rules)) return refuse("rules is no list");
  if (rules.length > rulesPerFileMax) refuse(`${rules.length} rules in one file`);
  return {
    profile: profiles === undefined ? undefined : profileOf(profiles),
    rules: rules.map(ruleOf),
  };
}

function profileOf(value: unknown): Profile {
  const nodes = nodesOf(objectOf(value), "");
  for (const path of nodes.keys()) profileFormat(path);
  return profileOfNodes(nodes);
}

function ruleOf(value: unknown): Rule {
  const { Name: name, ...others } = objectOf(value);
  if (typeof name !== "string") return refuse("a rule has no Name");
  const nodes = nodesOf(others, "");
  for (const path of nodes.keys()) ruleFormat(path);
  return ruleOfNodes(name, nodes);
}

/** `{ "Action": { "Type": 1 } }` as `Action/Type`. */
function nodesOf(value: Readonly<Record<string, unknown>>, above: string): Nodes {
  return new Map(
    Object.entries(value).flatMap(([key, child]): readonly [string, NodeValue][] => {
      const path = above + key;
      if (isLeaf(child)) return [[path, child]];
      if (above !== "") refuse(`${path} is too deep`);
      const below = [...nodesOf(objectOf(child), `${path}/`)];
      return below.length === 0 ? refuse(`${path} has nothing`) : below;
    }),
  );
}

const isLeaf = (value: unknown): value is NodeValue =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  return isObject(value) ? value : refuse(`no object: ${quoted(JSON.stringify(value) ?? "")}`);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** JSON in which no object says a key twice: `JSON.parse` would keep the last one silently. */
function parsed(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const written = [...text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?/g)].filter(([, colon]) => colon);
  if (written.length !== keysIn(value)) refuse("a key stands twice in one object");
  return value;
}

function keysIn(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  const children: readonly unknown[] = Object.values(value);
  const own = Array.isArray(value) ? 0 : children.length;
  return children.reduce<number>((sum, child) => sum + keysIn(child), own);
}
