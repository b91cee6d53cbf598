// What a live host lets through, each profile twice: at most, where conditions that are not understood are
// taken for met by rules that allow and for unmet by rules that block; and at least. What its blocks take is
// taken out of its allows, so that two hosts, or a host and a slice, can be put together by union.
import type { Direction } from "../../../compiler/inventory/types.ts";
import { everything, withoutAll } from "../../../compiler/plan/allow-only.ts";
import type { LocalProgram, SliceEntry } from "../../../compiler/plan/slice.ts";
import {
  addressesOfFamily,
  everyAddress,
  isNoAddress,
} from "../../../compiler/sets/address-set.ts";
import {
  intersectServices,
  isNoService,
  servicesOfFamily,
} from "../../../compiler/sets/service-set.ts";
import { isBaseline } from "../baseline.ts";
import { isAroundDhcp, meetsBaseline } from "../block-pieces.ts";
import { missingBaseline, recordOf, serviceOf } from "../meaning.ts";
import type { LiveHost, LiveRule, ProfileName } from "./live-rule.ts";

export type Bound = "most" | "least";

/** Rules that allow, exactly what passes. */
export function passing(
  host: LiveHost,
  profile: ProfileName,
  direction: Direction,
  bound: Bound,
): readonly SliceEntry[] {
  const { enabled, inbound, outbound } = host.profiles[profile];
  if (!enabled) return everything;
  const kept = inForce(host, profile, direction).filter(
    (rule) =>
      !isBaseline(rule) && (isSure(rule) || (rule.action === "allow") === (bound === "most")),
  );
  const ofAction = (action: LiveRule["action"]) =>
    kept.filter((rule) => rule.action === action).flatMap(entriesOf);
  const blocks = ofAction("block");
  const byDefault = direction === "ingress" ? inbound : outbound;
  const open = byDefault === "allow" ? everything : ofAction("allow");
  return open.flatMap((allow) => withoutAll(allow, blocks, "windows"));
}

/** What must pass whatever the policy says and does not, or perhaps not. */
export function baselineFaults(
  host: LiveHost,
  profile: ProfileName,
  direction: Direction,
): readonly string[] {
  const { enabled, inbound, outbound } = host.profiles[profile];
  if (!enabled) return [];
  const rules = inForce(host, profile, direction);
  const isShut = (direction === "ingress" ? inbound : outbound) === "block";
  const understood = rules.filter(({ unknown }) => unknown.length === 0);
  return [
    ...(isShut ? missingBaseline(direction, understood) : []),
    ...rules
      .filter((rule) => rule.action === "block" && meetsBaseline(rule))
      .map(({ name }) => `rule \`${name}\` blocks what must pass whatever the policy says`),
  ];
}

/** All of what holds for one profile is the same for another. */
export function profileText(host: LiveHost, profile: ProfileName): string {
  const counted = host.rules.map(({ profiles }) => (profiles.includes(profile) ? "1" : "0"));
  return `${JSON.stringify(host.profiles[profile])} ${counted.join("")}`;
}

function inForce(host: LiveHost, profile: ProfileName, direction: Direction) {
  const { localMerge, shielded } = host.profiles[profile];
  return host.rules.filter(
    (rule) =>
      rule.enabled &&
      rule.direction === direction &&
      rule.profiles.includes(profile) &&
      (rule.store === "policy" || localMerge) &&
      !(shielded && direction === "ingress" && rule.action === "allow"),
  );
}

/** All of it is understood, and no port of the sender is asked for, of which lists say nothing. */
function isSure(rule: LiveRule): boolean {
  const { unknown, direction, localPorts, remotePorts } = rule;
  if (unknown.length === 0 && isAroundDhcp(rule)) return true;
  const asked = direction === "ingress" ? remotePorts : localPorts;
  return unknown.length === 0 && asked === undefined;
}

function entriesOf(rule: LiveRule): readonly SliceEntry[] {
  const fields = recordOf(rule);
  const key = [...fields].map(([field, value]) => `${field}=${value}`).join(" ");
  const numbers = { uid: undefined, gid: undefined, sid: rule.user };
  const programs: readonly LocalProgram[] =
    fields.size === 0 ? [] : [{ key, label: key, fields, ...numbers }];
  return ([4, 6] as const).flatMap((family): readonly SliceEntry[] => {
    const remote = addressesOfFamily(rule.remote ?? everyAddress, family);
    const local = rule.local === undefined ? undefined : addressesOfFamily(rule.local, family);
    const service = intersectServices(serviceOf(rule), servicesOfFamily(family));
    if (isNoAddress(remote) || isNoService(service)) return [];
    if (local !== undefined && isNoAddress(local)) return [];
    const parts = { family, local, remote, service, programs, notPrograms: [] };
    const nothing = { alsoRules: [], because: undefined, ticket: undefined, until: undefined };
    return [{ ruleId: rule.name, ...nothing, ...parts, log: "none" }];
  });
}
