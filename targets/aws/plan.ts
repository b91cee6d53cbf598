// A fleet as security groups: who needs what, which groups there are, and the rules of each. Names come
// from what a group is for and not from who carries it, so that they stay when members come and go.
import type { MinimisedCounts } from "../../compiler/minimise/minimise-slice.ts";
import type { Fleet, FleetMember } from "../../compiler/plan/fleet.ts";
import type { FleetOptions, FleetPlanned, FleetProblem } from "../../compiler/plan/fleet-target.ts";
import { noLinks } from "../../compiler/plan/network-links.ts";
import { type AwsLimits, awsDefaults } from "../../compiler/quotas.ts";
import { noAddress } from "../../compiler/sets/address-set.ts";
import { admissibleFor } from "./admissible.ts";
import { type LowerBound, lowerBound } from "./bound/lower-bound.ts";
import { type Choice, chooseGroups } from "./choose.ts";
import { fewerTerms, inOrder } from "./fewer-terms.ts";
import type { Attachment, AwsPlan, GroupRule, Peer, SecurityGroup } from "./groups.ts";
import { goesWith, memberSets, type Placed, ruleCount } from "./member-sets.ts";
import { isLeftAlone, networkOf, realmOf, realmsByNetwork } from "./members.ts";
import { namesOf } from "./names.ts";
import { withPrefixLists } from "./prefix-lists.ts";
import { changesBetween, type Leaning, leaningOn, leansNowhere } from "./previous.ts";
import { joinedRules } from "./rules.ts";
import { type CarriedGroup, type QuotaProblem, splitGroups } from "./split.ts";
import { termsOf } from "./terms.ts";

/** @param previous an earlier plan: what changes from it costs. Without one, a pure function of the fleet. */
export function planAws(
  fleet: Fleet,
  { minimise, limits }: FleetOptions,
  previous?: AwsPlan,
): FleetPlanned<AwsPlan> {
  const problems = [
    ...fleet.members.flatMap((member) => addressProblem(member, fleet)),
    ...sharedInterfaces(fleet),
    ...sharedNetworks(fleet),
    ...joinedRealms(fleet),
  ];
  if (problems.length > 0) return { ok: false, problems };
  const room = limitsOf(limits);
  const { peerings, transitGateways } = fleet.links;
  // What joins networks gives more ways to name peers, not all of them better: none must be worse for it.
  const apart = { ...fleet, links: noLinks };
  const fleets = peerings.length + transitGateways.length > 0 ? [fleet, apart] : [fleet];
  const leanings = [leansNowhere, ...(previous === undefined ? [] : [leaningOn(previous, fleet)])];
  const drafts = fleets.flatMap((one) =>
    leanings.map((leaning) => drafted({ fleet: one, minimise, room }, leaning)),
  );
  const { plan, groups, problems: excess } = best(drafts, previous);
  if (plan === undefined) return { ok: false, problems: excess.map((one) => named(one, fleet)) };
  const [pure] = drafts;
  if (!minimise || pure === undefined) return { ok: true, plan };
  return {
    ok: true,
    plan,
    minimised: countsOf(groups, pure.oneByOne, lowerBound(fleet, pure.choice.terms)),
  };
}

interface Asked {
  readonly fleet: Fleet;
  readonly minimise: boolean;
  readonly room: AwsLimits;
}

interface Draft {
  readonly choice: Choice;
  /** Undefined where the groups do not fit, for `problems`. */
  readonly plan: AwsPlan | undefined;
  /** Without lists: each prefix is a rule. */
  readonly groups: readonly SecurityGroup[];
  readonly problems: readonly QuotaProblem[];
  /** Rules and groups without minimising. */
  readonly oneByOne: number;
}

function drafted({ fleet, minimise, room }: Asked, leaning: Leaning): Draft {
  const { rulesPerGroup, groupsPerInterface, reserveSlots, prefixLists } = room;
  const slots = Math.max(1, groupsPerInterface - reserveSlots);
  const asked = termsOf(fleet);
  const terms = minimise ? fewerTerms(asked, fleet) : inOrder(asked);
  const admissible = minimise ? admissibleFor(fleet, terms) : () => noAddress;
  const choice = chooseGroups(terms, slots, { admissible, leaning });
  const names = namesOf(choice, fleet);
  const parts = choice.groups.map((group, index) => ({
    members: group.members,
    group: groupOf(choice, names, index),
  }));
  const split = splitGroups(parts, { rulesPerGroup, slots });
  const each = minimise ? oneByOne(memberSets(asked, admissible).placed) : 0;
  if (!split.ok) {
    return { choice, plan: undefined, groups: [], problems: split.problems, oneByOne: each };
  }
  const closed = closedGroups(fleet, split.groups);
  const carried = [...split.groups, ...closed];
  const groups = carried.map(({ group }) => group).sort(compareGroups);
  const listed = minimise ? withPrefixLists(groups, prefixLists) : { groups, lists: [] };
  const plan = { ...listed, attachments: attachmentsOf(fleet, carried) };
  return { choice, plan, groups, problems: [], oneByOne: each + closed.length };
}

