// A slice as rules of the Windows Firewall: rules that allow on default actions that block. One rule is
// protocol x ports x addresses of both families x program x service x user, so entries that differ in
// family alone are one rule.
import type { Direction } from "../../compiler/inventory/types.ts";
import { rangesPerRule } from "../../compiler/minimise/minimise-mixed.ts";
import { itemsMax } from "../../compiler/minimise/mixed-blocks.ts";
import { servicePieces } from "../../compiler/minimise/service-pieces.ts";
import { type AllowOnly, allowOnly } from "../../compiler/plan/allow-only.ts";
import { remembered } from "../../compiler/plan/remembered.ts";
import { printableId, rawComment } from "../../compiler/plan/rule-text.ts";
import type { DirectionSlice, EnforcerSlice, SliceEntry } from "../../compiler/plan/slice.ts";
import type { Beyond, PlanOptions, TargetSettings } from "../../compiler/plan/target.ts";
import {
  type AddressSet,
  addressesMeet,
  addressText,
  equalAddressSets,
  everyAddress,
  isNoAddress,
  isWhole as isWholeFamily,
  subtractAddresses,
  unionOfAddresses,
} from "../../compiler/sets/address-set.ts";
import {
  codesByType,
  isWholeProtocol,
  isWholeType,
  partsByProtocol,
} from "../../compiler/sets/service-parts.ts";
import { protocols } from "../../compiler/sets/service-set.ts";
import { splitRanges, unnamed } from "./address-ranges.ts";
import { baselineRules } from "./baseline.ts";
import { blockPieces, type RulePiece } from "./block-pieces.ts";
import {
  type DefaultAction,
  type FirewallRule,
  type IcmpKind,
  type RuleContent,
  ruleId,
  sortedRules,
  type WindowsPlan,
} from "./rules.ts";
import { processWords, unsayable } from "./sayable.ts";

/** Why no rules of Windows can say the slice. */
export function beyondWindows(
  slice: EnforcerSlice,
  settings: TargetSettings = {},
): Beyond | undefined {
  if (slice.directions.length === 1) return { why: "one-direction" };
  const halves = slice.directions.map((half) => [half, formOf(half, settings)] as const);
  for (const [half, { blocks, allows, inexact }] of halves) {
    if (inexact !== undefined) return { why: "not-exact", rule: inexact.ruleId, detail: "" };
    const [block] = half.observed === undefined && settings.blockRules !== true ? blocks : [];
    if (block !== undefined) {
      return { why: "not-blocked", rule: refusing(half, block) ?? block.ruleId, detail: "" };
    }
    for (const entry of [...blocks, ...allows]) {
      const why = unsayable(entry);
      if (why !== undefined) return why;
    }
  }
  return undefined;
}

/** The deny whose program an exception to an allow is; an allow may have said so itself. */
function refusing({ denies }: DirectionSlice, { programs, family }: SliceEntry) {
  const excepted = programs.at(-1)?.key;
  return denies.find(
    (deny) => deny.family === family && deny.programs.some(({ key }) => key === excepted),
  )?.ruleId;
}

/** Of a slice that is not beyond them: denies taken out of the allows, as far as they need not block. */
export function prepareWindows(slice: EnforcerSlice, settings: TargetSettings = {}): EnforcerSlice {
  // Neither logs nor staged rules have an effect here (SEG513), and so keep no entries apart.
  const silent = (entry: SliceEntry): readonly SliceEntry[] => named({ ...entry, log: "none" });
  const directions = slice.directions.map((half): DirectionSlice => {
    const { blocks, allows } = formOf(half, settings);
    const staged = { stagedDenies: [], stagedAllows: [] };
    return { ...half, denies: blocks.flatMap(silent), allows: allows.flatMap(silent), ...staged };
  });
  return { ...slice, directions };
}

/** Without addresses that nobody has and no rule can name; all of a family says nothing of them. */
function named(entry: SliceEntry): readonly SliceEntry[] {
  const without = (set: AddressSet) =>
    isWholeFamily(set, entry.family) || !addressesMeet(set, unnamed)
      ? set
      : subtractAddresses(set, unnamed);
  const remote = without(entry.remote);
  const local = entry.local === undefined ? undefined : without(entry.local);
  const isNone = isNoAddress(remote) || (local !== undefined && isNoAddress(local));
  return isNone ? [] : [{ ...entry, remote, local }];
}

function formOf(half: DirectionSlice, { blockRules = false }: TargetSettings): AllowOnly {
  return (blockRules ? blocking : allowing)(half);
}
const allowing = remembered((half: DirectionSlice) => allowOnly(half, "windows", false));
const blocking = remembered((half: DirectionSlice) => allowOnly(half, "windows", true));

/** @param slice a prepared one */
export function planWindows(
  slice: EnforcerSlice,
  { settings = {} }: PlanOptions = { minimise: false },
): WindowsPlan {
  const rangesMax = settings.addressesPerRule ?? rangesPerRule;
  const defaultOf = (direction: Direction): DefaultAction => {
    const half = slice.directions.find((one) => one.direction === direction);
    return half === undefined ? undefined : "block";
  };
  return {
    defaults: { ingress: defaultOf("ingress"), egress: defaultOf("egress") },
    rules: sortedRules(slice.directions.flatMap((half) => rulesOf(half, rangesMax))),
  };
}

function rulesOf(half: DirectionSlice, rangesMax: number): readonly FirewallRule[] {
  const { direction, denies, allows } = half;
  const own = [
    ...drafts(denies, direction, "block", rangesMax),
    ...drafts(allows, direction, "allow", rangesMax),
  ];
  return [...baselineRules(direction), ...distinct(own)];
}

