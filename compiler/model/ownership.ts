// Who owns and may do what: teams, delegations, requirements and observe windows, and the team
// after `by` (SEG209). Their sets speak of machines only (language.md 6.2).
import { diagnose } from "../../diagnostics/registry.ts";
import type {
  DelegateDeclaration,
  Direction as DirectionTree,
  ObserveDeclaration,
  RequireDeclaration,
  SetExpression,
  TeamDeclaration,
} from "../../grammar/ast.ts";
import type { Direction } from "../inventory/types.ts";
import { type Build, type CheckedSet, type Context, report } from "./context.ts";
import { reportDuplicates } from "./duplicates.ts";
import { readMeta } from "./meta.ts";
import { checkPredicate } from "./predicates.ts";
import { type ModuleScope, moduleOf } from "./scope.ts";
import { checkService } from "./services.ts";
import { checkSet } from "./sets.ts";
import type { Delegation, EndpointSet, Model, Observation, Requirement, Team } from "./types.ts";
import { hasModule, hasTeam } from "./vocabulary.ts";

export type Ownership = Pick<Model, "teams" | "requirements" | "delegations" | "observations">;

/** Everything about ownership that the modules declare. */
export function checkOwnership(build: Build): Ownership {
  const teams = new Map<string, Team>();
  const requirements: Requirement[] = [];
  const delegations: Delegation[] = [];
  const observations: Observation[] = [];
  for (const scope of build.modules.values()) {
    const context = { build, scope };
    const repeated = reportDuplicates(context, requirementNames(scope));
    for (const declaration of scope.tree.declarations) {
      if (declaration.kind === "delegate") {
        const delegation = checkDelegation(context, scope, declaration);
        if (delegation !== undefined) delegations.push(delegation);
      }
      if (!scope.isRoot) continue; // SEG208 was reported
      if (declaration.kind === "team") {
        const team = checkTeam(context, declaration);
        if (team !== undefined && build.teams.has(team.name)) teams.set(team.name, team);
      } else if (declaration.kind === "require") {
        const requirement = checkRequirement(context, declaration);
        if (requirement !== undefined && !repeated.has(requirement.name)) {
          requirements.push(requirement);
        }
      } else if (declaration.kind === "observe") {
        const observation = checkObservation(context, declaration);
        if (observation !== undefined) observations.push(observation);
      }
    }
    checkHeader(context, scope);
  }
  return { teams, requirements, delegations, observations };
}

function requirementNames(scope: ModuleScope) {
  if (!scope.isRoot) return [];
  return scope.tree.declarations.flatMap((one) =>
    one.kind === "require"
      ? [{ name: one.name.text, span: one.name.span, noun: "requirement" }]
      : [],
  );
}

/** `by T` counts only if T's `writes` lists the module. */
function checkHeader(context: Context, { name, tree }: ModuleScope): void {
  if (tree.by === undefined || !hasTeam(context, tree.by)) return;
  const team = tree.by.text;
  const declaration = context.build.root?.tree.declarations.find(
    (one): one is TeamDeclaration => one.kind === "team" && one.name.text === team,
  );
  if (declaration === undefined || declaration.writes.some(({ text }) => text === name)) return;
  const related = [{ message: `team \`${team}\` is declared here`, span: declaration.name.span }];
  report(context, diagnose("SEG209", tree.by.span, { team, module: name }, { related }));
}

function machines(
  context: Context,
  expression: SetExpression,
  where: string,
): CheckedSet | undefined {
  return checkSet(context, expression, { machinesOnly: where, names: false });
}

function checkTeam(context: Context, declaration: TeamDeclaration): Team | undefined {
  const { name, owns, span } = declaration;
  const checked = machines(context, owns, "a team's workloads");
  const writes = declaration.writes.filter((module) => hasModule(context, module));
  if (checked === undefined) return undefined;
  return { name: name.text, owns: checked.set, writes: writes.map(({ text }) => text), span };
}

function checkRequirement(
  context: Context,
  { name, of, have, span }: RequireDeclaration,
): Requirement | undefined {
  const checked = machines(context, of, "a requirement");
  const predicate = checkPredicate(context, have)?.predicate;
  if (checked === undefined || predicate === undefined) return undefined;
  return { name: name.text, of: checked.set, have: predicate, span };
}

const allWorkloads: EndpointSet = { kind: "workloads", where: undefined };

function checkDelegation(
  context: Context,
  scope: ModuleScope,
  declaration: DelegateDeclaration,
): Delegation | undefined {
  const of = machines(context, declaration.of, "a delegation");
  const peers = declaration.with && machines(context, declaration.with, "a delegation");
  const service = checkService(context, declaration.service)?.service;
  const to = declaration.to.filter((module) => hasModule(context, module));
  const module = context.build.authored.get(moduleOf(scope));
  if (of === undefined || service === undefined || module === undefined) return undefined;
  if (declaration.with !== undefined && peers === undefined) return undefined;
  return {
    module,
    directions: directionsOf(declaration.directions),
    of: of.set,
    with: peers?.set ?? context.build.interned.get("workloads") ?? allWorkloads,
    service,
    to: to.map(({ text }) => text),
    span: declaration.span,
  };
}

function checkObservation(
  context: Context,
  declaration: ObserveDeclaration,
): Observation | undefined {
  const of = machines(context, declaration.of, "an observe window");
  const read = readMeta(declaration.meta);
  if (of === undefined || read === undefined) return undefined;
  return {
    directions: directionsOf(declaration.directions),
    of: of.set,
    until: declaration.until.value,
    because: read.meta.because,
    ticket: read.meta.ticket,
    span: declaration.span,
  };
}

/** Each once, sorted. */
function directionsOf(directions: readonly DirectionTree[]): readonly Direction[] {
  return [...new Set(directions)].sort();
}
