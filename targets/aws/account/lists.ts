// Managed prefix lists of a region: those that rules name, and those that segc made.
import { networkTag } from "./account.ts";
import { type Ec2, Ec2Error } from "./ec2.ts";

/** A list as EC2 describes it, with its entries. */
export interface ListAnswer {
  /** Undefined where only the entries are known, as in answers that somebody saved. */
  readonly list: unknown;
  readonly entries: readonly unknown[];
}

/**
 * By id.
 * @param named ids of those that rules name
 * @param vpcs networks for which segc may have made others
 * @throws Ec2Error
 */
export async function describeLists(
  ec2: Ec2,
  named: readonly string[],
  vpcs: readonly string[],
): Promise<ReadonlyMap<string, ListAnswer>> {
  const lists = await ec2.list("DescribeManagedPrefixLists", {});
  const byId = new Map(lists.map((list) => [String(Object(list).PrefixListId), list]));
  const unknown = named.find((id) => !byId.has(id));
  if (unknown !== undefined) {
    const why = `${unknown}, which a rule names, is not among the prefix lists that are described`;
    throw new Ec2Error("DescribeManagedPrefixLists", "SavedAccount", why);
  }
  const ours = lists
    .filter((list) => isMadeFor(list, vpcs))
    .map((list) => String(Object(list).PrefixListId));
  const found = new Map<string, ListAnswer>();
  for (const id of [...new Set([...named, ...ours])].sort()) {
    const entries = await ec2.list("GetManagedPrefixListEntries", { PrefixListId: id });
    found.set(id, { list: byId.get(id), entries });
  }
  return found;
}

/** By whatever owner. One that could not be made, or that goes or should have gone, is none. */
function isMadeFor(list: unknown, vpcs: readonly string[]): boolean {
  const { Tags = [], State } = Object(list);
  const isGone = String(State).startsWith("delete-") || State === "create-failed";
  return (
    !isGone &&
    [...Tags].some((tag) => Object(tag).Key === networkTag && vpcs.includes(Object(tag).Value))
  );
}

/**
 * A list counts as many rules as it may have entries; those of AWS have a weight (VPC User Guide, "AWS-managed
 * prefix list weight", platforms.md A.4), of which those known here are told by the end of their names.
 */
export function weightOf(name: string, maxEntries: unknown, entries: number): number {
  if (typeof maxEntries === "number") return maxEntries;
  return Math.max(1, awsWeights.find(([end]) => name.endsWith(end))?.[1] ?? entries);
}

const awsWeights: readonly (readonly [string, number])[] = [
  [".s3", 1],
  [".dynamodb", 1],
  [".s3express", 6],
  [".cloudfront.origin-facing", 55],
  [".vpc-lattice", 10],
  [".groundstation", 5],
  [".route53-healthchecks", 25],
  [".ec2-instance-connect", 2],
];
