// What a host needs beside the table: which cgroup fills which set, the slices and drop-ins that put
// units into those cgroups, and a loader. The loader is one constant text: everything that differs
// between hosts is data it reads, checked before it was written.
import type { OutputFile } from "../../compiler/plan/target.ts";
import { bootServiceText, slicesOf, unitFiles } from "../linux/unit-files.ts";
import { type NftPlan, tableName } from "./ruleset.ts";

export const rulesetPath = "segc.nft";
export const identitiesPath = "identities";
export const loaderPath = "segc-load";
/** Only where an earlier artefact differs in members alone. */
export const updatePath = "update.nft";
export const servicePath = "systemd/segc-nftables.service";

/** Where the README tells people to put the artefact; systemd's files name it. */
export const installFolder = "/etc/segc";

export function sideFiles(plan: NftPlan): readonly OutputFile[] {
  return [
    { path: identitiesPath, text: identitiesText(plan) },
    { path: loaderPath, text: loaderText, executable: true },
    { path: servicePath, text: bootServiceText(slicesOf(plan), command("load")) },
    ...unitFiles(plan, {
      service: "segc-nftables.service",
      dropIn: "50-segc.conf",
      fill: command("fill"),
    }),
  ];
}

const command = (verb: string) => `${installFolder}/${loaderPath} ${verb}`;

/** One set and one cgroup per line; a path has no space before its first character. */
const identitiesText = ({ identitySets, members }: NftPlan) =>
  [
    "# set, then a cgroup that belongs to it",
    ...identitySets.map((set) => `set ${set}`),
    ...members.map(({ set, path }) => `member ${set} ${path}`),
    "",
  ].join("\n");

/**
 * `load` replaces the table and fills its sets in one transaction. Base chains that stay are emptied
 * and not deleted: while a table is deleted the kernel (6.18, measured under traffic) runs its base
 * chains a moment longer without their rules, so that a policy of drop drops what both tables allow.
 * Where that cannot be, as with hooks of another priority, the table is deleted. `fill` empties and fills the sets
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

# Takes away what is loaded, but for the hooks that stay: deleted, they drop packets for a moment.
emptied() {
  listed=$(nft -t list table inet ${tableName} 2>/dev/null) || return 0
  echo 'flush table inet ${tableName}'
  for kind in map set chain; do
    printf '%s\\n' "$listed" | while read -r word name rest; do
      [ "$word $rest" = "$kind {" ] || continue
      case $name in
      input | output)
        if grep -q "^  chain $name {" ${rulesetPath}; then continue; fi
        ;;
      esac
      printf 'delete %s inet ${tableName} %s\\n' "$kind" "$name"
    done
  done
}

kept() {
  printf '%s\\n' "$loaded"
  grep -vx 'delete table inet ${tableName}' ${rulesetPath}
  printf '%s\\n' "$text"
}

case \${1-} in
load)
  # Assigned first: a loader that cannot read its data must not load half of it.
  text=$(statements)
  loaded=$(emptied)
  if [ -n "$loaded" ] && kept | nft -f - 2>/dev/null; then exit 0; fi
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
