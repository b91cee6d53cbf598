// A slice with the fewest entries: those that differ only in peers and services are covered by
// blocks, denies that refuse nothing go, and others are cut out of the allows where that is shorter.
// What a kernel does with a packet stays the same, in each direction, for every process and date.
import type { DirectionSlice, EnforcerSlice, LocalProgram, SliceEntry } from "../plan/slice.ts";
import { meet, type PeerProduct, subtractAll } from "../plan/subtract.ts";
import type { Family } from "../sets/address.ts";
import { addressText } from "../sets/address-set.ts";
import {
  type BlocksByProtocol,
  blocksByProtocol,
  type CoverOptions,
  protocolCount,
} from "./blocks.ts";

/**
 * Entries that decide (not the staged ones), counted once for each protocol as their rules are:
 * before and after, and the fewest that there can be with the conditions as they are.
 */
export interface MinimisedCounts {
  readonly before: number;
  readonly after: number;
  readonly lowerBound: number;
  readonly optimal: boolean;
}

export interface Minimised {
  readonly slice: EnforcerSlice;
  readonly counts: MinimisedCounts;
}

const alone: CoverOptions = { budgetMs: 1000, share: (set) => set };

export function minimiseSlice(
  slice: EnforcerSlice,
  options: Partial<CoverOptions> = {},
): Minimised {
  const cover = { ...alone, ...options };
  const halves = slice.directions.map((half) => minimiseDirection(half, cover));
  const sum = (of: (counts: MinimisedCounts) => number) =>
    halves.reduce((total, { counts }) => total + of(counts), 0);
  return {
    slice: { ...slice, directions: halves.map(({ half }) => half) },
    counts: {
      before: sum(({ before }) => before),
      after: sum(({ after }) => after),
      lowerBound: sum(({ lowerBound }) => lowerBound),
      optimal: halves.every(({ counts }) => counts.optimal),
    },
  };
}

interface Half {
  readonly half: DirectionSlice;
  readonly counts: MinimisedCounts;
}

function minimiseDirection(half: DirectionSlice, options: CoverOptions): Half {
  const families = ([4, 6] as const).map((family) => minimiseFamily(half, family, options));
  const denies = families.flatMap((one) => one.denies.entries);
  const allows = families.flatMap((one) => one.allows.entries);
  const lists = families.flatMap((one) => [one.denies, one.allows]);
  return {
    half: { ...half, denies, allows },
    counts: {
      before: [...half.denies, ...half.allows].reduce(
        (total, { service }) => total + protocolCount(service),
        0,
      ),
      after: lists.reduce((total, { count }) => total + count, 0),
      lowerBound: lists.reduce((total, { lowerBound }) => total + lowerBound, 0),
      optimal: lists.every(({ optimal }) => optimal),
    },
  };
}

/** Entries of one list, the fewest of their kind. */
interface Covered {
  readonly entries: readonly SliceEntry[];
  readonly count: number;
  readonly lowerBound: number;
  readonly optimal: boolean;
}

const nothing: Covered = { entries: [], count: 0, lowerBound: 0, optimal: true };

function minimiseFamily(half: DirectionSlice, family: Family, options: CoverOptions) {
  const ofFamily = (entries: readonly SliceEntry[]) =>
    entries.filter((entry) => entry.family === family).map(drafted);
  const allows = ofFamily(half.allows);
  const saved = ofFamily(half.stagedAllows);
  const isDead = (deny: Draft) =>
    half.observed === undefined &&
    deny.entry.log === "none" &&
    ![...allows, ...saved].some((allow) => meet(deny, allow));
  const denies = ofFamily(half.denies).filter((deny) => !isDead(deny));
  const cover = (drafts: readonly Draft[]) => coverGroups(drafts, family, options);
  const kept = { denies: cover(denies), allows: cover(allows) };
  const mayCut =
    half.observed === undefined &&
    denies.every(isUnconditional) &&
    !denies.some((deny) => saved.some((allow) => meet(deny, allow)));
  if (denies.length === 0 || !mayCut) return kept;
  const cut = cover(allows.flatMap((allow) => subtractAll(allow, denies)));
  const isShorter = cut.count <= kept.denies.count + kept.allows.count;
  return isShorter ? { denies: nothing, allows: cut } : kept;
}

