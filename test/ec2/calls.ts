// The calls that the cases make, and what a case is.
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateSecurityGroupCommand,
  DescribeNetworkInterfacesCommand,
  DescribeSecurityGroupRulesCommand,
  type EC2Client,
  type IpPermission,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from "@aws-sdk/client-ec2";
import { expect } from "vitest";

export interface Ec2World {
  readonly client: EC2Client;
  /** An empty network. */
  readonly vpc: string;
  readonly newInterface: () => Promise<string>;
}

export type Fact =
  | "a rule id that is not there has its own error"
  | "authorize is all or nothing"
  | "descriptions have an alphabet"
  | "dependencies are kept"
  | "families count apart"
  | "groups of an interface are counted"
  | "groups count in both families"
  | "host bits are cleared"
  | "names ignore case"
  | "ports are checked"
  | "protocols come back by name"
  | "one request may not say a thing twice";

export interface Ec2Case {
  readonly name: string;
  readonly facts: readonly Fact[];
  readonly run: (world: Ec2World) => Promise<void>;
}

let count = 0;

export async function newGroup(
  { client, vpc }: Ec2World,
  name = `group-${++count}`,
): Promise<string> {
  const command = new CreateSecurityGroupCommand({
    GroupName: name,
    Description: "of a test",
    VpcId: vpc,
  });
  return String((await client.send(command)).GroupId);
}

export const web = (cidr: string, port = 443): IpPermission => ({
  IpProtocol: "tcp",
  FromPort: port,
  ToPort: port,
  ...(cidr.includes(":") ? { Ipv6Ranges: [{ CidrIpv6: cidr }] } : { IpRanges: [{ CidrIp: cidr }] }),
});

export const allow = ({ client }: Ec2World, GroupId: string, ...IpPermissions: IpPermission[]) =>
  client.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }));

export async function rulesOf({ client }: Ec2World, group: string, isEgress = false) {
  const Filters = [{ Name: "group-id", Values: [group] }];
  const { SecurityGroupRules = [] } = await client.send(
    new DescribeSecurityGroupRulesCommand({ Filters }),
  );
  return SecurityGroupRules.filter((rule) => rule.IsEgress === isEgress);
}

export const idsOf = (rules: readonly SecurityGroupRule[]) =>
  rules.map(({ SecurityGroupRuleId: id }) => String(id));

export const revoke = ({ client }: Ec2World, GroupId: string, SecurityGroupRuleIds: string[]) =>
  client.send(new RevokeSecurityGroupIngressCommand({ GroupId, SecurityGroupRuleIds }));

export async function groupsOf({ client }: Ec2World, id: string): Promise<readonly string[]> {
  const { NetworkInterfaces = [] } = await client.send(
    new DescribeNetworkInterfacesCommand({ NetworkInterfaceIds: [id] }),
  );
  const found = NetworkInterfaces.find((one) => one.NetworkInterfaceId === id);
  return (found?.Groups ?? []).map(({ GroupId }) => String(GroupId)).sort();
}

export const attach = ({ client }: Ec2World, NetworkInterfaceId: string, Groups: string[]) =>
  client.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups }));

export const refused = (call: Promise<unknown>, code: string) =>
  expect(call).rejects.toMatchObject({ name: code });

/** So many different prefixes of one address. */
export const prefixes = (length: number, isIpv6 = false): IpPermission[] =>
  Array.from({ length }, (_, at) => web(isIpv6 ? `2001:db8:${at}::/48` : `10.1.${at}.0/24`));
