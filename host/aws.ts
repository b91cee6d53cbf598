// EC2 through its SDK, which is loaded when it is first needed. The account, its region and credentials come
// from where every tool of AWS takes them (AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL …).
import {
  type ChangeOperation,
  type Ec2,
  Ec2Error,
  type Ec2Input,
  type ListOperation,
  listKeys,
} from "../targets/aws/account/ec2.ts";
import { type Buckets, documentedBuckets } from "./pace.ts";

type Sdk = typeof import("@aws-sdk/client-ec2");
/** Any command will do for the type of `send`. */
type DescribeCommand = import("@aws-sdk/client-ec2").DescribeSecurityGroupsCommand;

/** The SDK is an optional companion of the package: most projects have no account. */
export class NoSdk extends Error {}

export interface AwsOptions {
  /** How quickly calls may be made; by default as EC2 documents it. */
  readonly buckets?: Buckets;
  /** How often the SDK tries a call that was throttled or lost. */
  readonly attempts?: number;
}

/** @throws NoSdk */
export async function awsEc2({
  buckets = documentedBuckets(),
  attempts = 6,
}: AwsOptions = {}): Promise<Ec2> {
  const sdk = await loadSdk();
  const client = new sdk.EC2Client({ maxAttempts: attempts });
  const commands = commandsOf(sdk);
  const send = async (operation: ListOperation | ChangeOperation, input: Ec2Input) => {
    await buckets.take(operation);
    try {
      // The commands' inputs have no type in common; what segc gives are the API's own fields.
      const Command = commands[operation] as new (input: Ec2Input) => DescribeCommand;
      return await client.send(new Command(input));
    } catch (error) {
      throw ec2Error(operation, error);
    }
  };
  return {
    change: send,
    list: async (operation, input) => {
      const found: unknown[] = [];
      for (let NextToken: unknown; ; ) {
        const page = Object(
          await send(operation, {
            ...input,
            MaxResults: pageSize(operation),
            ...(NextToken === undefined ? {} : { NextToken }),
          }),
        );
        found.push(...(page[listKeys[operation]] ?? []));
        NextToken = page.NextToken;
        if (typeof NextToken !== "string" || NextToken === "") return found;
      }
    },
  };
}

/** The most that EC2 gives at once. */
function pageSize(operation: ListOperation): number {
  if (operation.endsWith("ManagedPrefixLists") || operation.startsWith("GetManaged")) return 100;
  return operation.startsWith("DescribeLaunchTemplate") ? 200 : 1000;
}

async function loadSdk(): Promise<Sdk> {
  try {
    return await import("@aws-sdk/client-ec2");
  } catch (error) {
    if (Object(error).code === "ERR_MODULE_NOT_FOUND") throw new NoSdk();
    throw error;
  }
}

const commandsOf = (sdk: Sdk) =>
  ({
    AuthorizeSecurityGroupEgress: sdk.AuthorizeSecurityGroupEgressCommand,
    AuthorizeSecurityGroupIngress: sdk.AuthorizeSecurityGroupIngressCommand,
    CreateManagedPrefixList: sdk.CreateManagedPrefixListCommand,
    CreateSecurityGroup: sdk.CreateSecurityGroupCommand,
    CreateTags: sdk.CreateTagsCommand,
    DeleteManagedPrefixList: sdk.DeleteManagedPrefixListCommand,
    DeleteSecurityGroup: sdk.DeleteSecurityGroupCommand,
    DescribeInstances: sdk.DescribeInstancesCommand,
    DescribeLaunchTemplateVersions: sdk.DescribeLaunchTemplateVersionsCommand,
    DescribeLaunchTemplates: sdk.DescribeLaunchTemplatesCommand,
    DescribeManagedPrefixLists: sdk.DescribeManagedPrefixListsCommand,
    DescribeNetworkInterfaces: sdk.DescribeNetworkInterfacesCommand,
    DescribeSecurityGroupRules: sdk.DescribeSecurityGroupRulesCommand,
    DescribeSecurityGroups: sdk.DescribeSecurityGroupsCommand,
    DescribeTransitGatewayVpcAttachments: sdk.DescribeTransitGatewayVpcAttachmentsCommand,
    DescribeTransitGateways: sdk.DescribeTransitGatewaysCommand,
    DescribeVpcPeeringConnections: sdk.DescribeVpcPeeringConnectionsCommand,
    GetManagedPrefixListEntries: sdk.GetManagedPrefixListEntriesCommand,
    ModifyManagedPrefixList: sdk.ModifyManagedPrefixListCommand,
    ModifyNetworkInterfaceAttribute: sdk.ModifyNetworkInterfaceAttributeCommand,
    RevokeSecurityGroupEgress: sdk.RevokeSecurityGroupEgressCommand,
    RevokeSecurityGroupIngress: sdk.RevokeSecurityGroupIngressCommand,
  }) satisfies Record<ListOperation | ChangeOperation, unknown>;

/** The SDK names errors as EC2 does; what never got there has a name of the SDK's or of Node's. */
function ec2Error(operation: string, error: unknown): Ec2Error {
  const { name, code, message } = Object(error);
  const found =
    typeof name === "string" && name !== "Error" && name !== "AggregateError" ? name : code;
  return new Ec2Error(operation, String(found ?? "unknown"), String(message ?? error));
}
