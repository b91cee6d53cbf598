// `npm run bench`: one table of the figures that bench/README.md records. Each is the median of
// several runs; what is compared is run in turns, so that a busy moment hits both.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { type EstateSize, estate } from "./estate.ts";
import { benchParse } from "./parse.ts";

interface Row {
  readonly what: string;
  readonly found: string;
  readonly wanted: string;
}

const whole: EstateSize = { workloads: 100_000, segments: 2_000, rules: 10_000 };
const half: EstateSize = { workloads: 50_000, segments: 1_000, rules: 5_000 };

const fleet: EstateSize = { ...whole, isFleet: true };
const tenth: EstateSize = { workloads: 10_000, segments: 200, rules: 1_000, isFleet: true };
/** Behind security groups. */
const cloud: EstateSize = {
  workloads: 5_000,
  segments: 300,
  rules: 2_000,
  isFleet: true,
  isCloud: true,
};
/** As many rules on a tenth of the workloads. */
const ruled: EstateSize = { ...whole, workloads: 10_000 };
/** What is compiled once more, but only once: nothing of it is wanted. */
const mixed: EstateSize = { ...fleet, mixesEnvs: true };

const parts: Readonly<Record<string, () => readonly Row[]>> = {
  parse: parseRows,
  check: checkRows,
  lint: lintRows,
  compile: compileRows,
  cloud: cloudRows,
  start: startRows,
};
const chosen = process.argv.slice(2);
const strange = chosen.find((name) => parts[name] === undefined);
if (strange !== undefined) throw new Error(`no part ${strange}; ${Object.keys(parts).join(", ")}`);
print(
  Object.entries(parts).flatMap(([name, rowsOf]) =>
    chosen.length === 0 || chosen.includes(name) ? rowsOf() : [],
  ),
);

function parseRows(): readonly Row[] {
  const { megabytesPerSecond, megabytes } = benchParse();
  return [
    {
      what: `scan, parse and build the tree of ${megabytes.toFixed(1)} MB`,
      found: `${megabytesPerSecond.toFixed(1)} MB/s`,
      wanted: ">= 12 MB/s",
    },
  ];
}

