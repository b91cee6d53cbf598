// Processor time of a command and its children, in seconds, as Python's `resource` tells it.
import { execFileSync } from "node:child_process";

const measured = `import resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
sys.stderr.buffer.write(done.stderr) if done.returncode else print(used.ru_utime + used.ru_stime)
sys.exit(done.returncode)`;

/** @param python an interpreter */
export const processorSeconds = (python: string, command: readonly string[]): number =>
  Number(execFileSync(python, ["-c", measured, ...command], { encoding: "utf8" }));

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
