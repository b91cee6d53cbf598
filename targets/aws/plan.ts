// A fleet as security groups: who needs what, which groups there are, and the rules of each. Names come
// from what a group is for and not from who carries it, so that they stay when members come and go.
import type { MinimisedCounts } from "../../compiler/minimise/minimise-slice.ts";
import type { Fleet, FleetMember } from "../../compiler/plan/fleet.ts";
import type { FleetOptions, FleetPlanned, FleetProblem } from "../../compiler/plan/fleet-target.ts";
import { noLinks } from "../../compiler/plan/network-links.ts";
import { type AwsLimits, awsDefaults } from "../../compiler/quotas.ts";
import { type LowerBound, lowerBound } from "./bound/lower-bound.ts";
import { askedOf, type Draft, draftsOf, placedIn } from "./drafts.ts";
import type { AwsPlan, SecurityGroup } from "./groups.ts";
import { isLeftAlone, networkOf, realmOf, realmsByNetwork } from "./members.ts";
import { changesBetween, leaningOn, leansNowhere } from "./previous.ts";

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
  const asked = fleets.map((one) => askedOf(one, minimise));
  const bound = once(() => lowerBound(fleet, asked.slice(0, 1).flatMap(placedIn)));
  const drafts = asked.flatMap((one) =>
    leanings.flatMap((leaning) =>
      draftsOf(one, { minimise, room, leaning, least: () => bound().total }),
    ),
  );
  const { plan, groups, problems: excess } = best(drafts, previous);
  if (plan === undefined) return { ok: false, problems: excess.map((one) => named(one, fleet)) };
  if (!minimise) return { ok: true, plan };
  return { ok: true, plan, minimised: countsOf(groups, drafts[0]?.oneByOne ?? 0, bound()) };
}

function once<Value extends object>(compute: () => Value): () => Value {
  let known: Value | undefined;
  return () => {
    known ??= compute();
    return known;
  };
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
  const [after, lowerBound] = [rules + groups.length, least.total];
  if (rules < least.rules || after < lowerBound) {
    const found = `${rules} rules, ${after} with groups`;
    throw new Error(`bug in segc (aws): ${found}, and ${least.rules}, ${lowerBound} is the least`);
  }
  return { before, after, lowerBound, optimal: after === lowerBound };
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
