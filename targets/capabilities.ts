// Every enforcer's capability table, by kind. The enforcer of a test's fixture is made up, so that
// a test speaks of the policy alone: it sees and says everything, in both directions.
import type { Capabilities, CapabilityTable } from "../compiler/plan/target.ts";
import { matchesEveryService } from "../compiler/plan/widen.ts";
import { awsCapabilities } from "./aws/capabilities.ts";
import { iptablesCapabilities } from "./iptables/capabilities.ts";
import { nftablesCapabilities } from "./nftables/capabilities.ts";
import { windowsCapabilities } from "./windows/capabilities.ts";

const everyField = {
  path: "yes",
  sha256: "yes",
  signer: "yes",
  user: "yes",
  group: "yes",
  service: "yes",
  unit: "yes",
  cgroup: "yes",
} as const;

const fixtureCapabilities: Capabilities = {
  kind: "fixture",
  sees: { egress: everyField, ingress: everyField },
  widen: matchesEveryService,
  deny: true,
  log: true,
  nativeExpiry: true,
  dropsEstablished: true,
  unfiltered: [],
};

/** The table the compiler is handed. */
export const capabilityTable: CapabilityTable = {
  "aws-sg": awsCapabilities,
  nftables: nftablesCapabilities,
  iptables: iptablesCapabilities,
  "windows-firewall": windowsCapabilities,
  fixture: fixtureCapabilities,
};
