// `node bench/peers.ts PYTHON [RULES]`: the same rules compiled by segc and by Aerleon, in turns, the
// median of three. PYTHON is an interpreter that has Aerleon (`pip install aerleon`).
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { distinctForAerleon, distinctProject } from "./distinct.ts";
import { median, processorSeconds } from "./processor-time.ts";

const [python = "python3", wanted = "20000"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "segc-peers-"));

const compilers = {
  segc: {
    texts: distinctProject(Number(wanted)),
    command: [process.execPath, "cli/segc.js", "compile", "--project", join(folder, "segc")],
    more: ["--now", "2026-11-23", "--out", join(folder, "segc/out")],
    output: "segc/out",
    file: /\.nft$/,
  },
  aerleon: {
    texts: distinctForAerleon(Number(wanted)),
    command: [python, "-c", "from aerleon.aclgen import EntryPoint; EntryPoint()"],
    more: [
      ...["--base_directory", join(folder, "aerleon")],
      ...["--definitions_directory", join(folder, "aerleon/def")],
      ...["--output_directory", join(folder, "aerleon/out")],
    ],
    output: "aerleon/out",
    file: /\.nft/,
  },
} as const;
type Name = keyof typeof compilers;
const names = ["segc", "aerleon"] as const satisfies readonly Name[];

try {
  for (const name of names) write(name);
  const times: Record<Name, number[]> = { segc: [], aerleon: [] };
  for (let turn = 0; turn < 3; turn++) for (const name of names) times[name].push(run(name));
  for (const name of names) {
    const seconds = median(times[name]);
    const text = emitted(name);
    const rules = text.match(/^.*\b(?:accept|drop)\b.*$/gm)?.length ?? 0;
    console.log(`${name}: ${seconds.toFixed(1)} s, ${rules} rules, ${text.length} bytes`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function write(name: Name): void {
  mkdirSync(join(folder, compilers[name].output), { recursive: true });
  for (const [path, text] of compilers[name].texts) {
    const file = join(folder, name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** Processor seconds. */
function run(name: Name): number {
  const { command, more, output } = compilers[name];
  rmSync(join(folder, output), { recursive: true, force: true });
  if (name === "aerleon") mkdirSync(join(folder, output));
  return processorSeconds(python, [...command, ...more]);
}

function emitted(name: Name): string {
  const { output, file } = compilers[name];
  const entries = readdirSync(join(folder, output), { recursive: true, encoding: "utf8" });
  return entries
    .filter((path) => file.test(path))
    .map((path) => readFileSync(join(folder, output, path), "utf8"))
    .join("");
}
