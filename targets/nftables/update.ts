// A table and a later one that differ in members of sets and maps only -> the elements to delete
// and to add, as one file for `nft -f`. Nothing else of the table is touched, so counters of limits,
// connections and other sets stay as they are. The bytes are read back and carried out on the earlier
// plan before anybody sees them.
import type { PlanUpdate } from "../../compiler/plan/target.ts";
import { cidrsOf } from "../../compiler/sets/address-set.ts";
import { RulesetFault } from "../linux/fault.ts";
import { cidrText, textsOf } from "./elements.ts";
import { type NftPlan, tableName } from "./ruleset.ts";
import { sideFiles, updatePath } from "./side-files.ts";
import { type Elements, elementsAfter } from "./update-apply.ts";

/** Undefined where anything but members has changed: then the whole file is to be loaded. */
export function updateNftables(before: NftPlan, after: NftPlan): PlanUpdate | undefined {
  if (shapeOf(before) !== shapeOf(after)) return undefined;
  const [old, wanted] = [elementsOf(before), elementsOf(after)];
  const removed = difference(old, wanted);
  const added = difference(wanted, old);
  const text = updateText(removed, added);
  assertReached(old, text, wanted);
  return { file: { path: updatePath, text }, added: countOf(added), removed: countOf(removed) };
}

/**
 * Everything of an artefact but members of address sets and maps. Comments name rules and do nothing.
 * Whether a set is a tree or a hash is settled when it is made, so that is part of the shape.
 */
function shapeOf(plan: NftPlan): string {
  const { addressSets, verdictMaps, identitySets, chains } = plan;
  return JSON.stringify([
    identitySets,
    addressSets.map(({ name, family, addresses }) => [name, family, textsOf(addresses).isInterval]),
    verdictMaps.map(({ name, family, branches }) => [
      name,
      family,
      branches.some(({ addresses }) => textsOf(addresses).isInterval),
    ]),
    chains.map(({ rules, ...chain }) => [
      chain,
      rules.map((rule) => ({ ...rule, comment: undefined })),
    ]),
    sideFiles(plan),
  ]);
}

/** As the kernel holds them once the table is loaded, by the name of the set or map. */
function elementsOf({ addressSets, verdictMaps }: NftPlan): Elements {
  const sets = addressSets.map(
    ({ name, addresses }) =>
      [name, new Map(cidrsOf(addresses).map((cidr) => [cidrText(cidr), ""]))] as const,
  );
  const maps = verdictMaps.map(({ name, branches }) => {
    const pairs = branches.flatMap(({ chain, addresses }) =>
      cidrsOf(addresses).map((cidr) => [cidrText(cidr), ` : jump ${chain}`] as const),
    );
    return [name, new Map(pairs)] as const;
  });
  return new Map([...sets, ...maps]);
}

/** Elements of the first that the second has not, or has with another verdict. */
function difference(first: Elements, second: Elements): Elements {
  const left = [...first].map(([name, elements]) => {
    const other = second.get(name);
    return [
      name,
      new Map([...elements].filter(([key, value]) => other?.get(key) !== value)),
    ] as const;
  });
  return new Map(left.filter(([, elements]) => elements.size > 0));
}

const countOf = (elements: Elements) =>
  [...elements.values()].reduce((sum, { size }) => sum + size, 0);

/** Deletes first: the kernel takes no prefix within another, and no key twice. */
function updateText(removed: Elements, added: Elements): string {
  return [
    "# Written by segc. Changes elements of its own table in one transaction and nothing else.",
    ...statements("delete", removed),
    ...statements("add", added),
    "",
  ].join("\n");
}

const statements = (verb: "add" | "delete", list: Elements) =>
  [...list].flatMap(([name, elements]) => [
    `${verb} element inet ${tableName} ${name} {`,
    [...elements].map(([key, verdict]) => `  ${key}${verdict}`).join(",\n"),
    "}",
  ]);

/** The bytes make the kernel's elements exactly those of the later table. */
function assertReached(before: Elements, text: string, wanted: Elements): void {
  try {
    const reached = elementsAfter(before, text);
    if (countOf(difference(reached, wanted)) + countOf(difference(wanted, reached)) === 0) return;
  } catch (fault) {
    if (!(fault instanceof RulesetFault)) throw fault;
    throw new Error(`bug in segc (nftables): an update says: ${fault.message}`);
  }
  throw new Error("bug in segc (nftables): an update does not lead to the new table");
}
