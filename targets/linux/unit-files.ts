// What systemd and the launcher need so that a program runs in its slice, as files and back: slices,
// drop-ins of units, the list the launcher checks. A unit bound to another slice is a difference in
// meaning, so all of it is read back.

import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";
import type { OutputFile } from "../../compiler/plan/target.ts";
import type { ProgramField } from "../../grammar/ast.ts";
import type { LaunchBinding, UnitBinding } from "./slices.ts";

export interface Bindings {
  readonly units: readonly UnitBinding[];
  readonly launches: readonly LaunchBinding[];
}

/** How the files name the firewall that stands on them. */
export interface LoaderNames {
  /** The service that loads at boot. */
  readonly service: string;
  /** File name of the drop-ins of units. */
  readonly dropIn: string;
  /** Command that puts a unit's slice into the loaded rules, run before the unit starts. */
  readonly fill: string;
}

export const launcherPath = "launcher.json";
const launchFields: readonly ProgramField[] = ["unit", "path", "sha256", "signer"];

/** Names, sorted. */
export const slicesOf = ({ units, launches }: Bindings): readonly string[] =>
  [...new Set([...units, ...launches].map(({ slice }) => slice))].sort();

export function unitFiles(bindings: Bindings, names: LoaderNames): readonly OutputFile[] {
  const { units, launches } = bindings;
  return [
    ...slicesOf(bindings).map((slice) => ({ path: `systemd/${slice}`, text: sliceText })),
    ...units.map((binding) => ({
      path: `systemd/${binding.unit}.d/${names.dropIn}`,
      text: dropInText(binding, names),
    })),
    ...(launches.length === 0 ? [] : [{ path: launcherPath, text: launcherText(launches) }]),
  ];
}

const launcherText = (launches: readonly LaunchBinding[]) =>
  `${JSON.stringify(
    launches.map(({ slice, fields }) => ({ slice, ...Object.fromEntries(fields) })),
    undefined,
    2,
  )}\n`;

const sliceText = `[Unit]
Description=Processes that segc's packet rules tell apart
DefaultDependencies=no
Before=slices.target
`;

/** Only services and sockets run commands before they start; the slice alone serves the others. */
function dropInText({ unit, slice }: UnitBinding, { service, fill }: LoaderNames): string {
  const type = unit.slice(unit.lastIndexOf(".") + 1);
  const section = `${type.slice(0, 1).toUpperCase()}${type.slice(1)}`;
  const refill = type === "service" || type === "socket" ? `ExecStartPre=+${fill}\n` : "";
  return `[Unit]
Wants=${slice}
After=${slice} ${service}

[${section}]
Slice=${slice}
${refill}`;
}

/** The service that loads at boot, behind the slices and before the network. */
export const bootServiceText = (slices: readonly string[], load: string) => `[Unit]
Description=Packet rules compiled by segc
DefaultDependencies=no
${slices.map((slice) => `Wants=${slice}\nAfter=${slice}\n`).join("")}Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${load}
ExecReload=${load}

[Install]
WantedBy=sysinit.target
`;

/** Throws `RulesetFault`. */
export function parseUnitFiles(files: readonly OutputFile[]): Bindings {
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
  const launcher = files.find(({ path }) => path === launcherPath)?.text;
  return { units, launches: parseLaunches(launcher) };
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
