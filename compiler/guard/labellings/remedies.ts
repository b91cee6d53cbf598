// Offending flows -> `require` lines under which none of them is left. Each takes what matters of one
// new workload: all traits but one become its premise, and the label of the last must then have a
// value with which nothing offends.
import { all, negation, without } from "../../bdd/conditions.ts";
import type { Diagram } from "../../bdd/diagrams.ts";
import type { Direction } from "../../inventory/types.ts";
import type { Label, Predicate } from "../../model/types.ts";
import { isEmpty } from "../../sets/bitset.ts";
import type { Labellings } from "./flows.ts";
import { type TraitsAt, traitsThatMatter } from "./matter.ts";
import { predicateText } from "./predicate-text.ts";
import { mayBePossible } from "./promises.ts";
import { sliceOf } from "./slice.ts";
import { predicateOfChoices, type Trait } from "./traits.ts";
import { type Choice, directions } from "./variables.ts";

/** A condition on one label: one of some choices, or any other predicate. */
export interface Part {
  readonly label: Label;
  readonly choices: readonly Choice[] | undefined;
  readonly predicate: Predicate;
}

/** A `require`: workloads with all of `premise` have `have`. */
export interface Remedy {
  readonly premise: readonly Part[];
  readonly have: Part;
}

export interface Remedies {
  readonly list: readonly Remedy[];
  /** No flow is left with them. */
  readonly isClosed: boolean;
}

/** More lines than these nobody reads. */
const remediesMax = 8;
const nodesMax = 200_000;
const workMax = 500_000;

/** What would keep all these flows from being possible, the first for the traits given. */
export function remediesFor(labellings: Labellings, flows: Diagram, first: TraitsAt): Remedies {
  const { diagrams } = labellings.ends;
  const list: Remedy[] = [];
  let left = flows;
  let traits: TraitsAt | undefined = first;
  labellings.work.left = workMax;
  while (traits !== undefined && list.length < remediesMax) {
    const asked: TraitsAt = traits;
    const found = diagrams.attempt(nodesMax, () => {
      const remedy = bestRemedy(labellings, [left], asked);
      return remedy && { remedy, left: keeping(labellings, left, remedy) };
    });
    if (found === undefined || found.left === left) break;
    list.push(found.remedy);
    left = found.left;
    const slice = sliceOf(labellings, [left]);
    traits = slice && traitsThatMatter(labellings, slice);
  }
  const isClosed = !mayBePossible(labellings, [left]);
  return { list: isClosed ? merged(labellings, list) : list.slice(0, 1), isClosed };
}

/** One `require` for the traits given; others may be needed. */
export function firstRemedy(
  labellings: Labellings,
  conditions: readonly Diagram[],
  traits: TraitsAt,
): Remedies {
  labellings.work.left = workMax;
  const remedy = bestRemedy(labellings, conditions, traits);
  return { list: remedy === undefined ? [] : [remedy], isClosed: false };
}

/** The flows whose new workloads keep it. */
function keeping({ ends }: Labellings, flows: Diagram, { premise, have }: Remedy): Diagram {
  const { diagrams } = ends;
  const kept = directions.map((end) => {
    const parts = premise.map(({ predicate }) => ends.holds(end, predicate));
    const asked = all(diagrams, [ends.isAt(end, ["new"]), ...parts]);
    return negation(diagrams, without(diagrams, asked, ends.holds(end, have.predicate)));
  });
  return all(diagrams, [flows, ...kept]);
}

/** First what today's inventory keeps, then what leaves the fewest values, then the shortest. */
function bestRemedy(
  labellings: Labellings,
  flows: readonly Diagram[],
  traits: TraitsAt,
): Remedy | undefined {
  const candidates = directions.flatMap((end) => {
    const own = (traits[end] ?? []).filter(({ label }) => label !== undefined);
    return own.flatMap((trait) => {
      const premise = own.filter((other) => other !== trait);
      const have = haveFor(labellings, flows, premise, trait);
      return have === undefined ? [] : [{ premise: premise.flatMap(partOf), have }];
    });
  });
  const ranked = candidates.map((remedy) => ({
    remedy,
    rank: [
      Number(!isEmpty(brokenBy(labellings, remedy))),
      remedy.have.choices?.length ?? 1,
      textOf(remedy).length,
    ],
  }));
  ranked.sort((a, b) => compareRanks(a.rank, b.rank));
  return ranked[0]?.remedy;
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : (a[at] ?? 0) - (b[at] ?? 0);
}

