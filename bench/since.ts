// What `compile --since` adds to a compile for nftables: 100 of 100,000 workloads get another address,
// and each artefact is held against the one before. Every run is a process of its own, which has not
// seen the earlier artefacts. Prints processor time, the median of seven.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { updatesSince } from "../compiler/since.ts";
import { compile, type Since } from "../index.ts";
import { targets } from "../targets/index.ts";
import { memoryFiles } from "../test/generated/memory-files.ts";
import { seeded } from "./random.ts";

const now = "2026-11-23";
const workloads = 100_000;
const changed = 100;
const roles = 20;
const runs = 7;

const [earlier] = process.argv.slice(2);
if (earlier === undefined) measure();
else console.log(JSON.stringify(updateFrom(earlier)));

function measure(): void {
  const folder = mkdtempSync(join(tmpdir(), "segc-bench-"));
  try {
    const file = join(folder, "earlier.json");
    const { manifest, artefacts } = compiled(new Set());
    const texts = artefacts.flatMap(({ files }) => files.map(({ path, text }) => [path, text]));
    writeFileSync(file, JSON.stringify({ manifest, texts }));
    const found = Array.from({ length: runs }, () => {
      const printed = execFileSync(process.execPath, ["bench/since.ts", file], {
        encoding: "utf8",
      });
      const run: ReturnType<typeof updateFrom> = JSON.parse(printed);
      return run;
    });
    const ms = found.map((run) => run.ms).toSorted((a, b) => a - b)[runs >> 1];
    console.log(`${artefacts.length} artefacts, ${JSON.stringify({ ...found[0], ms })}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function updateFrom(file: string) {
  const { manifest, texts } = JSON.parse(readFileSync(file, "utf8"));
  const since: Since = { manifest, texts: new Map(texts) };
  const random = seeded(1);
  const moved = new Set<number>();
  while (moved.size < changed) moved.add(random.integer(workloads));
  // As with `--since`, from an earlier compile that has nothing of these: the updates are made below.
  const after = compiled(moved, { manifest: { ...manifest, artefacts: [] }, texts: new Map() });
  const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  const started = process.cpuUsage();
  const { artefacts } = updatesSince(after.artefacts, since, targets, sha256);
  const { user, system } = process.cpuUsage(started);
  const updates = artefacts.flatMap(({ entry }) => entry.update ?? []);
  const count = (of: "added" | "removed") => updates.reduce((sum, one) => sum + one[of], 0);
  return {
    ms: (user + system) / 1000,
    updates: updates.length,
    added: count("added"),
    removed: count("removed"),
  };
}

function compiled(moved: ReadonlySet<number>, since?: Since) {
  const result = compile(project(moved), { now, ...(since === undefined ? {} : { since }) });
  if (result.compiled === undefined) throw new Error(JSON.stringify(result.diagnostics));
  return result.compiled;
}

/** Each role may reach the next; the hosts of `moved` are at other addresses. */
function project(moved: ReadonlySet<number>) {
  const names = Array.from({ length: roles }, (_, role) => `r${role}`);
  const rules = names.map(
    (name, role) =>
      `allow a${role} = workloads where role is ${name} -> workloads where role is ${names[(role + 1) % roles]} : tcp/${1000 + role}`,
  );
  const records = Array.from({ length: workloads }, (_, index) => {
    const at = moved.has(index) ? index + workloads : index;
    return {
      name: `host-${index}`,
      platform: "linux",
      labels: { role: names[index % roles] },
      addresses: [`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`],
      enforcers: [{ kind: "nftables", id: "host", directions: ["ingress", "egress"] }],
    };
  });
  return memoryFiles(
    new Map([
      ["segc.yaml", "edition: 1\nmodules: { lab: lab.seg }\ninventory: [inventory.json]\n"],
      [
        "lab.seg",
        `module lab root\nlabel role: enum { ${names.join(", ")} }\n${rules.join("\n")}\n`,
      ],
      ["inventory.json", JSON.stringify({ workloads: records })],
    ]),
  );
}
