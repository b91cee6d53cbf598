// What joins networks of an account so that groups of one may name groups of the other (platforms.md A.3): active
// peerings within a region, and transit gateways where referencing is on at the gateway and at each attachment.
import type { NetworkLinks } from "../../../compiler/plan/network-links.ts";
import type { LiveAccount } from "./account.ts";
import type { Ec2 } from "./ec2.ts";

/**
 * Among some networks.
 * @throws Ec2Error
 */
export async function describeLinks(ec2: Ec2, vpcs: readonly string[]): Promise<NetworkLinks> {
  const [peerings, gateways, attachments] = [
    await ec2.list("DescribeVpcPeeringConnections", {}),
    await ec2.list("DescribeTransitGateways", {}),
    await ec2.list("DescribeTransitGatewayVpcAttachments", {}),
  ];
  return {
    peerings: peerings.flatMap((answer) => {
      const { Status, AccepterVpcInfo, RequesterVpcInfo } = Object(answer);
      const [one, other] = [Object(AccepterVpcInfo), Object(RequesterVpcInfo)];
      const isActive = Object(Status).Code === "active" && one.Region === other.Region;
      const both = [textOf(one.VpcId), textOf(other.VpcId)].sort();
      return isActive && both.every((vpc) => vpcs.includes(vpc)) ? [both] : [];
    }),
    transitGateways: gateways.flatMap((gateway) => {
      const { TransitGatewayId } = Object(gateway);
      if (!isReferencing(gateway)) return [];
      const networks = attachments.flatMap((one) =>
        Object(one).TransitGatewayId === TransitGatewayId && isReferencing(one)
          ? [textOf(Object(one).VpcId)].filter((vpc) => vpcs.includes(vpc))
          : [],
      );
      return networks.length > 1 ? [[...new Set(networks)].sort()] : [];
    }),
  };
}

function isReferencing(answer: unknown): boolean {
  const { State, Options } = Object(answer);
  return State === "available" && Object(Options).SecurityGroupReferencingSupport === "enable";
}

/** Whether a rule names a group of another network: then it matters what joins them. */
export function namesAcross({ groups }: LiveAccount): boolean {
  const networks = new Map(groups.map(({ id, vpc }) => [id, vpc]));
  return groups.some(({ vpc, ingress, egress }) =>
    [...ingress, ...egress].some(
      ({ peer }) => peer.kind === "group" && (networks.get(peer.group) ?? vpc) !== vpc,
    ),
  );
}

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
