// Everything that is to be known of some networks of an account.
import type { LiveAccount } from "./account.ts";
import type { Ec2 } from "./ec2.ts";
import { listsNamed, readAccount } from "./read.ts";

/**
 * Groups, rules, interfaces, the prefix lists that rules name, and launch templates.
 * @throws Ec2Error, UnreadableAnswer
 */
export async function describeAccount(ec2: Ec2, vpcs: readonly string[]): Promise<LiveAccount> {
  const templates = await templateVersions(ec2);
  return readAccount({ ...(await networkAnswers(ec2, vpcs)), templates });
}

/** The same without launch templates: what a phase of an apply looks at. */
export const describeNetworks = async (ec2: Ec2, vpcs: readonly string[]): Promise<LiveAccount> =>
  readAccount({ ...(await networkAnswers(ec2, vpcs)), templates: [] });

async function networkAnswers(ec2: Ec2, vpcs: readonly string[]) {
  const ofNetworks = { Filters: [{ Name: "vpc-id", Values: vpcs }] };
  const [interfaces, groups] = await Promise.all([
    ec2.list("DescribeNetworkInterfaces", ofNetworks),
    ec2.list("DescribeSecurityGroups", ofNetworks),
  ]);
  const rules = await rulesOf(ec2, groups);
  const prefixLists = new Map<string, readonly unknown[]>();
  for (const id of listsNamed(rules)) {
    prefixLists.set(id, await ec2.list("GetManagedPrefixListEntries", { PrefixListId: id }));
  }
  return { interfaces, groups, rules, prefixLists };
}

/** Of every template of the account: it does not say in which network it will be used. */
async function templateVersions(ec2: Ec2): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const template of await ec2.list("DescribeLaunchTemplates", {})) {
    const { LaunchTemplateId } = Object(template);
    const input = { LaunchTemplateId, Versions: ["$Default", "$Latest"] };
    found.push(...(await ec2.list("DescribeLaunchTemplateVersions", input)));
  }
  return found;
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
