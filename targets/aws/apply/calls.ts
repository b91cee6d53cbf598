// A transition as calls for the AWS CLI, one to a line, for whoever does not let segc change an account: what
// `aws ec2 CALL --cli-input-json` takes. Groups that do not exist yet stand by their refs (`new:VPC/NAME`),
// where their ids must stand.
import type { Ec2Input } from "../account/ec2.ts";
import type { Attempt } from "../transition/attempt.ts";
import type { Step } from "../transition/phase.ts";
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
  /** An error of EC2 that says there was nothing to do. */
  readonly mayFailWith?: string;
  readonly input: Ec2Input;
}

export const cliCalls = ({ phases }: Pick<Attempt, "phases">, owner: string): readonly CliCall[] =>
  phases.flatMap(({ steps }, at) =>
    // Rules of a new group name others that are as new.
    [...steps.filter(isCreation), ...steps.filter((step) => !isCreation(step))]
      .flatMap((step) => callsOf(step, owner))
      .map((call) => ({ phase: at + 1, ...call })),
  );

export const callLines = (calls: readonly CliCall[]): string =>
  calls.map((call) => `${JSON.stringify(call)}\n`).join("");

const isCreation = (step: Step): boolean => step.kind === "create";

type Bare = Omit<CliCall, "phase">;

function callsOf(step: Step, owner: string): readonly Bare[] {
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
      return [bare(deleteRequest(step.group))];
    default: {
      const side = step.direction === "ingress" ? "ingress" : "egress";
      const input = { GroupId: step.group, IpPermissions: ipPermissions(step.rules) };
      return [{ call: `${step.kind}-security-group-${side}`, input }];
    }
  }
}

/** New groups let everything out, over IPv6 too where the network has it. */
const everythingOut: readonly Ec2Input[] = [
  { IpRanges: [{ CidrIp: "0.0.0.0/0" }] },
  { Ipv6Ranges: [{ CidrIpv6: "::/0" }] },
];

const revokeOut = (group: string, ranges: Ec2Input): Bare => ({
  call: "revoke-security-group-egress",
  ...("Ipv6Ranges" in ranges ? { mayFailWith: "InvalidPermission.NotFound" } : {}),
  input: { GroupId: group, IpPermissions: [{ IpProtocol: "-1", ...ranges }] },
});

const bare = ({ operation, input }: Request): Bare => ({
  call: operation.replace(/(?<=[a-z])(?=[A-Z])/g, "-").toLowerCase(),
  input,
});
