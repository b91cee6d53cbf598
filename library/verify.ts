// Artefacts against the project that they should be of.
import type { Manifest } from "../compiler/manifest.ts";
import { type Verified, verifyArtefacts } from "../compiler/verify-artefacts.ts";
import { capabilityTable } from "../targets/capabilities.ts";
import { fleetTargets, targets } from "../targets/index.ts";
import type { CheckOptions, CheckResult } from "./check.ts";

/**
 * Compares artefacts with what was checked: `texts` are the files that the manifest lists, by their
 * paths there. The project must be without errors.
 */
export function verify(
  checked: CheckResult,
  manifest: Manifest,
  texts: ReadonlyMap<string, string>,
  { now }: CheckOptions,
): Verified {
  const { model, expansion } = checked;
  const capabilities = capabilityTable;
  return verifyArtefacts({
    model,
    expansion,
    capabilities,
    now,
    runners: targets,
    fleetRunners: fleetTargets,
    links: checked.project.config.links,
    manifest,
    texts,
  });
}