/** Entries that one rule can say: the same but for their peers. */
interface Group {
  readonly entry: SliceEntry;
  readonly piece: RulePiece;
  readonly remotes: AddressSet[];
}

function drafts(
  entries: readonly SliceEntry[],
  direction: Direction,
  action: RuleContent["action"],
  rangesMax: number,
): readonly FirewallRule[] {
  const groups = new Map<string, Group>();
  for (const entry of entries) {
    for (const piece of piecesOf(entry, direction, action)) {
      const key = groupKey(entry, piece);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, { entry, piece, remotes: [piece.remote] });
      else group.remotes.push(piece.remote);
    }
  }
  return [...groups.values()].flatMap(({ entry, piece, remotes }) => {
    const remote = unionOfAddresses(remotes);
    const isAny = equalAddressSets(remote, everyAddress);
    const named = addressesMeet(remote, unnamed) ? subtractAddresses(remote, unnamed) : remote;
    const { until } = entry;
    return (isAny ? [undefined] : splitRanges(named, rangesMax)).flatMap((peers) =>
      contentsOf(entry, piece, { direction, action, remote: peers }).map((content) => ({
        ...content,
        id: ruleId(content, until),
        description: describe(entry),
        until,
      })),
    );
  });
}

const piecesOf = (
  entry: SliceEntry,
  direction: Direction,
  action: RuleContent["action"],
): readonly RulePiece[] =>
  action === "block"
    ? blockPieces(entry, direction)
    : servicePieces(entry.service, entry.family).map((piece) => ({
        ...piece,
        remote: entry.remote,
        local: entry.local,
        senders: undefined,
      }));

const groupKey = (entry: SliceEntry, { key, local }: RulePiece) =>
  JSON.stringify([
    key,
    entry.ruleId,
    entry.alsoRules,
    entry.until ?? null,
    local === undefined ? null : addressText(local),
    entry.programs.map((program) => [program.key, program.sid ?? null]),
  ]);

/** Rules that do the same are one, under both descriptions. */
function distinct(rules: readonly FirewallRule[]): readonly FirewallRule[] {
  const byId = new Map<string, FirewallRule>();
  for (const rule of rules) {
    const before = byId.get(rule.id);
    const description =
      before === undefined || before.description === rule.description
        ? rule.description
        : joined(before, rule);
    byId.set(rule.id, { ...rule, description });
  }
  return [...byId.values()];
}

/** What ends is known by the names of its rules alone, all of them. */
function joined({ description, until }: FirewallRule, other: FirewallRule): string {
  if (until === undefined) {
    return [description, other.description].sort().join("; ").slice(0, descriptionMax);
  }
  return [...new Set([description, other.description].flatMap((text) => text.split(", ")))]
    .sort()
    .join(", ");
}

const descriptionMax = 200;

/** Names of rules and why they are; printable ASCII without what means something somewhere. */
const describe = (entry: SliceEntry): string =>
  entry.until === undefined
    ? described(entry)
    : [entry.ruleId, ...entry.alsoRules].map(printableId).join(", ");

const described = (entry: SliceEntry): string =>
  rawComment(entry, descriptionMax)
    .replaceAll(/[^A-Za-z0-9 .,:;()/_#@+=-]/g, " ")
    .replaceAll(/ +/g, " ")
    .slice(0, descriptionMax)
    .trim();

/** More than one where a list of ports or types is longer than one may be. */
function contentsOf(
  { programs, family }: SliceEntry,
  { protocol, service, local, senders }: RulePiece,
  rest: Pick<RuleContent, "direction" | "action" | "remote">,
): readonly RuleContent[] {
  const ranges = protocol === undefined ? undefined : partsByProtocol(service).get(protocol);
  const isWhole = ranges === undefined || isWholeProtocol(protocol ?? 0, ranges);
  const isIcmp = protocol === protocols.icmp4 || protocol === protocols.icmp6;
  const isIn = rest.direction === "ingress";
  const near = local === undefined ? undefined : subtractAddresses(local, unnamed);
  const isEvery = local !== undefined && isWholeFamily(local, family);
  const whole: RuleContent = {
    direction: rest.direction,
    action: rest.action,
    protocol,
    localPorts: undefined,
    remotePorts: undefined,
    icmp: undefined,
    local: isEvery ? undefined : near,
    remote: rest.remote,
    ...processWords(programs),
  };
  if (near !== undefined && isNoAddress(near)) return [];
  if (isWhole) return [whole];
  if (isIcmp) return chunks(icmpKinds(ranges)).map((icmp) => ({ ...whole, icmp }));
  return chunks(ranges).map((ports) =>
    isIn
      ? { ...whole, localPorts: ports, remotePorts: senders }
      : { ...whole, remotePorts: ports, localPorts: senders },
  );
}

function chunks<T>(list: readonly T[]): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / itemsMax) }, (_, at) =>
    list.slice(at * itemsMax, (at + 1) * itemsMax),
  );
}

function icmpKinds(details: Parameters<typeof codesByType>[0]): readonly IcmpKind[] {
  return [...codesByType(details)].flatMap(([type, codes]): readonly IcmpKind[] =>
    isWholeType(codes)
      ? [{ type, code: undefined }]
      : codes.flatMap(({ first, last }) =>
          Array.from({ length: last - first + 1 }, (_, at) => ({ type, code: first + at })),
        ),
  );
}
