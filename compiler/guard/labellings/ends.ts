// A set of endpoints -> the condition on the variables of one end under which the end is in it. The
// definitions are those of semantics/denotation.ts, word for word; equal sets give equal numbers.

import {
  all,
  both,
  either,
  everywhere,
  isOneOf,
  negation,
  never,
  some,
  without,
} from "../../bdd/conditions.ts";
import { type Diagram, Diagrams } from "../../bdd/diagrams.ts";
import { satisfies } from "../../extent/program.ts";
import type { Direction } from "../../inventory/types.ts";
import { programsIn } from "../../model/programs-in.ts";
import type { EndpointSet, Predicate, Program } from "../../model/types.ts";
import { unreachable } from "../../unreachable.ts";
import type { Place, Places } from "./places.ts";
import { families, platforms, type Variables } from "./variables.ts";

/**
 * How programs are read: as written; or, where no enforcer sees them, as met by every process
 * (`wider`), and behind `except` by none (`narrower`).
 */
export type Reading = "written" | "wider" | "narrower";

const opposite = { written: "written", wider: "narrower", narrower: "wider" } as const;

export interface Ends {
  readonly diagrams: Diagrams;
  readonly variables: Variables;
  readonly places: Places;
  readonly isIn: (end: Direction, set: EndpointSet, reading: Reading) => Diagram;
  /** In it not only through `networks` or `anywhere`. */
  readonly isInByIdentity: (end: Direction, set: EndpointSet, reading: Reading) => Diagram;
  readonly holds: (end: Direction, predicate: Predicate) => Diagram;
  readonly isAt: (end: Direction, kinds: readonly Place["kind"][]) => Diagram;
}

export function endsOf(variables: Variables, places: Places): Ends {
  const diagrams = new Diagrams(1);
  const isIns = remembered(diagrams);
  const byIdentity = remembered(diagrams);
  const kinds = new Map<string, Diagram>();
  const ends: Ends = {
    ...{ diagrams, variables, places },
    isIn: (end, set, reading) => isIns(end, set, reading, (read) => isIn(ends, end, set, read)),
    isInByIdentity: (end, set, reading) =>
      byIdentity(end, set, reading, (read) => isInByIdentity(ends, end, set, read)),
    holds: (end, predicate) => holds(ends, end, predicate),
    isAt: (end, wanted) => {
      const key = `${end} ${wanted.join()}`;
      const made = kinds.get(key) ?? isAt(ends, end, wanted);
      if (!diagrams.isExhausted) kinds.set(key, made);
      return made;
    },
  };
  return ends;
}

/** By set, end and reading; a set without programs reads one way. */
function remembered(diagrams: Diagrams) {
  const empty = () => ({
    written: new Map<EndpointSet, Diagram>(),
    wider: new Map<EndpointSet, Diagram>(),
    narrower: new Map<EndpointSet, Diagram>(),
  });
  const known = { egress: empty(), ingress: empty() };
  return (
    end: Direction,
    set: EndpointSet,
    reading: Reading,
    make: (reading: Reading) => Diagram,
  ): Diagram => {
    const before = known[end][reading].get(set);
    if (before !== undefined) return before;
    const read = programsIn(set).length === 0 ? "written" : reading;
    const made = known[end][read].get(set) ?? make(read);
    if (!diagrams.isExhausted) {
      known[end][read].set(set, made);
      known[end][reading].set(set, made);
    }
    return made;
  };
}

function isIn(ends: Ends, end: Direction, set: EndpointSet, reading: Reading): Diagram {
  const { diagrams } = ends;
  switch (set.kind) {
    case "workloads": {
      const managed = ends.isAt(end, ["new", "today"]);
      return set.where === undefined
        ? managed
        : both(diagrams, managed, ends.holds(end, set.where));
    }
    case "workload":
      throw new Error("bug in segc (guard): only tests and questions speak of one workload");
    case "outside":
      return ends.isAt(end, ["outside"]);
    case "internet":
    case "names":
      return both(diagrams, ends.isAt(end, ["outside"]), isWithin(ends, end, set));
    case "networks":
      return isWithin(ends, end, set);
    case "anywhere":
      return everywhere(diagrams);
    case "union":
      return some(
        diagrams,
        set.of.map((part) => ends.isIn(end, part, reading)),
      );
    case "intersection":
      return all(
        diagrams,
        set.of.map((part) => ends.isIn(end, part, reading)),
      );
    case "difference": {
      const excepted = ends.isIn(end, set.except, opposite[reading]);
      return without(diagrams, ends.isIn(end, set.of, reading), excepted);
    }
    case "program":
      return both(
        diagrams,
        ends.isIn(end, set.of, reading),
        isProgram(ends, end, set.program, reading),
      );
    default:
      return unreachable(set);
  }
}

