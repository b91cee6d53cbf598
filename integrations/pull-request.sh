#!/bin/sh
# What a pull request is told: check, test, lint and diff of one project, for the runner that calls this.
#
#   SEGC          the program, e.g. `node /path/segc.mjs` or `npx segc`; split at blanks
#   SEGC_PROJECT  folder of segc.yaml (default: .)
#   SEGC_AGAINST  the commit that the branch left from; empty: no diff
#   SEGC_BASE     where a pull request began; the same as SEGC_AGAINST where nobody asked for another commit
#   SEGC_OUT      folder for what is written (default: segc-out): comment.md, check.sarif, lint.sarif, test.xml
#   SEGC_FORMAT   how findings are printed (default: text; github for annotations)
#   SEGC_FAIL     lowest severity of lint that fails: error (default) or warning
#
# Exit status: 0, or the first that is not of check, test and lint.
set -u

: "${SEGC:?names no program}"
project=${SEGC_PROJECT:-.}
against=${SEGC_AGAINST:-}
out=${SEGC_OUT:-segc-out}
format=${SEGC_FORMAT:-text}
fail=${SEGC_FAIL:-error}
status=0

mkdir -p -- "$out" || exit 4
rm -f -- "$out/comment.md" "$out/check.sarif" "$out/lint.sarif" "$out/test.xml"

# The first failure counts, and the others are told all the same.
# shellcheck disable=SC2086 # the program may have arguments
run() {
  verb=$1
  shift
  $SEGC "$verb" --project "$project" "$@"
  code=$?
  if [ "$status" -eq 0 ]; then status=$code; fi
  return "$code"
}

if run check --format "$format" --output "sarif=$out/check.sarif" --output "markdown=$out/check.md"; then
  run test --format "$format" --output "junit=$out/test.xml" --output "markdown=$out/test.md"
  run lint --format "$format" --fail-level "$fail" \
    --output "sarif=$out/lint.sarif" --output "markdown=$out/lint.md"
fi

# A diff fails nothing, whether there is one or it cannot be made: that is said in the comment.
no_diff() {
  echo "segc diff: $1" >&2
  printf '### No diff\n\n%s.\n' "$1" >"$out/diff.md"
}

# The commit that the name stands for, fetched where a shallow checkout has the branch alone.
base_commit() {
  if git -C "$project" rev-parse --quiet --verify --end-of-options "$against^{commit}"; then return; fi
  depth=
  if [ "$(git -C "$project" rev-parse --is-shallow-repository)" = true ]; then depth=--depth=1; fi
  # shellcheck disable=SC2086 # no word where there is none
  git -C "$project" fetch --quiet --no-tags $depth --end-of-options origin "${against#origin/}" >&2 &&
    git -C "$project" rev-parse --quiet --verify 'FETCH_HEAD^{commit}'
}

# A forge checks out the merge with the branch as it is now, which may be further on than where the pull request
# began: what others merged since is not this change's doing. The first parent of the merge is that branch.
if [ -n "$against" ] && [ "$against" = "${SEGC_BASE:-}" ]; then
  parents=$(git -C "$project" cat-file commit HEAD | sed -n '/^$/q; s/^parent //p')
  if [ "$(printf '%s\n' "$parents" | wc -l)" -eq 2 ]; then against=$(printf '%s\n' "$parents" | head -n 1); fi
fi

case $against in
'') ;;
*[!0]*)
  if base=$(base_commit); then
    # What is printed is nobody's command, whatever names say.
    token=segc-$$-$(od -An -N8 -tx1 /dev/urandom | tr -d ' \n')
    if [ "$format" = github ]; then echo "::stop-commands::$token"; fi
    $SEGC diff --project "$project" --against "$base" --format text --output "markdown=$out/diff.md"
    code=$?
    if [ "$format" = github ]; then echo "::$token::"; fi
    if [ "$code" -ne 0 ] && [ ! -s "$out/diff.md" ]; then
      no_diff 'The two versions could not be compared: the output of the job says why'
    fi
    if [ "$code" -eq 70 ] && [ "$status" -eq 0 ]; then status=$code; fi
  else
    no_diff 'The commit to compare with is not in this repository and could not be fetched'
  fi
  ;;
*) no_diff 'There is no commit to compare with: this is the first push of the branch' ;;
esac

# One comment, found again by its first line. What does not fit into one (a forge takes 65,536 bytes) is left
# out whole: the diff comes first, and the rest stands in the output of the job too.
name=$(printf '%s' "$project" | tr -c 'A-Za-z0-9._/' '-')
printf '<!-- segc %s -->\n' "$name" >"$out/comment.md"
for part in diff check test lint; do
  if [ ! -s "$out/$part.md" ]; then continue; fi
  size=$(($(wc -c <"$out/comment.md") + $(wc -c <"$out/$part.md")))
  if [ "$size" -lt 65000 ]; then
    cat -- "$out/$part.md" >>"$out/comment.md"
    echo >>"$out/comment.md"
  else
    printf 'What segc %s says does not fit here: it stands in the output of the job.\n\n' "$part" >>"$out/comment.md"
  fi
done
rm -f -- "$out/check.md" "$out/test.md" "$out/lint.md" "$out/diff.md"

exit "$status"
