// Ways to choose groups for a fleet, and what each of them comes to.
import type { Fleet } from "../../compiler/plan/fleet.ts";
import type { AwsLimits } from "../../compiler/quotas.ts";
import { admissibleFor, noSlack } from "./admissible.ts";
import { type Choice, chooseGroups } from "./choose.ts";
import { fewerTerms, inOrder } from "./fewer-terms.ts";
import type { Attachment, AwsPlan, GroupRule, Peer, SecurityGroup } from "./groups.ts";
import { goesWith, memberSets, type Placed, ruleCount, wordsOf } from "./member-sets.ts";
import { isLeftAlone, networkOf } from "./members.ts";
import { namesOf } from "./names.ts";
import { withPrefixLists } from "./prefix-lists.ts";
import type { Leaning } from "./previous.ts";
import { sizeOf } from "./price.ts";
import { rearranged } from "./rearrange.ts";
import { joinedRules } from "./rules.ts";
import { type CarriedGroup, type QuotaProblem, splitGroups } from "./split.ts";
import type { Term } from "./term.ts";
import { termsOf } from "./terms.ts";

export interface Setting {
  readonly minimise: boolean;
  readonly room: AwsLimits;
}

/** What has to be said of a fleet. */
export interface Asked {
  readonly fleet: Fleet;
  readonly terms: readonly Term[];
  readonly words: ReturnType<typeof wordsOf>;
  /** Rules and groups without minimising, but for those of members without terms. */
  readonly oneByOne: number;
}

export interface Draft {
  /** Undefined where the groups do not fit, for `problems`. */
  readonly plan: AwsPlan | undefined;
  /** Without lists: each prefix is a rule. */
  readonly groups: readonly SecurityGroup[];
  readonly problems: readonly QuotaProblem[];
  /** Rules and groups without minimising. */
  readonly oneByOne: number;
}

const slotsOf = ({ groupsPerInterface, reserveSlots }: AwsLimits) =>
  Math.max(1, groupsPerInterface - reserveSlots);

export function askedOf(fleet: Fleet, minimise: boolean): Asked {
  const all = termsOf(fleet);
  const terms = minimise ? fewerTerms(all, fleet) : inOrder(all);
  const words = wordsOf(minimise ? admissibleFor(fleet, terms) : () => noSlack);
  const each = minimise ? oneByOne(memberSets(all, words).placed) : 0;
  return { fleet, terms, words, oneByOne: each };
}

/** Every term, between sets of members. */
export const placedIn = ({ terms, words }: Asked): readonly Placed[] =>
  memberSets(terms, words).placed;

/** @param least fewer rules and groups than that cannot be */
export function draftsOf(
  asked: Asked,
  setting: Setting & { readonly leaning: Leaning; readonly least: () => number },
): readonly Draft[] {
  const { fleet, terms, words } = asked;
  const { minimise, room, leaning } = setting;
  const slots = slotsOf(room);
  const chosen = (some: readonly Term[]) => chooseGroups(some, slots, { words, leaning });
  const priceOf = (some: readonly Term[]) => {
    const choice = chosen(some);
    return sizeOf(choice) + closedGroups(fleet, choice.groups).length;
  };
  const other = minimise ? rearranged(asked, { priceOf, least: setting.least }) : terms;
  return [...new Set([terms, other])].map((some) => drafted(asked, chosen(some), setting));
}

function drafted({ fleet, oneByOne: each }: Asked, choice: Choice, setting: Setting): Draft {
  const { minimise, room } = setting;
  const { rulesPerGroup, prefixLists } = room;
  const slots = slotsOf(room);
  const names = namesOf(choice, fleet);
  const parts = choice.groups.map((group, index) => ({
    members: group.members,
    group: groupOf(choice, names, index),
  }));
  const split = splitGroups(parts, { rulesPerGroup, slots });
  if (!split.ok) {
    return { plan: undefined, groups: [], problems: split.problems, oneByOne: each };
  }
  const closed = closedGroups(fleet, split.groups);
  const carried = [...split.groups, ...closed];
  const groups = carried.map(({ group }) => group).sort(compareGroups);
  const listed = minimise ? withPrefixLists(groups, prefixLists) : { groups, lists: [] };
  const plan = { ...listed, attachments: attachmentsOf(fleet, carried) };
  return { plan, groups, problems: [], oneByOne: each + closed.length };
}

