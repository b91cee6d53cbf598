// The real process around a run: its streams, folder, environment and clock.
import { readFileSync } from "node:fs";
import { codeOf, describeFault } from "../host/faults.ts";
import { exit } from "./exit.ts";
import { run } from "./run.ts";
import type { Terminal } from "./terminal.ts";

/** Runs segc with the arguments of this process and sets its exit status. */
export async function runProcess(): Promise<void> {
  tolerateClosedPipes();
  const folder = currentFolder();
  const status =
    folder === undefined
      ? exit.environment
      : await run(process.argv.slice(2), { ...terminal, folder });
  process.exitCode ??= status;
}

function currentFolder(): string | undefined {
  try {
    return process.cwd();
  } catch (error) {
    process.stderr.write(`error: the current folder is gone: ${describeFault(error)}\n`);
    return undefined;
  }
}

const terminal: Omit<Terminal, "folder"> = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  input: () => readFileSync(0),
  environment: process.env,
  outIsTerminal: process.stdout.isTTY === true,
  errIsTerminal: process.stderr.isTTY === true,
  today: () => new Date().toISOString().slice(0, 10),
};

/** `segc check | head` is no fault of anybody; results that cannot be written are. */
function tolerateClosedPipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: unknown) => {
      if (codeOf(error) === "EPIPE") return;
      process.exitCode = exit.environment;
      if (stream === process.stdout) {
        process.stderr.write(`error: cannot write the results: ${describeFault(error)}\n`);
      }
    });
  }
}
