// The algebra of terms: union, intersection, difference and `program@` of what sets select, done
// exactly. Endpoints are bits; process conditions stay lists of programs, because no inventory
// says which processes exist.
import type { Platform } from "../inventory/types.ts";
import type { Program } from "../model/types.ts";
import {
  intersectAddresses,
  isNoAddress,
  noAddress,
  subtractAddresses,
  unionAddresses,
  unionOfAddresses,
} from "../sets/address-set.ts";
import {
  type Bitset,
  difference,
  intersection,
  intersects,
  isEmpty,
  union,
} from "../sets/bitset.ts";
import { isSatisfiable } from "./program.ts";
import type { Extent, Term, Universe } from "./types.ts";

/** What term operations need: the universe, the workloads of each platform, sharing of rows. */
export interface TermContext {
  readonly universe: Universe;
  readonly onPlatform: ReadonlyMap<Platform, Bitset>;
  /** The one object that stands for all rows of equal content. */
  readonly share: (row: Bitset) => Bitset;
}

/** The extent of some terms: empty ones dropped, those of one condition merged, sorted. */
export function extentOfTerms(context: TermContext, terms: readonly Term[]): Extent {
  const merged = new Map<string, Term>();
  for (const term of terms) {
    const key = conditionKey(term);
    const before = merged.get(key);
    merged.set(key, before === undefined ? term : { ...term, ...unionOf(before, term) });
  }
  const kept = settle(context, [...merged.values()]);
  const managed = unionOfRows(context, kept);
  return {
    terms: kept,
    managed,
    external: unionOfAddresses(kept.map((term) => term.external)),
    byIdentity: unionOfRows(
      context,
      kept.filter((term) => term.byIdentity),
    ),
  };
}

/** Endpoints that identity selects whatever the process need not be selected by address again. */
function settle(context: TermContext, terms: readonly Term[]): readonly Term[] {
  const plain = terms.find((term) => term.byIdentity && isPlain(term));
  return terms
    .map((term) => {
      const covered = plain === undefined || term === plain;
      return shared(context, covered ? term : without(term, plain.managed));
    })
    .filter((term) => !isEmptyTerm(term))
    .sort((a, b) => (conditionKey(a) < conditionKey(b) ? -1 : 1));
}

function without(term: Term, rows: Bitset): Term {
  return { ...term, managed: difference(term.managed, rows) };
}

function shared(context: TermContext, term: Term): Term {
  const managed = context.share(term.managed);
  return managed === term.managed ? term : { ...term, managed };
}

function unionOf(a: Term, b: Term): Pick<Term, "managed" | "external"> {
  return {
    managed: a.managed === b.managed ? a.managed : union(a.managed, b.managed),
    external: unionAddresses(a.external, b.external),
  };
}

function unionOfRows(context: TermContext, terms: readonly Term[]): Bitset {
  const [first, ...rest] = terms.map((term) => term.managed);
  if (first === undefined) return context.universe.none;
  return rest.length === 0 ? first : context.share(rest.reduce(union, first));
}

/** a ∩ b. */
export function meetTerms(
  context: TermContext,
  left: readonly Term[],
  right: readonly Term[],
): readonly Term[] {
  return left.flatMap((a) =>
    right
      .map((b) =>
        conditioned(context, {
          managed: intersection(a.managed, b.managed),
          external: intersectAddresses(a.external, b.external),
          include: [...a.include, ...b.include],
          exclude: [...a.exclude, ...b.exclude],
          byIdentity: a.byIdentity || b.byIdentity,
        }),
      )
      .filter((term) => !isEmptyTerm(term)),
  );
}

/** a \ b: one term of `b` after the other is cut out. */
export function subtractTerms(
  context: TermContext,
  left: readonly Term[],
  right: readonly Term[],
): readonly Term[] {
  return right.reduce<readonly Term[]>(
    (rest, b) => rest.flatMap((a) => cutTerm(context, a, b)),
    left,
  );
}

/** ¬(B ∧ g ∧ h ∧ ¬k) = ¬B ∨ (B ∧ ¬g) ∨ (B ∧ ¬h) ∨ (B ∧ k). */
function cutTerm(context: TermContext, a: Term, b: Term): readonly Term[] {
  const outside: Term = {
    ...a,
    managed: difference(a.managed, b.managed),
    external: subtractAddresses(a.external, b.external),
  };
  const inside: Term = {
    ...a,
    managed: intersection(a.managed, b.managed),
    external: noAddress,
  };
  return [
    outside,
    ...b.include.map((program) => ({ ...inside, exclude: [...inside.exclude, program] })),
    ...b.exclude.map((program) => ({ ...inside, include: [...inside.include, program] })),
  ]
    .map((term) => conditioned(context, term))
    .filter((term) => !isEmptyTerm(term));
}

/** program@a. */
export function termsAt(
  context: TermContext,
  program: Program,
  terms: readonly Term[],
): readonly Term[] {
  return terms
    .map((term) => conditioned(context, { ...term, include: [...term.include, program] }))
    .filter((term) => !isEmptyTerm(term));
}

/** Restores the invariant of Term: programs once each, only endpoints that can hold the process. */
function conditioned(context: TermContext, term: Term): Term {
  if (isPlain(term)) return term;
  const include = uniquePrograms(term.include);
  const exclude = uniquePrograms(term.exclude);
  const possible: Platform[] = [];
  let managed = term.managed;
  for (const [platform, rows] of context.onPlatform) {
    if (!intersects(managed, rows)) continue;
    if (isSatisfiable(platform, include, exclude)) possible.push(platform);
    else managed = difference(managed, rows);
  }
  // What can never run beside the included programs needs no exclusion.
  const needed = exclude.filter((program) =>
    possible.some((platform) => isSatisfiable(platform, [...include, program], [])),
  );
  const external = include.length > 0 ? noAddress : term.external;
  return { ...term, managed, external, include, exclude: needed };
}

function uniquePrograms(programs: readonly Program[]): readonly Program[] {
  const byKey = new Map(programs.map((program) => [program.key, program]));
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** True for a term that asks nothing of the process. */
function isPlain(term: Term): boolean {
  return term.include.length === 0 && term.exclude.length === 0;
}

export function isEmptyTerm(term: Term): boolean {
  return isEmpty(term.managed) && isNoAddress(term.external);
}

/** Equal for terms that differ only in their endpoints. */
function conditionKey({ include, exclude, byIdentity }: Term): string {
  const keys = (programs: readonly Program[]) => programs.map((program) => program.key);
  return JSON.stringify([byIdentity, keys(include), keys(exclude)]);
}
