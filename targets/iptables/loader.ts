// The loader: one constant text, POSIX shell. Everything that differs between hosts is data that it
// reads, checked before it was written.
//
// iptables-restore is atomic for one table of one family, ipset restore only for one set at a time.
// So sets are named after their content and come first, rules that name only those follow in one
// transaction for each family, jumps included, and what no rule names any more goes last.

export const loaderText = `#!/bin/sh
# Loads segc's packet rules: load.sh load | update | fill
#   load    replaces sets, chains and the jumps to them; on failure the rules loaded before stay, and
#           where there were none, only administrators get in
#   update  the same, but leaves sets alone that are there already, whole: their names say what is in
#           them. After a change of some members that is most of them
#   fill    replaces the chains that ask for cgroups: run when a cgroup has been made anew
# The file \`backend\` may hold \`nft\` or \`legacy\` where a host has both. Rules in
# \`administrators.v4\` and \`administrators.v6\` (lines of -A SEG-IN or -A SEG-OUT) are for the
# failure of a first load alone.
set -eu
PATH=/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
cd -- "$(dirname -- "$0")"

say() {
  printf 'segc: %s\\n' "$*" >&2
}

backend=
unknown=
if [ -e backend ]; then
  read -r backend <backend || :
fi
case $backend in
'') ;;
nft | legacy) backend=-$backend ;;
*) unknown=$backend ;;
esac

# Usage: tables FAMILY ARGUMENT...; and the same for restore, which reads a table.
tables() {
  case $1 in
  4) shift && "iptables$backend" -w 60 "$@" ;;
  6) shift && "ip6tables$backend" -w 60 "$@" ;;
  esac
}
restore() {
  case $1 in
  4) shift && "iptables$backend-restore" -w 60 --noflush "$@" ;;
  6) shift && "ip6tables$backend-restore" -w 60 --noflush "$@" ;;
  esac
}

families() {
  echo 4
  if [ -e /proc/sys/net/ipv6 ]; then echo 6; fi
}

# A file that was cut short would leave a set empty, and a deny that names it without effect.
restore_sets() {
  case $(tail -n 1 segc.ipset) in
  '#'* | 'destroy SEG-T') ;;
  *) return 1 ;;
  esac
  ipset destroy SEG-T 2>/dev/null || :
  if [ "$1" = load ]; then
    ipset restore <segc.ipset
    return
  fi
  # Assigned first: half of a set must not be restored.
  sets=$(changed_sets) || return 1
  [ -z "$sets" ] || printf '%s\\n' "$sets" | ipset restore
}

# The lines of the sets that the kernel does not have with as many members: a load that was broken
# off may have left an empty one.
changed_sets() {
  {
    ipset list -t || :
    echo =
    cat segc.ipset
    echo =
    cat segc.ipset
  } | awk '
    $0 == "=" { part++; next }
    !part && $1 == "Name:" { name = NF == 2 ? $2 : "" }
    !part && /^Number of entries: / { have[name] = $4 }
    !part || /^#/ { next }
    { last = $0 }
    $1 == "create" && $2 != "SEG-T" { name = $2 }
    part == 1 && $1 == "add" {
      count = 1
      if (split($3, ends, "-") == 2) { sub(/.*:/, "", ends[1]); count = ends[2] - ends[1] + 1 }
      want[name] += count
    }
    part == 2 && have[name] != want[name]
    END { exit part != 2 || (last != "" && last != "destroy SEG-T") }
  '
}

# What a table holds; a file that was cut short is no table.
inside() {
  [ "$(tail -n 1 "$1")" = COMMIT ] || return 1
  sed -e '/^#/d' -e '/^\\*filter$/d' -e '/^COMMIT$/d' "$1"
}

# The lines of a table whose cgroups are all there: the others would refuse the whole table, and no
# process can be in a cgroup that is not there. Where cgroup v2 itself is not there, nothing is known.
present() {
  while read -r line; do
    rest=$line
    while :; do
      case $rest in
      *' --path '*)
        [ -e /sys/fs/cgroup/cgroup.controllers ] || return 1
        rest=\${rest#*' --path '}
        ;;
      *) break ;;
      esac
      [ -d "/sys/fs/cgroup\${rest%% *}" ] || continue 2
    done
    printf '%s\\n' "$line"
  done
}

jumps() {
  tables "$1" -S "$2" 2>/dev/null | grep -cxF -e "-A $2 -j $3" || :
}

# Takes out every jump to a chain of ours and puts one in first place.
jump_first() {
  count=$(jumps "$1" "$2" "$3")
  while [ "$count" -gt 0 ]; do
    printf '%s\\n' "-D $2 -j $3"
    count=$((count - 1))
  done
  printf '%s\\n' "-I $2 1 -j $3"
}

# One transaction: the chains, those with cgroups once more and whole, the jumps.
transaction() {
  rules=$(inside "rules.v$1") || return 1
  programs=$(inside "programs.v$1") || return 1
  printf '%s\\n' '*filter' "$rules"
  if [ -n "$programs" ]; then printf '%s\\n' "$programs" | present || return 1; fi
  jump_first "$1" INPUT SEG-IN
  jump_first "$1" OUTPUT SEG-OUT
  echo COMMIT
}

# Whether a direction is to be shut. Of a file that is missing or cut short nothing else is known.
enforced() {
  [ "$(tail -n 1 "rules.v$1" 2>/dev/null)" != COMMIT ] || grep -qxF -e "-A $2 -j DROP" "rules.v$1"
}

# What stands in for rules that were never loaded: replies, the link, administrators, no other.
emergency() {
  printf '%s\\n' '*filter' ':SEG-IN - [0:0]' ':SEG-OUT - [0:0]'
  case $1 in
  4) icmp='-p 1 -m icmp --icmp-type' && errors='3 11 12' && link='' && dhcp='68 67' ;;
  6) icmp='-p 58 -m icmp6 --icmpv6-type' && errors='1 2 3 4' && link='133 134 135 136' && dhcp='546 547' ;;
  esac
  for way in 'SEG-IN i' 'SEG-OUT o'; do
    chain=\${way% *}
    enforced "$1" "$chain" || continue
    printf '%s\\n' "-A $chain -\${way#* } lo -j ACCEPT"
    printf '%s\\n' "-A $chain -m conntrack --ctstate ESTABLISHED -j ACCEPT"
    for type in $errors; do
      printf '%s\\n' "-A $chain $icmp $type -m conntrack --ctstate RELATED -j ACCEPT"
    done
    for type in $link; do
      printf '%s\\n' "-A $chain $icmp $type -m hl --hl-eq 255 -j ACCEPT"
    done
    printf '%s\\n' "-A $chain -p 17 -m multiport --sports \${dhcp% *} -m multiport --dports \${dhcp#* } -j ACCEPT"
    printf '%s\\n' "-A $chain -p 17 -m multiport --sports \${dhcp#* } -m multiport --dports \${dhcp% *} -j ACCEPT"
  done
  if [ "$2" = administrators ] && [ -r "administrators.v$1" ]; then
    grep -e '^-A SEG-IN ' -e '^-A SEG-OUT ' "administrators.v$1" || :
  fi
  for chain in SEG-IN SEG-OUT; do
    if enforced "$1" "$chain"; then printf '%s\\n' "-A $chain -j DROP"; fi
  done
  jump_first "$1" INPUT SEG-IN
  jump_first "$1" OUTPUT SEG-OUT
  echo COMMIT
}

loaded() {
  [ "$(jumps "$1" INPUT SEG-IN)" -gt 0 ] && [ "$(jumps "$1" OUTPUT SEG-OUT)" -gt 0 ]
}

# Keeps what was loaded before; shuts the host where there was nothing.
fail() {
  say "the rules of IPv$1 could not be loaded"
  if loaded "$1"; then
    say 'the rules loaded before stay in force'
    return
  fi
  for who in administrators nobody; do
    # Assigned first: while it reads, restore holds the lock that listing needs.
    if text=$(emergency "$1" "$who") && printf '%s\\n' "$text" | restore "$1"; then
      say "IPv$1 is shut but for replies and $who"
      return
    fi
  done
  say "IPv$1 COULD NOT BE SHUT"
}

# Lines after a \`=\` that do not stand before it.
absent() {
  awk '$0 == "=" { after = 1; next } !after { kept[$0] = 1; next } !($0 in kept)'
}

# Chains of ours that are not in the text just loaded, and sets. What somebody else still names stays.
sweep() {
  stale=$({
    printf '%s\\n' "$2" | sed -n 's/^:\\([^ ]*\\) .*/\\1/p'
    echo =
    tables "$1" -S | sed -n 's/^-N \\(SEG-[0-9A-Za-z-]*\\)$/\\1/p'
  } | absent)
  for chain in $stale; do tables "$1" -F "$chain" || :; done
  for chain in $stale; do tables "$1" -X "$chain" || :; done
}
sweep_sets() {
  stale=$({
    sed -n 's/^create \\([^ ]*\\) .*/\\1/p' segc.ipset
    echo =
    ipset list -n | sed -n '/^SEG-[0-9A-Za-z-]*$/p'
  } | absent)
  for set in $stale; do ipset destroy "$set" 2>/dev/null || :; done
}

# Nobody knows which backend is meant: rules of either stay, and where there are none the host is shut.
misconfigured() {
  say "backend must be nft or legacy, not $unknown"
  for family in $(families); do
    for backend in -nft -legacy ''; do
      if loaded "$family"; then continue 2; fi
    done
    fail "$family"
  done
}

# Usage: replace load | update
replace() {
  failed=
  if ! restore_sets "$1"; then
    for family in $(families); do fail "$family"; done
    return 1
  fi
  for family in $(families); do
    # Assigned first: a loader that cannot read its data must not load half of it.
    if text=$(transaction "$family") && printf '%s\\n' "$text" | restore "$family"; then
      sweep "$family" "$text" || say "chains of IPv$family that nothing uses may be left"
      continue
    fi
    fail "$family"
    failed=1
  done
  [ -z "$failed" ] || return 1
  sweep_sets
}

fill() {
  for family in $(families); do
    text=$(present <"programs.v$family")
    printf '%s\\n' "$text" | restore "$family"
  done
}

case \${1-} in
load | update | fill)
  # Two units may start at once: the later one must not load what the earlier one saw.
  exec 9<load.sh
  flock 9 || say 'loading without a lock'
  if [ -n "$unknown" ]; then
    misconfigured
    exit 64
  fi
  if [ "$1" = fill ]; then fill; else replace "$1"; fi
  ;;
*)
  echo 'usage: load.sh load | update | fill' >&2
  exit 64
  ;;
esac
`;