/** Rules and groups where what each rule of the policy says of some peers had groups of its own. */
const oneByOne = (placed: readonly Placed[]): number =>
  placed.reduce(
    (sum, { permissions, peers, others }) =>
      sum + ruleCount(permissions, others) + 1 + peers.length * (permissions.length + 1),
    0,
  );

/**
 * An interface always has a group (EC2 refuses an empty list, and gives the default group to one that names
 * none): who needs nothing has one without rules.
 */
function closedGroups(
  fleet: Fleet,
  groups: readonly Pick<CarriedGroup, "members">[],
): readonly CarriedGroup[] {
  const carriers = new Set(groups.flatMap(({ members }) => members));
  const closed = new Map<string, number[]>();
  for (const [index, member] of fleet.members.entries()) {
    const network = networkOf(member, fleet);
    if (carriers.has(index) || network === undefined || isLeftAlone(member.slice)) continue;
    closed.set(network, [...(closed.get(network) ?? []), index]);
  }
  return [...closed].map(([network, members]) => ({
    group: { name: "segc-closed", network, ingress: [], egress: [] },
    members,
  }));
}

function groupOf(choice: Choice, names: readonly string[], index: number): SecurityGroup {
  const group = choice.groups[index];
  const name = names[index];
  if (group === undefined || name === undefined) throw new Error("bug in segc (aws): no group");
  const rulesIn = (direction: "ingress" | "egress") =>
    joinedRules(
      group.of
        .flatMap((set) => choice.sets[set]?.held ?? [])
        .filter(({ term }) => term.direction === direction)
        .flatMap((term) => rulesOf(choice, names, term)),
    );
  return { name, network: group.network, ingress: rulesIn("ingress"), egress: rulesIn("egress") };
}

/** Of a term in one group that holds it. */
function rulesOf(choice: Choice, names: readonly string[], placed: Placed): readonly GroupRule[] {
  const { term, permissions, peers, others } = placed;
  const { rules, until } = term;
  const named = new Set(peers.filter((one) => choice.isByGroup(placed, one)).map(({ set }) => set));
  const groups = choice.groups.flatMap(({ of, network }, index): readonly Peer[] =>
    of.some((set) => named.has(set)) ? [{ kind: "group", group: names[index] ?? "", network }] : [],
  );
  const cidrs = peers.filter(({ set }) => !named.has(set)).flatMap((one) => one.cidrs);
  const prefixes = [...others, ...cidrs].map((cidr): Peer => ({ kind: "cidr", cidr }));
  return permissions.flatMap((permission): readonly GroupRule[] =>
    [...groups, ...prefixes]
      .filter((peer) => peer.kind !== "cidr" || goesWith(permission, peer.cidr))
      .map((peer) => ({ ...permission, peer, rules, until })),
  );
}

function attachmentsOf(fleet: Fleet, groups: readonly CarriedGroup[]): readonly Attachment[] {
  const carried = new Map<number, string[]>();
  for (const { group, members: carriers } of groups) {
    for (const member of carriers) {
      const list = carried.get(member);
      if (list === undefined) carried.set(member, [group.name]);
      else list.push(group.name);
    }
  }
  return fleet.members
    .flatMap((member, index) =>
      member.enforcers.map(
        (id): Attachment => ({
          interface: id,
          workload: member.name,
          network: networkOf(member, fleet) ?? "",
          groups: isLeftAlone(member.slice) ? undefined : (carried.get(index) ?? []).sort(),
        }),
      ),
    )
    .sort((a, b) => compareTexts(a.interface, b.interface) || compareTexts(a.workload, b.workload));
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));
const compareGroups = (a: SecurityGroup, b: SecurityGroup) =>
  compareTexts(a.network, b.network) || compareTexts(a.name, b.name);
