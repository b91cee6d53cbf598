// The part of the EC2 API that segc uses, as a port: `host/aws.ts` speaks to an account, tests to whatever
// they like. Operations and fields are those of the API; nothing of an SDK's types is needed here.

/** Calls that list things, with the key of their list. */
export const listKeys = {
  DescribeManagedPrefixLists: "PrefixLists",
  DescribeNetworkInterfaces: "NetworkInterfaces",
  DescribeSecurityGroups: "SecurityGroups",
  DescribeSecurityGroupRules: "SecurityGroupRules",
  DescribeInstances: "Reservations",
  DescribeLaunchTemplates: "LaunchTemplates",
  DescribeLaunchTemplateVersions: "LaunchTemplateVersions",
  DescribeTransitGateways: "TransitGateways",
  DescribeTransitGatewayVpcAttachments: "TransitGatewayVpcAttachments",
  DescribeVpcPeeringConnections: "VpcPeeringConnections",
  GetManagedPrefixListEntries: "Entries",
} as const;

export type ListOperation = keyof typeof listKeys;

export type ChangeOperation =
  | "AuthorizeSecurityGroupEgress"
  | "AuthorizeSecurityGroupIngress"
  | "CreateManagedPrefixList"
  | "CreateSecurityGroup"
  | "CreateTags"
  | "DeleteManagedPrefixList"
  | "DeleteSecurityGroup"
  | "ModifyManagedPrefixList"
  | "ModifyNetworkInterfaceAttribute"
  | "RevokeSecurityGroupEgress"
  | "RevokeSecurityGroupIngress";

export type Ec2Input = Readonly<Record<string, unknown>>;

export interface Ec2 {
  /** Every item of every page. Rejects with an `Ec2Error`. */
  readonly list: (operation: ListOperation, input: Ec2Input) => Promise<readonly unknown[]>;
  /** One call; its answer. Rejects with an `Ec2Error`. */
  readonly change: (operation: ChangeOperation, input: Ec2Input) => Promise<unknown>;
}

/** EC2 said no, or could not be reached. */
export class Ec2Error extends Error {
  /** As EC2 names it (`InvalidPermission.Duplicate`), or a name of the client's for what never got there. */
  readonly code: string;
  readonly operation: string;

  constructor(operation: string, code: string, message: string) {
    super(message);
    this.operation = operation;
    this.code = code;
  }
}
