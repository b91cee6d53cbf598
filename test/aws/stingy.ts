// Bends an artefact towards fewer rules and groups, any way that comes to mind, and keeps whatever is still
// proved: how few there can be is found out by trying. A stranger to how segc chooses them.
import type { GroupsDocument, RuleRecord } from "./evaluator.ts";

type Mutable<Value> = Value extends object
  ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> }
  : Value;
export type Draft = Mutable<GroupsDocument>;
type Group = Draft["groups"][number];
type Rule = Mutable<RuleRecord>;
const sides = ["ingress", "egress"] as const;

/** A list counts as its entries wherever it is named. */
export function sizeOf({ groups, prefixLists = [] }: GroupsDocument): number {
  const weights = new Map(prefixLists.map(({ name, entries }) => [name, entries.length]));
  const rulesOf = (rules: readonly { readonly list?: string }[]) =>
    rules.reduce((sum, { list }) => sum + (weights.get(list ?? "") ?? 1), 0);
  return groups.reduce(
    (sum, { ingress, egress }) => sum + 1 + rulesOf(ingress) + rulesOf(egress),
    0,
  );
}

/** The smallest that was found; `isRight` proves a draft, `chance` is below 1. */
export function shrunk(
  original: GroupsDocument,
  tries: number,
  { isRight, chance }: { readonly isRight: (one: Draft) => boolean; readonly chance: () => number },
): Draft {
  let best = copied(original);
  for (let turn = 0; turn < tries; turn++) {
    const draft = copied(best);
    const pick = <One>(list: readonly One[]) => list[Math.floor(chance() * list.length)];
    for (let left = chance() < 0.3 ? 2 : 1; left > 0; left--) pick(moves)?.(draft, pick);
    tidy(draft);
    if (sizeOf(draft) <= sizeOf(best) && isRight(draft)) best = draft;
  }
  return best;
}

const copied = (one: GroupsDocument): Draft => structuredClone(one) as Draft; // plain data

type Pick = <One>(list: readonly One[]) => One | undefined;
type Move = (draft: Draft, pick: Pick) => void;

const listsOf = ({ groups }: Draft): Rule[][] =>
  groups.flatMap((group) => sides.map((side) => group[side]));

/** A rule and another one of the same list. */
function twoRules(draft: Draft, pick: Pick): readonly [Rule, Rule, Rule[]] | undefined {
  const list = pick(listsOf(draft).filter(({ length }) => length > 1));
  const one = list && pick(list);
  const other = list && pick(list.filter((rule) => rule !== one));
  return one && other && [one, other, list];
}

const without = (list: Rule[], rule: Rule) => list.splice(list.indexOf(rule), 1);

const moves: readonly Move[] = [
  function dropRule(draft, pick) {
    const list = pick(listsOf(draft).filter(({ length }) => length > 0));
    const rule = list && pick(list);
    if (list && rule) without(list, rule);
  },
  function joinGroups(draft, pick) {
    const one = pick(draft.groups);
    const other = pick(
      draft.groups.filter((group) => group !== one && group.network === one?.network),
    );
    if (one && other) replaceGroup(draft, other, one);
  },
  function dropGroup(draft, pick) {
    const one = pick(draft.groups);
    if (one) forgetGroup(draft, one);
  },
  function leaveGroup(draft, pick) {
    const groups = pick(draft.attachments)?.groups;
    if (groups && groups.length > 1) groups.splice(groups.indexOf(pick(groups) ?? ""), 1);
  },
  function joinPorts(draft, pick) {
    const [one, other, list] = twoRules(draft, pick) ?? [];
    if (!one || !other || !list || one.protocol !== other.protocol) return;
    const isPorts = one.protocol === "tcp" || one.protocol === "udp";
    one.from = isPorts ? Math.min(one.from, other.from) : -1;
    one.to = isPorts ? Math.max(one.to, other.to) : -1;
    without(list, other);
  },
  function joinPrefixes(draft, pick) {
    const [one, other, list] = twoRules(draft, pick) ?? [];
    if (!one?.cidr || !other?.cidr || !list) return;
    const wide = commonPrefix(one.cidr, other.cidr);
    if (wide === undefined) return;
    one.cidr = wide;
    without(list, other);
  },
  function allServices(draft, pick) {
    const [one, other, list] = twoRules(draft, pick) ?? [];
    if (!one || !other || !list) return;
    Object.assign(one, { protocol: "-1", from: -1, to: -1 });
    without(list, other);
  },
  function otherPeer(draft, pick) {
    const [one, other, list] = twoRules(draft, pick) ?? [];
    const peer = pick(draft.groups);
    const holder = draft.groups.find((group) => sides.some((side) => group[side] === list));
    if (!one || !other || !list || !peer || !holder) return;
    for (const key of ["cidr", "list", "network"] as const) delete one[key]; // absent: what JSON can say
    one.group = peer.name;
    if (peer.network !== holder.network) one.network = peer.network;
    without(list, other);
  },
];

function replaceGroup(draft: Draft, old: Group, by: Group): void {
  for (const side of sides) by[side].push(...old[side]);
  for (const attachment of draft.attachments) {
    if (attachment.network !== by.network || !attachment.groups?.includes(old.name)) continue;
    attachment.groups = attachment.groups.map((name) => (name === old.name ? by.name : name));
  }
  for (const { rule } of naming(draft, old)) rule.group = by.name;
  draft.groups = draft.groups.filter((group) => group !== old);
}

function forgetGroup(draft: Draft, old: Group): void {
  draft.groups = draft.groups.filter((group) => group !== old);
  for (const attachment of draft.attachments) {
    if (attachment.network !== old.network || !attachment.groups) continue;
    attachment.groups = attachment.groups.filter((name) => name !== old.name);
  }
  for (const { list, rule } of naming(draft, old)) without(list, rule);
}

/** Rules that name a group, of whatever network. */
const naming = (draft: Draft, { name, network }: Group) =>
  draft.groups.flatMap((group) =>
    sides.flatMap((side) =>
      group[side]
        .filter((rule) => rule.group === name && (rule.network ?? group.network) === network)
        .map((rule) => ({ list: group[side], rule })),
    ),
  );

/** Lists in the order and form that an artefact has: each rule and group once. */
function tidy(draft: Draft): void {
  for (const group of draft.groups) {
    for (const side of sides) {
      const keyOf = ({ protocol, from, to, cidr, list, group: peer, network, until }: Rule) =>
        JSON.stringify([protocol, from, to, cidr, list, peer, network, until]);
      group[side] = [...new Map(group[side].map((rule) => [keyOf(rule), rule])).values()];
    }
  }
  for (const attachment of draft.attachments) {
    if (attachment.groups) attachment.groups = [...new Set(attachment.groups)].sort();
  }
}

/** Of IPv4; of IPv6 everything. */
function commonPrefix(a: string, b: string): string | undefined {
  if (a.includes(":") !== b.includes(":")) return undefined;
  if (a.includes(":")) return "::/0";
  const [x, y] = [a, b].map((text) => {
    const [address = "", length = "32"] = text.split("/");
    const word = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
    return { word, length: Number(length) };
  });
  if (!x || !y) return undefined;
  let length = Math.min(x.length, y.length);
  const cut = (word: number) => Math.floor(word / 2 ** (32 - length));
  while (length > 0 && cut(x.word) !== cut(y.word)) length--;
  const base = cut(x.word) * 2 ** (32 - length);
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  return `${octets.join(".")}/${length}`;
}