/** As `selectsByIdentity` of the meaning. */
function isInByIdentity(ends: Ends, end: Direction, set: EndpointSet, reading: Reading): Diagram {
  const { diagrams } = ends;
  const whole = ends.isIn(end, set, reading);
  switch (set.kind) {
    case "networks":
    case "anywhere":
      return never;
    case "union":
    case "intersection": {
      const parts = set.of.map((part) => ends.isInByIdentity(end, part, reading));
      return both(diagrams, whole, some(diagrams, parts));
    }
    case "difference":
    case "program":
      return both(diagrams, whole, ends.isInByIdentity(end, set.of, reading));
    default:
      return whole;
  }
}

function isAt(
  { diagrams, variables, places }: Ends,
  end: Direction,
  kinds: readonly Place["kind"][],
): Diagram {
  const numbers = places.list.flatMap(({ kind }, at) => (kinds.includes(kind) ? [at] : []));
  return isOneOf(diagrams, variables.ends[end].place, numbers);
}

/** A new workload has a fresh address, which lies in a network only if every address does. */
function isWithin(ends: Ends, end: Direction, set: EndpointSet): Diagram {
  const { diagrams, variables, places } = ends;
  const numbers = places.within(set).toSorted((a, b) => a - b);
  const open = families.flatMap((family, number) => (places.holdsAll(set, family) ? [number] : []));
  return either(
    diagrams,
    isOneOf(diagrams, variables.ends[end].place, numbers),
    both(diagrams, ends.isAt(end, ["new"]), isOneOf(diagrams, variables.family, open)),
  );
}

function isProgram(ends: Ends, end: Direction, program: Program, reading: Reading): Diagram {
  const { diagrams, places } = ends;
  const { place, platform, fields: processes } = ends.variables.ends[end];
  const runs = platforms.map((one, number) => {
    const fields = program.alternatives.get(one);
    if (fields === undefined) return { may: never, does: never };
    const may = isOneOf(diagrams, platform, [number]);
    const conditions = [...fields].flatMap(([field, wanted]) => {
      const digits = processes.get(field);
      const values = ends.variables.fieldValues.get(field) ?? [];
      const matching = values.flatMap((value, at) =>
        value.platform === one &&
        satisfies(one, new Map([[field, value.value]]), new Map([[field, wanted]]))
          ? [at + 1]
          : [],
      );
      return digits === undefined ? [never] : [isOneOf(diagrams, digits, matching)];
    });
    return { may, does: all(diagrams, [may, ...conditions]) };
  });
  const does = some(
    diagrams,
    runs.map((run) => run.does),
  );
  const unseen = places.list.flatMap((one, at) =>
    reading !== "written" && one.kind === "today" && one.unseen[end].has(program) ? [at] : [],
  );
  const isUnseen = isOneOf(diagrams, place, unseen);
  const seen = both(diagrams, ends.isAt(end, ["new", "today"]), without(diagrams, does, isUnseen));
  if (reading !== "wider") return seen;
  const may = some(
    diagrams,
    runs.map((run) => run.may),
  );
  return either(diagrams, seen, both(diagrams, isUnseen, may));
}

function holds(ends: Ends, end: Direction, predicate: Predicate): Diagram {
  const { diagrams } = ends;
  switch (predicate.kind) {
    case "is":
    case "contains":
      return hasValue(ends, end, predicate);
    case "defined":
      return isDefined(ends, end, predicate);
    case "not":
      return negation(diagrams, holds(ends, end, predicate.of));
    case "and":
      return all(
        diagrams,
        predicate.of.map((part) => holds(ends, end, part)),
      );
    case "or":
      return some(
        diagrams,
        predicate.of.map((part) => holds(ends, end, part)),
      );
    default:
      return unreachable(predicate);
  }
}

function hasValue(
  { diagrams, variables }: Ends,
  end: Direction,
  { label, values }: Predicate & { readonly kind: "is" | "contains" },
): Diagram {
  const one = variables.ends[end].choices.get(label);
  if (one !== undefined) {
    const numbers = one.choices.flatMap((choice, at) =>
      typeof choice === "string" && values.has(choice) ? [at] : [],
    );
    return isOneOf(diagrams, one.digits, numbers);
  }
  const several = variables.ends[end].members.get(label);
  if (several === undefined) throw new Error("bug in segc (guard): a label nobody mentioned");
  const found = some(
    diagrams,
    [...several.members].flatMap(([value, digits]) =>
      values.has(value) ? [isOneOf(diagrams, digits, [1])] : [],
    ),
  );
  if (several.defined === undefined) return found;
  return both(diagrams, isOneOf(diagrams, several.defined, [1]), found);
}

function isDefined(
  { diagrams, variables }: Ends,
  end: Direction,
  { label }: Predicate & { readonly kind: "defined" },
): Diagram {
  if (!label.optional) return everywhere(diagrams);
  const one = variables.ends[end].choices.get(label);
  if (one !== undefined) {
    const numbers = one.choices.flatMap((choice, at) => (choice === undefined ? [] : [at]));
    return isOneOf(diagrams, one.digits, numbers);
  }
  const defined = variables.ends[end].members.get(label)?.defined;
  return defined === undefined ? everywhere(diagrams) : isOneOf(diagrams, defined, [1]);
}
