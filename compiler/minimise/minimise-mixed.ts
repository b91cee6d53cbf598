// A slice with the fewest rules for an enforcer whose rules list addresses of both families, hold one
// protocol or all, and block before they allow (plan/allow-only.ts has prepared it).
import type { DirectionSlice, EnforcerSlice, SliceEntry } from "../plan/slice.ts";
import { subtractAll } from "../plan/subtract.ts";
import type { TargetSettings } from "../plan/target.ts";
import {
  addressesMeet,
  addressesOfFamily,
  isNoAddress,
  rangeCount,
  unionOfAddresses,
} from "../sets/address-set.ts";
import type { CoverOptions } from "./blocks.ts";
import type { Minimised, MinimisedCounts } from "./minimise-slice.ts";
import {
  conditionText,
  type Draft,
  drafted,
  entryOf,
  groupsOf,
  isUnconditional,
} from "./minimise-slice.ts";
import { type MixedBlock, type MixedOptions, mixedBlocks, serviceIn } from "./mixed-blocks.ts";
import { protocolPieces, servicePieces } from "./service-pieces.ts";

/** What one rule lists at most where a project says nothing else (platforms.md C.3). */
export const rangesPerRule = 1000;

export type MinimiseMixedOptions = Partial<CoverOptions> & { readonly settings?: TargetSettings };

export function minimiseMixed(
  slice: EnforcerSlice,
  { settings = {}, ...given }: MinimiseMixedOptions = {},
): Minimised {
  const rangesMax = settings.addressesPerRule ?? rangesPerRule;
  const options = { budgetMs: 1000, share: same, ...given, rangesMax, mayBeAll: true };
  const halves = slice.directions.map((half) => minimiseHalf(half, options));
  const sum = (of: (counts: Counts) => number) =>
    halves.reduce((total, { counts }) => total + of(counts), 0);
  const [after, lowerBound] = [sum((one) => one.count), sum((one) => one.lowerBound)];
  const before = halves.reduce((total, { half }) => total + rulesBefore(half, rangesMax), 0);
  const counts: MinimisedCounts = { before, after, lowerBound, optimal: after === lowerBound };
  return { slice: { ...slice, directions: halves.map(({ least }) => least) }, counts };
}

const same = <T>(one: T): T => one;

interface Counts {
  readonly count: number;
  readonly lowerBound: number;
}

/** Entries of one action. */
interface Covered extends Counts {
  readonly entries: readonly SliceEntry[];
}

function minimiseHalf(half: DirectionSlice, options: MixedOptions) {
  const [denies, allows] = [half.denies.map(drafted), half.allows.map(drafted)];
  const kept = [cover(denies, blocking(options)), cover(allows, options)] as const;
  const cut = cutOut(denies, allows, options);
  const [blocks, open] = shorter(kept, cut);
  const counts: Counts = {
    count: blocks.count + open.count,
    // Where denies may stay or be cut out, one by one, no bound of either is one of both.
    lowerBound: cut === undefined ? boundOf(kept) : Math.min(1, open.count + blocks.count),
  };
  // Where lists have to be split, the fewest blocks need not be the fewest rules.
  const before = rulesBefore(half, options.rangesMax);
  if (before < counts.count) return { half, least: half, counts: { ...counts, count: before } };
  return { half, least: { ...half, denies: blocks.entries, allows: open.entries }, counts };
}

const boundOf = ([blocks, allows]: Lists) => blocks.lowerBound + allows.lowerBound;

/** A rule that blocks every protocol would block what passes whatever the policy says. */
const blocking = (options: MixedOptions): MixedOptions => ({ ...options, mayBeAll: false });

type Lists = readonly [blocks: Covered, allows: Covered];

/** The denies that every process meets taken out of the allows, where there are any. */
function cutOut(
  denies: readonly Draft[],
  allows: readonly Draft[],
  options: MixedOptions,
): Lists | undefined {
  const plain = denies.filter(isUnconditional);
  if (plain.length === 0) return undefined;
  const left = allows.flatMap((allow) =>
    subtractAll(
      allow,
      plain.filter(({ entry }) => entry.family === allow.entry.family),
    ),
  );
  const others = denies.filter((deny) => !plain.includes(deny));
  return [cover(others, blocking(options)), cover(left, options)];
}

/** Rules that allow alone, unless rules that block make fewer. */
function shorter(kept: Lists, cut: Lists | undefined): Lists {
  const total = ([blocks, allows]: Lists) => blocks.count + allows.count;
  return cut !== undefined && total(cut) <= total(kept) ? cut : kept;
}

/** Entries with the same conditions are covered together; what passes anyway need no condition. */
function cover(drafts: readonly Draft[], options: MixedOptions): Covered {
  const plain = drafts.filter(isUnconditional);
  const covers = groupsOf(drafts, conditionsOf).map((group) => coverGroup(group, plain, options));
  return {
    entries: covers.flatMap(({ entries }) => entries),
    count: covers.reduce((total, { count }) => total + count, 0),
    lowerBound: covers.reduce((total, { lowerBound }) => total + lowerBound, 0),
  };
}

/** Rules with one last day may share a rule here: it is known by all their names. */
const conditionsOf = ({ entry }: Draft): string =>
  conditionText(entry.until === undefined ? entry : { ...entry, ruleId: "" });

function coverGroup(
  group: readonly Draft[],
  plain: readonly Draft[],
  options: MixedOptions,
): Covered {
  const whole = coverOne(group, options);
  const peers = unionOfAddresses(plain.map(({ remote }) => remote));
  const isMet = group.some(({ remote }) => addressesMeet(remote, peers));
  if (!isMet || group.some(isUnconditional)) return whole;
  const rest = group.flatMap((draft) =>
    subtractAll(
      draft,
      plain.filter(({ entry }) => entry.family === draft.entry.family),
    ),
  );
  const cut = coverOne(rest, options);
  // What passes anyway may be in some rules and not in others: no bound of either is one of all.
  const lowerBound = Math.min(1, cut.count);
  return { ...(cut.count <= whole.count ? cut : whole), lowerBound };
}

function coverOne(group: readonly Draft[], options: MixedOptions): Covered {
  const products = group.map(({ remote, service, entry }) => ({
    remote,
    service,
    family: entry.family,
  }));
  const { blocks, count, lowerBound } = mixedBlocks(products, options);
  return { entries: blocks.flatMap((block) => entriesOf(group, block)), count, lowerBound };
}

function entriesOf(group: readonly Draft[], block: MixedBlock): readonly SliceEntry[] {
  const entry = entryOf(block.of.flatMap((index) => group[index]?.entry ?? []));
  if (entry === undefined) return [];
  return ([4, 6] as const).flatMap((family) => {
    const remote = addressesOfFamily(block.remote, family);
    if (isNoAddress(remote)) return [];
    return [{ ...entry, family, remote, service: serviceIn(block, family) }];
  });
}

/** Rules for the entries as they stand: one for each protocol of each rule and condition. */
function rulesBefore({ denies, allows }: DirectionSlice, rangesMax: number): number {
  const ranges = new Map<string, number>();
  for (const [piecesOf, entries] of [
    [protocolPieces, denies],
    [servicePieces, allows],
  ] as const) {
    for (const entry of entries) {
      for (const { key } of piecesOf(entry.service, entry.family)) {
        const place = `${piecesOf.name} ${entry.ruleId} ${key} ${conditionText(entry)}`;
        ranges.set(place, (ranges.get(place) ?? 0) + rangeCount(entry.remote));
      }
    }
  }
  return [...ranges.values()].reduce((sum, count) => sum + Math.ceil(count / rangesMax), 0);
}
