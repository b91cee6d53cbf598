// The lists of targets: adding one is its folder and one line here. Targets differ in what their
// plans look like, which nobody but the target itself needs to know.
import { runnerOf, type TargetRunner } from "../compiler/artefact.ts";
import { type FleetRunner, fleetRunnerOf } from "../compiler/fleet-artefact.ts";
import { aws } from "./aws/index.ts";
import { iptables } from "./iptables/index.ts";
import { nftables } from "./nftables/index.ts";
import { windows } from "./windows/index.ts";

/** One artefact for each class of hosts. */
export const targets: readonly TargetRunner[] = [
  runnerOf(iptables),
  runnerOf(nftables),
  runnerOf(windows),
];

/** One artefact for all that they enforce. */
export const fleetTargets: readonly FleetRunner[] = [fleetRunnerOf(aws)];
