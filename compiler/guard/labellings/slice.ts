// Offending flows -> those of one kind: family, service, places and processes decided, the labels of
// new workloads left open.
import { all, isOneOf, numberAt } from "../../bdd/conditions.ts";
import type { Diagram } from "../../bdd/diagrams.ts";
import type { Direction } from "../../inventory/types.ts";
import type { Family } from "../../sets/address.ts";
import { codeOf, type Labellings } from "./flows.ts";
import type { Place } from "./places.ts";
import { possibleWay } from "./promises.ts";
import { directions, families } from "./variables.ts";

/** The flows with everything but the labels of new workloads decided. */
export interface Slice {
  /** One of them: the variables that are 1. */
  readonly ones: ReadonlySet<number>;
  readonly flows: Diagram;
  /** What was decided. */
  readonly decided: Diagram;
  readonly family: Family;
  readonly service: number;
  readonly places: Readonly<Record<Direction, Place>>;
  /** Ends that are new workloads. */
  readonly isNew: readonly Direction[];
}

/** A slice with as few new workloads as there can be; undefined where none is known to be possible. */
export function sliceOf(labellings: Labellings, conditions: readonly Diagram[]): Slice | undefined {
  const { diagrams, variables, places } = labellings.ends;
  const ones = withFewestNew(labellings, conditions);
  if (ones === undefined) return undefined;
  const placeAt = (end: Direction): Place =>
    places.list[numberAt(variables.ends[end].place, ones)] ?? { kind: "new" };
  const at = { egress: placeAt("egress"), ingress: placeAt("ingress") };
  const isNew = directions.filter((end) => at[end].kind === "new");
  const digits = [
    ...[variables.family, variables.service],
    ...directions.flatMap((end) => [
      variables.ends[end].place,
      ...variables.ends[end].fields.values(),
    ]),
    ...directions.flatMap((end) =>
      isNew.includes(end) ? [] : codeOf(variables, end, noLabels).map(([each]) => each),
    ),
  ];
  const decided = all(
    diagrams,
    digits.map((each) => isOneOf(diagrams, each, [numberAt(each, ones)])),
  );
  return {
    ...{ ones, decided, places: at, isNew },
    flows: all(diagrams, [decided, ...conditions]),
    family: families[numberAt(variables.family, ones)] ?? 4,
    service: variables.points[numberAt(variables.service, ones)] ?? 0,
  };
}

const noLabels = { platform: "linux", labels: new Map<string, string>() } as const;

/** One with a new workload and something that is there, if there is any. */
function withFewestNew(
  labellings: Labellings,
  conditions: readonly Diagram[],
): ReadonlySet<number> | undefined {
  const { isAt } = labellings.ends;
  const known = directions.map((end) => [isAt(end, ["outside", "today"]), ...conditions]);
  for (const asked of [...known, conditions]) {
    const way = possibleWay(labellings, asked);
    if (typeof way !== "string") return way;
  }
  return undefined;
}
