// What joins networks of an account so that groups of one may name groups of the other (platforms.md A.3): active
// peerings within a region, and transit gateways where referencing is on at the gateway and at each attachment.
import type { NetworkLinks } from "../../../compiler/plan/network-links.ts";
import type { Ec2 } from "./ec2.ts";

/** @throws Ec2Error */
export async function describeLinks(ec2: Ec2): Promise<NetworkLinks> {
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
      return isActive ? [[textOf(one.VpcId), textOf(other.VpcId)].sort()] : [];
    }),
    transitGateways: gateways.flatMap((gateway) => {
      const { TransitGatewayId } = Object(gateway);
      if (!isReferencing(gateway)) return [];
      const networks = attachments.flatMap((one) =>
        Object(one).TransitGatewayId === TransitGatewayId && isReferencing(one)
          ? [textOf(Object(one).VpcId)]
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

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");
