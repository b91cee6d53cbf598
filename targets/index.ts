// The list of targets: adding one is its folder and one line here. Targets differ in what their
// plans look like, which nobody but the target itself needs to know.
import { runnerOf, type TargetRunner } from "../compiler/artefact.ts";
import { iptables } from "./iptables/index.ts";
import { nftables } from "./nftables/index.ts";

export const targets: readonly TargetRunner[] = [runnerOf(iptables), runnerOf(nftables)];
