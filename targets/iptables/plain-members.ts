// The members of a set as one text: nearly all lines of a file, and nearly all of them a prefix and
// nothing else. Whatever is not plain is left to a reader that goes line by line and says what is wrong.
import { type Family, formatCidr } from "../../compiler/sets/address.ts";
import {
  cidrsOfList,
  isOfHosts,
  type PrefixList,
  prefixListOf,
} from "../../compiler/sets/prefix-list.ts";
import { prefixesOfLines } from "../../compiler/sets/read-prefixes.ts";
import type { IptSet, SetMembers } from "./ruleset.ts";

export interface SetKind {
  readonly family: Family;
  readonly type: IptSet["type"];
  /** How many members fit: the kernel refuses a full set. */
  readonly room: number;
}

/** What whole lines add to an empty set of that name; undefined where some line is not plain. */
export function plainMembers(
  { type, family, room }: SetKind,
  name: string,
  text: string,
): SetMembers | undefined {
  if (type !== "hash:ip" && type !== "hash:net") return undefined;
  const before = `add ${name} `;
  const { list: prefixes, end } = prefixesOfLines(text, 0, family, { before, after: "\n" });
  const isHosts = type === "hash:ip";
  const frame = { before, after: " nomatch\n" };
  const rest = isHosts
    ? { list: noPrefix[family], end }
    : prefixesOfLines(text, end, family, frame);
  const members = { prefixes, exceptions: rest.list };
  const isPlain =
    rest.end === text.length &&
    prefixes.lengths.length + rest.list.lengths.length <= room &&
    (isHosts ? isOfHosts(prefixes) : !isAnyWhole(members) && !meet(members));
  return isPlain ? members : undefined;
}

const noPrefix = { 4: prefixListOf(4, []), 6: prefixListOf(6, []) };

const isAnyWhole = ({ prefixes, exceptions }: SetMembers) =>
  prefixes.lengths.includes(0) || exceptions.lengths.includes(0);

/** Whether an exception is a member itself. */
function meet({ prefixes, exceptions }: SetMembers): boolean {
  if (exceptions.lengths.length === 0) return false;
  const keys = new Set(keysOf(prefixes));
  return keysOf(exceptions).some((key) => keys.has(key));
}

export const keysOf = (list: PrefixList) => cidrsOfList(list).map(formatCidr);
