// `node bench/diff.ts`: what it costs to compare two versions. A one-rule edit of a project of 1,000 rules,
// in the process after loading and as a whole command, and two projects of 10,000 rules that have no
// workload in common. Medians, each from versions that were read anew.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { compareVersions } from "../compiler/diff/cells.ts";
import { changesOf } from "../compiler/diff/changes.ts";
import { nodeFiles } from "../host/node-files.ts";
import { diff, versionsFor } from "../library/diff.ts";
import { type EstateSize, estate } from "./estate.ts";
import { median } from "./processor-time.ts";

const now = "2026-11-28";
const small: EstateSize = { workloads: 1_000, segments: 200, rules: 1_000 };
const wide: EstateSize = { ...small, workloads: 10_000 };
const large: EstateSize = { workloads: 10_000, segments: 2_000, rules: 10_000 };

const scratch = mkdtempSync(join(tmpdir(), "segc-bench-"));
try {
  const before = written("before", estate(small));
  const after = written("after", edited(estate(small)));
  report("a one-rule edit of 1,000 rules, after loading", before, after, 7);
  const whole = Array.from({ length: 7 }, () => {
    const started = performance.now();
    execFileSync(process.execPath, ["cli/segc.js", "diff", before, after], { stdio: "ignore" });
    return performance.now() - started;
  });
  console.log(`the whole command: ${median(whole).toFixed(0)} ms (at most 400 wanted)`);
  const many = [written("many", estate(wide)), written("edited", edited(estate(wide)))] as const;
  report("the same edit with 10,000 workloads, after loading", ...many, 7);
  const [one, other] = [
    written("one", estate(large, 1)),
    written("other", apart(estate(large, 2))),
  ];
  report("two unrelated projects of 10,000 rules, after loading", one, other, 1);
} finally {
  rmSync(scratch, { recursive: true });
}

function written(name: string, texts: ReadonlyMap<string, string>): string {
  const folder = join(scratch, name);
  for (const [path, text] of texts) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}

/** The first rule that allows anything allows one port more. */
function edited(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  for (const [path, text] of texts) {
    const changed = text.replace(/^(allow [^\n]* : )https$/m, "$1{ https, tcp/8500 }");
    const files = new Map(texts).set(path, changed);
    const [before, after] = [written("plain", texts), written("tried", files)].map(nodeFiles);
    if (before === undefined || after === undefined) continue;
    if ((diff(before, after, { now }).diff?.changes.length ?? 0) > 0) return files;
  }
  throw new Error("no rule to edit");
}

/** Workloads of other names. */
function apart(texts: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const inventory = texts.get("inventory.json") ?? "";
  return new Map(texts).set("inventory.json", inventory.replaceAll('"host-', '"other-'));
}

function report(what: string, before: string, after: string, rounds: number): void {
  let facts = "";
  const warmUps = rounds > 1 ? 1 : 0;
  const times = Array.from({ length: rounds + warmUps }, () => {
    const versions = versionsFor(nodeFiles(before), nodeFiles(after), { now });
    if (versions.first === undefined) throw new Error(versions.after[0]?.message ?? "errors");
    const started = performance.now();
    const comparison = compareVersions(versions.first, versions.steps);
    const { changes } = changesOf(comparison);
    const time = performance.now() - started;
    const { points } = comparison.space;
    facts = `${changes.length} changes, ${comparison.cells.length} cells, ${points.length} points`;
    return time;
  }).slice(warmUps);
  console.log(`${what}: ${median(times).toFixed(1)} ms (${facts})`);
}
