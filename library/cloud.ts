// A project against an account: what would change, and what is not as it should be. Reading the account and
// changing it are the caller's, by way of a port.
import type { RelianceEntry } from "../compiler/manifest.ts";
import type { UtcDate } from "../compiler/model/types.ts";
import { type AwsLimits, awsDefaults } from "../compiler/quotas.ts";
import type { IpAddress } from "../compiler/sets/address.ts";
import {
  type AddressSet,
  addressSetOf,
  isAddressSubset,
  noAddress,
} from "../compiler/sets/address-set.ts";
import { type Diagnostic, hasErrors } from "../diagnostics/diagnostic.ts";
import type { AwsConfig } from "../project/config.ts";
import type { Files } from "../project/files.ts";
import { loadProject } from "../project/load.ts";
import type { LiveAccount } from "../targets/aws/account/account.ts";
import { callLines, cliCalls } from "../targets/aws/apply/calls.ts";
import { accountDigest } from "../targets/aws/apply/digest.ts";
import { planFileText, type Wanted } from "../targets/aws/apply/plan-file.ts";
import type { AwsPlan } from "../targets/aws/groups.ts";
import { ofInterface } from "../targets/aws/members.ts";
import { parseAws } from "../targets/aws/parse.ts";
import { renderAws } from "../targets/aws/render.ts";
import { type Drift, driftOf } from "../targets/aws/transition/drift.ts";
import { effectOf } from "../targets/aws/transition/effect.ts";
import type { Foreign } from "../targets/aws/transition/keeps.ts";
import { livePlan } from "../targets/aws/transition/live-plan.ts";
import {
  namesOtherNetworks,
  type PlanProblem,
  problemsOf,
} from "../targets/aws/transition/problems.ts";
import { type Summary, summaryOf } from "../targets/aws/transition/summary.ts";
import { type Transition, transitionOf } from "../targets/aws/transition/transition.ts";
import { compile } from "./compile.ts";
import { verify } from "./verify.ts";

/** What a project wants of an account. */
export interface CloudTarget {
  readonly plan: AwsPlan;
  /** Networks that it is about, sorted. */
  readonly vpcs: readonly string[];
  /** Whether it matters what joins them in the account. */
  readonly links: boolean;
  readonly owner: string;
  readonly settle: number;
  readonly limits: AwsLimits;
  readonly foreign: Foreign;
  /** Rules for which others must hold back hosts at their own end. */
  readonly relies: readonly string[];
  readonly inputs: Wanted["inputs"];
  /** Whether an artefact that says this does what the policy says: what it does otherwise. */
  readonly prove: (text: string) => readonly string[];
  /** What the inventory says of each workload that has interfaces. */
  readonly addresses: ReadonlyMap<string, AddressSet>;
}

export interface CloudTargetRead {
  readonly diagnostics: readonly Diagnostic[];
  /** Undefined where the project has errors, or no interface with security groups. */
  readonly target: CloudTarget | undefined;
}

/** Seconds after which every interface is taken to have what a call changed. */
const settleDefault = 15;

export function cloudTarget(files: Files, { now }: { readonly now: UtcDate }): CloudTargetRead {
  const { checked, diagnostics, compiled } = compile(files, { now, targets: ["aws"] });
  const artefact = compiled?.artefacts.find(({ entry }) => entry.target === "aws");
  if (hasErrors(diagnostics) || compiled === undefined || artefact === undefined) {
    return { diagnostics, target: undefined };
  }
  const [file] = artefact.files;
  const plan = planIn(artefact.files);
  const { config, inputs } = checked.project;
  const { owner = checked.model.root.name, settle = settleDefault } = config.aws;
  const target = {
    plan,
    vpcs: networksOf(plan),
    links: namesOtherNetworks(plan),
    owner,
    settle,
    limits: limitsOf(config),
    foreign: foreignOf(config.aws),
    relies: compiled.manifest.relies.flatMap(relianceText),
    inputs,
    prove: (text: string) =>
      verify(checked, compiled.manifest, new Map([[file?.path ?? "", text]]), {
        now,
      }).findings.map(({ problem }) => problem),
    addresses: new Map(
      checked.inventory.workloads.map(({ name, addresses }) => [
        name,
        addressSetOf(addresses.map(({ ip }) => ip)),
      ]),
    ),
  };
  return { diagnostics, target };
}

function planIn(files: readonly { readonly path: string; readonly text: string }[]): AwsPlan {
  const own = files.map(({ path, text }) => ({ path: path.split("/").at(-1) ?? path, text }));
  const parsed = parseAws(own);
  if (!parsed.ok) throw new Error(`bug in segc (aws): ${JSON.stringify(parsed.problems)}`);
  return parsed.plan;
}

const networksOf = ({ groups, attachments }: AwsPlan): readonly string[] =>
  [...new Set([...groups, ...attachments].map(({ network }) => network))].sort();

