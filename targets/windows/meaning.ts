// What a plan does to the first packets of exchanges: block beats allow, and the default action is for
// the rest ([MS-FASP] 2.2.34). The firewall itself keeps state, so replies and errors are no rules.
import type { Direction } from "../../compiler/inventory/types.ts";
import type {
  DirectionMeaning,
  PacketRule,
  ProcessRecord,
} from "../../compiler/plan/packet-list.ts";
import type { MeaningOf } from "../../compiler/plan/target.ts";
import { everyAddress } from "../../compiler/sets/address-set.ts";
import {
  anyProtocol,
  icmpInterval,
  portInterval,
  protocolInterval,
  protocols,
  type ServiceSet,
  serviceSet,
} from "../../compiler/sets/service-set.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import { unnamed } from "./address-ranges.ts";
import { baselineTexts, isBaseline } from "./baseline.ts";
import { isAroundDhcp, meetsBaseline } from "./block-pieces.ts";
import { contentText, type FirewallRule, type RuleContent, type WindowsPlan } from "./rules.ts";

/** The baseline is no rule of a policy: it must be there, and beside it stands what is compared. */
export function windowsMeaning(plan: WindowsPlan): MeaningOf {
  const faults: string[] = [];
  const directions = (["ingress", "egress"] as const).flatMap((direction) => {
    const own = plan.rules.filter((rule) => rule.direction === direction);
    const otherwise = plan.defaults[direction];
    if (otherwise === undefined) {
      if (own.length > 0) faults.push(`has rules for ${direction} and no default action`);
      return [];
    }
    if (otherwise === "block") faults.push(...missingBaseline(direction, own));
    faults.push(...own.flatMap(blockedBaseline));
    const rules = own.filter((rule) => !isBaseline(rule));
    faults.push(...rules.flatMap(sourcePortFault));
    const meaning: DirectionMeaning = {
      direction,
      opening: undefined,
      openingKey: "windows",
      asks: { hopLimits: [], sourcePorts: [] },
      rules: [
        ...rules.filter(({ action }) => action === "block").map(packetRule),
        ...rules.filter(({ action }) => action === "allow").map(packetRule),
      ],
      otherwise: otherwise === "block" ? "drop" : "accept",
    };
    return [meaning];
  });
  return { directions, faults, nobody: unnamed, hasBaseline: true };
}

/** @param rules what is in force for the direction */
export function missingBaseline(
  direction: Direction,
  rules: readonly RuleContent[],
): readonly string[] {
  const found = new Set(rules.map(contentText));
  return [...baselineTexts[direction]].flatMap(([text, description]) =>
    found.has(text) ? [] : [`lacks the rule \`${description}\` for ${direction}`],
  );
}

/** Rules that block come before rules that allow, those of the baseline too. */
const blockedBaseline = (rule: FirewallRule): readonly string[] =>
  rule.action === "block" && meetsBaseline(rule)
    ? [`rule \`${rule.id}\` blocks what must pass whatever the policy says`]
    : [];

/** A rule of a policy never asks where a packet was sent from. */
function sourcePortFault(rule: FirewallRule): readonly string[] {
  if (isAroundDhcp(rule)) return [];
  const { direction, localPorts, remotePorts, id } = rule;
  const asked = direction === "ingress" ? remotePorts : localPorts;
  return asked === undefined ? [] : [`rule \`${id}\` asks for the port of the sender`];
}

/** What the rule does to a packet that it holds; the port of the sender is not asked. */
export function packetRule(rule: RuleContent & Pick<FirewallRule, "until">): PacketRule {
  const record = recordOf(rule);
  return {
    remote: rule.remote ?? everyAddress,
    local: rule.local,
    service: serviceOf(rule),
    processes: record.size === 0 ? [] : [[record]],
    notProcesses: [],
    before: rule.until === undefined ? undefined : afterDay(rule.until),
    verdict: rule.action === "block" ? "drop" : "accept",
  };
}

/** Seconds since 1970 at which the day is over, in UTC. */
const afterDay = (day: string) => Date.parse(`${day}T00:00:00Z`) / 1000 + 86_400;

/** The process that a rule is for; empty: any. */
export function recordOf({ program, service, user }: RuleContent): ProcessRecord {
  const fields: readonly (readonly [ProgramField, string | undefined])[] = [
    ["path", program],
    ["service", service],
    ["user", user],
  ];
  return new Map(
    fields.flatMap(([field, value]) => (value === undefined ? [] : [[field, value] as const])),
  );
}

export function serviceOf({
  direction,
  protocol,
  localPorts,
  remotePorts,
  icmp,
}: RuleContent): ServiceSet {
  if (protocol === undefined) return anyProtocol;
  if (icmp !== undefined) {
    const family = protocol === protocols.icmp4 ? 4 : 6;
    return serviceSet(icmp.map(({ type, code }) => icmpInterval(family, type, code)));
  }
  const ports = direction === "ingress" ? localPorts : remotePorts;
  return ports === undefined
    ? serviceSet([protocolInterval(protocol)])
    : serviceSet(ports.map(({ first, last }) => portInterval(protocol, first, last)));
}
