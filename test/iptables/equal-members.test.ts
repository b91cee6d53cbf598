// Sets with the same members are read once; what becomes of one of them later is its own.
import { expect, test } from "vitest";
import { formatCidr } from "../../compiler/sets/address.ts";
import { cidrsOfList } from "../../compiler/sets/prefix-list.ts";
import { parseSets } from "../../targets/iptables/parse-sets.ts";

const form = "hash:net family inet hashsize 64 maxelem 64";
const lines = (...list: readonly string[]) => list.map((line) => `${line}\n`).join("");
const members = ["add SEG-T 10.0.0.0/24", "add SEG-T 10.0.2.0/24", "add SEG-T 10.0.2.7 nomatch"];
const filled = (name: string, ...more: readonly string[]) =>
  lines(
    `create ${name} ${form} -exist`,
    `create SEG-T ${form}`,
    ...members,
    ...more,
    `swap SEG-T ${name}`,
    "destroy SEG-T",
  );

const read = (text: string) =>
  parseSets(text).map((set) => [
    set.name,
    "members" in set ? cidrsOfList(set.members.prefixes).map(formatCidr) : [],
    "members" in set ? cidrsOfList(set.members.exceptions).map(formatCidr) : [],
  ]);

const cidrs = ["10.0.0.0/24", "10.0.2.0/24"];
const exceptions = ["10.0.2.7/32"];

test("members after equal ones are added to one set alone", () => {
  const text =
    filled("SEG-A") + filled("SEG-B", "# more", "add SEG-T 10.9.0.0/24") + filled("SEG-C");
  for (let time = 0; time < 2; time++) {
    expect(read(text)).toEqual([
      ["SEG-A", cidrs, exceptions],
      ["SEG-B", [...cidrs, "10.9.0.0/24"], exceptions],
      ["SEG-C", cidrs, exceptions],
    ]);
  }
});

test.each([
  "add SEG-T 10.0.0.0/24",
  "add SEG-T 10.0.0.1/24",
  "add SEG-T fd00::/64",
  "add SEG-T 0.0.0.0/0",
  "add SEG-U 10.9.0.0/24",
  "add SEG-T",
])("a bad member behind equal ones is found in its line: %s", (bad) => {
  parseSets(filled("SEG-A"));
  const text = `# a comment\n${filled("SEG-A", bad)}`;
  let line = 0;
  try {
    parseSets(text);
  } catch (fault) {
    line = Object(fault).line;
  }
  expect(line).toBe(7);
});

test("a set has room for as many members as its form says, whatever was read before", () => {
  parseSets(filled("SEG-A"));
  const small = filled("SEG-A").replaceAll("maxelem 64", "maxelem 2");
  expect(() => parseSets(small)).toThrow("more members than the set holds");
});
