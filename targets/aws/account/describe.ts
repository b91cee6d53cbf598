// Everything that is to be known of some networks of an account.
import { noLinks } from "../../../compiler/plan/network-links.ts";
import type { LiveAccount } from "./account.ts";
import type { Ec2, ListOperation } from "./ec2.ts";
import { describeLinks, namesAcross } from "./links.ts";
import { describeLists } from "./lists.ts";
import { listsNamed, readAccount } from "./read.ts";

/**
 * Groups, rules, interfaces, prefix lists that rules name or that are ours, launch templates; and what joins the
 * networks, where `links` are asked for or a rule names a group across.
 * @throws Ec2Error, UnreadableAnswer
 */
export async function describeAccount(
  ec2: Ec2,
  vpcs: readonly string[],
  asked: { readonly links: boolean } = { links: false },
): Promise<LiveAccount> {
  const templates = await templateVersions(ec2);
  const live = readAccount({ ...(await networkAnswers(ec2, vpcs)), templates });
  const matters = asked.links || namesAcross(live);
  return { ...live, links: matters ? await describeLinks(ec2, vpcs) : noLinks };
}

/** The same without launch templates and links: what a phase of an apply looks at. */
export const describeNetworks = async (ec2: Ec2, vpcs: readonly string[]): Promise<LiveAccount> =>
  readAccount({ ...(await networkAnswers(ec2, vpcs)), templates: [] });

async function networkAnswers(ec2: Ec2, vpcs: readonly string[]) {
  const ofNetworks = { Filters: [{ Name: "vpc-id", Values: vpcs }] };
  // Interfaces first: a group that one carries must be among those that are read.
  const interfaces = await ec2.list("DescribeNetworkInterfaces", ofNetworks);
  const own = await ec2.list("DescribeSecurityGroups", ofNetworks);
  const known = new Set(own.map((group) => Object(group).GroupId));
  // A group can be shared with other networks.
  const others = carriedIds(interfaces).filter((id) => !known.has(id));
  const groups = [...own, ...(await inSlices(ec2, "DescribeSecurityGroups", others))];
  const ids = groups.map((group) => String(Object(group).GroupId));
  const rules = await inSlices(ec2, "DescribeSecurityGroupRules", ids);
  const prefixLists = await describeLists(ec2, listsNamed(rules), vpcs);
  return { interfaces, groups, rules, prefixLists };
}

/** Of every template of the account: it does not say in which network it will be used. */
async function templateVersions(ec2: Ec2): Promise<readonly unknown[]> {
  const found: (readonly unknown[])[] = [];
  for (const template of await ec2.list("DescribeLaunchTemplates", {})) {
    const { LaunchTemplateId } = Object(template);
    const input = { LaunchTemplateId, Versions: ["$Default", "$Latest"] };
    found.push(await ec2.list("DescribeLaunchTemplateVersions", input));
  }
  return found.flat();
}

const carriedIds = (interfaces: readonly unknown[]): readonly string[] => [
  ...new Set(
    interfaces
      .flatMap((one): readonly unknown[] => Object(one).Groups ?? [])
      .map((group) => Object(group).GroupId)
      .filter((id) => typeof id === "string"),
  ),
];

/** EC2 takes up to 200 values in a filter. */
const valuesMax = 200;

async function inSlices(
  ec2: Ec2,
  operation: ListOperation,
  ids: readonly string[],
): Promise<readonly unknown[]> {
  const found: (readonly unknown[])[] = [];
  for (let at = 0; at < ids.length; at += valuesMax) {
    const Filters = [{ Name: "group-id", Values: ids.slice(at, at + valuesMax) }];
    found.push(await ec2.list(operation, { Filters }));
  }
  return found.flat();
}
