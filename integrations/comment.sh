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

# By us alone: anybody can write our first line.
known=$(gh api --paginate "$issue/$SEGC_PULL_REQUEST/comments" \
  --jq ".[] | select(.user.type == \"Bot\" and (.body | startswith(\"$marker\"))) | .id" | head -n 1)
if [ -n "$known" ]; then
  gh api --method PATCH "$issue/comments/$known" --field "body=@$file" --silent
else
  gh api --method POST "$issue/$SEGC_PULL_REQUEST/comments" --field "body=@$file" --silent
fi
