// A transition as calls for the AWS CLI, one to a line, for whoever does not let segc change an account: what
// `aws ec2 CALL --cli-input-json` takes. Groups that do not exist yet stand by their refs (`new:VPC/NAME`),
// where their ids must stand.
import { formatCidr } from "../../../compiler/sets/address.ts";
import type { LiveAccount } from "../account/account.ts";
import type { Ec2Input } from "../account/ec2.ts";
import { liveRuleKey } from "../account/read.ts";
import type { Attempt } from "../transition/attempt.ts";
import { inCalls } from "../transition/list-steps.ts";
import type { ListStep, Step } from "../transition/phase.ts";
import {
  createListRequest,
  deleteListRequest,
  entriesRequest,
  renameListRequest,
  sizeRequest,
} from "./list-requests.ts";
import {
  attachRequest,
  createRequest,
  deleteRequest,
  ipPermissions,
  type Request,
  renameRequest,
} from "./requests.ts";

export interface CliCall {
  /** Everything must have settled before the first call of the next one. */
  readonly phase: number;
  /** `create-security-group`. */
  readonly call: string;
  /** The ref that stands for the id in its answer. */
  readonly creates?: string;
  /** Errors of EC2 that say there was nothing to do, or nothing that could be done. */
  readonly mayFailWith?: readonly string[];
  readonly input: Ec2Input;
}

export function cliCalls(
  { phases, states }: Pick<Attempt, "phases" | "states">,
  live: LiveAccount,
  owner: string,
): readonly CliCall[] {
  const lists = new Map<string, ListCount>();
  for (const [ref, { entries, weight }] of states[0]?.lists ?? []) {
    const { version = 1 } = live.prefixLists.get(ref) ?? {};
    lists.set(ref, { version, size: entries.size, max: weight });
  }
  return phases.flatMap(({ steps }, at) =>
    // Rules of a new group name others that are as new.
    [...steps.filter(isCreation), ...steps.filter((step) => !isCreation(step))]
      .flatMap((step) =>
        "list" in step ? listCalls(step, lists, owner) : callsOf(step, live, owner),
      )
      .map((call) => ({ phase: at + 1, ...call })),
  );
}

export const callLines = (calls: readonly CliCall[]): string =>
  calls.map((call) => `${JSON.stringify(call)}\n`).join("");

const isCreation = ({ kind }: Step): boolean => kind === "create" || kind === "create-list";

type Bare = Omit<CliCall, "phase">;

function callsOf(step: Exclude<Step, ListStep>, live: LiveAccount, owner: string): readonly Bare[] {
  switch (step.kind) {
    case "create": {
      const created = { ...bare(createRequest(step, owner)), creates: step.group };
      return [created, ...everythingOut.map((ranges) => revokeOut(step.group, ranges))];
    }
    case "attach":
      return [bare(attachRequest(step, { owner, idOf: (ref) => ref }))];
    case "rename":
      return [bare(renameRequest(step))];
    case "delete":
      return [{ ...bare(deleteRequest(step.group)), mayFailWith: ["DependencyViolation"] }];
    default: {
      const call = `${step.kind}-security-group-${step.direction}`;
      const ids = step.kind === "revoke" ? idsOf(step, live) : undefined;
      const named = ids === undefined ? ipPermissions(step.rules) : undefined;
      const rules = ids === undefined ? { IpPermissions: named } : { SecurityGroupRuleIds: ids };
      return [{ call, input: { GroupId: step.group, ...rules } }];
    }
  }
}

/** Rules of another account's groups are told by their ids alone; undefined where some are not there yet. */
function idsOf(
  { group, direction, rules }: Extract<Step, { readonly rules: unknown }>,
  { groups }: LiveAccount,
): readonly string[] | undefined {
  const own = groups.find(({ id }) => id === group)?.[direction] ?? [];
  const ids = new Map(own.map((rule) => [liveRuleKey(rule), rule.id]));
  const found = rules.flatMap((rule) => ids.get(liveRuleKey(rule)) ?? []);
  return found.length === rules.length ? found : undefined;
}

/** A list as the calls before have left it. */
interface ListCount {
  /** Each change of entries makes the next one. */
  version: number;
  size: number;
  /** Entries that it may have. */
  max: number;
}

function listCalls(step: ListStep, lists: Map<string, ListCount>, owner: string): readonly Bare[] {
  const { list } = step;
  switch (step.kind) {
    case "create-list": {
      const { length } = step.entries;
      const own = { version: 1, size: length, max: length };
      lists.set(list, own);
      const [, ...more] = inCalls(step.entries.map(formatCidr));
      const made = { ...bare(createListRequest(step, owner)), creates: list };
      const added = more.map((some) => entriesRequest(list, "extend-list", some, own.version++));
      return [made, ...added.map(bare)];
    }
    case "rename-list":
      return [bare(renameListRequest(step))];
    case "delete-list":
      // EC2 may say so only afterwards: the list is there still, as `delete-failed`.
      return [{ ...bare(deleteListRequest(list)), mayFailWith: ["DependencyViolation"] }];
    default:
      return changeCalls(step, lists.get(list));
  }
}

/** Room comes before entries and goes after them, as in `lists.ts`. */
function changeCalls(
  { kind, list, entries }: Extract<ListStep, { kind: "extend-list" | "shorten-list" }>,
  own: ListCount | undefined,
): readonly Bare[] {
  if (own === undefined) throw new Error("bug in segc (aws): a step without its list");
  const isMore = kind === "extend-list";
  own.size += isMore ? entries.length : -entries.length;
  const changes = inCalls(entries.map(formatCidr)).map((some) =>
    bare(entriesRequest(list, kind, some, own.version++)),
  );
  const isResized = isMore ? own.size > own.max : own.size < own.max;
  if (!isResized) return changes;
  own.max = Math.max(own.size, 1);
  const resized = bare(sizeRequest(list, own.max));
  return isMore ? [resized, ...changes] : [...changes, resized];
}

/** New groups let everything out, over IPv6 too where the network has it. */
const everythingOut: readonly Ec2Input[] = [
  { IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
  { Ipv6Ranges: [{ CidrIpv6: "::/0" }] },
];

const revokeOut = (group: string, ranges: Ec2Input): Bare => ({
  call: "revoke-security-group-egress",
  ...("Ipv6Ranges" in ranges ? { mayFailWith: ["InvalidPermission.NotFound"] } : {}),
  input: { GroupId: group, IpPermissions: [{ IpProtocol: "-1", ...ranges }] },
});

const bare = ({ operation, input }: Request): Bare => ({
  call: operation.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase(),
  input,
});
