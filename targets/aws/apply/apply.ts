// Carries a transition out: phase by phase, each step in one call, everything read again before the next phase.
// What was done is found out from the account and never remembered, so it can be run again after a crash.

import { type LiveGroup, livePlannedName } from "../account/account.ts";
import { describeNetworks } from "../account/describe.ts";
import { type Ec2, Ec2Error } from "../account/ec2.ts";
import { directions } from "../members.ts";
import { type ListStep, needsTime, type Phase, phaseText, type Step } from "../transition/phase.ts";
import type { State } from "../transition/state.ts";
import type { Transition } from "../transition/transition.ts";
import { differences, type Matters, touchedIn } from "./differences.ts";
import type { HeldLease } from "./lease.ts";
import { carryOutList, createList, type ListHost } from "./lists.ts";
import {
  attachRequest,
  authorizeRequest,
  createRequest,
  deleteRequest,
  type Names,
  type Request,
  renameRequest,
  revokeByIds,
  revokeRequest,
} from "./requests.ts";

export interface ApplyHost {
  readonly ec2: Ec2;
  readonly wait: (seconds: number) => Promise<void>;
  readonly progress: (text: string) => void;
  /** Asked before each call. */
  readonly isInterrupted?: () => boolean;
}

/** Somebody asked the process to stop; what was done stands. */
export class Interrupted extends Error {}

export interface ApplyOptions {
  readonly owner: string;
  readonly vpcs: readonly string[];
  /** Seconds after a phase until every interface is taken to have it. */
  readonly settle: number;
  readonly lease: Pick<HeldLease, "prolong">;
}

export type Applied =
  | {
      readonly ok: true;
      readonly calls: number;
      /** Ids of empty groups and of lists that could not be deleted: something that segc does not see names them. */
      readonly left: readonly string[];
    }
  /**
   * What is in the account is not what the phase should have left; without a phase: it is not what it was when
   * the way was worked out, and nothing was done.
   */
  | {
      readonly ok: false;
      readonly phase: string | undefined;
      readonly differences: readonly string[];
    };

/** @throws Ec2Error, LeaseTaken, UnreadableAnswer */
export async function applyTransition(
  { phases, states }: Pick<Transition, "phases" | "states">,
  { ec2, wait, progress, isInterrupted = () => false }: ApplyHost,
  options: ApplyOptions,
): Promise<Applied> {
  const { owner, vpcs, settle, lease } = options;
  const ids = new Map<string, string>();
  const names: Names = { owner, idOf: (ref) => ids.get(ref) ?? ref };
  let calls = 0;
  const left = new Set<string>();
  const matters = touchedIn(states, phases, await ownGroups(ec2, options));
  const send = async ({ operation, input }: Request): Promise<unknown> => {
    if (isInterrupted()) throw new Interrupted();
    await lease.prolong();
    calls++;
    return ec2.change(operation, input);
  };
  for (const [index, phase] of phases.entries()) {
    const text = phaseText(phase);
    const { length } = phase.steps;
    const steps = `${length} step${length === 1 ? "" : "s"}`;
    progress(`phase ${index + 1} of ${phases.length}: ${text} (${steps})`);
    const lists: ListHost = { ec2, wait, send, left };
    await listCreations(phase, { lists, ids, owner });
    await creations(phase, { ec2, send, ids, owner });
    const before = await describeNetworks(ec2, vpcs);
    const byId = new Map(before.groups.map((group) => [group.id, group]));
    for (const step of phase.steps) {
      if (step.kind === "delete") await deleteGroup(names.idOf(step.group), send, left);
      else if ("list" in step) await changeList(step, names, lists);
      else await carryOut(step, byId, names, send);
    }
    const expected = states[index + 1];
    if (expected === undefined) throw new Error("bug in segc (aws): a phase without its end");
    const first = needsTime(phase) ? settle : 0;
    const differences = await settled(expected, names, {
      ec2,
      wait,
      vpcs,
      first,
      settle,
      matters,
      left,
    });
    if (differences.length > 0) return { ok: false, phase: text, differences };
  }
  return { ok: true, calls, left: [...left].sort() };
}

async function changeList(step: ListStep, names: Names, lists: ListHost): Promise<void> {
  if (step.kind !== "create-list") await carryOutList(step, names, lists);
}

/** Before everything else: rules of the same phase name them. */
async function listCreations(
  { steps }: Phase,
  {
    lists,
    ids,
    owner,
  }: { readonly lists: ListHost; readonly ids: Map<string, string>; readonly owner: string },
): Promise<void> {
  for (const step of steps) {
    if (step.kind === "create-list") ids.set(step.list, await createList(step, lists, owner));
  }
}

async function ownGroups(ec2: Ec2, { vpcs, owner }: ApplyOptions): Promise<readonly string[]> {
  const { groups } = await describeNetworks(ec2, vpcs);
  return groups.flatMap((one) => (livePlannedName(one, owner) === undefined ? [] : [one.id]));
}

