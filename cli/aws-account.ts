// The account that a verb speaks of: live through the SDK, or as somebody saved it; and what EC2 said when it
// said no, with what to do about it.
import { resolve } from "node:path";
import { awsEc2, NoSdk } from "../host/aws.ts";
import { nodeFiles } from "../host/node-files.ts";
import { type Ec2, Ec2Error } from "../targets/aws/account/ec2.ts";
import { UnreadableAnswer } from "../targets/aws/account/read.ts";
import { savedEc2 } from "../targets/aws/account/saved.ts";
import { LeaseTaken } from "../targets/aws/apply/lease.ts";
import { type Call, type Failure, failure } from "./call.ts";
import { exit } from "./exit.ts";

const bytesMax = 256 * 1024 * 1024;

/** Runs with the account of the call; what goes wrong there is the user's to know, and no bug. */
export async function withAccount<Found>(
  { options, terminal }: Call,
  use: (ec2: Ec2) => Promise<Found>,
): Promise<Found | Failure> {
  try {
    return await use(
      options.live === undefined ? await awsEc2() : saved(terminal.folder, options.live),
    );
  } catch (error) {
    const found = accountFailure(error);
    if (found === undefined) throw error;
    return found;
  }
}

function saved(folder: string, live: string): Ec2 {
  const files = nodeFiles(resolve(folder, live));
  return savedEc2((name) => {
    const read = files.read(name, bytesMax);
    if (read.ok) return new TextDecoder().decode(read.bytes);
    if (read.fault === "missing") return undefined;
    throw new Ec2Error("saved answers", "SavedAccount", `${name} cannot be read: ${read.detail}`);
  });
}

function accountFailure(error: unknown): Failure | undefined {
  if (error instanceof NoSdk) {
    return failure(
      exit.environment,
      "the SDK of EC2 is not installed",
      "`npm install @aws-sdk/client-ec2`, or give saved answers with `--live DIR`",
    );
  }
  if (error instanceof UnreadableAnswer) {
    return failure(exit.environment, `EC2 answered what segc cannot read: ${error.message}`);
  }
  if (error instanceof LeaseTaken) return leaseFailure(error);
  if (!(error instanceof Ec2Error)) return undefined;
  const { code, operation, message } = error;
  return failure(exit.environment, `${operation}: ${message} (${code})`, helpFor(code, message));
}

function leaseFailure({ lease, vpc }: LeaseTaken): Failure {
  return lease === undefined
    ? failure(
        exit.environment,
        `the lease of ${vpc} was lost, or a group that is none has its name, \`segc-lease\``,
        "see what else changes this network, then plan again",
      )
    : failure(
        exit.environment,
        `${lease.holder} applies a plan to ${vpc}, until ${new Date(lease.until).toISOString()} at least`,
        "wait for it; if it has died, its lease runs out by itself",
      );
}

function helpFor(code: string, message: string): string | undefined {
  if (/Region is missing/.test(message)) return "say which region with AWS_REGION or AWS_PROFILE";
  switch (code) {
    case "CredentialsProviderError":
      return "give credentials as for every tool of AWS: AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
    case "AuthFailure":
    case "ExpiredToken":
    case "InvalidClientTokenId":
    case "RequestExpired":
      return "the credentials are not valid here, or not any more";
    case "UnauthorizedOperation":
      return "the credentials may not do this; targets/aws/README.md lists the actions each verb needs";
    case "RequestLimitExceeded":
      return "EC2 has throttled this account for long; run it again later, it goes on where it stopped";
    case "ECONNREFUSED":
    case "ENOTFOUND":
    case "EAI_AGAIN":
    case "TimeoutError":
    case "ETIMEDOUT":
      return "EC2 cannot be reached; is AWS_REGION (and AWS_ENDPOINT_URL, where it is set) right?";
    case "RulesPerSecurityGroupLimitExceeded":
    case "SecurityGroupsPerInterfaceLimitExceeded":
      return "the account grants less than `quotas: aws:` of segc.yaml says; set what it grants and plan again";
    case "SavedAccount":
      return "save answers as targets/aws/README.md says: `aws ec2 describe-security-groups > security-groups.json` and the others";
    default:
      return undefined;
  }
}
