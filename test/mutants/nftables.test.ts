// The verifier against mutants: tables changed in one small way, of which an interpreter that shares
// nothing with the compiler says whether they still do the same. What differs must be rejected, what
// does not must be accepted.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Artefact } from "../../compiler/artefact.ts";
import { nodeFiles } from "../../host/node-files.ts";
import { type CompileResult, compile, verify } from "../../index.ts";
import { generatedProject } from "../generated/project.ts";
import { all, any, is, not, within } from "../interpreter/formula.ts";
import { type Mutant, mutantsOf } from "../interpreter/mutate.ts";
import { axes } from "../interpreter/packet.ts";
import { compareArtefacts } from "../interpreter/probe.ts";
import { range } from "../interpreter/ranges.ts";
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

/** Cgroups that fill the identity sets, once the units run. */
function filled(artefact: Artefact): string {
  const members = textOf(artefact, "identities");
  return [...members.matchAll(/^member (\S+) (\S.*)$/gm)]
    .map(([, set, path]) => `add element inet segc ${set} { "${path}" }\n`)
    .join("");
}

const textOf = (artefact: Artefact, name: string) =>
  artefact.files.find(({ path }) => path.endsWith(`/${name}`))?.text ?? "";

function judge(
  result: CompileResult,
  artefact: Artefact,
  mutant: Mutant,
  identities: string,
  tally: Tally,
): void {
  const before = textOf(artefact, "segc.nft");
  const after = mutant.artefact.texts.nft ?? "";
  const verdict = compareArtefacts(
    { format: "nftables", texts: { nft: before + identities } },
    { format: "nftables", texts: { nft: after + identities } },
    real,
  );
  const { compiled, checked } = result;
  if (compiled === undefined) throw new Error("an artefact of nothing");
  const texts = new Map(
    compiled.artefacts
      .filter(({ entry }) => entry === artefact.entry)
      .flatMap(({ files }) =>
        files.map(({ path, text }) => [path, path.endsWith("/segc.nft") ? after : text] as const),
      ),
  );
  const only = { ...compiled.manifest, artefacts: [artefact.entry] };
  const { findings } = verify(checked, only, texts, { now });
  const ours = findings.filter(({ id }) => id === artefact.entry.id);
  const what = `${mutant.kind} at line ${mutant.line}: ${before.split("\n")[mutant.line - 1]}`;
  if (verdict.kind === "equivalent") {
    tally.equivalent++;
    expect([what, ours.map(({ problem }) => problem)]).toEqual([what, []]);
  } else {
    if (verdict.kind === "refused") tally.refused++;
    else tally.differing++;
    expect([what, verdict, ours.length > 0]).toEqual([what, verdict, true]);
  }
}

function judgeAll(result: CompileResult, seed: number, tally: Tally): void {
  for (const [index, artefact] of (result.compiled?.artefacts ?? []).entries()) {
    if (artefact.entry.target !== "nftables") continue;
    const identities = filled(artefact);
    const table = { format: "nftables" as const, texts: { nft: textOf(artefact, "segc.nft") } };
    for (const mutant of mutantsOf(table, seed + index, perTable)) {
      // The side files name these sets too: renamed in one place only, they are other sets.
      const isIdentity = mutant.kind === "rename-set" && identities !== "";
      if (!isIdentity) judge(result, artefact, mutant, identities, tally);
    }
  }
}

const isJudgedEnough = ({ differing, equivalent }: Tally) =>
  expect(Math.min(differing, equivalent)).toBeGreaterThan(0);

describe("mutants of tables", () => {
  test.each(["examples/crm", "examples/quickstart"])(
    "of %s are rejected where they differ and accepted where not",
    (folder) => {
      for (const minimise of [true, false]) {
        const tally = { differing: 0, equivalent: 0, refused: 0 };
        judgeAll(compile(nodeFiles(folder), { now, minimise }), minimise ? 1 : 1000, tally);
        isJudgedEnough(tally);
      }
    },
  );

  test("of generated projects likewise", () => {
    const tally = { differing: 0, equivalent: 0, refused: 0 };
    fc.assert(
      fc.property(generatedProject, fc.nat(1_000_000), (project, seed) => {
        judgeAll(repaired(project, now).result, seed, tally);
      }),
      { numRuns: isFull ? 20 : 4, endOnFailure: true },
    );
    isJudgedEnough(tally);
  });
});
