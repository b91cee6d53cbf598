// The nodes of the Firewall CSP as JSON: a node below a node is an object in an object.
import type { CspPart, Nodes, NodeValue } from "./csp.ts";

export const cspJsonPath = (part: number) =>
  `csp/firewall-${String(part + 1).padStart(3, "0")}.json`;

/** A rule on each line, so that two artefacts can be compared. */
export function cspJsonText({ profiles, rules }: CspPart): string {
  const head = profiles === undefined ? "" : `"profiles": ${JSON.stringify(nested(profiles))},\n `;
  const lines = rules.map(({ nodes }) => `\n  ${JSON.stringify(nested(nodes))}`);
  return `{${head}"rules": [${lines.join(",")}\n ]}\n`;
}

interface Tree {
  [step: string]: NodeValue | Tree;
}

function nested(nodes: Nodes): Tree {
  const root: Tree = {};
  for (const [path, value] of nodes) {
    const [first = "", second] = path.split("/");
    if (second === undefined) root[first] = value;
    else root[first] = { ...(Object(root[first]) as Tree), [second]: value }; // an earlier object, or none
  }
  return root;
}

export interface CspRead {
  readonly profiles: ReadonlyMap<string, NodeValue> | undefined;
  readonly rules: readonly {
    readonly id: string;
    readonly nodes: ReadonlyMap<string, NodeValue>;
  }[];
}

/** Strictly what `cspJsonText` writes, line by line: a key that stands twice is not written again. */
export function readCspJson(text: string): CspRead | undefined {
  const lines = text.split("\n");
  const first = /^\{"profiles": (.*),$/.exec(lines[0] ?? "")?.[1];
  const start = first === undefined ? '{"rules": [' : ' "rules": [';
  const rest = first === undefined ? lines : lines.slice(1);
  const isFramed = rest[0] === start && rest.at(-2) === " ]}" && rest.at(-1) === "";
  const profiles = first === undefined ? undefined : readTree(first);
  if (!isFramed || (first !== undefined && profiles === undefined)) return undefined;
  const own = rest.slice(1, -2);
  const rules: { id: string; nodes: ReadonlyMap<string, NodeValue> }[] = [];
  for (const [at, line] of own.entries()) {
    const end = at < own.length - 1 ? "," : "";
    const nodes =
      line.startsWith("  ") && line.endsWith(end)
        ? readTree(line.slice(2, line.length - end.length))
        : undefined;
    if (nodes === undefined) return undefined;
    rules.push({ id: String(nodes.get("Name") ?? ""), nodes });
  }
  return { profiles, rules };
}

function readTree(text: string): ReadonlyMap<string, NodeValue> | undefined {
  const parsed = parsedJson(text);
  const leaves = leavesOf(parsed);
  // A step that is a path, or an object of nothing, is not written again.
  return leaves !== undefined && JSON.stringify(nested([...leaves])) === text ? leaves : undefined;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function leavesOf(tree: unknown, under = ""): ReadonlyMap<string, NodeValue> | undefined {
  if (!isObject(tree)) return undefined;
  const leaves = new Map<string, NodeValue>();
  for (const [step, value] of Object.entries(tree)) {
    const path = under + step;
    if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
      leaves.set(path, value);
      continue;
    }
    const below = under === "" ? leavesOf(value, `${step}/`) : undefined;
    if (below === undefined) return undefined;
    for (const [place, leaf] of below) leaves.set(place, leaf);
  }
  return leaves;
}
