// The files around the table: which cgroups fill which sets, and which units and launched programs
// live in those cgroups. A unit bound to another slice is a difference in meaning, so all of it is
// read back.
import type { OutputFile } from "../../compiler/plan/target.ts";
import { RulesetFault } from "../linux/fault.ts";
import { parseUnitFiles } from "../linux/unit-files.ts";
import type { IdentityMember, NftPlan } from "./ruleset.ts";
import { identitiesPath } from "./side-files.ts";

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
