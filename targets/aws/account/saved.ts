// An account as somebody saved it: the answers of the AWS CLI in a folder, so that plans can be made without
// credentials. Nothing can be changed through it.
import { type Ec2, Ec2Error, type Ec2Input, type ListOperation, listKeys } from "./ec2.ts";

const fileNames: Readonly<Record<ListOperation, string>> = {
  DescribeManagedPrefixLists: "managed-prefix-lists.json",
  DescribeNetworkInterfaces: "network-interfaces.json",
  DescribeSecurityGroups: "security-groups.json",
  DescribeSecurityGroupRules: "security-group-rules.json",
  DescribeInstances: "instances.json",
  DescribeLaunchTemplates: "launch-templates.json",
  DescribeLaunchTemplateVersions: "launch-template-versions.json",
  DescribeTransitGateways: "transit-gateways.json",
  DescribeTransitGatewayVpcAttachments: "transit-gateway-vpc-attachments.json",
  DescribeVpcPeeringConnections: "vpc-peering-connections.json",
  GetManagedPrefixListEntries: "",
};

/** Nobody needs to have any. */
const optional: ReadonlySet<ListOperation> = new Set([
  "DescribeLaunchTemplates",
  "DescribeLaunchTemplateVersions",
  "DescribeManagedPrefixLists",
]);

/** @param read the text of a file of the folder; undefined where there is none */
export function savedEc2(read: (name: string) => string | undefined): Ec2 {
  return {
    list: async (operation, input) => {
      const name = fileNames[operation] || `prefix-list-${String(input.PrefixListId)}.json`;
      const text = read(name);
      if (text === undefined && optional.has(operation)) return [];
      return itemsOf(operation, name, text).filter((item) => isWanted(item, input));
    },
    change: async (operation) => {
      throw new Ec2Error(operation, "SavedAccount", "a saved account cannot be changed");
    },
  };
}

function itemsOf(operation: ListOperation, name: string, text: string | undefined) {
  const fail = (message: string) => new Ec2Error(operation, "SavedAccount", `${name} ${message}`);
  if (text === undefined) throw fail("is missing");
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    throw fail("is no JSON");
  }
  const { [listKeys[operation]]: items, NextToken } = Object(answer);
  if (!Array.isArray(items)) throw fail(`has no list \`${listKeys[operation]}\``);
  if (typeof NextToken === "string") throw fail("has one page only: save it without `--max-items`");
  return items;
}

const filterFields: Readonly<Record<string, string>> = {
  "vpc-id": "VpcId",
  "group-id": "GroupId",
  "group-name": "GroupName",
};

/** By the filters of the call, or by the one template that it asks for. */
function isWanted(item: unknown, { Filters = [], LaunchTemplateId }: Ec2Input): boolean {
  const filters = Array.isArray(Filters) ? Filters : [];
  if (LaunchTemplateId !== undefined) return Object(item).LaunchTemplateId === LaunchTemplateId;
  return filters.every(({ Name, Values }) =>
    [...Values].includes(Object(item)[filterFields[Name] ?? ""]),
  );
}