function checkRows(): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), "segc-bench-"));
  try {
    const sizes = [whole, half].map((size, index) =>
      writeEstate(join(folder, String(index)), size),
    );
    const runs = Array.from({ length: 3 }, () => sizes.map(checkOnce));
    const [wholeMs = Number.NaN, halfMs = Number.NaN] = sizes.map((_, index) =>
      median(runs.map((run) => run[index]?.checkMs ?? Number.NaN)),
    );
    const peakKib = Math.max(...runs.map((run) => run[0]?.peakKib ?? Number.NaN));
    const what = `check ${counted(whole)}`;
    return [
      { what, found: `${(wholeMs / 1000).toFixed(2)} s`, wanted: "<= 4 s" },
      { what: "  most memory held", found: gib(peakKib), wanted: "<= 1.50 GiB" },
      { what: `check ${counted(half)}`, found: `${(halfMs / 1000).toFixed(2)} s`, wanted: "" },
      {
        what: "  twice the size costs",
        found: `${(wholeMs / halfMs).toFixed(2)} x`,
        wanted: "<= 2.3 x",
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lintRows(): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), "segc-bench-"));
  try {
    const sizes = [ruled, whole];
    const folders = sizes.map((size, index) => writeEstate(join(folder, String(index)), size));
    const runs = Array.from({ length: 3 }, () => folders.map(lintOnce));
    return sizes.flatMap((size, index) => {
      const of = (key: "lintMs" | "checkMs") =>
        median(runs.map((run) => run[index]?.[key] ?? Number.NaN)) / 1000;
      const what = `lint ${counted(size)}`;
      const wanted = size === ruled ? "<= 2 s" : "";
      return [
        { what, found: `${of("lintMs").toFixed(2)} s`, wanted },
        { what: "  check alone, after it", found: `${of("checkMs").toFixed(2)} s`, wanted: "" },
      ];
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lintOnce(folder: string): { readonly lintMs: number; readonly checkMs: number } {
  const { lintMs, checkMs, firstError } = Object(JSON.parse(node(["bench/lint-once.ts", folder])));
  if (firstError !== undefined) throw new Error(`the generated estate has errors: ${firstError}`);
  return { lintMs, checkMs };
}

function cloudRows(): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), "segc-bench-"));
  try {
    writeEstate(folder, cloud);
    const runs = Array.from({ length: 3 }, () => compileOnce(folder));
    const [first] = runs;
    const what = `compile and prove security groups of ${counted(cloud)}`;
    const ms = median(runs.map(({ compileMs }) => compileMs));
    return [
      { what, found: `${(ms / 1000).toFixed(2)} s`, wanted: "<= 10 s" },
      {
        what: "  what comes out",
        found: `${first?.rules} rules, ${first?.elements} groups and attachments`,
        wanted: "",
      },
      ...planRows(folder),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What `segc plan` does after the compile, in an account that has not seen segc before. */
function planRows(folder: string): readonly Row[] {
  const printed: unknown = JSON.parse(node(["bench/plan-once.ts", folder]));
  const { firstMs, firstCalls, callsWanted, editMs, editCalls, proved, peakKib } = Object(printed);
  if (proved !== true) throw new Error("a plan of the generated estate is not proved");
  return [
    {
      what: "  prove a first apply",
      found: `${(firstMs / 1000).toFixed(1)} s, ${gib(peakKib)}`,
      wanted: "",
    },
    { what: "  calls that it takes", found: String(firstCalls), wanted: `<= ${callsWanted}` },
    { what: "  prove the edit of one rule", found: `${(editMs / 1000).toFixed(2)} s`, wanted: "" },
    { what: "  calls that it takes", found: `${editCalls} and 2 of the lease`, wanted: "<= 10" },
  ];
}

function compileRows(): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), "segc-bench-"));
  try {
    const folders = [fleet, tenth].map((size, index) =>
      writeEstate(join(folder, String(index)), size),
    );
    const runs = Array.from({ length: 3 }, () => folders.map(compileOnce));
    const [wholeMs = Number.NaN, tenthMs = Number.NaN] = folders.map((_, index) =>
      median(runs.map((run) => run[index]?.compileMs ?? Number.NaN)),
    );
    const { what, notOptimal } = madeBy(runs[0]?.[0]);
    const peakKib = Math.max(...runs.map((run) => run[0]?.peakKib ?? Number.NaN));
    const cpuMs = median(runs.map((run) => run[0]?.cpuMs ?? Number.NaN));
    const more = compileOnce(writeEstate(join(folder, "mixed"), mixed));
    return [
      {
        what: `compile and prove for both Linux targets ${counted(fleet)}`,
        found: `${(wholeMs / 1000).toFixed(1)} s`,
        wanted: "<= 8 s",
      },
      {
        what: "  processor time of the whole process",
        found: `${(cpuMs / 1000).toFixed(1)} s`,
        wanted: "",
      },
      { what: "  most memory held", found: gib(peakKib), wanted: "<= 2 GiB" },
      { what: `  ${what}`, found: `${notOptimal} not proved least`, wanted: ">= 1,500 classes" },
      { what: `compile ${counted(tenth)}`, found: `${(tenthMs / 1000).toFixed(2)} s`, wanted: "" },
      {
        what: "  ten times the size costs",
        found: `${(wholeMs / tenthMs).toFixed(1)} x`,
        wanted: ">= 7 x (a tenth: at most a seventh)",
      },
      {
        what: "compile the whole where every application is in every environment",
        found: `${(more.compileMs / 1000).toFixed(1)} s, ${gib(more.peakKib)}`,
        wanted: "",
      },
      { what: `  ${madeBy(more).what}`, found: "", wanted: "" },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function madeBy(run: unknown): { readonly what: string; readonly notOptimal: number } {
  const { classes, artefacts, megabytes, rules, elements, notOptimal } = Object(run);
  const what = `${classes} identity classes, ${artefacts} artefacts, ${megabytes.toFixed(0)} MB, ${rules} rules, ${elements} elements`;
  return { what, notOptimal };
}

function compileOnce(folder: string) {
  const printed: unknown = JSON.parse(node(["bench/compile-once.ts", folder]));
  const { compileMs, cpuMs, peakKib, errors, firstError, ...made } = Object(printed);
  if (errors !== 0) throw new Error(`the generated fleet has errors: ${firstError}`);
  return { compileMs, cpuMs, peakKib, ...made };
}

function writeEstate(folder: string, size: EstateSize): string {
  mkdirSync(folder, { recursive: true });
  for (const [path, text] of estate(size)) writeFileSync(join(folder, path), text);
  return folder;
}

function checkOnce(folder: string): { readonly checkMs: number; readonly peakKib: number } {
  const printed: unknown = JSON.parse(node(["bench/check-once.ts", folder]));
  const { checkMs, peakKib, errors, firstError } = Object(printed);
  if (errors !== 0) throw new Error(`the generated estate has errors: ${firstError}`);
  return { checkMs, peakKib };
}

/** The published program, and the same run from its source. */
function startRows(): readonly Row[] {
  node(["scripts/package.ts"]);
  const check = ["check", "--project", "examples/crm", "--now", "2026-11-23"];
  const [packed, source] = ["dist/package/cli/main.js", "cli/segc.js"];
  const calls: readonly (readonly [string, readonly string[], string])[] = [
    ["segc --help", [packed, "--help"], "<= 90 ms more"],
    ["segc check, examples/crm", [packed, ...check], "<= 250 ms more"],
    ["segc --help, from source", [source, "--help"], "<= 90 ms more"],
    ["segc check, examples/crm, from source", [source, ...check], "<= 250 ms more"],
  ];
  const all = [["-e", "0"], ...calls.map(([, args]) => args)];
  const times = all.map((args): number[] => {
    node(args); // fills the compile cache
    return [];
  });
  for (let turn = 0; turn < 15; turn++) {
    for (const [at, args] of all.entries()) times[at]?.push(timed(() => node(args)));
  }
  const [bare = Number.NaN, ...rest] = times.map(median);
  return [
    { what: "start: node -e 0", found: `${bare.toFixed(0)} ms`, wanted: "" },
    ...calls.map(([name, , wanted], at) => ({
      what: `start: ${name}, second run`,
      found: `${((rest[at] ?? Number.NaN) - bare).toFixed(0)} ms more`,
      wanted,
    })),
  ];
}

function node(args: readonly string[]): string {
  return execFileSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
}

function timed(run: () => void): number {
  const started = performance.now();
  run();
  return performance.now() - started;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

function counted({ workloads, segments, rules }: EstateSize): string {
  const [a, b, c] = [workloads, segments, rules].map((count) => count.toLocaleString("en"));
  return `${a} workloads, ${b} segments, ${c} rules`;
}

function gib(kib: number): string {
  return `${(kib / 2 ** 20).toFixed(2)} GiB`;
}

function print(table: readonly Row[]): void {
  const [first] = cpus();
  console.log(`Node ${process.versions.node}, ${cpus().length} x ${first?.model ?? "?"}\n`);
  const width = Math.max(...table.map((row) => row.what.length));
  for (const { what, found, wanted } of table) {
    console.log(`${what.padEnd(width)}  ${found.padStart(12)}  ${wanted}`.trimEnd());
  }
}
