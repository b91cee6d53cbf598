// The files around the table: which cgroups fill which sets, and which units and launched programs
// live in those cgroups. A unit bound to another slice is a difference in meaning, so all of it is
// read back.
import type { OutputFile } from "../../compiler/plan/target.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import type { IdentityMember, LaunchBinding, NftPlan, UnitBinding } from "./ruleset.ts";
import { identitiesPath, launcherPath } from "./side-files.ts";
import { RulesetFault } from "./tokens.ts";

const launchFields: readonly ProgramField[] = ["unit", "path", "sha256", "signer"];

export function parseSideFiles(
  files: readonly OutputFile[],
): Pick<NftPlan, "members" | "units" | "launches"> {
  const text = (path: string) => files.find((file) => file.path === path)?.text;
  const slices = new Set(
    files.flatMap(({ path }) => /^systemd\/(segc-[0-9a-f]+\.slice)$/.exec(path)?.[1] ?? []),
  );
  const units = files.flatMap(dropIn).sort((a, b) => (a.unit < b.unit ? -1 : 1));
  for (const { unit, slice } of units) {
    if (!slices.has(slice))
      throw new RulesetFault(
        1,
        `${unit} is put into a slice that is not there`,
        `systemd/${unit}.d`,
      );
  }
  return {
    members: parseMembers(text(identitiesPath) ?? ""),
    units,
    launches: parseLaunches(text(launcherPath)),
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

/** The last `Slice=` of a section wins, as in systemd. */
function dropIn({ path, text }: OutputFile): readonly UnitBinding[] {
  const [, unit] = /^systemd\/([^/]+)\.d\/[^/]+\.conf$/.exec(path) ?? [];
  const slice = [...text.matchAll(/^Slice=(.*)$/gm)].at(-1)?.[1];
  return unit === undefined || slice === undefined ? [] : [{ unit, slice }];
}

function parseLaunches(text: string | undefined): readonly LaunchBinding[] {
  if (text === undefined) return [];
  const list = parseJson(text);
  if (!Array.isArray(list)) throw new RulesetFault(1, "expected a list", launcherPath);
  return list.map((item: unknown) => {
    const record = typeof item === "object" && item !== null ? item : {};
    const entries = new Map<string, unknown>(Object.entries(record));
    const slice = entries.get("slice");
    if (typeof slice !== "string") throw new RulesetFault(1, "expected a slice", launcherPath);
    const fields = launchFields.flatMap((field) => {
      const value = entries.get(field);
      return typeof value === "string" ? [[field, value] as const] : [];
    });
    return { slice, fields: new Map(fields.sort(([a], [b]) => (a < b ? -1 : 1))) };
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new RulesetFault(1, "expected JSON", launcherPath);
  }
}
