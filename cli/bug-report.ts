// An exception that nobody expected -> what its finder should read, and what whoever mends it needs.
import { escapeText } from "../diagnostics/render-display.ts";
import { packageVersion } from "./package-files.ts";

const framesMax = 8;

/** `stage` is the verb, unless the message itself names a stage: `bug in segc (nftables): …`. */
export function bugReport(error: unknown, stage: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const [, named, said] = /^bug in segc \(([^)]*)\):? ?(.*)$/s.exec(message) ?? [];
  const what = said === undefined || said === "" ? causeOf(error, message) : said;
  return [
    `error: this is a bug in segc, not in your policy (stage: ${named ?? stage})`,
    `  ${escapeText(what)}`,
    ...framesOf(error).map((frame) => `    ${escapeText(frame)}`),
    "Nothing was written. Please report it, with these lines, the command and, if you can, the",
    `policy that shows it (segc ${packageVersion()}, Node ${process.versions.node}).`,
    "",
  ].join("\n");
}

function causeOf(error: unknown, message: string): string {
  return error instanceof Error && error.cause !== undefined ? String(error.cause) : message;
}

/** Where it happened, in files of segc, without the folders of this machine. */
function framesOf(error: unknown): readonly string[] {
  const root = new URL("..", import.meta.url);
  const origin = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const stack = origin instanceof Error ? (origin.stack ?? "") : "";
  return stack
    .split("\n")
    .filter((line) => /^\s+at /.test(line) && !line.includes("node:"))
    .slice(0, framesMax)
    .map((line) => line.trim().replaceAll(root.href, "").replaceAll(root.pathname, ""));
}
