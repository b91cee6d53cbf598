// Verbs that speak to a target need to be told which, and this version knows one.
import { type Call, type Failure, failure } from "./call.ts";
import { exit } from "./exit.ts";

export function onlyAws({ options }: Call): Failure | undefined {
  const { target = [] } = options;
  if (target.length === 1 && target[0] === "aws") return undefined;
  const message =
    target.length === 0
      ? "say against what with `--target aws`"
      : `there is no account for \`${target.join(",")}\``;
  return failure(exit.usage, message, "this version speaks to `aws`");
}
