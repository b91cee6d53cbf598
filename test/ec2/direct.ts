// The stand-in without HTTP, for many runs: the same account behind the port that segc speaks to.
import { type Ec2, Ec2Error, listKeys } from "../../targets/aws/account/ec2.ts";
import type { Account } from "./account.ts";
import { Ec2Fault } from "./fault.ts";
import type { Parameters } from "./parameters.ts";
import { answer } from "./server.ts";

const renamed: Readonly<Record<string, string>> = {
  UserIdGroupPairs: "Groups",
  SecurityGroupRuleIds: "SecurityGroupRuleId",
  TagSpecifications: "TagSpecification",
  Tags: "Tag",
  Resources: "ResourceId",
  Filters: "Filter",
  Values: "Value",
  Entries: "Entry",
  AddEntries: "AddEntry",
  RemoveEntries: "RemoveEntry",
  Description: "Description",
};

/** As the SDK writes it into a query. */
function queryOf(value: unknown, operation: string): Parameters | string {
  if (Array.isArray(value)) {
    return Object.fromEntries(value.map((one, at) => [String(at + 1), queryOf(one, operation)]));
  }
  if (typeof value !== "object" || value === null) return String(value);
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const name =
        operation === "ModifyNetworkInterfaceAttribute" && key === "Groups"
          ? "SecurityGroupId"
          : operation === "CreateSecurityGroup" && key === "Description"
            ? "GroupDescription"
            : (renamed[key] ?? key);
      return [name, queryOf(inner, operation)];
    }),
  );
}

export interface Direct extends Ec2 {
  readonly calls: string[];
}

/** @param before may throw, or do something to the account */
export function directEc2(
  account: Account,
  before: (operation: string) => void = () => undefined,
): Direct {
  const calls: string[] = [];
  const ask = (operation: string, input: unknown): unknown => {
    try {
      const query = queryOf(input, operation);
      if (typeof query === "string") throw new Error("no input");
      return capitals(answer(account, operation, query));
    } catch (fault) {
      if (fault instanceof Ec2Fault) throw new Ec2Error(operation, fault.code, fault.message);
      throw fault;
    }
  };
  return {
    calls,
    list: async (operation, input) => {
      before(operation);
      const answered = Object(ask(operation, { ...input, MaxResults: 100_000 }));
      return answered[listKeys[operation]] ?? [];
    },
    change: async (operation, input) => {
      calls.push(operation);
      before(operation);
      return ask(operation, input);
    },
  };
}

const lists: Readonly<Record<string, string>> = {
  securityGroupInfo: "SecurityGroups",
  securityGroupRuleSet: "SecurityGroupRules",
  networkInterfaceSet: "NetworkInterfaces",
  reservationSet: "Reservations",
  entrySet: "Entries",
  launchTemplateVersionSet: "LaunchTemplateVersions",
  securityGroupIdSet: "SecurityGroupIds",
  prefixListSet: "PrefixLists",
  transitGatewaySet: "TransitGateways",
  vpcPeeringConnectionSet: "VpcPeeringConnections",
  tagSet: "Tags",
  groupSet: "Groups",
  privateIpAddressesSet: "PrivateIpAddresses",
  ipv6AddressesSet: "Ipv6Addresses",
};

function capitals(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(capitals);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      lists[key] ?? key.replace(/^./, (first) => first.toUpperCase()),
      capitals(inner),
    ]),
  );
}
