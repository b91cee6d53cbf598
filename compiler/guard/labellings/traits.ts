// What can be said of a new workload, a label at a time: as a condition on its variables, as a
// predicate of the model, and in the policy's words.
import { isOneOf, numberAt } from "../../bdd/conditions.ts";
import type { Diagram } from "../../bdd/diagrams.ts";
import type { Digits } from "../../bdd/ranges.ts";
import type { Direction, LabelValue, Platform } from "../../inventory/types.ts";
import type { Label, Predicate } from "../../model/types.ts";
import type { Ends } from "./ends.ts";
import { another, type Choice, platforms } from "./variables.ts";

export interface Trait {
  /** Undefined for a platform, which no `require` can ask for. */
  readonly label: Label | undefined;
  /** The same of either end. */
  readonly at: Readonly<Record<Direction, Diagram>>;
  readonly predicate: Predicate | undefined;
  /** What a workload without the trait has; undefined for a platform. */
  readonly opposite: Predicate | undefined;
  /** Of a label of one value. */
  readonly choice?: { readonly of: Choice };
  /** "`role resolver`", "no `app`". */
  readonly text: string;
}

/** Everything that the variables of one end say about a workload. */
export function traitsOf(ends: Ends, end: Direction, ones: ReadonlySet<number>): readonly Trait[] {
  const { platform, choices, members } = ends.variables.ends[end];
  return [
    ...(platform.count === 1 ? [] : [platformTrait(ends, numberAt(platform, ones))]),
    ...[...choices.values()].map(({ label, choices: values, digits }) =>
      choiceTrait(ends, label, values[numberAt(digits, ones)]),
    ),
    ...[...members.values()].flatMap(({ label, defined, members: values }) => {
      const isDefined = defined === undefined || numberAt(defined, ones) === 1;
      return [
        ...(defined === undefined
          ? []
          : [isDefined ? definedTrait(ends, label) : absentTrait(ends, label)]),
        ...(isDefined
          ? [...values].map(([value, digits]) =>
              numberAt(digits, ones) === 1
                ? memberTrait(ends, label, value)
                : nonMemberTrait(ends, label, value),
            )
          : []),
      ];
    }),
  ];
}

function platformTrait(ends: Ends, number: number): Trait {
  return {
    label: undefined,
    at: atBoth((end) => isOneOf(ends.diagrams, ends.variables.ends[end].platform, [number])),
    predicate: undefined,
    opposite: undefined,
    text: `\`platform ${platforms[number]}\``,
  };
}

function choiceTrait(ends: Ends, label: Label, choice: Choice): Trait {
  const predicate = predicateOfChoices(ends, label, [choice]);
  const text = textOfChoice(label, choice);
  return { ...ofPredicate(ends, label, predicate, text), choice: { of: choice } };
}

function textOfChoice({ name }: Label, choice: Choice): string {
  if (choice === undefined) return `no \`${name}\``;
  return choice === another ? `another \`${name}\`` : `\`${name} ${valueText(choice)}\``;
}

/** The label has one of these, which are not all: what it is, or what it is not, as is shorter. */
export function predicateOfChoices(
  { variables }: Ends,
  label: Label,
  choices: readonly Choice[],
): Predicate {
  const every = variables.ends.egress.choices.get(label)?.choices ?? [];
  const isText = (choice: Choice): choice is string => typeof choice === "string";
  const values = choices.filter(isText);
  const others = every.filter(isText).filter((choice) => !values.includes(choice));
  const defined: Predicate = { kind: "defined", label };
  const absent = choices.includes(undefined) ? [{ kind: "not", of: defined } as const] : [];
  const isOpen = every.includes(another);
  if (!choices.includes(another) && (isOpen || values.length <= others.length)) {
    const is: Predicate = { kind: "is", label, values: new Set(values) };
    return orOf([...absent, ...(values.length === 0 ? [] : [is])]);
  }
  const isNot: Predicate = { kind: "not", of: { kind: "is", label, values: new Set(others) } };
  if (absent.length > 0) return orOf([...absent, isNot]);
  if (!label.optional) return isNot;
  return others.length === 0 ? defined : { kind: "and", of: [defined, isNot] };
}

function orOf(of: readonly Predicate[]): Predicate {
  const [only] = of;
  return only !== undefined && of.length === 1 ? only : { kind: "or", of };
}

function definedTrait(ends: Ends, label: Label): Trait {
  const { is, isNot } = whether(label);
  return { ...ofPredicate(ends, label, is, `some \`${label.name}\``), opposite: isNot };
}

function absentTrait(ends: Ends, label: Label): Trait {
  const { is, isNot } = whether(label);
  return { ...ofPredicate(ends, label, isNot, `no \`${label.name}\``), opposite: is };
}

/** The label is there, or is not. */
function whether(label: Label) {
  const is: Predicate = { kind: "defined", label };
  return { is, isNot: { kind: "not", of: is } as const };
}

function memberTrait(ends: Ends, label: Label, value: string): Trait {
  const { is, isNot } = whetherMember(label, value);
  return { ...ofPredicate(ends, label, is, `\`${label.name} { ${value} }\``), opposite: isNot };
}

function nonMemberTrait(ends: Ends, label: Label, value: string): Trait {
  const { is, isNot } = whetherMember(label, value);
  const text = `\`${label.name}\` without \`${value}\``;
  return { ...ofPredicate(ends, label, isNot, text), opposite: is };
}

/** The value is among the label's, or is not: also where the label is absent, and said so (SEG303). */
function whetherMember(label: Label, value: string) {
  const is: Predicate = { kind: "contains", label, values: new Set([value]) };
  const isNot: Predicate = { kind: "not", of: is };
  return {
    is,
    isNot: label.optional ? orOf([whether(label).isNot, isNot]) : isNot,
  };
}

function ofPredicate(ends: Ends, label: Label, predicate: Predicate, text: string): Trait {
  return {
    label,
    at: atBoth((end) => ends.holds(end, predicate)),
    predicate,
    opposite: { kind: "not", of: predicate },
    text,
  };
}

const atBoth = (make: (end: Direction) => Diagram) => ({
  egress: make("egress"),
  ingress: make("ingress"),
});

/** A value as policies write it: a name, or a text in quotes. */
export function valueText(value: string): string {
  return /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value) ? value : JSON.stringify(value);
}

/** A workload of these variables: its platform and labels, those that no statement mentions aside. */
export function exampleOf(
  { variables }: Ends,
  end: Direction,
  ones: ReadonlySet<number>,
): { readonly platform: Platform; readonly labels: ReadonlyMap<string, LabelValue> } {
  const { platform, choices, members } = variables.ends[end];
  const is = (digits: Digits) => numberAt(digits, ones) === 1;
  const labels = new Map<string, LabelValue>();
  for (const { label, choices: values, digits } of choices.values()) {
    const choice = values[numberAt(digits, ones)];
    if (choice === another) labels.set(label.name, unlike(values));
    else if (choice !== undefined) labels.set(label.name, choice);
  }
  for (const { label, defined, members: values } of members.values()) {
    if (defined !== undefined && !is(defined)) continue;
    const held = [...values].flatMap(([value, digits]) => (is(digits) ? [value] : []));
    labels.set(label.name, held);
  }
  return { platform: platforms[numberAt(platform, ones)] ?? "linux", labels };
}

/** A text that is none of the values. */
function unlike(values: readonly Choice[]): string {
  let text = "another";
  while (values.includes(text)) text += "-one";
  return text;
}
