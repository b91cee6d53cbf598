// What an AWS security group sees and says (platforms.md A.2 and A.6): addresses and services,
// allow rules only, never a process. SCTP is protocol 132 without ports.
import type { Capabilities } from "../../compiler/plan/target.ts";
import { matchesNoSctpPorts } from "../../compiler/plan/widen.ts";
import { portInterval, protocols, serviceSet } from "../../compiler/sets/service-set.ts";

const port = (protocol: number, number: number) => portInterval(protocol, number, number);

export const awsCapabilities: Capabilities = {
  kind: "aws-sg",
  sees: { egress: {}, ingress: {} },
  widen: matchesNoSctpPorts,
  deny: false,
  log: false,
  nativeExpiry: false,
  // Tracked flows live on (A.6). Untracked ones are cut at once, but only those from and to everywhere are.
  dropsEstablished: false,
  unfiltered: [
    {
      direction: "egress",
      service: serviceSet([port(protocols.udp, 53), port(protocols.tcp, 53)]),
      peers: ["169.254.169.253/32", "fd00:ec2::253/128"],
      reason: "DNS to the Route 53 Resolver (also at the second address of each VPC range)",
    },
    {
      direction: "egress",
      service: serviceSet([port(protocols.tcp, 80)]),
      peers: ["169.254.169.254/32", "fd00:ec2::254/128"],
      reason: "the instance metadata service",
    },
    {
      direction: "egress",
      service: serviceSet([port(protocols.udp, 123)]),
      peers: ["169.254.169.123/32", "fd00:ec2::123/128"],
      reason: "time from the link-local NTP server",
    },
    {
      direction: "egress",
      service: serviceSet([port(protocols.udp, 67), port(protocols.udp, 547)]),
      peers: ["255.255.255.255/32", "ff02::1:2/128"],
      reason: "DHCP requests",
    },
  ],
};
