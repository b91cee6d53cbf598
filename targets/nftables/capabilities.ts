// What nftables on a Linux host sees and says (kernel.md 2 and 4, platforms.md B.1 and B.4).
//
// A program becomes a persistent slice, matched by `socket cgroupv2`: for the sender on output and,
// behind `ct state established`, for the listener on input. Owners are known on output only.
import type { Capabilities } from "../../compiler/plan/target.ts";
import { matchesEveryService } from "../../compiler/plan/widen.ts";
import { portInterval, protocols, serviceSet } from "../../compiler/sets/service-set.ts";

export const nftablesCapabilities: Capabilities = {
  kind: "nftables",
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
    // `meta skuid` loads on input but is no filter to rely on: no `user`, no `group`.
    ingress: {
      unit: "yes",
      cgroup: "yes",
      path: "launcher",
      sha256: "launcher",
      signer: "launcher",
    },
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