/** The first of those with the fewest rules and groups, and two for each of what changes. */
function best(drafts: readonly Draft[], previous: AwsPlan | undefined): Draft {
  const priced = drafts.map((draft) => ({ draft, price: priceOf(draft, previous) }));
  return priced.reduce((least, one) => (one.price < least.price ? one : least)).draft;
}

function priceOf({ plan, groups }: Draft, previous: AwsPlan | undefined): number {
  if (plan === undefined) return Number.POSITIVE_INFINITY;
  const size = groups.reduce((sum, one) => sum + 1 + one.ingress.length + one.egress.length, 0);
  return size + (previous === undefined ? 0 : 2 * changesBetween(previous, plan));
}

/**
 * Rules and groups, a list as its prefixes. Throws, as a bug in segc, where there are fewer than there can be.
 */
function countsOf(
  groups: readonly SecurityGroup[],
  before: number,
  least: LowerBound,
): MinimisedCounts {
  const rules = groups.reduce(
    (sum, { ingress, egress }) => sum + ingress.length + egress.length,
    0,
  );
  if (rules < least.rules || groups.length < least.groups) {
    throw new Error(`bug in segc (aws): ${rules} rules, and there are at least ${least.rules}`);
  }
  const [after, lowerBound] = [rules + groups.length, least.rules + least.groups];
  return { before, after, lowerBound, optimal: after === lowerBound };
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
function closedGroups(fleet: Fleet, groups: readonly CarriedGroup[]): readonly CarriedGroup[] {
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

/** A prefix in a rule is of whatever realm: in a network of two it would let in hosts of the other one. */
function sharedNetworks(fleet: Fleet): readonly FleetProblem[] {
  const realms = new Map<string, string>();
  for (const member of fleet.members) {
    const [network, realm] = [networkOf(member, fleet), realmOf(member, fleet)];
    if (network === undefined || realm === undefined) continue;
    const first = realms.get(network) ?? realm;
    realms.set(network, first);
    if (first === realm) continue;
    return [{ kind: "realms", workload: member.name, network, realms: [first, realm].sort() }];
  }
  return [];
}

/** Whom a policy allows in another realm it names by address; a group would stand for the same address here. */
function joinedRealms(fleet: Fleet): readonly FleetProblem[] {
  const { peerings, transitGateways } = fleet.links;
  const realms = realmsByNetwork(fleet);
  return [...peerings, ...transitGateways].flatMap((link): readonly FleetProblem[] => {
    const known = link.filter((network) => realms.has(network));
    const [first, ...more] = known;
    const other = more.find((network) => realms.get(network) !== realms.get(first ?? ""));
    return first === undefined || other === undefined
      ? []
      : [{ kind: "joined", networks: [first, other] }];
  });
}

function sharedInterfaces({ members }: Fleet): readonly FleetProblem[] {
  const holders = new Map<string, string>();
  return members.flatMap(({ name: workload, enforcers }) =>
    enforcers.flatMap((enforcer): readonly FleetProblem[] => {
      const other = holders.get(enforcer);
      holders.set(enforcer, workload);
      return other === undefined ? [] : [{ kind: "shared", enforcer, workload, other }];
    }),
  );
}

const named = (
  {
    members,
    ...rest
  }: Omit<FleetProblem & { kind: "quota" }, "workloads"> & {
    readonly members: readonly number[];
  },
  fleet: Fleet,
): FleetProblem => ({
  ...rest,
  workloads: members.flatMap((member) => fleet.members[member]?.name ?? []),
});

function limitsOf(limits: ReadonlyMap<string, number>): AwsLimits {
  const of = (name: keyof AwsLimits) => limits.get(name) ?? awsDefaults[name];
  return {
    rulesPerGroup: of("rulesPerGroup"),
    groupsPerInterface: of("groupsPerInterface"),
    reserveSlots: of("reserveSlots"),
    prefixLists: of("prefixLists"),
  };
}

/** A group is of one network, and lets through the same at each address of an interface. */
function addressProblem(member: FleetMember, fleet: Fleet): readonly FleetProblem[] {
  const { name: workload, slice, addresses } = member;
  if (realmOf(member, fleet) === undefined) {
    return [
      { kind: "addresses", workload, why: addresses.size === 0 ? "no-realm" : "several-realms" },
    ];
  }
  if (networkOf(member, fleet) === undefined) {
    return [{ kind: "addresses", workload, why: "several-networks" }];
  }
  if (isLeftAlone(slice)) return [];
  const isToldApart = slice.directions.some(({ allows, denies }) =>
    [...allows, ...denies].some(({ local }) => local !== undefined),
  );
  return isToldApart ? [{ kind: "addresses", workload, why: "told-apart" }] : [];
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
