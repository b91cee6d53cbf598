// The files around the table: which cgroups fill which sets, and which units and launched programs
// live in those cgroups. A unit bound to another slice is a difference in meaning, so all of it is
// read back.

import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";
import type { OutputFile } from "../../compiler/plan/target.ts";
import { parseUnitFiles } from "../linux/unit-files.ts";
import { identitiesPath, rulesetPath } from "./loader.ts";
import type { IdentityMember, NftPlan } from "./ruleset.ts";
import { sideFiles, updatePath } from "./side-files.ts";

export function parseSideFiles(
  files: readonly OutputFile[],
): Pick<NftPlan, "members" | "units" | "launches"> {
  const text = (path: string) => files.find((file) => file.path === path)?.text;
  return {
    members: parseMembers(text(identitiesPath) ?? ""),
    ...parseUnitFiles(files),
  };
}

function parseMembers(text: string): readonly IdentityMember[] {
  return text.split("\n").flatMap((line, index) => {
    if (line === "" || line.startsWith("#") || line.startsWith("set ")) return [];
    const [, set, path] = /^member (\S+) (\S.*)$/.exec(line) ?? [];
    if (set === undefined || path === undefined) {
      throw new RulesetFault(index + 1, "expected `member`, a set and a path", identitiesPath);
    }
    return [{ set, path }];
  });
}

/**
 * Loader, service, slices, drop-ins and the lines of `identities` are constant but for names: any
 * other text is an edit, and what a shell or systemd would make of it is not known.
 */
export function checkSideFiles(files: readonly OutputFile[], plan: NftPlan): void {
  const unknown = plan.members.find(({ set }) => !plan.identitySets.includes(set));
  if (unknown !== undefined) {
    throw new RulesetFault(1, `there is no set \`${unknown.set}\``, identitiesPath);
  }
  const wanted = sideFiles(plan);
  for (const { path, text } of wanted) {
    const found = files.find((file) => file.path === path);
    if (found === undefined) throw new RulesetFault(1, "is missing", path);
    if (found.text === text) continue;
    const [lines, others] = [significant(path, text), significant(path, found.text)];
    const index = others.findIndex((line, at) => line !== lines[at]);
    if (index < 0 && lines.length === others.length) continue;
    throw new RulesetFault(Math.max(index, 0) + 1, "was changed", path);
  }
  // What an update leads to cannot be read from it: it is held to its hash instead.
  const known = new Set([rulesetPath, updatePath, ...wanted.map(({ path }) => path)]);
  const stranger = files.find(({ path }) => !known.has(path));
  if (stranger !== undefined) throw new RulesetFault(1, "is no file of segc's", stranger.path);
}

/** The loader passes over comments among identities, and over a last line that does not end. */
const significant = (path: string, text: string) =>
  text.split("\n").filter((line) => path !== identitiesPath || !line.startsWith("#"));
