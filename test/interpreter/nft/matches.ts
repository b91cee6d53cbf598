// One match of an nft rule -> a formula; a verdict map -> a formula per verdict.
import { LoadFault } from "../fault.ts";
import { all, any, atMost, type Formula, not, within } from "../formula.ts";
import type { Action } from "../program.ts";
import { range } from "../ranges.ts";
import { readSelector, type Selector } from "./selectors.ts";
import {
  asRange,
  checkElements,
  type Element,
  readElements,
  readValue,
  type SetOf,
} from "./sets.ts";
import type { Value } from "./values.ts";
import type { Cursor } from "./words.ts";

export interface Match {
  readonly selectors: readonly Selector[];
  readonly when: Formula;
  /** Of a verdict map: what is done where its formula holds as well. */
  readonly cases?: readonly { readonly when: Formula; readonly action: Action }[];
}

export type SetFinder = (name: string) => SetOf | undefined;

export function readMatch(cursor: Cursor, sets: SetFinder): Match {
  const selectors = [readSelector(cursor)];
  while (cursor.take(".")) selectors.push(readSelector(cursor));
  const guard = all(...selectors.map((selector) => selector.guard));
  if (cursor.take("vmap"))
    return { selectors, when: guard, cases: readCases(cursor, selectors, sets) };
  const sign = ["==", "!=", "<", "<=", ">", ">="].find((each) => cursor.take(each)) ?? "==";
  const right = readRight(cursor, selectors, sets, sign);
  return { selectors, when: all(guard, sign === "!=" ? not(right) : right) };
}

function readRight(
  cursor: Cursor,
  selectors: readonly Selector[],
  sets: SetFinder,
  sign: string,
): Formula {
  const start = cursor.peek() ?? "";
  if (start === "{" || start.startsWith("@")) {
    if (sign !== "==" && sign !== "!=") cursor.fail("a set cannot be compared by size");
    return insideSet(selectors, readSet(cursor, selectors, sets, false).elements);
  }
  const [selector] = selectors;
  if (selector === undefined || selectors.length > 1) {
    const key = selectors.map(({ type }, index) => {
      if (index > 0) cursor.expect(".");
      return readValue(cursor, type);
    });
    return insideKey(selectors, key);
  }
  const value = readValue(cursor, selector.type);
  if (cursor.peek() === ",") return readFlags(cursor, selector, value, sign);
  if (sign === "==" || sign === "!=") return insideKey(selectors, [value]);
  return insideKey(selectors, [], compared(cursor, value, sign));
}

function compared(cursor: Cursor, value: Value, sign: string) {
  const { low, high } = asRange(value);
  if (low !== high) cursor.fail("a range cannot be compared by size");
  const greatest = 1n << 128n;
  if (sign === "<") return atMost(low - 1n);
  if (sign === "<=") return atMost(low);
  return sign === ">" ? [range(low + 1n, greatest)] : [range(low, greatest)];
}

/**
 * `ct state a,b` is a mask: any of them. Its negation compares the whole mask, which no single state
 * equals (`nft --debug=netlink`: cmp neq reg 1 0x0000000a).
 */
function readFlags(cursor: Cursor, selector: Selector, first: Value, sign: string): Formula {
  if (selector.type !== "ct_state" || (sign !== "==" && sign !== "!=")) {
    cursor.fail("a list outside braces");
  }
  const values = [asRange(first)];
  while (cursor.take(",")) values.push(asRange(readValue(cursor, selector.type)));
  const several = new Set(values.map(({ low }) => low)).size > 1;
  return within("state", sign === "!=" && several ? [] : values);
}

function readSet(
  cursor: Cursor,
  selectors: readonly Selector[],
  sets: SetFinder,
  isMap: boolean,
): SetOf {
  const { line } = cursor;
  const types = selectors.map(({ type }) => type);
  if (cursor.peek() === "{") {
    const elements = readElements(cursor, types, isMap);
    const set = { name: "{ … }", types, isMap, interval: true, merging: true, elements };
    checkElements(set);
    return set;
  }
  const name = cursor.next().replace(/^@/, "");
  const set = sets(name);
  if (set === undefined) throw new LoadFault(`no set "${name}"`, line);
  if (set.isMap !== isMap) throw new LoadFault(`"${name}" is ${isMap ? "no" : "a"} map`, line);
  if (set.types.join() !== types.join()) {
    throw new LoadFault(`"${name}" holds ${set.types.join(" . ")}, not ${types.join(" . ")}`, line);
  }
  return set;
}

function readCases(cursor: Cursor, selectors: readonly Selector[], sets: SetFinder) {
  const { elements } = readSet(cursor, selectors, sets, true);
  const actions = Map.groupBy(elements, ({ action }) => JSON.stringify(action));
  // Keys are disjoint: which case is asked first does not matter.
  return [...actions.values()].flatMap((group) => {
    const action = group[0]?.action;
    if (action === undefined || action === "continue") return [];
    return [{ when: insideSet(selectors, group), action }];
  });
}

/** An empty set holds nothing. Keys that differ in their first field only are one test of it. */
function insideSet(selectors: readonly Selector[], elements: readonly Element[]): Formula {
  const [selector, ...others] = selectors;
  if (selector === undefined) throw new Error("a match of nothing");
  const restOf = ({ key }: Element) => key.slice(1).map(textOf).join(" . ");
  const groups = [...Map.groupBy(elements, restOf).values()].map((group) => {
    const firsts = group.flatMap(({ key }) => key.slice(0, 1));
    const ranges = firsts.flatMap((value) => ("path" in value ? [] : [value]));
    const paths = new Set(firsts.flatMap((value) => ("path" in value ? [value.path] : [])));
    const rest = others.length === 0 ? [] : [insideKey(others, group[0]?.key.slice(1) ?? [])];
    return all(inside(selector, ranges, paths), ...rest);
  });
  return any(...groups);
}

const textOf = (value: Value): string =>
  "path" in value ? JSON.stringify(value.path) : `${value.low}-${value.high}`;

function insideKey(
  selectors: readonly Selector[],
  key: readonly Value[],
  compared: readonly ReturnType<typeof range>[] = [],
): Formula {
  return all(
    ...selectors.map((selector, field) => {
      const value = key[field];
      if (value === undefined) return inside(selector, compared, new Set());
      return "path" in value
        ? inside(selector, [], new Set([value.path]))
        : inside(selector, [value], new Set());
    }),
  );
}

function inside(
  selector: Selector,
  ranges: readonly ReturnType<typeof range>[],
  paths: ReadonlySet<string>,
): Formula {
  if (selector.level !== undefined) return { kind: "cgroup", level: selector.level, paths };
  if (selector.inside === undefined) throw new Error(`nothing to look at: ${selector.type}`);
  return selector.inside(ranges);
}
