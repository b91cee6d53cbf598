// One run of segc: arguments to a verb, its answer to the streams, its status back. Whatever a
// verb throws is a bug in segc and is said to be one.
import { bugReport } from "./bug-report.ts";
import { readCommandLine } from "./command-line.ts";
import { type ExitStatus, exit } from "./exit.ts";
import { loadVerb } from "./load-verb.ts";
import type { Terminal } from "./terminal.ts";

/** Runs `segc` with these arguments. */
export async function run(args: readonly string[], terminal: Terminal): Promise<ExitStatus> {
  let stage = "arguments";
  try {
    const line = readCommandLine(args, terminal);
    if (line.kind === "done") return line.status;
    const { verb, operands, options } = line;
    stage = verb.name;
    // Neither is needed to show help.
    const [command, { giveAnswer }] = await Promise.all([
      loadVerb[verb.name](),
      import("./answer.ts"),
    ]);
    const call = { operands, options, terminal };
    return giveAnswer(verb.name, await command(call), call);
  } catch (error) {
    terminal.err(bugReport(error, stage));
    return exit.bug;
  }
}
