// The body of an nft table -> its sets, and its chains with the words of their rules.
import { LoadFault } from "../fault.ts";
import type { Verdict } from "../program.ts";
import { type Element, readElements, type SetOf } from "./sets.ts";
import { readers } from "./values.ts";
import { Cursor, type Word } from "./words.ts";

export interface ChainText {
  /** Of a base chain. */
  hook: "input" | "output" | "forward" | undefined;
  priority: number;
  policy: Verdict;
  /** Read when all sets are known: a rule may name a set that stands below it. */
  readonly rules: (readonly Word[])[];
}

export interface Table {
  readonly sets: Map<string, SetOf>;
  readonly chains: Map<string, ChainText>;
}

/** From the opening brace to the closing one. */
export function readTableBody(cursor: Cursor, table: Table): void {
  cursor.expect("{");
  for (cursor.skipEnds(); !cursor.take("}"); cursor.skipEnds()) {
    const { line } = cursor;
    const kind = cursor.next();
    const name = cursor.next();
    if (kind === "set" || kind === "map") {
      if (table.sets.has(name)) throw new LoadFault(`set "${name}" a second time`, line);
      table.sets.set(name, readSetBody(cursor, name, kind === "map"));
    } else if (kind === "chain") {
      const chain = table.chains.get(name) ?? newChain();
      table.chains.set(name, chain);
      readChainBody(cursor, chain);
    } else if (kind !== "comment") throw new LoadFault(`an unknown thing: ${kind}`, line);
  }
}

const newChain = (): ChainText => ({ hook: undefined, priority: 0, policy: "accept", rules: [] });

function readSetBody(cursor: Cursor, name: string, isMap: boolean): SetOf {
  let types: readonly string[] | undefined;
  let flags: readonly string[] = [];
  let merging = false;
  let elements: readonly Element[] = [];
  let room = Number.POSITIVE_INFINITY;
  cursor.expect("{");
  for (cursor.skipEnds(); !cursor.take("}"); cursor.skipEnds()) {
    const { line } = cursor;
    const key = cursor.next();
    if (key === "type") types = readTypes(cursor, isMap);
    else if (key === "flags") flags = readFlags(cursor);
    else if (key === "auto-merge") merging = true;
    else if (key === "comment") cursor.quoted();
    else if (key === "size") room = Number(cursor.next());
    else if (["timeout", "gc-interval", "policy"].includes(key)) cursor.next();
    else if (key === "elements" && types !== undefined) {
      cursor.expect("=");
      cursor.skipLines();
      elements = readElements(cursor, types, isMap);
    } else throw new LoadFault(`an unknown line of a set: ${key}`, line);
  }
  if (types === undefined) cursor.fail("a set without a type");
  if (elements.length > room) cursor.fail("more elements than the size of their set");
  return { name, types, isMap, interval: flags.includes("interval"), merging, elements };
}

function readTypes(cursor: Cursor, isMap: boolean): readonly string[] {
  const types: string[] = [];
  do {
    const type = cursor.next();
    if (!Object.hasOwn(readers, type)) cursor.fail(`an unknown type ${type}, before`);
    types.push(type);
  } while (cursor.take("."));
  if (isMap) {
    cursor.expect(":");
    cursor.expect("verdict");
  }
  return types;
}

function readFlags(cursor: Cursor): readonly string[] {
  const flags: string[] = [];
  do {
    const flag = cursor.next();
    if (!["interval", "constant", "timeout"].includes(flag)) cursor.fail(`an unknown flag ${flag}`);
    flags.push(flag);
  } while (cursor.take(","));
  return flags;
}

function readChainBody(cursor: Cursor, chain: ChainText): void {
  cursor.expect("{");
  for (cursor.skipEnds(); !cursor.take("}"); cursor.skipEnds()) {
    const words = cursor.statement();
    const [first] = words;
    if (first === undefined) cursor.fail("a rule");
    const head: Cursor = new Cursor(words);
    if (head.take("type")) readHook(head, chain);
    else if (head.take("policy")) {
      const policy = head.next();
      if (policy !== "accept" && policy !== "drop") head.fail("a policy of accept or drop");
      chain.policy = policy;
    } else if (head.take("comment")) head.quoted();
    else chain.rules.push(words);
  }
}

const priorities: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  filter: 0,
  security: 50,
};

function readHook(cursor: Cursor, chain: ChainText): void {
  cursor.expect("filter");
  cursor.expect("hook");
  const hook = cursor.next();
  if (hook !== "input" && hook !== "output" && hook !== "forward") cursor.fail("an unknown hook");
  chain.hook = hook;
  cursor.expect("priority");
  const text = cursor.next();
  const base = Object.hasOwn(priorities, text) ? priorities[text] : undefined;
  let priority = base ?? Number(text);
  if (base !== undefined && !cursor.done) {
    const sign = cursor.next();
    if (sign !== "+" && sign !== "-") cursor.fail("a sign");
    priority += (sign === "-" ? -1 : 1) * Number(cursor.next());
  }
  if (!Number.isInteger(priority) || !cursor.done) cursor.fail("a priority");
  chain.priority = priority;
}
