// The loader: one constant text, POSIX shell. Everything that differs between hosts is data that it
// reads, checked before it was written. Replacing a table takes it several transactions, because in one
// the kernel is not at once where its rules are.
import { tableName } from "./ruleset.ts";

export const rulesetPath = "segc.nft";
export const identitiesPath = "identities";
export const loaderPath = "segc-load";

/** In force while the table of ours is made again, and after a load that broke off there. */
const second = `${tableName}_next`;

/**
 * One transaction replaces a table at once for `nft list`, not for a packet: kernel 6.18 (measured under
 * traffic) goes to the new rules before it finds what new interval sets hold, so that for a moment an
 * allow misses and a deny too. And base chains of a deleted table run on without their rules. A table
 * that sleeps (`flags dormant`) is loaded and in no hook. So a second table with the new rules wakes
 * beside the one in force; that one sleeps, goes, comes back with the new rules and wakes; the second
 * goes. At any time a whole table is in force; where there are two, what passes is what both let pass.
 * Taking a table away and making it again are two transactions: in one, hashed maps of the *other*
 * table lose a packet in some ten loads.
 *
 * `fill` empties and fills the sets again, because the kernel keeps a cgroup's number and a recreated
 * cgroup has a new one.
 */
export const loaderText = `#!/bin/sh
# Loads segc's packet rules: segc-load load | fill
#   load  replaces the table; where that breaks off, the rules of before or the new ones are in force
#   fill  fills the sets of cgroups again: run when a cgroup has been made anew
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
cd -- "$(dirname -- "$0")"

say() {
  printf 'segc: %s\\n' "$*" >&2
}

# Usage: statements TABLE. A process cannot be in a cgroup that is not there.
statements() {
  while read -r kind name path; do
    case $kind in
    set)
      printf 'flush set inet %s %s\\n' "$1" "$name"
      ;;
    member)
      if [ -d "/sys/fs/cgroup/$path" ]; then
        printf 'add element inet %s %s { "%s" }\\n' "$1" "$name" "$path"
      fi
      ;;
    esac
  done <${identitiesPath}
}

# Where cgroup v2 is not mounted, its sets stay empty: allows of programs match no process, denies neither.
cgroups() {
  if [ -e /sys/fs/cgroup/cgroup.controllers ] || ! grep -q '^member ' ${identitiesPath}; then return 0; fi
  say 'cgroup v2 is not mounted at /sys/fs/cgroup: no process can be told from another'
  return 1
}

# Chains are listed fast, whatever sets hold. A table of ours has some.
loaded() {
  nft list chains inet | grep -qx "table inet $1 {"
}

wake() {
  nft "add table inet $1"
}

# Usage: bring TABLE STATEMENTS. Loads it asleep, fills its sets, and wakes it.
bring() {
  {
    sed -e '/^add table inet ${tableName}$/d' -e '/^delete table inet ${tableName}$/d' \\
      -e "s/^table inet ${tableName} {$/table inet $1 { flags dormant;/" ${rulesetPath}
    printf '%s\\n' "$2"
  } | nft -f - && wake "$1"
}

remove() {
  loaded "$1" || return 0
  nft "add table inet $1 { flags dormant; }" && nft "delete table inet $1"
}

load() {
  # The file ends with the brace of its table. nft takes an empty text for a table without rules.
  if [ "$(tail -n 1 ${rulesetPath})" != '}' ]; then
    say '${rulesetPath} cannot be read whole: what is loaded stays as it is'
    return 1
  fi
  # Assigned first: a loader that cannot read its data must not load half of it, unless that is better
  # than nothing: programs that nobody tells apart are let in by no allow.
  unread=
  text=$(statements ${tableName}) && beside=$(statements ${second}) || unread=1
  if [ -n "$unread" ]; then
    say '${identitiesPath} cannot be read'
    if loaded ${tableName} || loaded ${second}; then return 1; fi
    nft -f ${rulesetPath}
    return 1
  fi
  # Where a load broke off, either may sleep. Both are whole.
  for table in ${tableName} ${second}; do
    if loaded "$table"; then wake "$table"; fi
  done
  if loaded ${tableName}; then
    remove ${second}
    if ! bring ${second} "$beside"; then
      remove ${second} || :
      say 'the rules could not be loaded: those loaded before stay in force'
      return 1
    fi
  fi
  if loaded ${second}; then
    if remove ${tableName} && bring ${tableName} "$text" && remove ${second}; then return 0; fi
    say 'the load broke off: table ${second} is in force until the next one'
    return 1
  fi
  printf 'include "./${rulesetPath}"\\n%s\\n' "$text" | nft -f -
}

fill() {
  text=$(statements ${tableName})
  printf '%s\\n' "$text" | nft -f -
}

case \${1-} in
load | fill)
  # Two units may start at once, and a load is several transactions.
  exec 9<${loaderPath}
  flock 9 || say 'loading without a lock'
  "$1"
  cgroups
  ;;
*)
  echo 'usage: segc-load load | fill' >&2
  exit 64
  ;;
esac
`;
