// Names of groups: from what a group is for and not from who carries it, so that they stay when members come
// and go. A rule with `when same env` is for each environment by itself; other groups that are for the same
// are told apart by the labels, or the addresses, in which they differ.
import type { Direction } from "../../compiler/inventory/types.ts";
import { sha256 } from "../../compiler/model/sha256.ts";
import type { Fleet, FleetMember } from "../../compiler/plan/fleet.ts";
import { formatCidr } from "../../compiler/sets/address.ts";
import type { Choice, ChosenGroup } from "./choose.ts";
import type { Placed } from "./member-sets.ts";
import { isLeftAlone } from "./members.ts";
import { serviceText } from "./needs.ts";

/** By the number of each group. */
export function namesOf({ sets, groups }: Choice, fleet: Fleet): readonly string[] {
  const setTexts = sets.map(({ held, named: asPeers, members }) => {
    const common = commonLabels(members.flatMap((member) => fleet.members[member] ?? []));
    const roleText = ({ term }: Placed) => {
      const { direction, rules, service, until } = term;
      const labels = rules.flatMap((rule) => fleet.conditions.get(rule) ?? []);
      const values = [...new Set(labels)].sort().map((label) => [label, common.get(label) ?? null]);
      return JSON.stringify([direction, rules, serviceText(service), until ?? null, values]);
    };
    return JSON.stringify([held, asPeers].map((terms) => terms.map(roleText).sort()));
  });
  const watched = leftAloneIn(fleet);
  const texts = groups.map(({ of }) => JSON.stringify(of.map((set) => setTexts[set]).sort()));
  const alike = new Map<string, number[]>();
  for (const [index, { network }] of groups.entries()) {
    const key = JSON.stringify([network, texts[index]]);
    alike.set(key, [...(alike.get(key) ?? []), index]);
  }
  const told = new Map<number, string>();
  for (const indexes of alike.values()) {
    const same = indexes.flatMap((index) => groups[index] ?? []);
    for (const [at, text] of toldApart(same, sets, fleet).entries())
      told.set(indexes[at] ?? -1, text);
  }
  return groups.map((group, index) => {
    const text = JSON.stringify([texts[index], told.get(index), watched.get(group.network) ?? []]);
    const digest = sha256(text).slice(0, 10);
    return `segc-${slugOf(sets, group)}-${digest}`;
  });
}

/**
 * Members that keep the groups they have, by network. They may still carry groups of ours from before they were
 * observed, which must not let them in where others carry groups of that name: so names change with them.
 */
function leftAloneIn(fleet: Fleet): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const member of fleet.members.filter(({ slice }) => isLeftAlone(slice))) {
    const own = member.networks.length > 0 ? member.networks : member.addresses.keys();
    for (const network of own) {
      const names = found.get(network);
      if (names === undefined) found.set(network, [member.name]);
      else names.push(member.name);
    }
  }
  return found;
}

/**
 * A text for each, all different: by labels that tell them apart, by the addresses that their terms name, by
 * both, or else by their members.
 */
function toldApart(
  groups: readonly ChosenGroup[],
  sets: Choice["sets"],
  fleet: Fleet,
): readonly string[] {
  if (groups.length === 1) return [""];
  const byLabels = labelTexts(groups, fleet);
  const byAddresses = groups.map(({ of }) =>
    JSON.stringify(of.map((set) => sets[set]?.held.map(({ others }) => others.map(formatCidr)))),
  );
  const byBoth = groups.map((_, at) => JSON.stringify([byLabels[at], byAddresses[at]]));
  const byMembers = groups.map((group) =>
    JSON.stringify(group.members.map((member) => fleet.members[member]?.name)),
  );
  const isTelling = (texts: readonly string[]) => new Set(texts).size === groups.length;
  return [byLabels, byAddresses, byBoth].find(isTelling) ?? byMembers;
}

/** The labels of which each has one value, and not all the same. */
function labelTexts(groups: readonly ChosenGroup[], { members }: Fleet): readonly string[] {
  const common = groups.map((group) =>
    commonLabels(group.members.flatMap((member) => members[member] ?? [])),
  );
  const labels = [...new Set(common.flatMap((one) => [...one.keys()]))].sort();
  const telling = labels.filter((label) => {
    const values = common.map((one) => one.get(label));
    return !values.includes(undefined) && new Set(values).size > 1;
  });
  return common.map((one) => JSON.stringify(telling.map((label) => [label, one.get(label)])));
}

/** Values that all of them have. */
function commonLabels(members: readonly FleetMember[]): ReadonlyMap<string, string> {
  const [first, ...others] = members.map(
    ({ labels }) => new Map([...labels].map(([label, value]) => [label, JSON.stringify(value)])),
  );
  return new Map(
    [...(first ?? [])].filter(([label, value]) => others.every((one) => one.get(label) === value)),
  );
}

const slugLengthMax = 40;

/** What people recognise it by: the first rule that lets its members in, out, or be somebody's peers. */
function slugOf(sets: Choice["sets"], { of }: ChosenGroup): string {
  if (of.length > 1) return "joint";
  const { held = [], named: asPeers = [] } = sets[of[0] ?? -1] ?? {};
  const towards = (direction: Direction) => held.filter(({ term }) => term.direction === direction);
  const [text = "open"] = [
    ["in", towards("ingress")] as const,
    ["out", towards("egress")] as const,
    ["peers", asPeers] as const,
  ].flatMap(([word, terms]) =>
    terms
      .flatMap(({ term }) => term.rules)
      .sort()
      .slice(0, 1)
      .map((rule) => `${word}-${rule}`),
  );
  return slug(text);
}

/** Of signs that AWS takes in names. */
export function slug(text: string): string {
  const plain = text.toLowerCase().replace(/[^a-z0-9.-]+/g, "-");
  return plain.slice(0, slugLengthMax).replace(/[.-]+$/, "");
}
