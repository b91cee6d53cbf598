// The part of the Windows Firewall that segc speaks, as plain data: what `plan.ts` builds, every
// artefact says and `meaning.ts` holds against the policy. Rules have no order: block beats allow, and
// a profile's default action is for what no rule holds ([MS-FASP] 2.2.34).
import type { Direction } from "../../compiler/inventory/types.ts";
import type { UtcDate } from "../../compiler/model/types.ts";
import { remembered } from "../../compiler/plan/remembered.ts";
import { opaqueName } from "../../compiler/plan/rule-text.ts";
import { type AddressSet, addressText, rangeCount } from "../../compiler/sets/address-set.ts";
import type { NumberRanges } from "../../compiler/sets/service-parts.ts";

/** Code undefined: every code of the type. */
export interface IcmpKind {
  readonly type: number;
  readonly code: number | undefined;
}

/** Undefined: no condition. INVARIANT: no condition is empty; ports only with TCP or UDP. */
export interface RuleContent {
  readonly direction: Direction;
  readonly action: "allow" | "block";
  /** 0-255; undefined: all. */
  readonly protocol: number | undefined;
  readonly localPorts: NumberRanges | undefined;
  readonly remotePorts: NumberRanges | undefined;
  readonly icmp: readonly IcmpKind[] | undefined;
  /** Addresses of both families. */
  readonly local: AddressSet | undefined;
  readonly remote: AddressSet | undefined;
  /** Path of an executable. */
  readonly program: string | undefined;
  /** Short name. */
  readonly service: string | undefined;
  /** Security identifier. */
  readonly user: string | undefined;
}

export interface FirewallRule extends RuleContent {
  /** `segc-` and a digest of the content: an equal name is an equal rule. */
  readonly id: string;
  /** Printable ASCII without `|`. */
  readonly description: string;
  /** Last day on which it holds; Windows knows no such thing. */
  readonly until: UtcDate | undefined;
}

/** Undefined: left as it is, because segc does not stand in that direction. */
export type DefaultAction = "block" | "allow" | undefined;

export interface WindowsPlan {
  readonly defaults: Readonly<Record<Direction, DefaultAction>>;
  /** Sorted by direction, then description, then id. */
  readonly rules: readonly FirewallRule[];
}

/** Name of the group that all rules of segc are in, and the beginning of their ids. */
export const groupName = "segc";
export const descriptionPattern = /^[A-Za-z0-9 .,:;()/_#@+=-]*$/;
export const idPattern = /^segc-[0-9a-z-]{1,60}$/;

const textOf = remembered((set: AddressSet) => ({ text: addressText(set) }));

/** Equal for rules that do the same as long as they hold, and only for those. */
export function contentText(rule: RuleContent): string {
  const ranges = (list: NumberRanges | undefined) =>
    list?.map(({ first, last }) => [first, last]) ?? null;
  return JSON.stringify([
    rule.direction,
    rule.action,
    rule.protocol ?? null,
    ranges(rule.localPorts),
    ranges(rule.remotePorts),
    rule.icmp?.map(({ type, code }) => [type, code ?? null]) ?? null,
    rule.local === undefined ? null : textOf(rule.local).text,
    rule.remote === undefined ? null : textOf(rule.remote).text,
    rule.program ?? null,
    rule.service ?? null,
    rule.user ?? null,
  ]);
}

export const ruleId = (content: RuleContent, until: UtcDate | undefined) =>
  opaqueName("segc-", `${contentText(content)} ${until ?? ""}`);

/** Ranges of addresses that the rule lists. */
export const listedRanges = ({ local, remote }: RuleContent): number =>
  (local === undefined ? 0 : rangeCount(local)) + (remote === undefined ? 0 : rangeCount(remote));

export function sortedRules(rules: readonly FirewallRule[]): readonly FirewallRule[] {
  const isSorted = rules.every((rule, at) => {
    const before = rules[at - 1];
    return before === undefined || inOrder(before, rule) <= 0;
  });
  return isSorted ? rules : [...rules].sort(inOrder);
}

function inOrder(a: FirewallRule, b: FirewallRule): number {
  if (a.direction !== b.direction) return a.direction === "ingress" ? -1 : 1;
  return compareTexts(a.description, b.description) || compareTexts(a.id, b.id);
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));
