// Reliance between enforcers as reliance between artefacts: which artefact lets more through than a
// rule says, and which others hold it back. Without those nothing may be compiled.
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import { diagnose } from "../diagnostics/registry.ts";
import type { EnforcerKind } from "./inventory/types.ts";
import type { ArtefactEntry, RelianceEntry } from "./manifest.ts";
import type { PlanContext } from "./plan/context.ts";
import type { Fleet } from "./plan/fleet.ts";
import { type Reliance, reliances } from "./plan/reliance.ts";
import { kindsText, listed, namesOf, programText, workloadsAt } from "./plan/words.ts";
import { type Bitset, difference, isEmpty, union } from "./sets/bitset.ts";

export interface Relied {
  /** In the order of rules. */
  readonly entries: readonly RelianceEntry[];
  /** SEG501: artefacts whose siblings this run leaves out though it could make them. */
  readonly diagnostics: readonly Diagnostic[];
}

/** `makeable`: the kinds that there are targets for, made in this run or not. */
export function reliedOn(
  context: PlanContext,
  artefacts: readonly ArtefactEntry[],
  makeable: ReadonlySet<EnforcerKind>,
): Relied {
  const idsOf = idsByWorkload(artefacts);
  const made = new Set(artefacts.map(({ kind }) => kind));
  const { universe } = context.expansion;
  const workloads = (endpoints: Bitset) => workloadsAt(universe, endpoints);
  const entries: RelianceEntry[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const reliance of reliances(context)) {
    const idsIn = (standing: Reliance["seeing"]) =>
      [...standing].flatMap(([kind, at]) =>
        workloads(at).flatMap(({ name }) => idsOf.get(`${kind} ${name}`) ?? []),
      );
    const blind = sortedOnce(idsIn(reliance.blind));
    if (blind.length === 0) continue;
    const missing = unseenWithout(reliance, made, universe.none);
    entries.push({
      rule: reliance.rule.id,
      end: reliance.direction === "egress" ? "source" : "destination",
      programs: reliance.programs.map(({ name, key }) => name ?? key),
      artefacts: blind,
      on: sortedOnce(idsIn(reliance.seeing)),
      notCompiled: missing.map(({ kind, at }) => ({ kind, workloads: workloads(at).length })),
    });
    const leftOut = missing.filter(({ kind }) => makeable.has(kind));
    if (leftOut.length === 0) continue;
    const { rule, direction, programs } = reliance;
    const names = namesOf(leftOut.flatMap(({ at }) => workloads(at)));
    diagnostics.push(
      diagnose(
        "SEG501",
        direction === "egress" ? rule.flow.sourceSpan : rule.flow.destinationSpan,
        {
          why: "left-out",
          program: programs.map(programText).join(" and "),
          enforcers: kindsText(leftOut.map(({ kind }) => kind)),
          workloads: listed(names),
          artefact: blind[0] ?? "",
          others: blind.length - 1,
        },
      ),
    );
  }
  return { entries, diagnostics };
}

/** For each rule by which a fleet lets in whom other artefacts hold back (plan/elsewhere.ts). */
export function leantOn(
  { elsewhere }: Fleet,
  rules: readonly string[],
  artefacts: readonly ArtefactEntry[],
  fleetEntry: ArtefactEntry,
): readonly RelianceEntry[] {
  const idsOf = idsByWorkload(artefacts);
  const on = elsewhere.flatMap(({ kind, workloads }) =>
    workloads.flatMap((name) => idsOf.get(`${kind} ${name}`) ?? []),
  );
  const made = new Set(artefacts.map(({ kind }) => kind));
  const missing = new Map<EnforcerKind, number>();
  for (const { kind, workloads } of elsewhere.filter((one) => !made.has(one.kind))) {
    missing.set(kind, (missing.get(kind) ?? 0) + workloads.length);
  }
  return rules.map((rule) => ({
    rule,
    end: "source",
    programs: [],
    artefacts: [`${fleetEntry.target}/${fleetEntry.id}`],
    on: sortedOnce(on),
    notCompiled: [...missing].map(([kind, workloads]) => ({ kind, workloads })),
  }));
}

/** Folder of the artefact by kind and workload. */
function idsByWorkload(artefacts: readonly ArtefactEntry[]): ReadonlyMap<string, string> {
  return new Map(
    artefacts.flatMap(({ target, kind, id, workloads }) =>
      workloads.map((name) => [`${kind} ${name}`, `${target}/${id}`] as const),
    ),
  );
}

/** Endpoints where only kinds that are not made see the programs, by kind. */
function unseenWithout({ seeing }: Reliance, made: ReadonlySet<EnforcerKind>, none: Bitset) {
  const seen = [...seeing]
    .filter(([kind]) => made.has(kind))
    .map(([, at]) => at)
    .reduce(union, none);
  return [...seeing].flatMap(([kind, endpoints]) => {
    const at = made.has(kind) ? none : difference(endpoints, seen);
    return isEmpty(at) ? [] : [{ kind, at }];
  });
}

const sortedOnce = (ids: readonly string[]) => [...new Set(ids)].sort();
