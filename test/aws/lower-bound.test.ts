// The bound that the manifest states: met where the optimum is known, and never above what somebody else
// finds by bending a proved artefact until nothing more can be taken away.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Artefact } from "../../compiler/artefact-files.ts";
import { planContext } from "../../compiler/plan/context.ts";
import { fleetOf } from "../../compiler/plan/fleet.ts";
import { formatAddress } from "../../compiler/sets/address.ts";
import { type CompileResult, compile } from "../../index.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import { fleetTargets } from "../../targets/index.ts";
import { asGranted } from "./as-granted.ts";
import type { GroupsDocument } from "./evaluator.ts";
import { awsProject, awsText, compiledAws, documentOf, hostKinds } from "./projects.ts";
import { compiled, filesOf, hosts, policy } from "./shop.ts";
import { shrunk, sizeOf } from "./stingy.ts";

/** The exhaustive version goes new ways each time; every build goes the same. */
const isFull = process.env.SEGC_FULL === "1";
const chance = isFull ? { numRuns: 150 } : { numRuns: 12, seed: 20261128 };
const tries = isFull ? 600 : 150;
const now = "2026-11-24";

const countsOf = (text: string) => {
  const { artefacts } = compiled(hosts, text);
  return artefacts.find(({ entry }) => entry.target === "aws")?.entry.minimised;
};

const segments = policy.slice(0, policy.indexOf("allow"));

test.each([
  ["nobody may anything: one group without rules", "", 1],
  [
    "one rule at one end: both families, and a group for who has none",
    "allow a = outside -> web : tcp/443",
    4,
  ],
  ["a group for either end, a rule in each", "allow a = web -> db : tcp/5432", 5],
  ["neighbouring ports are one", "allow a = web -> db : { tcp/1-5, tcp/6-9 }", 5],
  ["ports apart are two at each end", "allow a = web -> db : { tcp/1, tcp/3 }", 7],
])("%s", (_, rules, least) => {
  expect(countsOf(`${segments}${rules}\n`)).toMatchObject({
    after: least,
    lowerBound: least,
    optimal: true,
  });
});

const roles = "module shop root\nlabel role: enum { web, api, db, mon }\n";
const four = [...hosts, { name: "mon-1", role: "mon", addresses: ["10.0.3.1", "fd00::3:1"] }];
const of = (...names: readonly string[]) => `workloads where role in { ${names.join(", ")} }`;

// Not all of these meet the bound, so that one that is too high would not be noticed by itself.
test.each([
  [
    "what the sender holds back may be let in",
    `allow a = outside -> ${of("web", "api")} : tcp/443
allow b = ${of("db")} -> ${of("api")} : tcp/443`,
    { after: 8, lowerBound: 6, shrunk: 7 },
  ],
  [
    "neighbouring ports of two rules may be one",
    `allow a = ${of("web", "api")} -> ${of("db")} : tcp/1-2
allow b = ${of("web", "mon")} -> ${of("db")} : tcp/3-4
allow c = ${of("api", "mon")} -> ${of("db")} : tcp/1-9`,
    { after: 7, lowerBound: 6, shrunk: 7 },
  ],
  [
    "a rule of a family that an interface does not have is nothing to it",
    `allow a = networks { 192.0.2.0/24, 2001:db8::/32 } -> ${of("web")} : tcp/1
allow b = networks { 198.51.100.0/24 } -> ${of("web")} : tcp/1
allow c = networks { 192.0.2.0/24, 198.51.100.0/24 } -> ${of("db")} : tcp/1`,
    { after: 5, lowerBound: 5, shrunk: 5 },
  ],
])("%s", (_, rules, expected) => {
  const { artefacts, checked, document } = compiled(four, `${roles}${rules}\n`);
  const { after, lowerBound } = artefacts[0]?.entry.minimised ?? {};
  const random = draws(20261128);
  const plain = compile(filesOf(four, `${roles}${rules}\n`), { now, minimise: false }).compiled;
  const isRight = prover(checked, artefacts, documentOf(awsText(plain?.artefacts ?? []) ?? ""));
  const least = shrunk(document, 1500, { chance: random, isRight });
  expect({ after, lowerBound, shrunk: sizeOf(least) }).toEqual(expected);
});

const wide = [
  { name: "web-1", role: "web", addresses: ["10.0.1.1"] },
  { name: "api-1", role: "api", addresses: ["10.0.2.1"] },
  { name: "x-1", role: "x", addresses: ["10.0.0.2"] },
  { name: "y-1", role: "y", addresses: ["10.0.0.3"] },
];

