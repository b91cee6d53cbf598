// What a flow between two workloads is, as binary variables: the family, the service, and for each end
// where it lies, its platform, its labels and its process. The two ends take turns, variable by
// variable, so that "the same" and "different" stay small. Only what statements tell apart is written:
// an open label is one of the values they mention, another, or absent.
import type { ProgramField } from "../../../grammar/ast.ts";
import { type Digits, digitsOf } from "../../bdd/ranges.ts";
import type { Direction, Platform } from "../../inventory/types.ts";
import type { Label } from "../../model/types.ts";
import type { Family } from "../../sets/address.ts";
import { unionOfServices } from "../../sets/service-set.ts";
import { representatives } from "../service-cuts.ts";
import type { Mentions } from "./mentions.ts";

/** Any value of an open label that no statement mentions. */
export const another: unique symbol = Symbol("another");

/** A value that a label of one value can be told to have; undefined: it is absent. */
export type Choice = string | typeof another | undefined;

/** A label of one value. */
export interface ChoiceVariables {
  readonly label: Label;
  readonly choices: readonly Choice[];
  readonly digits: Digits;
}

/** A label of several values: for each that is mentioned, whether it is among them. */
export interface MemberVariables {
  readonly label: Label;
  /** Undefined for a label that is required. */
  readonly defined: Digits | undefined;
  readonly members: ReadonlyMap<string, Digits>;
}

/** A value that a field of a process can have on a platform, of those that programs ask for. */
export interface FieldValue {
  readonly platform: Platform;
  readonly value: string;
}

/** One end of a flow: egress the source, ingress the destination. */
export interface EndVariables {
  readonly place: Digits;
  readonly platform: Digits;
  readonly choices: ReadonlyMap<Label, ChoiceVariables>;
  readonly members: ReadonlyMap<Label, MemberVariables>;
  /** Number 0 stands for no value, or one that nobody asks for. */
  readonly fields: ReadonlyMap<ProgramField, Digits>;
}

export interface Variables {
  readonly family: Digits;
  readonly service: Digits;
  /** What each number of `service` stands for: all points of the service line that are alike. */
  readonly points: readonly number[];
  readonly ends: Readonly<Record<Direction, EndVariables>>;
  /** Of each field, what the numbers from 1 on stand for. */
  readonly fieldValues: ReadonlyMap<ProgramField, readonly FieldValue[]>;
}

export const directions: readonly Direction[] = ["egress", "ingress"];
export const families: readonly Family[] = [4, 6];
export const platforms: readonly Platform[] = ["linux", "windows", "other"];

/** Lays the variables out. `places` is how many places an end can have. */
export function variablesOf(mentions: Mentions, places: number): Variables {
  let next = 0;
  const take = (count: number): Digits => {
    const digits = digitsOf(next, count);
    next += digits.bits;
    return digits;
  };
  const pair = (count: number): Readonly<Record<Direction, Digits>> => {
    const egress = digitsOf(next, count, 2);
    next += 2 * egress.bits;
    return { egress, ingress: { ...egress, level: egress.level + 1 } };
  };
  const points = pointsOf(mentions);
  const fieldValues = valuesOfFields(mentions);
  const [family, service] = [take(2), take(points.length)];
  const place = { egress: take(places), ingress: take(places) };
  const platform = pair(mentions.programs.length === 0 ? 1 : platforms.length);
  const ends = { egress: emptyEnd(), ingress: emptyEnd() };
  for (const [label, values] of mentions.labels) {
    if (label.kind === "set") {
      const defined = label.optional ? pair(2) : undefined;
      const members = [...values].sort().map((value) => [value, pair(2)] as const);
      for (const end of directions) {
        ends[end].members.set(label, {
          label,
          defined: defined?.[end],
          members: new Map(members.map(([value, digits]) => [value, digits[end]])),
        });
      }
    } else {
      const choices = choicesOf(label, values);
      const digits = pair(choices.length);
      for (const end of directions) {
        ends[end].choices.set(label, { label, choices, digits: digits[end] });
      }
    }
  }
  for (const [field, values] of fieldValues) {
    const digits = pair(values.length + 1);
    for (const end of directions) ends[end].fields.set(field, digits[end]);
  }
  const endOf = (end: Direction) => ({ ...ends[end], place: place[end], platform: platform[end] });
  return {
    ...{ family, service, points, fieldValues },
    ends: { egress: endOf("egress"), ingress: endOf("ingress") },
  };
}

const emptyEnd = () => ({
  choices: new Map<Label, ChoiceVariables>(),
  members: new Map<Label, MemberVariables>(),
  fields: new Map<ProgramField, Digits>(),
});

function choicesOf(label: Label, mentioned: ReadonlySet<string>): readonly Choice[] {
  const open: readonly Choice[] = [...[...mentioned].sort(), another];
  const choices = label.kind === "enum" ? label.leaves : open;
  return label.optional ? [...choices, undefined] : choices;
}

/** One point for each stretch of services that is a flow in some family and that nobody tells apart. */
function pointsOf({ services }: Mentions): readonly number[] {
  const asked = unionOfServices(services);
  const points = families.flatMap((family) => representatives(asked, services, family));
  return [...new Set(points)].sort((a, b) => a - b);
}

function valuesOfFields({ programs }: Mentions): ReadonlyMap<ProgramField, readonly FieldValue[]> {
  const found = new Map<ProgramField, Map<string, FieldValue>>();
  for (const { alternatives } of programs) {
    for (const [platform, fields] of alternatives) {
      for (const [field, value] of fields) {
        const values = found.get(field) ?? new Map<string, FieldValue>();
        found.set(field, values.set(`${platform} ${value}`, { platform, value }));
      }
    }
  }
  return new Map(
    [...found]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([field, values]) => [
        field,
        [...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, value]) => value),
      ]),
  );
}
