// Rule sets on disk, ready to load: ours for each policy, minimised and rule by rule, by every
// backend; those of two peers for the same policy; and the tables they are measured against.
import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { forAerleon, forFerm, type Peer, projectOf } from "./pairs.ts";

export const backends = ["nftables", "iptables-nft", "iptables-legacy"] as const;
export type Backend = (typeof backends)[number];

export interface RuleSet {
  readonly name: string;
  readonly backend: Backend;
  /** Of an opening alone: what it does with every new packet. */
  readonly end?: "accept" | "drop";
  /** Loads it where it is run. */
  readonly load: readonly string[];
  readonly rules: number;
  readonly elements: number;
  /** Of the rules and sets alone, without loader and units. */
  readonly bytes: number;
}

/** Ours, by each backend; `folder` is made. */
export function ourRuleSets(
  folder: string,
  name: string,
  peers: readonly Peer[],
  minimise: "on" | "off" = "on",
): readonly RuleSet[] {
  const made = compiled(folder, peers, minimise);
  return backends.map((backend) => {
    const target = backend === "nftables" ? "nftables" : "iptables";
    const entry = made.find((one) => one.target === target);
    if (entry === undefined) throw new Error(`no artefact for ${target}`);
    const own = join(folder, backend);
    cpSync(join(folder, "out", entry.folder), own, { recursive: true });
    if (target === "iptables") writeFileSync(join(own, "backend"), backend.slice(9));
    const { rules, elements } = entry;
    return { name, backend, load: loader(own, backend), rules, elements, bytes: sizeOf(own) };
  });
}

const loader = (folder: string, backend: Backend) => [
  join(folder, backend === "nftables" ? "segc-load" : "load.sh"),
  "load",
];

/**
 * Our own opening without any rule of a policy: what is left is accepted, or dropped without the log
 * line that a refusal has.
 */
export function openings(folder: string, end: "accept" | "drop"): readonly RuleSet[] {
  return ourRuleSets(folder, `opening, then ${end}`, []).map((set) => {
    const own = dirname(set.load[0] ?? "");
    const edit = (file: string, from: RegExp, to: string) => {
      const text = readFileSync(join(own, file), "utf8");
      if (!from.test(text)) throw new Error(`${file} does not end as it did`);
      writeFileSync(join(own, file), text.replace(from, to));
    };
    if (set.backend === "nftables") edit("segc.nft", /goto refused_input$/m, end);
    else {
      for (const file of ["rules.v4", "rules.v6"]) {
        edit(
          file,
          /^-A SEG-IN -m limit .*\n-A SEG-IN -j DROP$/m,
          `-A SEG-IN -j ${end.toUpperCase()}`,
        );
      }
    }
    return { ...set, end };
  });
}

/** @param python an interpreter that has Aerleon */
export function aerleonRuleSet(folder: string, peers: readonly Peer[], python: string): RuleSet {
  write(folder, forAerleon(peers));
  const out = join(folder, "out");
  mkdirSync(out);
  execFileSync(
    python,
    [
      ...["-c", "from aerleon.aclgen import EntryPoint; EntryPoint()"],
      ...["--base_directory", folder, "--definitions_directory", join(folder, "def")],
      ...["--output_directory", out],
    ],
    { stdio: "ignore" },
  );
  const file = join(out, "lab.nft");
  const text = readFileSync(file, "utf8");
  const rules = text.match(/^.*\b(?:accept|jump \w+)$/gm)?.length ?? 0;
  const load = ["nft", "-f", file];
  return { name: "Aerleon", backend: "nftables", load, rules, elements: 0, bytes: text.length };
}

export function fermRuleSets(folder: string, peers: readonly Peer[]): readonly RuleSet[] {
  const source = join(folder, "lab.ferm");
  write(folder, new Map([["lab.ferm", forFerm(peers)]]));
  const text = execFileSync("ferm", ["--remote", "--noexec", "--lines", source], {
    encoding: "utf8",
    maxBuffer: 2 ** 30,
  });
  const [v4 = "", v6 = ""] = text.split(/(?<=^COMMIT\n)/m);
  write(
    folder,
    new Map([
      ["rules.v4", v4],
      ["rules.v6", v6],
    ]),
  );
  const rules = text.match(/^-A /gm)?.length ?? 0;
  return (["iptables-nft", "iptables-legacy"] as const).map((backend) => {
    const [, kind] = backend.split("-");
    const load = ["4", "6"].map(
      (family) =>
        `ip${family === "4" ? "" : "6"}tables-${kind}-restore '${join(folder, `rules.v${family}`)}'`,
    );
    return {
      name: "ferm",
      backend,
      load: ["sh", "-c", load.join(" && ")],
      rules,
      elements: 0,
      bytes: text.length,
    };
  });
}

interface Entry {
  readonly target: string;
  readonly folder: string;
  readonly rules: number;
  readonly elements: number;
}

function compiled(folder: string, peers: readonly Peer[], minimise: string): readonly Entry[] {
  write(join(folder, "project"), projectOf(peers));
  execFileSync(
    process.execPath,
    [
      ...["cli/segc.js", "compile", "--project", join(folder, "project")],
      ...["--out", join(folder, "out"), "--now", "2026-11-23", "--minimise", minimise],
    ],
    { stdio: ["ignore", "ignore", "inherit"] },
  );
  // As manifest.schema.json says.
  const manifest = JSON.parse(readFileSync(join(folder, "out/manifest.json"), "utf8")) as {
    artefacts: (Omit<Entry, "folder"> & { id: string })[];
  };
  return manifest.artefacts.map((entry) => ({
    ...entry,
    folder: join(entry.target, entry.id),
  }));
}

const sizeOf = (folder: string) =>
  readdirSync(folder)
    .filter((file) => /\.nft$|\.ipset$|^rules\.v[46]$/.test(file))
    .reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);

function write(folder: string, texts: ReadonlyMap<string, string>): void {
  for (const [path, text] of texts) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}
