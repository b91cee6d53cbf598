// Steps that concern managed prefix lists, carried out. What is there is read before each change, so that a step may
// be made again after a lost reply or a crash; EC2 takes its time over each change, and takes no other meanwhile.
import { formatCidr, parsePrefix } from "../../../compiler/sets/address.ts";
import { type Ec2, Ec2Error } from "../account/ec2.ts";
import { inCalls } from "../transition/list-steps.ts";
import type { ListStep } from "../transition/phase.ts";
import {
  createListRequest,
  deleteListRequest,
  entriesRequest,
  renameListRequest,
  sizeRequest,
} from "./list-requests.ts";
import type { Names, Request } from "./requests.ts";

export interface ListHost {
  readonly ec2: Ec2;
  readonly wait: (seconds: number) => Promise<void>;
  readonly send: (request: Request) => Promise<unknown>;
  /** Ids of what could not be deleted. */
  readonly left: Set<string>;
}

type Create = Extract<ListStep, { kind: "create-list" }>;
type Change = Extract<ListStep, { kind: "extend-list" | "shorten-list" }>;

/** Its id, once it has all of its entries. Nobody names it before that. */
export async function createList(step: Create, host: ListHost, owner: string): Promise<string> {
  const answer = await host.send(createListRequest(step, owner));
  const id = String(Object(Object(answer).PrefixList).PrefixListId);
  await ready(id, host);
  if (inCalls(step.entries).length > 1) {
    await changeEntries({ kind: "extend-list", list: id, entries: step.entries }, host);
  }
  return id;
}

export async function carryOutList(
  step: Exclude<ListStep, Create>,
  { idOf }: Pick<Names, "idOf">,
  host: ListHost,
): Promise<void> {
  const list = idOf(step.list);
  if (step.kind === "rename-list") await host.send(renameListRequest({ ...step, list }));
  else if (step.kind === "delete-list") await deleteList(list, host);
  else await changeEntries({ ...step, list }, host);
}

/** A reply that was lost makes the SDK call again, with a version that is none any more. */
const triesMax = 3;

async function changeEntries(step: Change, host: ListHost): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await changeOnce(step, host);
      return;
    } catch (error) {
      const isStale = error instanceof Ec2Error && error.code === "PrefixListVersionMismatch";
      if (!isStale || attempt === triesMax) throw error;
    }
  }
}

async function changeOnce({ kind, list, entries }: Change, host: ListHost): Promise<void> {
  // A change that failed once may be made now: what stood in its way may be gone.
  const { max } = await ready(list, host, ["modify-failed"]);
  const there = await entryTexts(list, host.ec2);
  const isMore = kind === "extend-list";
  const left = entries
    .map(formatCidr)
    .filter((text) => there.has(text) !== isMore)
    .map((text) => there.get(text) ?? text);
  const size = there.size + (isMore ? left.length : -left.length);
  if (isMore && size > max) await changed(sizeRequest(list, size), list, host);
  for (const some of inCalls(left)) {
    const { version } = await ready(list, host, ["modify-failed"]);
    await changed(entriesRequest(list, kind, some, version), list, host);
  }
  if (!isMore && size < max) await changed(sizeRequest(list, Math.max(size, 1)), list, host);
}

/** As EC2 writes them, by the one form of each. */
async function entryTexts(list: string, ec2: Ec2): Promise<ReadonlyMap<string, string>> {
  const entries = await ec2.list("GetManagedPrefixListEntries", { PrefixListId: list });
  return new Map(
    entries.map((entry) => {
      const text = String(Object(entry).Cidr);
      const parsed = parsePrefix(text);
      return [parsed.kind === "prefix" ? formatCidr(parsed.cidr) : text, text];
    }),
  );
}

async function changed(request: Request, list: string, host: ListHost): Promise<void> {
  await host.send(request);
  await ready(list, host);
}

/** Seconds that EC2 is given for one change of a list. */
const patience = 60;

/**
 * When nothing is in progress any more.
 * @throws Ec2Error where the last change failed, with what EC2 says of it
 */
async function ready(
  list: string,
  host: Pick<ListHost, "ec2" | "wait">,
  tolerated: readonly string[] = [],
): Promise<{ readonly version: number; readonly max: number }> {
  const { State, StateMessage, Version, MaxEntries } = Object(await settledList(list, host, true));
  const isReady =
    typeof State === "string" && (State.endsWith("-complete") || tolerated.includes(State));
  if (!isReady) {
    const why = String(StateMessage ?? `${list} is ${String(State ?? "not there")}`);
    throw new Ec2Error("ModifyManagedPrefixList", "PrefixListNotReady", why);
  }
  return { version: Number(Version), max: Number(MaxEntries) };
}

/**
 * As EC2 describes it; undefined where it is gone.
 * @param isThere whether it must be, though EC2 may not show it yet
 */
async function settledList(
  list: string,
  { ec2, wait }: Pick<ListHost, "ec2" | "wait">,
  isThere: boolean,
): Promise<unknown> {
  const Filters = [{ Name: "prefix-list-id", Values: [list] }];
  for (let second = 0; ; second++) {
    const [found] = await ec2.list("DescribeManagedPrefixLists", { Filters });
    const { State = isThere ? "not-seen-in-progress" : "" } = Object(found);
    if (!String(State).endsWith("-in-progress") || second === patience) return found;
    await wait(1);
  }
}

/** EC2 says only afterwards that something that segc does not see names the list: then it stays. */
async function deleteList(list: string, host: ListHost): Promise<void> {
  try {
    await host.send(deleteListRequest(list));
  } catch (error) {
    if (!(error instanceof Ec2Error)) throw error;
    if (error.code === "InvalidPrefixListID.NotFound") return;
    if (error.code !== "DependencyViolation") throw error;
    host.left.add(list);
    return;
  }
  const { State = "delete-complete" } = Object(await settledList(list, host, false));
  if (State !== "delete-complete") host.left.add(list);
}
