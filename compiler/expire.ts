// `segc expire`: takes what has ended out of the last good artefacts, without the policy. Time may
// only remove access: the end of an `observe` or of an exception changes nothing here.

import type { TargetRunner } from "./artefact.ts";
import { type Artefact, formatProblem } from "./artefact-files.ts";
import { bytesOfText } from "./file-bytes.ts";
import type { FleetRunner } from "./fleet-artefact.ts";
import type { Manifest } from "./manifest.ts";
import { sha256OfBytes } from "./model/sha256.ts";
import type { UtcDate } from "./model/types.ts";

export interface Expired {
  readonly artefacts: readonly Artefact[];
  readonly manifest: Manifest;
  /** Rules that were taken out, by name, each once, sorted. */
  readonly removed: readonly string[];
}

/** Why an artefact was left alone. Nothing is changed then. */
export interface ExpireProblem {
  readonly path: string;
  readonly problem: string;
}

export type ExpireResult =
  | { readonly ok: true; readonly expired: Expired }
  | { readonly ok: false; readonly problems: readonly ExpireProblem[] };

/**
 * @param texts every file the manifest lists, by its path there
 * @param now a UTC date; entries whose last day is before it are removed
 */
export function expireArtefacts(
  manifest: Manifest,
  texts: ReadonlyMap<string, string>,
  {
    runners,
    now,
  }: { readonly runners: readonly (TargetRunner | FleetRunner)[]; readonly now: UtcDate },
): ExpireResult {
  const problems: ExpireProblem[] = [];
  const artefacts = manifest.artefacts.map((entry): Artefact => {
    const files = entry.files.flatMap(({ path, sha256: expected, executable }) => {
      const text = texts.get(path);
      if (text === undefined) problems.push({ path, problem: "is missing" });
      else if (sha256OfBytes(bytesOfText(path, text)) !== expected)
        problems.push({ path, problem: "was changed by hand" });
      return text === undefined ? [] : [{ path, text, executable }];
    });
    return { entry, files };
  });
  if (problems.length > 0) return { ok: false, problems };

  const changed = artefacts.map((artefact) => {
    const { entry } = artefact;
    if (!entry.expires.some(({ until }) => until < now)) return artefact;
    const runner = runners.find(({ name }) => name === entry.target);
    const otherFormat = runner && formatProblem(runner, entry, manifest.segc);
    const expired = otherFormat === undefined ? runner?.expire(artefact, now) : undefined;
    if (expired !== undefined) return expired;
    const path = entry.files[0]?.path ?? entry.id;
    problems.push({ path, problem: otherFormat ?? "is not what this version of segc writes" });
    return artefact;
  });
  if (problems.length > 0) return { ok: false, problems };
  const ended = (until: UtcDate) => until < now;
  const removed = [
    ...new Set(
      manifest.artefacts
        .flatMap((entry) => entry.expires)
        .filter(({ until }) => ended(until))
        .map(({ rule }) => rule),
    ),
  ].sort();
  return {
    ok: true,
    expired: {
      artefacts: changed,
      manifest: {
        ...manifest,
        now: now > manifest.now ? now : manifest.now,
        expires: manifest.expires.filter(({ kind, until }) => kind !== "rule" || !ended(until)),
        artefacts: changed.map((artefact) => artefact.entry),
        relies: manifest.relies.filter(({ rule }) => !removed.includes(rule)),
      },
      removed,
    },
  };
}
