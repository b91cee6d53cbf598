// `npm run check`: everything that must be green before a change is merged, one step after the
// other, each with its name and time. The last line adds up the test runners' own reports; a step
// without a report counts as one failure when it fails, and as nothing when it passes.
import { spawn } from "node:child_process";
import { mkdir, readFile, rm } from "node:fs/promises";
import { buildBrowserBundle } from "./bundle.ts";

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

interface Outcome {
  readonly ok: boolean;
  /** Shown only when the step failed. */
  readonly output: string;
  readonly counts?: Counts;
}

interface Step {
  readonly name: string;
  readonly run: () => Promise<Outcome>;
}

type VitestTally = "numPassedTests" | "numFailedTests" | "numPendingTests" | "numTodoTests";

const reportFolder = "dist/check";
const minutes = (count: number) => count * 60_000;
const none: Counts = { passed: 0, failed: 0, skipped: 0 };

const steps: readonly Step[] = [
  { name: "biome", run: () => command("biome", ["check", "."]) },
  { name: "types", run: () => command("tsc", ["-p", "."]) },
  {
    name: "import table",
    run: () =>
      command("depcruise", ["--config", ".dependency-cruiser.js", "--output-type", "err", "."]),
  },
  { name: "unused code", run: () => command("knip", ["--no-progress"]) },
  {
    name: "generated files",
    run: () => command(process.execPath, ["scripts/generate.ts", "--check"]),
  },
  { name: "browser bundle", run: browserBundle },
  { name: "tests", run: () => tests("vitest", []) },
  { name: "moto", run: () => tests("moto", ["--config", "vitest.moto.config.ts"]) },
  {
    name: "kernel tests",
    run: () => tests("kernel", ["--config", "vitest.kernel.config.ts"]),
  },
];

process.exitCode = await main();

async function main(): Promise<number> {
  await rm(reportFolder, { recursive: true, force: true });
  await mkdir(reportFolder, { recursive: true });
  let total = none;
  for (const step of steps) total = add(total, await runStep(step));
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 ? 0 : 1;
}

async function runStep({ name, run }: Step): Promise<Counts> {
  const started = performance.now();
  const { ok, output, counts = none } = await run();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  const tally = counts === none ? "" : `  ${counts.passed} passed, ${counts.failed} failed`;
  console.log(`${ok ? "ok  " : "FAIL"} ${name.padEnd(16)} ${seconds.padStart(6)} s${tally}`);
  if (!ok) console.log(output.trimEnd());
  return ok || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

/** Runs a program of node_modules/.bin (npm puts that first in PATH) and keeps what it says. */
function command(program: string, args: readonly string[], timeoutMs = minutes(5)) {
  return new Promise<Outcome>((resolve) => {
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"], timeout: timeoutMs });
    let output = "";
    const keep = (chunk: Buffer) => {
      output += chunk.toString();
    };
    child.stdout.on("data", keep);
    child.stderr.on("data", keep);
    child.on("error", (error) => resolve({ ok: false, output: `${program}: ${error.message}` }));
    child.on("close", (code, signal) => {
      const ending = signal === null ? "" : `\n${program}: ended by ${signal}`;
      resolve({ ok: code === 0, output: output + ending });
    });
  });
}

/** A run of vitest, with the numbers of its JSON report. */
async function tests(name: string, args: readonly string[]): Promise<Outcome> {
  const report = `${reportFolder}/${name}.json`;
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const outcome = await command("vitest", ["run", ...args, ...reporters], minutes(11));
  const counts = await countsOf(report);
  if (counts === undefined) return { ...outcome, ok: false };
  return { ...outcome, ok: outcome.ok && counts.passed > 0, counts };
}

async function countsOf(report: string): Promise<Counts | undefined> {
  const text = await readFile(report, "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  // The shape of vitest's JSON reporter; a missing number shows up as NaN and fails the run.
  const read = JSON.parse(text) as Readonly<Record<VitestTally, number>>;
  return {
    passed: Number(read.numPassedTests),
    failed: Number(read.numFailedTests),
    skipped: Number(read.numPendingTests) + Number(read.numTodoTests),
  };
}

async function browserBundle(): Promise<Outcome> {
  const { problems, bytes } = await buildBrowserBundle("index.ts");
  return problems.length === 0
    ? { ok: bytes > 0, output: "the bundle is empty" }
    : { ok: false, output: problems.join("\n") };
}

function add(a: Counts, b: Counts): Counts {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    skipped: a.skipped + b.skipped,
  };
}
