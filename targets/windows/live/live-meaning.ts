// A live host as lists of products, each profile twice: at most what it lets through, where conditions that
// are not understood are taken for met by rules that allow and for unmet by rules that block; and at least.
import type { Direction } from "../../../compiler/inventory/types.ts";
import type { DirectionMeaning } from "../../../compiler/plan/packet-list.ts";
import type { MeaningOf } from "../../../compiler/plan/target.ts";
import { unnamed } from "../address-ranges.ts";
import { isBaseline } from "../baseline.ts";
import { isAroundDhcp } from "../block-pieces.ts";
import { packetRule } from "../meaning.ts";
import type { LiveHost, LiveRule, ProfileName } from "./live-rule.ts";

export type Bound = "most" | "least";

export function liveMeaning(host: LiveHost, profile: ProfileName, bound: Bound): MeaningOf {
  const directions = (["ingress", "egress"] as const).map(
    (direction): DirectionMeaning => ({
      direction,
      opening: undefined,
      openingKey: undefined,
      asks: { hopLimits: [], sourcePorts: [] },
      ...listOf(host, profile, direction, bound),
    }),
  );
  return { directions, faults: [], nobody: unnamed, hasBaseline: true };
}

function listOf(host: LiveHost, profile: ProfileName, direction: Direction, bound: Bound) {
  const { enabled, inbound, outbound, localMerge, shielded } = host.profiles[profile];
  if (!enabled) return { rules: [], otherwise: "accept" as const };
  const action = direction === "ingress" ? inbound : outbound;
  const counts = (rule: LiveRule) =>
    rule.enabled &&
    rule.direction === direction &&
    rule.profiles.includes(profile) &&
    (rule.store === "policy" || localMerge) &&
    !(shielded && direction === "ingress" && rule.action === "allow") &&
    !isBaseline({ ...rule, program: rule.program, service: rule.service, user: rule.user });
  const own = host.rules.filter(counts);
  const kept = own.filter(
    (rule) => isSure(rule) || (rule.action === "allow") === (bound === "most"),
  );
  return {
    rules: [
      ...kept.filter((rule) => rule.action === "block").map(asPackets),
      ...kept.filter((rule) => rule.action === "allow").map(asPackets),
    ],
    otherwise: action === "block" ? ("drop" as const) : ("accept" as const),
  };
}

/** All of it is understood, and no port of the sender is asked for, of which lists say nothing. */
function isSure(rule: LiveRule): boolean {
  const { unknown, direction, localPorts, remotePorts } = rule;
  if (unknown.length === 0 && isAroundDhcp(rule)) return true;
  const asked = direction === "ingress" ? remotePorts : localPorts;
  return unknown.length === 0 && asked === undefined;
}

const asPackets = (rule: LiveRule) => packetRule({ ...rule, until: undefined });
