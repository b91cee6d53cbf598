// A table and a later one that differ in members of sets and maps only -> the elements to delete
// and to add, as one file for `nft -f`. Nothing else of the table is touched, so counters of limits,
// connections and other sets stay as they are. The bytes are read back and carried out on the earlier
// plan before anybody sees them.
import type { OutputFile, PlanUpdate } from "../../compiler/plan/target.ts";
import { type AddressSet, differingRanges, noAddress } from "../../compiler/sets/address-set.ts";
import { cidrText, type Listing, listingOf } from "./elements.ts";
import { differenceOfLines } from "./line-difference.ts";
import { rulesetPath } from "./loader.ts";
import { type NftPlan, tableName } from "./ruleset.ts";
import { sideFiles, updatePath } from "./side-files.ts";
import { chainsWithoutComments } from "./stamp.ts";
import { type Elements, type Loaded, loadedAfter } from "./update-apply.ts";

/** Undefined where anything but members has changed: then the whole file is to be loaded. */
export function updateNftables(before: NftPlan, after: NftPlan): PlanUpdate | undefined {
  if (before.stamp === undefined || after.stamp === undefined) return undefined;
  if (shapeOf(before) !== shapeOf(after)) return undefined;
  return leading(...differing(before, before.stamp, after, after.stamp));
}

/**
 * From the files alone, where these are the same to the letter but for members: then nothing else of them is read.
 * Undefined where they are not; that may yet be an update.
 */
export function updateNftablesFiles(
  before: readonly OutputFile[],
  after: readonly OutputFile[],
): PlanUpdate | undefined {
  const textsOf = (files: readonly OutputFile[]) =>
    files
      .filter(({ path }) => path !== updatePath)
      .map(({ path, text }) => (path === rulesetPath ? [path] : [path, text]));
  if (JSON.stringify(textsOf(before)) !== JSON.stringify(textsOf(after))) return undefined;
  const [old, wanted] = [before, after].map((files) => files.find(isRuleset)?.text);
  if (old === undefined || wanted === undefined) return undefined;
  const found = differenceOfLines(old, wanted);
  if (found === undefined) return undefined;
  const names = [...found.removed.keys(), ...found.added.keys()];
  const among = (elements: Elements) =>
    new Map(names.map((name) => [name, elements.get(name) ?? new Map<string, string>()]));
  return leading(
    { stamp: found.from, elements: among(found.removed) },
    { stamp: found.to, elements: among(found.added) },
  );
}

const isRuleset = ({ path }: OutputFile) => path === rulesetPath;

/** What differs of two tables -> the file between them, proved. */
function leading(old: Loaded, wanted: Loaded): PlanUpdate {
  const removed = difference(old.elements, wanted.elements);
  const added = difference(wanted.elements, old.elements);
  const text = updateText({ from: old.stamp, removed, added, to: wanted.stamp });
  assertReached(old, text, wanted);
  return { file: { path: updatePath, text }, added: countOf(added), removed: countOf(removed) };
}

/**
 * Everything of an artefact but members of address sets and maps. Comments name rules and do nothing.
 * Whether a set is a tree or a hash, and how many elements it takes, is settled when it is made, so that
 * is part of the shape.
 */
function shapeOf(plan: NftPlan): string {
  const { addressSets, verdictMaps, identitySets, chains } = plan;
  return JSON.stringify([
    identitySets,
    addressSets.map(({ name, family, addresses }) => [
      name,
      family,
      listingOf(addresses).isInterval,
      listingOf(addresses).roomFor([addresses]) ?? null,
    ]),
    verdictMaps.map(({ name, family, branches }) => {
      const sets = branches.map(({ addresses }) => addresses);
      const { isInterval, roomFor } = listingOf(...sets);
      return [name, family, isInterval, roomFor(sets) ?? null];
    }),
    chainsWithoutComments(chains),
    sideFiles(plan),
  ]);
}

/**
 * As the kernel holds both tables, less the elements in which they are alike: what an update does to
 * few of very many elements is done and proved without looking at the others. A key among those
 * would be one too many in the later table.
 */
function differing(
  before: NftPlan,
  from: string,
  after: NftPlan,
  to: string,
): readonly [Loaded, Loaded] {
  const old = new Map<string, Map<string, string>>();
  const wanted = new Map<string, Map<string, string>>();
  // Both tables write a set in the same way: that is part of their shape.
  const put = (name: string, { cidrsOf }: Listing, a: AddressSet, b: AddressSet, verdict = "") => {
    differingRanges(a, b).forEach((addresses, side) => {
      const tables = side === 0 ? old : wanted;
      const elements = tables.get(name) ?? new Map<string, string>();
      for (const cidr of cidrsOf(addresses)) elements.set(cidrText(cidr), verdict);
      tables.set(name, elements);
    });
  };
  for (const { name, addresses } of before.addressSets) {
    const later = after.addressSets.find((set) => set.name === name);
    put(name, listingOf(addresses), addresses, later?.addresses ?? noAddress);
  }
  for (const { name, branches } of before.verdictMaps) {
    const later = after.verdictMaps.find((map) => map.name === name)?.branches ?? [];
    const chains = new Set([...branches, ...later].map(({ chain }) => chain));
    const of = (list: typeof branches, chain: string) =>
      list.find((branch) => branch.chain === chain)?.addresses ?? noAddress;
    const listing = listingOf(...branches.map(({ addresses }) => addresses));
    for (const chain of chains) {
      put(name, listing, of(branches, chain), of(later, chain), ` : jump ${chain}`);
    }
  }
  return [
    { stamp: from, elements: old },
    { stamp: to, elements: wanted },
  ];
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

interface Change {
  readonly from: string;
  readonly removed: Elements;
  readonly added: Elements;
  readonly to: string;
}

/** Deletes first: the kernel takes no prefix within another, and no key twice. */
function updateText({ from, removed, added, to }: Change): string {
  return [
    "# Written by segc. Changes members of its own table in one transaction; fails on any other table.",
    `delete set inet ${tableName} ${from}`,
    ...statements("delete", removed),
    ...statements("add", added),
    `add set inet ${tableName} ${to} { type ipv4_addr; }`,
    "",
  ].join("\n");
}

const statements = (verb: "add" | "delete", list: Elements) =>
  [...list].flatMap(([name, elements]) => [
    `${verb} element inet ${tableName} ${name} {`,
    [...elements].map(([key, verdict]) => `  ${key}${verdict}`).join(",\n"),
    "}",
  ]);

/** The bytes make what the kernel holds exactly that of the later table. */
function assertReached(before: Loaded, text: string, wanted: Loaded): void {
  const reached = loadedAfter(before, text);
  if (!reached.ok) throw new Error(`bug in segc (nftables): an update says: ${reached.problem}`);
  const { stamp, elements } = reached.loaded;
  const missing = countOf(difference(wanted.elements, elements));
  const extra = countOf(difference(elements, wanted.elements));
  if (missing + extra > 0 || stamp !== wanted.stamp) {
    throw new Error("bug in segc (nftables): an update does not lead to the new table");
  }
}
