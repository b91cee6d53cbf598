// Everything that is to be known of some networks of an account.
import type { LiveAccount } from "./account.ts";
import type { Ec2 } from "./ec2.ts";
import { listsNamed, readAccount } from "./read.ts";

/**
 * Reads groups, rules, interfaces and the prefix lists that rules name.
 * @throws Ec2Error, UnreadableAnswer
 */
export async function describeAccount(ec2: Ec2, vpcs: readonly string[]): Promise<LiveAccount> {
  const ofNetworks = { Filters: [{ Name: "vpc-id", Values: vpcs }] };
  const [interfaces, groups] = await Promise.all([
    ec2.list("DescribeNetworkInterfaces", ofNetworks),
    ec2.list("DescribeSecurityGroups", ofNetworks),
  ]);
  const rules = await rulesOf(ec2, groups);
  const lists = new Map<string, readonly unknown[]>();
  for (const id of listsNamed(rules)) {
    lists.set(id, await ec2.list("GetManagedPrefixListEntries", { PrefixListId: id }));
  }
  return readAccount({ interfaces, groups, rules, prefixLists: lists });
}

/** EC2 takes up to 200 values in a filter. */
const valuesMax = 200;

async function rulesOf(ec2: Ec2, groups: readonly unknown[]): Promise<readonly unknown[]> {
  const ids = groups.map((group) => String(Object(group).GroupId));
  const found: unknown[] = [];
  for (let at = 0; at < ids.length; at += valuesMax) {
    const Filters = [{ Name: "group-id", Values: ids.slice(at, at + valuesMax) }];
    found.push(...(await ec2.list("DescribeSecurityGroupRules", { Filters })));
  }
  return found;
}
