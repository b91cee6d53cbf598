// Carries a transition out: phase by phase, each step in one call, everything read again before the next phase.
// What was done is found out from the account and never remembered, so it can be run again after a crash.

import { type LiveAccount, type LiveGroup, livePlannedName } from "../account/account.ts";
import { describeNetworks } from "../account/describe.ts";
import { type Ec2, Ec2Error } from "../account/ec2.ts";
import { directions } from "../members.ts";
import { needsTime, type Phase, phaseText, type Step } from "../transition/phase.ts";
import { ruleKey, type State, stateOf } from "../transition/state.ts";
import type { Transition } from "../transition/transition.ts";
import type { HeldLease } from "./lease.ts";
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
  withIds,
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
  | { readonly ok: true; readonly calls: number }
  /** What is in the account is not what the phase should have left. */
  | { readonly ok: false; readonly phase: string; readonly differences: readonly string[] };

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
  const send = async ({ operation, input }: Request): Promise<unknown> => {
    if (isInterrupted()) throw new Interrupted();
    await lease.prolong();
    calls++;
    return ec2.change(operation, input);
  };
  for (const [index, phase] of phases.entries()) {
    const text = phaseText(phase);
    progress(`phase ${index + 1} of ${phases.length}: ${text} (${phase.steps.length} steps)`);
    await creations(phase, { ec2, send, ids, owner });
    const before = await describeNetworks(ec2, vpcs);
    const byId = new Map(before.groups.map((group) => [group.id, group]));
    for (const step of phase.steps) await carryOut(step, byId, names, send);
    const expected = states[index + 1];
    if (expected === undefined) throw new Error("bug in segc (aws): a phase without its end");
    const first = needsTime(phase) ? settle : 0;
    const differences = await settled(expected, names, { ec2, wait, vpcs, first, settle });
    if (differences.length > 0) return { ok: false, phase: text, differences };
  }
  return { ok: true, calls };
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
    const { groups } = await describeNetworks(ec2, [step.vpc]);
    const found = groups.find(({ name }) => name.toLowerCase() === step.name.toLowerCase());
    if (found === undefined || livePlannedName(found, owner) !== step.planned) throw error;
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
  step: Step,
  live: ReadonlyMap<string, LiveGroup>,
  names: Names,
  send: (request: Request) => Promise<unknown>,
): Promise<void> {
  if (step.kind === "create") return;
  if (step.kind === "attach") {
    await send(attachRequest(step, names));
    return;
  }
  if (step.kind === "rename") {
    await send(renameRequest(step));
    return;
  }
  if (step.kind === "delete") {
    await tolerant(send, deleteRequest(names.idOf(step.group)), ["InvalidGroup.NotFound"]);
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

interface Settling {
  readonly ec2: Ec2;
  readonly wait: (seconds: number) => Promise<void>;
  readonly vpcs: readonly string[];
  /** Seconds before the first reading, and before each after that. */
  readonly first: number;
  readonly settle: number;
}

/** How often the account is read until it says what it should: answers of EC2 lag behind, too. */
const readingsMax = 3;

async function settled(
  expected: State,
  { idOf }: Names,
  { ec2, wait, vpcs, first, settle }: Settling,
): Promise<readonly string[]> {
  for (let reading = 1; ; reading++) {
    await wait(reading === 1 ? first : settle);
    const found = differences(expected, await describeNetworks(ec2, vpcs), idOf);
    if (found.length === 0 || reading === readingsMax) return found;
  }
}

/** What stands in the account otherwise than expected, for people. */
export function differences(
  expected: State,
  live: LiveAccount,
  idOf: Names["idOf"],
): readonly string[] {
  const found = stateOf(live);
  const problems: string[] = [];
  const wanted = new Map([...expected.groups].map(([ref, group]) => [idOf(ref), group]));
  for (const [id, { name }] of found.groups) {
    if (!wanted.has(id)) problems.push(`there is a group ${id} (${name}) more`);
  }
  for (const [id, group] of wanted) {
    const there = found.groups.get(id);
    if (there === undefined) problems.push(`group ${id} (${group.name}) is gone`);
    for (const direction of directions) {
      const rules = [...group[direction].values()].map((rule) => ruleKey(withIds(rule, idOf)));
      const own = there?.[direction] ?? new Map();
      const missing = rules.filter((key) => !own.has(key)).length;
      const more = [...own.keys()].filter((key) => !rules.includes(key)).length;
      if (missing + more > 0) {
        problems.push(`${id} (${group.name}): ${missing} ${direction} rules missing, ${more} more`);
      }
    }
  }
  for (const [id, groups] of expected.carried) {
    const own = found.carried.get(id);
    const same = own?.join() === groups.map(idOf).sort().join();
    if (!same)
      problems.push(own === undefined ? `interface ${id} is gone` : `${id} carries other groups`);
  }
  return problems;
}
