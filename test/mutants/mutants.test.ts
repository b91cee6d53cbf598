// The verifier against mutants: tables changed in one small way, of which an interpreter that shares
// nothing with the compiler says whether they still do the same. What differs must be rejected, what
// does not must be accepted.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Artefact } from "../../compiler/artefact-files.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { type CompileResult, compile, type Files, verify } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { pairsProject } from "../generated/pairs-project.ts";
import { generatedProject } from "../generated/project.ts";
import { all, any, is, not, within } from "../interpreter/formula.ts";
import { jumping } from "../interpreter/loaded.ts";
import { type Mutant, mutantsOf } from "../interpreter/mutate.ts";
import { axes } from "../interpreter/packet.ts";
import { compareArtefacts } from "../interpreter/probe.ts";
import { range } from "../interpreter/ranges.ts";
import { asIptables } from "../kernel/as-iptables.ts";
import { repaired } from "../kernel/repaired.ts";

const isFull = process.env.SEGC_FULL === "1";
const perTable = isFull ? 12 : 4;
const now = "2026-11-23";

/** ICMP of the other family does not exist, and what is over is not what a verifier is asked. */
const real = all(
  not(any(all(is("family", 0), is("protocol", 58)), all(is("family", 1), is("protocol", 1)))),
  within("now", [range(Date.parse(`${now}T00:00:00Z`) / 1000, axes.now)]),
);

interface Tally {
  differing: number;
  equivalent: number;
  refused: number;
}

/** What an interpreter reads of an artefact, by its own names, and the files they are. */
const texts = {
  nftables: { nft: "segc.nft" },
  iptables: { v4: "rules.v4", v6: "rules.v6", ipset: "segc.ipset" },
} as const;
type Format = keyof typeof texts;

const targets = ["iptables", "nftables", "windows"] as const;

const isFormat = (target: string): target is Format => Object.hasOwn(texts, target);

const textOf = (artefact: Artefact, name: string) =>
  artefact.files.find(({ path }) => path.endsWith(`/${name}`))?.text ?? "";

function judged(artefact: Artefact, format: Format) {
  const files = Object.entries(texts[format]);
  return {
    format,
    texts: Object.fromEntries(files.map(([name, file]) => [name, textOf(artefact, file)])),
  };
}

/** Cgroups that fill the identity sets of a table, once the units run. */
function filled(artefact: Artefact): string {
  const members = textOf(artefact, "identities");
  return [...members.matchAll(/^member (\S+) (\S.*)$/gm)]
    .map(([, set, path]) => `add element inet segc ${set} { "${path}" }\n`)
    .join("");
}

/** As it stands once loaded: with the loader's jumps, and the programs that run later. */
function running(of: Judged, identities: string): Judged {
  if (of.format === "nftables") {
    return { ...of, texts: { nft: `${of.texts.nft ?? ""}${identities}` } };
  }
  const { v4 = "", v6 = "", ipset = "" } = of.texts;
  return { ...of, texts: { v4: jumping(v4), v6: jumping(v6), ipset } };
}

type Judged = Parameters<typeof compareArtefacts>[0];

function judge(
  { compiled, checked }: CompileResult,
  artefact: Artefact,
  mutant: Mutant,
  identities: string,
  tally: Tally,
): void {
  const { target, id } = artefact.entry;
  if (compiled === undefined || !isFormat(target)) throw new Error("an artefact of nothing");
  const original = judged(artefact, target);
  const verdict = compareArtefacts(
    running(original, identities),
    running(mutant.artefact, identities),
    real,
  );
  const changed = new Map<string, string>(
    Object.entries(texts[target]).map(([name, file]) => [file, mutant.artefact.texts[name] ?? ""]),
  );
  const files = new Map(
    artefact.files.map(({ path, text }) => [path, changed.get(fileName(path)) ?? text]),
  );
  const only = { ...compiled.manifest, artefacts: [artefact.entry] };
  const { findings } = verify(checked, only, files, { now });
  const ours = findings.filter((finding) => finding.id === id);
  const line = original.texts[mutant.file]?.split("\n")[mutant.line - 1];
  const what = `${mutant.kind} at ${mutant.file}:${mutant.line}: ${line}`;
  if (verdict.kind === "equivalent") {
    tally.equivalent++;
    expect([what, ours.map(({ problem }) => problem)]).toEqual([what, []]);
  } else {
    if (verdict.kind === "refused") tally.refused++;
    else tally.differing++;
    expect([what, verdict, ours.length > 0]).toEqual([what, verdict, true]);
  }
}

const fileName = (path: string) => path.slice(path.lastIndexOf("/") + 1);

function judgeAll(result: CompileResult, seed: number, tally: Tally): void {
  for (const [index, artefact] of (result.compiled?.artefacts ?? []).entries()) {
    const { target } = artefact.entry;
    if (!isFormat(target)) continue;
    const identities = filled(artefact);
    // Chains that ask for cgroups are filled by a loader that the interpreter does not run.
    if (textOf(artefact, "programs.v4").includes("-A ")) continue;
    if (textOf(artefact, "programs.v6").includes("-A ")) continue;
    for (const mutant of mutantsOf(judged(artefact, target), seed + index, perTable)) {
      if (!isForeignName(mutant, identities)) judge(result, artefact, mutant, identities, tally);
    }
  }
}

/**
 * Names that side files and loaders have too: changed in one place only, they are other names.
 */
function isForeignName({ kind, artefact: { texts: changed } }: Mutant, identities: string) {
  return kind === "rename-set" && (identities !== "" || /SEG-T\S/.test(changed.ipset ?? ""));
}

const isJudgedEnough = ({ differing, equivalent }: Tally) =>
  expect(Math.min(differing, equivalent)).toBeGreaterThan(0);

const identity = (files: Files): Files => files;
const kinds = [
  ["nftables", identity],
  ["iptables", asIptables],
] as const;

describe.each(kinds)("mutants of %s", (_, as) => {
  test.each(["examples/crm", "examples/quickstart"])(
    "of %s are rejected where they differ and accepted where not",
    (folder) => {
      for (const minimise of [true, false]) {
        const tally = { differing: 0, equivalent: 0, refused: 0 };
        judgeAll(
          compile(as(nodeFiles(folder)), { now, minimise, targets }),
          minimise ? 1 : 1000,
          tally,
        );
        isJudgedEnough(tally);
      }
    },
  );

  test("of generated projects likewise", () => {
    const tally = { differing: 0, equivalent: 0, refused: 0 };
    fc.assert(
      fc.property(generatedProject, fc.nat(1_000_000), (project, seed) => {
        const { project: sound } = repaired(project, now);
        judgeAll(compile(as(memoryFiles(sound.files)), { now }), seed, tally);
      }),
      { numRuns: isFull ? 20 : 4, endOnFailure: true },
    );
    isJudgedEnough(tally);
  });

  test("of many small blocks likewise", () => {
    const tally = { differing: 0, equivalent: 0, refused: 0 };
    let hasPairs = false;
    fc.assert(
      fc.property(pairsProject, fc.nat(1_000_000), (project, seed) => {
        const { project: sound } = repaired(project, now);
        const result = compile(as(memoryFiles(sound.files)), { now });
        const artefacts = result.compiled?.artefacts ?? [];
        hasPairs ||= artefacts.some((one) => textOf(one, "segc.ipset").includes(",port "));
        judgeAll(result, seed, tally);
      }),
      { numRuns: isFull ? 10 : 2, endOnFailure: true },
    );
    isJudgedEnough(tally);
    expect(hasPairs).toBe(as === asIptables);
  });
});
