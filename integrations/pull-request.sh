#!/bin/sh
# What a pull request is told: check, test, lint and diff of one project, for the runner that calls this.
#
#   SEGC          the program, e.g. `node /path/segc.mjs` or `npx segc`; split at blanks
#   SEGC_PROJECT  folder of segc.yaml (default: .)
#   SEGC_AGAINST  the commit that the branch left from; empty: no diff
#   SEGC_OUT      folder for what is written (default: segc-out): comment.md, check.sarif, lint.sarif, test.xml
#   SEGC_FORMAT   how findings are printed (default: text; github for annotations)
#   SEGC_FAIL     lowest severity of lint that fails: error (default) or warning
#
# Exit status: 0, or the first that is not of check, test, lint and diff; a diff alone fails nothing.
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

if [ -n "$against" ]; then
  # A shallow checkout has the branch alone.
  if ! git -C "$project" cat-file -e "$against^{commit}" 2>/dev/null; then
    git -C "$project" fetch --quiet --no-tags --depth=1 origin "$against" || true
  fi
  run diff --against "$against" --format text --output "markdown=$out/diff.md"
fi

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
