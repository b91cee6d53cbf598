// Artefacts as time passes, without their project.
import { type ExpireResult, expireArtefacts } from "../compiler/expire.ts";
import type { Manifest } from "../compiler/manifest.ts";
import { fleetTargets, targets } from "../targets/index.ts";
import type { CheckOptions } from "./check.ts";

/** Takes what has ended out of artefacts on disk; see `expireArtefacts`. */
export function expire(
  manifest: Manifest,
  texts: ReadonlyMap<string, string>,
  { now }: CheckOptions,
): ExpireResult {
  return expireArtefacts(manifest, texts, { runners: [...targets, ...fleetTargets], now });
}