interface Creating {
  readonly ec2: Ec2;
  readonly send: (request: Request) => Promise<unknown>;
  readonly ids: Map<string, string>;
  readonly owner: string;
}

/** New groups of EC2 let everything out until those rules are taken away, which is done before anybody carries one. */
async function creations({ steps }: Phase, { ec2, send, ids, owner }: Creating): Promise<void> {
  const created: string[] = [];
  for (const step of steps) {
    if (step.kind !== "create") continue;
    const id = await createdGroup(step, { ec2, send, owner });
    ids.set(step.group, id);
    created.push(id);
  }
  if (created.length === 0) return;
  for (const id of created) {
    const Filters = [{ Name: "group-id", Values: [id] }];
    const rules = await ec2.list("DescribeSecurityGroupRules", { Filters });
    for (const direction of directions) {
      const own = rules.filter(
        (rule) => (Object(rule).IsEgress === true) === (direction === "egress"),
      );
      const request = revokeByIds(
        id,
        direction,
        own.map((rule) => String(Object(rule).SecurityGroupRuleId)),
      );
      if (request !== undefined) await tolerant(send, request, goneCodes);
    }
  }
}

async function createdGroup(
  step: Extract<Step, { kind: "create" }>,
  { ec2, send, owner }: Omit<Creating, "ids">,
): Promise<string> {
  try {
    return String(Object(await send(createRequest(step, owner))).GroupId);
  } catch (error) {
    if (!(error instanceof Ec2Error) || error.code !== "InvalidGroup.Duplicate") throw error;
    // The reply of an earlier call was lost: it is ours if its tags say so.
    const { groups, interfaces } = await describeNetworks(ec2, [step.vpc]);
    const found = groups.find(({ name }) => name.toLowerCase() === step.name.toLowerCase());
    if (found === undefined || livePlannedName(found, owner) !== step.planned) throw error;
    // Its rules are taken away next, as those of any new group: nobody may carry it.
    if (interfaces.some((one) => one.groups.includes(found.id))) throw error;
    return found.id;
  }
}

/** No such rule any more; the second is what the same call with other parameters gives. */
const goneCodes = ["InvalidSecurityGroupRuleId.NotFound", "InvalidPermission.NotFound"];

/** Errors that only say that the call was carried out before. */
async function tolerant(
  send: (request: Request) => Promise<unknown>,
  request: Request,
  codes: readonly string[],
): Promise<void> {
  try {
    await send(request);
  } catch (error) {
    if (!(error instanceof Ec2Error) || !codes.includes(error.code)) throw error;
  }
}

async function carryOut(
  step: Exclude<Step, ListStep>,
  live: ReadonlyMap<string, LiveGroup>,
  names: Names,
  send: (request: Request) => Promise<unknown>,
): Promise<void> {
  if (step.kind === "create" || step.kind === "delete") return;
  if (step.kind === "attach") {
    await send(attachRequest(step, names));
    return;
  }
  if (step.kind === "rename") {
    await send(renameRequest(step));
    return;
  }
  const group = live.get(names.idOf(step.group));
  if (group === undefined) {
    throw new Ec2Error(
      "DescribeSecurityGroups",
      "InvalidGroup.NotFound",
      `no group ${names.idOf(step.group)}`,
    );
  }
  const make = step.kind === "authorize" ? authorizeRequest : revokeRequest;
  const request = make(step, group, names);
  if (request === undefined) return;
  // Told so where a reply was lost; what is there in the end is read after the phase.
  const done = [...goneCodes, "InvalidPermission.Duplicate"];
  await tolerant(send, request, done);
}

/** What a rule of another network names stays, empty. */
async function deleteGroup(
  id: string,
  send: (request: Request) => Promise<unknown>,
  left: Set<string>,
): Promise<void> {
  try {
    await send(deleteRequest(id));
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    if (error.code === "DependencyViolation") left.add(id);
    else if (error.code !== "InvalidGroup.NotFound") throw error;
  }
}

interface Settling {
  readonly ec2: Ec2;
  readonly wait: (seconds: number) => Promise<void>;
  readonly vpcs: readonly string[];
  /** Seconds before the first reading, and before each after that. */
  readonly first: number;
  readonly settle: number;
  readonly matters: Matters;
  readonly left: ReadonlySet<string>;
}

/** How often the account is read until it says what it should: answers of EC2 lag behind, too. */
const readingsMax = 3;

async function settled(
  expected: State,
  { idOf }: Names,
  { ec2, wait, vpcs, first, settle, matters, left }: Settling,
): Promise<readonly string[]> {
  for (let reading = 1; ; reading++) {
    await wait(reading === 1 ? first : settle);
    const live = await describeNetworks(ec2, vpcs);
    const found = differences(expected, live, { idOf, matters, left });
    if (found.length === 0 || reading === readingsMax) return found;
  }
}