function partOf({ label, predicate, choice }: Trait): readonly Part[] {
  if (label === undefined || predicate === undefined) return [];
  return [{ label, predicate, choices: choice && [choice.of] }];
}

/** What the label of `trait` must be instead; undefined where nothing will do. */
function haveFor(
  labellings: Labellings,
  flows: readonly Diagram[],
  premise: readonly Trait[],
  { label, opposite, choice }: Trait,
): Part | undefined {
  const { ends } = labellings;
  if (label === undefined || opposite === undefined) return undefined;
  if (choice === undefined) return { label, choices: undefined, predicate: opposite };
  const every = ends.variables.ends.egress.choices.get(label)?.choices ?? [];
  const good = choicesLeft(labellings, { flows, premise, label, bad: choice.of }, every);
  if (good.length === 0) return undefined;
  return { label, choices: good, predicate: predicateOfChoices(ends, label, good) };
}

interface Asked {
  readonly flows: readonly Diagram[];
  readonly premise: readonly Trait[];
  readonly label: Label;
  readonly bad: Choice;
}

/** The choices with which a workload of the premise offends nowhere, if the others are not to be. */
function choicesLeft(
  labellings: Labellings,
  { flows, premise, label, bad }: Asked,
  every: readonly Choice[],
): readonly Choice[] {
  const { ends } = labellings;
  const { diagrams } = ends;
  const subject = (end: Direction, choices: readonly Choice[]) =>
    all(diagrams, [
      ends.isAt(end, ["new"]),
      ...premise.map(({ at }) => at[end]),
      ends.holds(end, predicateOfChoices(ends, label, choices)),
    ]);
  const offends = (one: Choice, refused: readonly Choice[]) =>
    directions.some((end) => {
      const peer = end === "egress" ? "ingress" : "egress";
      const here = without(diagrams, subject(end, [one]), subject(peer, refused));
      return mayBePossible(labellings, [here], { last: flows });
    });
  let good = every.filter((one) => one !== bad);
  for (let before = -1; before !== good.length; ) {
    before = good.length;
    for (const one of good) {
      const refused = every.filter((other) => !good.includes(other));
      if (offends(one, refused)) good = good.filter((other) => other !== one);
    }
  }
  return good;
}

/** Endpoints of today that break it. */
export function brokenBy({ expansion }: Labellings, { premise, have }: Remedy) {
  const of: readonly Predicate[] = [
    ...premise.map(({ predicate }) => predicate),
    { kind: "not", of: have.predicate },
  ];
  return expansion.extentOf({ kind: "workloads", where: { kind: "and", of } }).managed;
}

/** Requirements that differ in one choice of their premises become one. */
function merged(labellings: Labellings, list: readonly Remedy[]): readonly Remedy[] {
  const done: Remedy[] = [];
  for (const remedy of list) {
    const at = done.findIndex((other) => joined(labellings, other, remedy) !== undefined);
    const other = done[at];
    const both = other && joined(labellings, other, remedy);
    if (both === undefined) done.push(remedy);
    else done[at] = both;
  }
  return done;
}

function joined({ ends }: Labellings, a: Remedy, b: Remedy): Remedy | undefined {
  if (predicateText(a.have.predicate) !== predicateText(b.have.predicate)) return undefined;
  if (a.premise.length !== b.premise.length) return undefined;
  const apart = a.premise.flatMap((part, at) => {
    const other = b.premise[at];
    if (other === undefined) return [];
    return predicateText(part.predicate) === predicateText(other.predicate)
      ? []
      : [{ at, part, other }];
  });
  const [first] = apart;
  if (first === undefined || apart.length > 1) return undefined;
  const { at, part, other } = first;
  if (part.label !== other.label || !part.choices || !other.choices) return undefined;
  const choices = [...new Set([...part.choices, ...other.choices])];
  const every = ends.variables.ends.egress.choices.get(part.label)?.choices.length;
  if (choices.length === every) return { ...a, premise: a.premise.toSpliced(at, 1) };
  const predicate = predicateOfChoices(ends, part.label, choices);
  return { ...a, premise: a.premise.with(at, { label: part.label, choices, predicate }) };
}

/** `workloads where role is resolver have env is shared`. */
export function textOf({ premise, have }: Remedy): string {
  const of = premise.map(({ predicate }) => predicate);
  const where = of.length === 0 ? "" : ` where ${predicateText({ kind: "and", of })}`;
  return `workloads${where} have ${predicateText(have.predicate)}`;
}
