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

/** Undefined where it is no JSON, or not of this shape, or says a key twice. */
export function readCspJson(text: string): CspRead | undefined {
  const parsed = parsedJson(text);
  if (!isObject(parsed)) return undefined;
  const { profiles, rules, ...others } = parsed;
  if (Object.keys(others).length > 0 || !Array.isArray(rules)) return undefined;
  const trees = profiles === undefined ? rules : [profiles, ...rules];
  // A key that stands twice is dropped by the reader of JSON, and here seen by what is left.
  if (!isAsLong(text, parsed)) return undefined;
  const leaves = trees.map((tree) => leavesOf(tree));
  const known = leaves.flatMap((nodes) => nodes ?? []);
  if (known.length < leaves.length) return undefined;
  const [head, ...rest] = profiles === undefined ? [undefined, ...known] : known;
  return {
    profiles: head,
    rules: rest.flatMap((nodes) =>
      nodes === undefined ? [] : [{ id: String(nodes.get("Name") ?? ""), nodes }],
    ),
  };
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

const isAsLong = (text: string, parsed: unknown) => {
  const significant = (json: string) =>
    json.replaceAll(/"(?:[^"\\]|\\.)*"|[\s]+/g, (one) => (one.startsWith('"') ? one : "")).length;
  return significant(text) === significant(JSON.stringify(parsed));
};

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
