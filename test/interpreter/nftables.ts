// The text of an nft file -> a program, as `nft -f` would load it into an empty kernel. Written from
// man nft and from trying nft 1.0.6; what it does not know it refuses with the line.
import { LoadFault } from "./fault.ts";
import { all, is } from "./formula.ts";
import { readRule } from "./nft/rules.ts";
import { checkElements, readElements } from "./nft/sets.ts";
import { type ChainText, readTableBody, type Table } from "./nft/tables.ts";
import { Cursor, wordsOf } from "./nft/words.ts";
import { type BaseChain, checkJumps, type Program, type Rule } from "./program.ts";

const families = ["inet", "ip", "ip6"];
type Tables = Map<string, Table>;

/** Throws a `LoadFault` where the text does not load. */
export function readNftables(text: string): Program {
  const cursor = new Cursor(wordsOf(text));
  const tables: Tables = new Map();
  for (cursor.skipEnds(); !cursor.done; cursor.skipEnds()) readCommand(cursor, tables);
  const chains = new Map<string, readonly Rule[]>();
  const bases: BaseChain[] = [];
  for (const [key, table] of tables) {
    for (const set of table.sets.values()) checkElements(set);
    for (const [name, chain] of table.chains) {
      chains.set(`${key} ${name}`, rulesOf(key, table, chain));
      if (chain.hook !== undefined) bases.push(baseOf(key, name, chain));
    }
  }
  // The sort is stable: equal priorities keep their order. (No verdict depends on it, as all must
  // accept; it is how the kernel goes.)
  const program = { chains, bases: bases.toSorted((a, b) => a.priority - b.priority) };
  checkJumps(program);
  return program;
}

function readCommand(cursor: Cursor, tables: Tables): void {
  const verb = ["add", "delete", "flush"].find((each) => cursor.take(each)) ?? "add";
  if (verb === "flush" && cursor.take("ruleset")) {
    tables.clear();
    return;
  }
  const object = cursor.next();
  const family = families.includes(cursor.peek() ?? "") ? cursor.next() : "ip";
  const { line } = cursor;
  const name = cursor.next();
  const key = `${family} ${name}`;
  if (object === "table" && verb === "delete") {
    if (!tables.delete(key)) throw new LoadFault(`no table ${key}`, line);
    return;
  }
  if (object === "table" && verb === "add") {
    const table = tables.get(key) ?? { sets: new Map(), chains: new Map() };
    tables.set(key, table);
    if (cursor.peek() === "{") readTableBody(cursor, table);
    return;
  }
  const table = tables.get(key);
  if (table === undefined) throw new LoadFault(`no table ${key}`, line);
  const set = table.sets.get(cursor.next());
  if (set === undefined) throw new LoadFault("no such set", line);
  if (object === "set" && verb === "flush") set.elements = [];
  else if (object === "element" && verb === "add") {
    set.elements = [...set.elements, ...readElements(cursor, set.types, set.isMap)];
  } else throw new LoadFault(`an unknown command: ${verb} ${object}`, line);
}

function rulesOf(key: string, table: Table, chain: ChainText): readonly Rule[] {
  const rules = chain.rules.flatMap((words) => readRule(words, (name) => table.sets.get(name)));
  return rules.map((rule) =>
    "chain" in rule.action
      ? { ...rule, action: { ...rule.action, chain: `${key} ${rule.action.chain}` } }
      : rule,
  );
}

/** Forwarded packets are no packets of this model: their chain never applies. */
function baseOf(key: string, name: string, { hook, priority, policy }: ChainText): BaseChain {
  const hooked = is("direction", ...(hook === "input" ? [0] : hook === "output" ? [1] : []));
  const family = key.split(" ")[0];
  const seen = is("family", ...(family === "inet" ? [0, 1] : family === "ip" ? [0] : [1]));
  return { chain: `${key} ${name}`, when: all(hooked, seen), priority, policy };
}
