// What a host needs beside the table: which cgroup fills which set, the slices and drop-ins that put
// units into those cgroups, and a loader. The loader is one constant text: everything that differs
// between hosts is data it reads, checked before it was written.
import type { OutputFile } from "../../compiler/plan/target.ts";
import type { NftPlan, UnitBinding } from "./ruleset.ts";
import { tableName } from "./ruleset.ts";

export const rulesetPath = "segc.nft";
export const identitiesPath = "identities";
export const launcherPath = "launcher.json";
export const loaderPath = "segc-load";
export const servicePath = "systemd/segc-nftables.service";

/** Where the README tells people to put the artefact; systemd's files name it. */
export const installFolder = "/etc/segc";

export function sideFiles(plan: NftPlan): readonly OutputFile[] {
  const slices = [...new Set([...plan.units, ...plan.launches].map(({ slice }) => slice))].sort();
  return [
    { path: identitiesPath, text: identitiesText(plan) },
    { path: loaderPath, text: loaderText, executable: true },
    { path: servicePath, text: serviceText(slices) },
    ...slices.map((slice) => ({ path: `systemd/${slice}`, text: sliceText })),
    ...plan.units.map((binding) => ({ path: dropInPath(binding), text: dropInText(binding) })),
    ...(plan.launches.length === 0
      ? []
      : [{ path: launcherPath, text: launcherText(plan.launches) }]),
  ];
}

const dropInPath = ({ unit }: UnitBinding) => `systemd/${unit}.d/50-segc.conf`;

/** One set and one cgroup per line; a path has no space before its first character. */
const identitiesText = ({ identitySets, members }: NftPlan) =>
  [
    "# set, then a cgroup that belongs to it",
    ...identitySets.map((set) => `set ${set}`),
    ...members.map(({ set, path }) => `member ${set} ${path}`),
    "",
  ].join("\n");

const launcherText = (launches: NftPlan["launches"]) =>
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
function dropInText({ unit, slice }: UnitBinding): string {
  const type = unit.slice(unit.lastIndexOf(".") + 1);
  const section = `${type.slice(0, 1).toUpperCase()}${type.slice(1)}`;
  const refill =
    type === "service" || type === "socket"
      ? `ExecStartPre=+${installFolder}/${loaderPath} fill\n`
      : "";
  return `[Unit]
Wants=${slice}
After=${slice} segc-nftables.service

[${section}]
Slice=${slice}
${refill}`;
}

const serviceText = (slices: readonly string[]) => `[Unit]
Description=Packet rules compiled by segc
DefaultDependencies=no
${slices.map((slice) => `Wants=${slice}\nAfter=${slice}\n`).join("")}Wants=network-pre.target
Before=network-pre.target shutdown.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=${installFolder}/${loaderPath} load
ExecReload=${installFolder}/${loaderPath} load

[Install]
WantedBy=sysinit.target
`;

/**
 * `load` replaces the table and fills its sets in one transaction; `fill` empties and fills the sets
 * again, because the kernel keeps a cgroup's number and a recreated cgroup has a new one.
 */
const loaderText = `#!/bin/sh
# Loads segc's packet rules: segc-load load | fill
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH
cd -- "$(dirname -- "$0")"

statements() {
  while read -r kind name path; do
    case $kind in
    set)
      printf 'flush set inet ${tableName} %s\\n' "$name"
      ;;
    member)
      if [ -d "/sys/fs/cgroup/$path" ]; then
        printf 'add element inet ${tableName} %s { "%s" }\\n' "$name" "$path"
      fi
      ;;
    esac
  done <${identitiesPath}
}

case \${1-} in
load)
  # Assigned first: a loader that cannot read its data must not load half of it.
  text=$(statements)
  printf 'include "./${rulesetPath}"\\n%s\\n' "$text" | nft -f -
  ;;
fill)
  text=$(statements)
  printf '%s\\n' "$text" | nft -f -
  ;;
*)
  echo 'usage: segc-load load | fill' >&2
  exit 64
  ;;
esac
`;