/** An entry, or what is left of it, with its peers as a set. */
export interface Draft extends PeerProduct {
  readonly entry: SliceEntry;
}

export const drafted = (entry: SliceEntry): Draft => ({
  entry,
  remote: entry.remote,
  service: entry.service,
});

/** Decides for every process, address of the host and day, and says nothing. */
export const isUnconditional = ({ entry }: Draft): boolean => isPlain(entry);

const isPlain = ({ local, programs, notPrograms, until, log }: SliceEntry): boolean =>
  local === undefined &&
  programs.length === 0 &&
  notPrograms.length === 0 &&
  until === undefined &&
  log === "none";

/** Entries with the same conditions are covered together. */
function coverGroups(drafts: readonly Draft[], family: Family, options: CoverOptions): Covered {
  const plain = drafts.filter(isUnconditional);
  const covers = groupsOf(drafts).map((group) => coverGroup(group, plain, family, options));
  return {
    entries: covers.flatMap(({ group, cover }) => entriesOf(group, cover)),
    count: covers.reduce((total, { cover }) => total + cover.count, 0),
    lowerBound: covers.reduce((total, { cover }) => total + cover.lowerBound, 0),
    optimal: covers.every(({ cover }) => cover.optimal),
  };
}

/** In the order of their conditions. */
export function groupsOf(
  drafts: readonly Draft[],
  keyOf = ({ entry }: Draft): string => conditionText(entry),
): readonly (readonly Draft[])[] {
  const groups = new Map<string, Draft[]>();
  for (const draft of drafts) {
    const key = keyOf(draft);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [draft]);
    else group.push(draft);
  }
  return [...groups.keys()].sort().flatMap((key) => [groups.get(key) ?? []]);
}

/**
 * What is permitted or refused anyway need not be under a condition again: it is left out unless
 * the hole costs a block. The bound is that of the list chosen.
 */
function coverGroup(
  group: readonly Draft[],
  plain: readonly Draft[],
  family: Family,
  options: CoverOptions,
) {
  const whole = { group, cover: blocksByProtocol(group, family, options) };
  const isPlain = group.some(isUnconditional);
  const isSilent = group.every(({ entry }) => entry.log === "none");
  if (isPlain || !isSilent || plain.length === 0) return whole;
  const rest = group.flatMap((draft) => subtractAll(draft, plain));
  const cut = { group: rest, cover: blocksByProtocol(rest, family, options) };
  return cut.cover.count <= whole.cover.count ? cut : whole;
}

/** Equal for entries that differ in peers and services alone. Log lines and last days name a rule. */
export function conditionText(entry: SliceEntry): string {
  const { local, programs, notPrograms, until, log, ruleId } = entry;
  if (isPlain(entry)) return "";
  const namesRule = log !== "none" || until !== undefined;
  return JSON.stringify([
    local === undefined ? null : addressText(local),
    programs.map(programText),
    notPrograms.map(programText),
    until ?? null,
    log,
    namesRule ? ruleId : null,
  ]);
}

const programText = ({ key, uid, gid, sid }: LocalProgram) => [
  key,
  uid ?? null,
  gid ?? null,
  sid ?? null,
];

function entriesOf(group: readonly Draft[], { blocks }: BlocksByProtocol): readonly SliceEntry[] {
  return blocks.flatMap(({ remote, service, of }) => {
    const entry = entryOf(of.flatMap((index) => group[index]?.entry ?? []));
    return entry === undefined ? [] : [{ ...entry, remote, service }];
  });
}

/** What several entries with the same conditions have in common, under all their names. */
export function entryOf(partakers: readonly SliceEntry[]): SliceEntry | undefined {
  const [first] = partakers;
  if (first === undefined) return undefined;
  const ids = [...new Set(partakers.flatMap(({ ruleId, alsoRules }) => [ruleId, ...alsoRules]))];
  const [ruleId = first.ruleId, ...alsoRules] = ids.sort();
  const own = alsoRules.length === 0 ? first : { because: undefined, ticket: undefined };
  return { ...first, ruleId, alsoRules, because: own.because, ticket: own.ticket };
}
