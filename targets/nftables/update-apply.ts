// The bytes of an update, carried out on the members of a table as the kernel does it. What the
// kernel would refuse is refused here: then nothing of the transaction happens there either.

import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";
import { type Cidr, parsePrefix } from "../../compiler/sets/address.ts";
import { disjointSet } from "../../compiler/sets/address-set.ts";
import { tableName } from "./ruleset.ts";

/** By the name of a set or map: every prefix, and what stands behind it (empty in a set). */
export type Elements = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Of a loaded table, what an update may change. */
export interface Loaded {
  readonly stamp: string;
  readonly elements: Elements;
}

export type Applied =
  | { readonly ok: true; readonly loaded: Loaded }
  /** Nothing has changed. */
  | { readonly ok: false; readonly problem: string };

/** The table after `nft -f` of this text. */
export function loadedAfter(before: Loaded, text: string): Applied {
  try {
    return { ok: true, loaded: carriedOut(before, statementsIn(text)) };
  } catch (fault) {
    if (!(fault instanceof RulesetFault)) throw fault;
    return { ok: false, problem: `line ${fault.line}: ${fault.message}` };
  }
}

interface Edit {
  readonly verb: "add" | "delete";
  readonly name: string;
  readonly key: string;
  /** Empty, or ` : jump CHAIN`. */
  readonly verdict: string;
  readonly line: number;
}

interface Statements {
  readonly from: string;
  readonly edits: readonly Edit[];
  readonly to: string;
}

function carriedOut(before: Loaded, { from, edits, to }: Statements): Loaded {
  if (from !== before.stamp) throw new RulesetFault(1, `there is no set \`${from}\``);
  const after = new Map([...before.elements].map(([name, list]) => [name, new Map(list)]));
  if (after.has(to)) throw new RulesetFault(1, `there is a set \`${to}\` already`);
  let adds = false;
  for (const { verb, name, key, verdict, line } of edits) {
    const elements = after.get(name);
    if (elements === undefined) throw new RulesetFault(line, `there is no set \`${name}\``);
    if (verb === "delete") {
      // After an add it could make room for what was added before: order would matter.
      if (adds) throw new RulesetFault(line, "a delete follows an add");
      if (elements.get(key) !== verdict) throw new RulesetFault(line, `no \`${key}${verdict}\``);
      elements.delete(key);
    } else {
      adds = true;
      if (elements.has(key)) throw new RulesetFault(line, `\`${key}\` is there already`);
      elements.set(key, verdict);
    }
  }
  for (const [name, elements] of after) checkDisjoint(name, [...elements.keys()]);
  return { stamp: to, elements: after };
}

const removedStamp = new RegExp(`^delete set inet ${tableName} ([A-Za-z_]\\w*)$`);
const newStamp = new RegExp(`^add set inet ${tableName} ([A-Za-z_]\\w*) \\{ type ipv4_addr; \\}$`);
const opening = new RegExp(`^(add|delete) element inet ${tableName} ([A-Za-z_]\\w*) \\{$`);
const element = /^ {2}([0-9a-f:./]+)( : jump [A-Za-z_]\w*)?(,?)$/;

/** The stamp that goes, elements, the stamp that comes: in this order, each on lines of its own. */
function statementsIn(text: string): Statements {
  const lines = text
    .split("\n")
    .map((content, index) => ({ content, line: index + 1 }))
    .filter(({ content }) => content !== "" && !content.startsWith("#"));
  const [, from] = removedStamp.exec(lines[0]?.content ?? "") ?? [];
  const [, to] = newStamp.exec(lines.at(-1)?.content ?? "") ?? [];
  if (from === undefined || to === undefined) throw new RulesetFault(1, "there is no stamp");
  const edits: Edit[] = [];
  let inside: Pick<Edit, "verb" | "name"> | undefined;
  let wasLast = false;
  for (const { content, line } of lines.slice(1, -1)) {
    if (inside === undefined) {
      const [, verb, name] = opening.exec(content) ?? [];
      if (name === undefined) throw new RulesetFault(line, "expected elements");
      inside = { verb: verb === "add" ? "add" : "delete", name };
      wasLast = false;
    } else if (wasLast) {
      if (content !== "}") throw new RulesetFault(line, "expected `}`");
      inside = undefined;
    } else {
      const [, key, verdict = "", comma] = element.exec(content) ?? [];
      if (key === undefined) throw new RulesetFault(line, "expected an element");
      edits.push({ ...inside, key, verdict, line });
      wasLast = comma === "";
    }
  }
  if (inside !== undefined) throw new RulesetFault(1, "the last statement does not end");
  return { from, edits, to };
}

/** The kernel takes no prefix within another. */
function checkDisjoint(name: string, keys: readonly string[]): void {
  const cidrs = keys.map((key): Cidr => {
    const prefix = parsePrefix(key);
    if (prefix.kind === "prefix") return prefix.cidr;
    throw new RulesetFault(1, `\`${key}\` is no prefix`);
  });
  if (new Set(cidrs.map(({ address }) => address.family)).size > 1) {
    throw new RulesetFault(1, `\`${name}\` mixes families`);
  }
  if (disjointSet(cidrs) === undefined) throw new RulesetFault(1, `\`${name}\` overlaps itself`);
}
