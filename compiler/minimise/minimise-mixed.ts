// A slice with the fewest rules for an enforcer whose rules list addresses of both families, hold one
// protocol or all, and block before they allow (plan/allow-only.ts has prepared it).
import type { DirectionSlice, EnforcerSlice, SliceEntry } from "../plan/slice.ts";
import { subtractAll } from "../plan/subtract.ts";
import type { TargetSettings } from "../plan/target.ts";
import { addressesOfFamily, isNoAddress, rangeCount } from "../sets/address-set.ts";
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
import { servicePieces } from "./service-pieces.ts";

/** What one rule lists at most where a project says nothing else (platforms.md C.3). */
export const rangesPerRule = 1000;

export type MinimiseMixedOptions = Partial<CoverOptions> & { readonly settings?: TargetSettings };

export function minimiseMixed(
  slice: EnforcerSlice,
  { settings = {}, ...given }: MinimiseMixedOptions = {},
): Minimised {
  const rangesMax = settings.addressesPerRule ?? rangesPerRule;
  const options = { budgetMs: 1000, share: same, ...given, rangesMax };
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

const nothing: Covered = { entries: [], count: 0, lowerBound: 0 };

function minimiseHalf(half: DirectionSlice, options: MixedOptions) {
  const [denies, allows] = [half.denies.map(drafted), half.allows.map(drafted)];
  const kept = [cover(denies, options), cover(allows, options)] as const;
  const cut = cutOut(denies, allows, options);
  const [blocks, open] = shorter(kept, cut, half);
  const bounds = [kept, ...(cut === undefined ? [] : [cut])].map(boundOf);
  const counts: Counts = {
    count: blocks.count + open.count,
    lowerBound: half.observed === undefined ? Math.min(...bounds) : blocks.lowerBound,
  };
  // Where lists have to be split, the fewest blocks need not be the fewest rules.
  const before = rulesBefore(half, options.rangesMax);
  if (before < counts.count) return { half, least: half, counts: { ...counts, count: before } };
  return { half, least: { ...half, denies: blocks.entries, allows: open.entries }, counts };
}

const boundOf = ([blocks, allows]: Lists) => blocks.lowerBound + allows.lowerBound;

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
  return [cover(others, options), cover(left, options)];
}

/** Rules that allow alone, unless rules that block make fewer. Where all else passes they must block. */
function shorter(kept: Lists, cut: Lists | undefined, { observed }: DirectionSlice): Lists {
  if (observed !== undefined) return [kept[0], nothing];
  const total = ([blocks, allows]: Lists) => blocks.count + allows.count;
  return cut !== undefined && total(cut) <= total(kept) ? cut : kept;
}

/** Entries with the same conditions are covered together; what passes anyway need no condition. */
function cover(drafts: readonly Draft[], options: MixedOptions): Covered {
  const plain = drafts.filter(isUnconditional);
  const covers = groupsOf(drafts).map((group) => coverGroup(group, plain, options));
  return {
    entries: covers.flatMap(({ entries }) => entries),
    count: covers.reduce((total, { count }) => total + count, 0),
    lowerBound: covers.reduce((total, { lowerBound }) => total + lowerBound, 0),
  };
}

function coverGroup(
  group: readonly Draft[],
  plain: readonly Draft[],
  options: MixedOptions,
): Covered {
  const whole = coverOne(group, options);
  if (plain.length === 0 || group.some(isUnconditional)) return whole;
  const rest = group.flatMap((draft) =>
    subtractAll(
      draft,
      plain.filter(({ entry }) => entry.family === draft.entry.family),
    ),
  );
  const cut = coverOne(rest, options);
  // No bound of one of the two is one of what both could be.
  const lowerBound = Math.min(cut.lowerBound, whole.lowerBound);
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
  for (const [list, entries] of [denies, allows].entries()) {
    for (const entry of entries) {
      for (const { key } of servicePieces(entry.service, entry.family)) {
        const place = `${list} ${entry.ruleId} ${key} ${conditionText(entry)}`;
        ranges.set(place, (ranges.get(place) ?? 0) + rangeCount(entry.remote));
      }
    }
  }
  return [...ranges.values()].reduce((sum, count) => sum + Math.ceil(count / rangesMax), 0);
}
