// Where the project is: the folder named, or the nearest one upwards with a segc.yaml.
import { statSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { type Call, type Failure, failure } from "./call.ts";
import { exit } from "./exit.ts";

const projectFile = "segc.yaml";

/** The project folder of this call, or why there is none. */
export function projectFolder({ options, terminal }: Call): string | Failure {
  if (options.project === undefined) return nearestProject(terminal.folder);
  const named = resolve(terminal.folder, options.project);
  const folder = basename(named) === projectFile ? dirname(named) : named;
  const kind = kindOf(folder);
  if (kind === "other") return failure(exit.usage, `\`${options.project}\` is not a folder`);
  if (kind === "nothing") return failure(exit.usage, `there is no folder \`${options.project}\``);
  return kindOf(resolve(folder, projectFile)) === "nothing"
    ? noProject(`there is no ${projectFile} in \`${options.project}\``)
    : folder;
}

function nearestProject(start: string): string | Failure {
  for (let folder = start; ; folder = dirname(folder)) {
    if (kindOf(resolve(folder, projectFile)) !== "nothing") return folder;
    if (folder === dirname(folder)) {
      return noProject(`there is no ${projectFile} in this folder or any folder above it`);
    }
  }
}

const noProject = (message: string) =>
  failure(exit.usage, message, "start a project with `segc init`, or name one with `--project`");

function kindOf(path: string): "folder" | "other" | "nothing" {
  try {
    return statSync(path).isDirectory() ? "folder" : "other";
  } catch {
    return "nothing";
  }
}
