// Slices for the Windows Firewall: those of nftables' tests, whose programs are told by what Windows
// sees of a process.
import fc from "fast-check";
import type {
  DirectionSlice,
  EnforcerSlice,
  LocalProgram,
  SliceEntry,
} from "../../compiler/plan/slice.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import { windowsCapabilities } from "../../targets/windows/capabilities.ts";
import { slice, someDirection } from "../nftables/slices.ts";

const sid = "S-1-5-21-1-2-3-1001";

export function windowsProgram(
  fields: Readonly<Partial<Record<ProgramField, string>>>,
): LocalProgram {
  return {
    key: JSON.stringify(fields),
    label: "program",
    // The entries of a record over fields.
    fields: new Map(Object.entries(fields) as [ProgramField, string][]),
    uid: undefined,
    gid: undefined,
    sid: fields.user === undefined ? undefined : sid,
  };
}

/** Each field of Linux becomes one of Windows, so programs differ where they did. */
function translated({ fields }: LocalProgram): LocalProgram {
  const [unit, path, user] = [fields.get("unit"), fields.get("path"), fields.get("user")];
  const cgroup = fields.get("cgroup");
  return windowsProgram({
    ...(unit === undefined ? {} : { service: unit.startsWith("crm") ? "CrmReport" : "Export$1" }),
    ...(path === undefined
      ? {}
      : {
          path: path === "/opt/a" ? "C:\\Program Files\\a.exe" : "%SystemRoot%\\b\u2019 \u00fc.exe",
        }),
    ...(cgroup !== undefined && path === undefined ? { path: "C:\\c.exe" } : {}),
    ...(user === undefined ? {} : { user: "crm" }),
    ...(fields.has("group") && unit === undefined ? { service: "Batch" } : {}),
  });
}

/** No port of SCTP is asked for where nobody sees it (`widen` of the capabilities). */
const translatedEntry = (entry: SliceEntry): SliceEntry => ({
  ...entry,
  service: windowsCapabilities.widen(entry.service),
  programs: entry.programs.map(translated),
  notPrograms: entry.notPrograms.map(translated),
});

const translatedHalf = (half: DirectionSlice): DirectionSlice => ({
  ...half,
  denies: half.denies.map(translatedEntry),
  allows: half.allows.map(translatedEntry),
  stagedDenies: half.stagedDenies.map(translatedEntry),
  stagedAllows: half.stagedAllows.map(translatedEntry),
});

/** In both directions: one alone there cannot be. */
export const someWindowsSlice: fc.Arbitrary<EnforcerSlice> = fc
  .tuple(someDirection("ingress"), someDirection("egress"))
  .map((halves) => ({
    ...slice(...halves.map(translatedHalf)),
    kind: "windows-firewall",
  }));

export const settings = fc.record({
  addressesPerRule: fc.constantFrom(1, 2, 1000),
  blockRules: fc.constant(true),
});
