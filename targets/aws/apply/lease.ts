// One apply at a time in a network. The lease is a group nobody carries: EC2 makes a name once in a network,
// so making it is what no two can do. Its tags say whose it is and until when; who has died lets it run out.
import { leaseName, leaseTag } from "../account/account.ts";
import { type Ec2, Ec2Error } from "../account/ec2.ts";

const untilTag = "segc:lease-until";
const planTag = "segc:plan";

/** Seconds that a lease lasts, and after which it is prolonged. */
const lasts = 120;
const prolongedAfter = 30;

export interface Lease {
  readonly group: string;
  readonly vpc: string;
  readonly holder: string;
  readonly plan: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

export interface LeaseClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Somebody else holds the lease, or something that is no lease has its name. */
export class LeaseTaken extends Error {
  readonly lease: Lease | undefined;
  readonly vpc: string;

  constructor(vpc: string, lease: Lease | undefined) {
    super("lease taken");
    this.vpc = vpc;
    this.lease = lease;
  }
}

/** @throws Ec2Error */
export async function leasesIn(ec2: Ec2, vpcs: readonly string[]): Promise<readonly Lease[]> {
  const Filters = [
    { Name: "vpc-id", Values: vpcs },
    { Name: "group-name", Values: [leaseName] },
  ];
  const groups = await ec2.list("DescribeSecurityGroups", { Filters });
  return groups.flatMap((answer): readonly Lease[] => {
    const { GroupId, VpcId, Tags = [] } = Object(answer);
    const tags = new Map<string, string>(
      [...Tags].map(({ Key, Value }) => [String(Key), String(Value)]),
    );
    const [holder, until] = [tags.get(leaseTag), tags.get(untilTag)];
    if (holder === undefined || until === undefined) return [];
    const plan = tags.get(planTag) ?? "";
    return [{ group: String(GroupId), vpc: String(VpcId), holder, plan, until: Date.parse(until) }];
  });
}

export interface HeldLease {
  /** An apply before this one stopped on its way: calls of it may still be on theirs. */
  readonly isAfterStop: boolean;
  /** Before each call: prolongs what would run out. @throws Ec2Error, LeaseTaken when somebody took it over */
  readonly prolong: () => Promise<void>;
  readonly release: () => Promise<void>;
  /** Ends it, and leaves it to be seen that something stopped on its way. */
  readonly lapse: () => Promise<void>;
}

/** @throws Ec2Error, LeaseTaken */
export async function takeLease(
  ec2: Ec2,
  vpcs: readonly string[],
  own: { readonly holder: string; readonly plan: string },
  clock: LeaseClock,
): Promise<HeldLease> {
  const before = await leasesIn(ec2, vpcs);
  for (const lease of before) {
    if (lease.until > clock.now()) throw new LeaseTaken(lease.vpc, lease);
    await deleteLease(ec2, lease.group);
  }
  const held: { readonly vpc: string; readonly group: string }[] = [];
  const release = async () => {
    for (const { group } of held.splice(0)) await deleteLease(ec2, group);
  };
  try {
    for (const vpc of vpcs.toSorted())
      held.push({ vpc, group: await create(ec2, vpc, own, clock) });
  } catch (error) {
    await release();
    throw error;
  }
  let since = clock.now();
  return {
    isAfterStop: before.length > 0,
    release,
    lapse: async () => {
      const Tags = [{ Key: untilTag, Value: new Date(clock.now()).toISOString() }];
      for (const { group } of held) await ec2.change("CreateTags", { Resources: [group], Tags });
    },
    prolong: async () => {
      if (clock.now() - since < prolongedAfter * 1000) return;
      const there = await leasesIn(ec2, vpcs);
      for (const { vpc, group } of held) {
        const lease = there.find((one) => one.group === group);
        // One that has run out may be somebody else's in a moment: it is not to be revived.
        if (lease === undefined || lease.until <= clock.now()) {
          throw new LeaseTaken(
            vpc,
            there.find((one) => one.vpc === vpc),
          );
        }
        const Tags = [{ Key: untilTag, Value: until(clock) }];
        await ec2.change("CreateTags", { Resources: [group], Tags });
      }
      since = clock.now();
    },
  };
}

const until = (clock: LeaseClock) => new Date(clock.now() + lasts * 1000).toISOString();

async function create(
  ec2: Ec2,
  vpc: string,
  { holder, plan }: { readonly holder: string; readonly plan: string },
  clock: LeaseClock,
): Promise<string> {
  const Tags = [
    { Key: leaseTag, Value: holder },
    { Key: untilTag, Value: until(clock) },
    { Key: planTag, Value: plan },
  ];
  try {
    const made = await ec2.change("CreateSecurityGroup", {
      GroupName: leaseName,
      VpcId: vpc,
      Description: "held while segc apply changes this network; carried by nobody",
      TagSpecifications: [{ ResourceType: "security-group", Tags }],
    });
    return String(Object(made).GroupId);
  } catch (error) {
    if (!(error instanceof Ec2Error) || error.code !== "InvalidGroup.Duplicate") throw error;
    const [lease] = await leasesIn(ec2, [vpc]);
    // The client asks again when a reply is lost: then it is our own.
    if (lease?.holder === holder) return lease.group;
    throw new LeaseTaken(vpc, lease);
  }
}

async function deleteLease(ec2: Ec2, GroupId: string): Promise<void> {
  try {
    await ec2.change("DeleteSecurityGroup", { GroupId });
  } catch (error) {
    if (!(error instanceof Ec2Error) || error.code !== "InvalidGroup.NotFound") throw error;
  }
}
