#!/bin/sh
# Puts the comment of pull-request.sh on its pull request, in place of the one from before.
#
#   GH_TOKEN, GITHUB_REPOSITORY  as GitHub's runners set them
#   SEGC_PULL_REQUEST            its number
#   SEGC_OUT                     folder with comment.md
set -eu

file=${SEGC_OUT:-segc-out}/comment.md
issue=repos/$GITHUB_REPOSITORY/issues
marker=$(head -n 1 -- "$file")

# By us alone: anybody can write our first line. A token of a person: SEGC_COMMENT_BY is the name of its account.
by=${SEGC_COMMENT_BY:-}
comments=$(gh api --paginate "$issue/$SEGC_PULL_REQUEST/comments" \
  --jq ".[] | select((.user.type == \"Bot\" or .user.login == \"$by\") and (.body | startswith(\"$marker\"))) | .id") || {
  echo '::warning::segc may not read the comments of this pull request: the summary of the job has it all'
  exit 0
}
known=$(printf '%s' "$comments" | head -n 1)
if [ -n "$known" ]; then
  set -- --method PATCH "$issue/comments/$known"
else
  set -- --method POST "$issue/$SEGC_PULL_REQUEST/comments"
fi
# A pull request from a fork has no right to comment, and is no failure for that.
gh api "$@" --field "body=@$file" --silent ||
  echo '::warning::segc may not comment on this pull request: the summary of the job has it all'
