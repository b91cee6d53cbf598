// What iptables with ipset on a Linux host sees and says (kernel.md 2, platforms.md B.1 and B.2).
//
// `-m owner` and `-m cgroup --path` match on OUTPUT only. On INPUT the first is refused by the
// kernel and the second loads but never matches a SYN, so nothing is seen there, not even slices
// of a launcher.
import type { Capabilities } from "../../compiler/plan/target.ts";
import { matchesEveryService } from "../../compiler/plan/widen.ts";
import { portInterval, protocols, serviceSet } from "../../compiler/sets/service-set.ts";

export const iptablesCapabilities: Capabilities = {
  kind: "iptables",
  sees: {
    egress: {
      unit: "yes",
      cgroup: "yes",
      user: "yes",
      group: "yes",
      path: "launcher",
      sha256: "launcher",
      signer: "launcher",
    },
    ingress: {},
  },
  widen: matchesEveryService,
  deny: true,
  log: true,
  nativeExpiry: true,
  dropsEstablished: false,
  unfiltered: [
    {
      direction: "egress",
      service: serviceSet([portInterval(protocols.udp, 67, 67)]),
      peers: ["255.255.255.255/32"],
      reason: "DHCP clients broadcast on raw sockets, which packet filters do not see",
    },
  ],
};