test.each(["z", "a"])("a prefix of all may stand where a narrower one may not (%s first)", (id) => {
  const text = `module shop root
label role: enum { web, api, x, y }
allow ${id} = outside -> ${of("web", "api")} : tcp/443
allow b = ${of("x")} -> ${of("web")} : tcp/443
allow c = ${of("y")} -> ${of("api")} : tcp/443
`;
  const { artefacts, checked, document } = compiled(wide, text);
  const plain = compile(filesOf(wide, text), { now, minimise: false }).compiled;
  const isRight = prover(checked, artefacts, documentOf(awsText(plain?.artefacts ?? []) ?? ""));
  const rule = { protocol: "tcp", from: 443, to: 443, description: "", rules: [id] };
  const group = (name: string, side: "ingress" | "egress", cidr: string) => ({
    ...{ name, network: "default", ingress: [], egress: [] },
    [side]: [{ ...rule, cidr }],
  });
  const least = {
    ...document,
    groups: [
      group("in", "ingress", "0.0.0.0/0"),
      group("x", "egress", "10.0.1.1/32"),
      group("y", "egress", "10.0.2.1/32"),
    ],
    attachments: document.attachments.map((one) => ({
      ...one,
      groups: one.workload === "x-1" ? ["x"] : one.workload === "y-1" ? ["y"] : ["in"],
    })),
  };
  expect(isRight(least)).toBe(true);
  expect(artefacts[0]?.entry.minimised?.lowerBound).toBeLessThanOrEqual(sizeOf(least));
});

test("a rule that all share needs a group of its own, or more rules", () => {
  expect(countsOf(policy)).toMatchObject({ after: 11, lowerBound: 11, optimal: true });
});

test("no artefact that is right is smaller than the bound", () => {
  const seen = { artefacts: 0, proved: 0, shrunk: 0 };
  fc.assert(
    fc.property(awsProject, fc.nat(), (project, seed) => {
      const result = compiledAws(project, now);
      const artefacts = result?.compiled?.artefacts ?? [];
      const artefact = artefacts.find(({ entry }) => entry.target === "aws");
      const text = awsText(artefacts);
      const bound = artefact?.entry.minimised;
      if (result === undefined || text === undefined) return;
      if (!bound) throw new Error("nothing minimised");
      const original = documentOf(text);
      const exact = awsText(compiledAws(project, now, false)?.compiled?.artefacts ?? []);
      if (exact === undefined) return; // more rules than groups hold
      const isRight = prover(result.checked, artefacts, documentOf(exact));
      expect(isRight(original)).toBe(true);
      const least = shrunk(original, tries, { chance: draws(seed), isRight });
      expect(sizeOf(least)).toBeGreaterThanOrEqual(bound.lowerBound);
      seen.artefacts++;
      if (bound.optimal) seen.proved++;
      if (sizeOf(least) < sizeOf(original)) seen.shrunk++;
    }),
    { ...chance, endOnFailure: true },
  );
  expect(seen.artefacts).toBeGreaterThan(5);
  expect(seen.proved).toBeGreaterThan(1);
});

/** Whether an artefact that says this would be proved, and lets in no more than the bound takes for granted. */
function prover(
  { model, expansion, project, inventory }: CompileResult["checked"],
  artefacts: readonly Artefact[],
  exact: GroupsDocument,
) {
  const artefact = artefacts.find(({ entry }) => entry.target === "aws");
  const [file] = artefact?.files ?? [];
  const [runner] = fleetTargets;
  if (!artefact || !file || !runner) throw new Error("no artefact");
  const { links } = project.config;
  const context = planContext(model, expansion, capabilityTable, now);
  const fleet = fleetOf(context, "aws-sg", { others: hostKinds, links });
  const addresses = inventory.workloads.map(
    (one) => [one.name, one.addresses.map(({ ip }) => formatAddress(ip))] as const,
  );
  const isAsGranted = asGranted(exact, new Map(addresses));
  return (draft: GroupsDocument) => {
    const files = [{ ...file, text: JSON.stringify(draft) }];
    return runner.verify(fleet, { ...artefact, files }, now).length === 0 && isAsGranted(draft);
  };
}

/** Numbers from 0 to below 1 that follow from the seed (Park and Miller, CACM 1988). */
function draws(seed: number): () => number {
  let state = (seed % 2147483646) + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return (state - 1) / 2147483646;
  };
}