/** Nothing else is compiled here, so that all that is leant on stands under `notCompiled`. */
const relianceText = ({ rule, programs, notCompiled }: RelianceEntry): readonly string[] =>
  programs.length > 0
    ? []
    : notCompiled.map(
        ({ kind, workloads }) => `${rule}: ${kind} holds back ${workloads} of the hosts`,
      );

const foreignOf = ({ foreign = "exclusive", accepted = {} }: AwsConfig): Foreign =>
  foreign === "exclusive" ? foreign : { accepted: Object.keys(accepted).sort() };

function limitsOf({ limits }: { readonly limits: readonly { name: string; value: number }[] }) {
  const stated = new Map(limits.map(({ name, value }) => [name, value]));
  const of = (name: keyof AwsLimits) => stated.get(name) ?? awsDefaults[name];
  return {
    rulesPerGroup: of("rulesPerGroup"),
    groupsPerInterface: of("groupsPerInterface"),
    reserveSlots: of("reserveSlots"),
    prefixLists: of("prefixLists"),
  };
}

export interface CloudChange {
  readonly problems: readonly PlanProblem[];
  readonly transition: Transition;
  readonly summary: Summary;
}

export function cloudChange(
  {
    plan,
    vpcs,
    owner,
    limits,
    foreign,
    relies,
  }: Pick<CloudTarget, "plan" | "vpcs" | "owner" | "limits" | "foreign" | "relies">,
  live: LiveAccount,
): CloudChange {
  const problems = problemsOf(plan, live, { vpcs, owner });
  const transition = transitionOf(plan, live, { owner, limits, foreign });
  const [start] = transition.states;
  const end = transition.states.at(-1);
  if (start === undefined || end === undefined) throw new Error("bug in segc (aws): no states");
  const effect = effectOf(live, start, end);
  const summary = summaryOf(transition, effect, { plan, live, limits, owner, foreign, relies });
  return { problems, transition, summary };
}

export const cloudPlanText = (
  target: CloudTarget,
  live: LiveAccount,
  { summary }: CloudChange,
  now: UtcDate,
): string => planFileText(target, { live: accountDigest(live), now }, summary);

/** For the AWS CLI, one to a line. */
export const cloudCallText = (
  { owner }: CloudTarget,
  live: LiveAccount,
  { transition }: CloudChange,
): string => callLines(cliCalls(transition, live, owner));

/** Everything that the project reads, as it is now. */
export const projectInputs = (files: Files): Wanted["inputs"] => loadProject(files).project.inputs;

/** Files of the inventory that hold answers of EC2. */
export const savedSources = (
  files: Files,
): readonly { readonly file: string; readonly instances: string | undefined }[] =>
  loadProject(files, { withoutInventory: true }).project.config.inventory.filter(
    ({ reader }) => reader === "ec2",
  );

/** Whether interfaces have the addresses that the inventory says: a proof goes by these. */
function hasAddressesOf({ plan, addresses }: CloudTarget, { interfaces }: LiveAccount): boolean {
  const live = new Map(interfaces.map((one) => [one.id, one]));
  const found = new Map<string, IpAddress[]>();
  for (const { interface: id, workload } of plan.attachments) {
    const own = live.get(id);
    if (own === undefined || own.prefixes.length > 0) return false;
    found.set(workload, [...(found.get(workload) ?? []), ...own.addresses]);
  }
  return [...found].every(([workload, list]) => {
    const [known, there] = [addresses.get(workload) ?? noAddress, addressSetOf(list)];
    return isAddressSubset(there, known) && isAddressSubset(ofInterface(known), there);
  });
}

export interface CloudDrift {
  readonly problems: readonly PlanProblem[];
  readonly drifts: readonly Drift[];
  /** What is live was proved to do what the policy says. */
  readonly isProved: boolean;
}

/**
 * Everything in which the account is not what the project says. Where comparing finds nothing, what is live is proved
 * as an artefact would be; groups of others that the project accepts are no part of that.
 */
export function cloudDrift(target: CloudTarget, live: LiveAccount): CloudDrift {
  const { plan, vpcs, owner, foreign } = target;
  const problems = problemsOf(plan, live, { vpcs, owner });
  const drifts = driftOf(plan, live, { owner, foreign });
  const isProvable =
    problems.length + drifts.length === 0 &&
    foreign === "exclusive" &&
    hasAddressesOf(target, live);
  const found = isProvable ? livePlan(plan, live, owner) : undefined;
  const [file] = found === undefined ? [] : renderAws(found);
  const faults = file === undefined ? [] : target.prove(file.text);
  return {
    problems,
    drifts: [...drifts, ...faults.map((text): Drift => ({ kind: "other", text }))],
    isProved: file !== undefined && faults.length === 0,
  };
}
