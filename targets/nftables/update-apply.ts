// The bytes of an update, carried out on the elements of a table as the kernel does it. What the
// kernel would refuse is refused here: then nothing of the transaction happens there either.
import { type Cidr, type Family, parsePrefix } from "../../compiler/sets/address.ts";
import { disjointSet } from "../../compiler/sets/address-set.ts";
import { RulesetFault } from "../linux/fault.ts";
import { tableName } from "./ruleset.ts";
import { updatePath } from "./side-files.ts";

/** By the name of a set or map: every prefix, and what stands behind it (empty in a set). */
export type Elements = ReadonlyMap<string, ReadonlyMap<string, string>>;

/** Throws `RulesetFault` where the text is none of segc's or does not fit these elements. */
export function elementsAfter(before: Elements, text: string): Elements {
  const after = new Map([...before].map(([name, elements]) => [name, new Map(elements)]));
  let adds = false;
  for (const { verb, name, key, verdict, line } of editsIn(text)) {
    const elements = after.get(name);
    if (elements === undefined) throw fault(line, `there is no set or map \`${name}\``);
    if (verb === "delete") {
      // One after an add could free the place of what was added: order would matter.
      if (adds) throw fault(line, "a delete follows an add");
      if (elements.get(key) !== verdict) throw fault(line, `\`${key}${verdict}\` is not there`);
      elements.delete(key);
    } else {
      adds = true;
      if (elements.has(key)) throw fault(line, `\`${key}\` is there already`);
      elements.set(key, verdict);
    }
  }
  for (const [name, elements] of after) checkDisjoint(name, elements);
  return after;
}

interface Edit {
  readonly verb: "add" | "delete";
  readonly name: string;
  readonly key: string;
  /** Empty, or ` : jump CHAIN`. */
  readonly verdict: string;
  readonly line: number;
}

const opening = new RegExp(`^(add|delete) element inet ${tableName} ([A-Za-z_]\\w*) \\{$`);

function editsIn(text: string): readonly Edit[] {
  const edits: Edit[] = [];
  let inside: Pick<Edit, "verb" | "name"> | undefined;
  let isLast = false;
  for (const [index, content] of text.split("\n").entries()) {
    const line = index + 1;
    if (inside === undefined) {
      if (content === "" || content.startsWith("#")) continue;
      const [, verb, name] = opening.exec(content) ?? [];
      if (name === undefined) throw fault(line, "expected elements to add or to delete");
      inside = { verb: verb === "add" ? "add" : "delete", name };
      isLast = false;
    } else if (isLast) {
      if (content !== "}") throw fault(line, "expected `}`");
      inside = undefined;
    } else {
      const [, key, verdict = "", comma] =
        /^ {2}([0-9a-f:./]+)( : jump [A-Za-z_]\w*)?(,?)$/.exec(content) ?? [];
      if (key === undefined) throw fault(line, "expected an element");
      edits.push({ ...inside, key, verdict, line });
      isLast = comma === "";
    }
  }
  if (inside !== undefined) throw fault(1, "the last statement does not end");
  return edits;
}

function checkDisjoint(name: string, elements: ReadonlyMap<string, string>): void {
  const cidrs: Cidr[] = [];
  const families = new Set<Family>();
  for (const key of elements.keys()) {
    const prefix = parsePrefix(key);
    if (prefix.kind !== "prefix") throw fault(1, `\`${key}\` is no prefix`);
    cidrs.push(prefix.cidr);
    families.add(prefix.cidr.address.family);
  }
  if (families.size > 1) throw fault(1, `\`${name}\` mixes families`);
  if (disjointSet(cidrs) === undefined) throw fault(1, `elements of \`${name}\` overlap`);
}

const fault = (line: number, message: string) => new RulesetFault(line, message, updatePath);
