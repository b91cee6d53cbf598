// Guardrails for all labellings, where labels are many: 20 labels of 20 values, five of them sets and
// some optional, 10 requirements, 1,000 rules (a tenth of them denies) and 50 guardrails whose
// predicates speak of three to six labels each, many with `when same` or `when different`. Prints how
// long `check` takes of it, what of that is for workloads that are not there, and what is found.
import { checkLabellings } from "../compiler/guard/labellings/check-labellings.ts";
import { check } from "../index.ts";
import { memoryFiles } from "../test/generated/memory-files.ts";
import { type Random, seeded } from "./random.ts";

const now = "2026-11-23";
const values = Array.from({ length: 20 }, (_, value) => `v${value}`);
const kinds = Array.from({ length: 20 }, (_, label) =>
  label < 12 ? "enum" : label < 15 ? "optional" : "set",
);

const seeds = process.argv.slice(2).map(Number);
for (const seed of seeds.length === 0 ? [1, 2, 3] : seeds) {
  const started = performance.now();
  const { world, expansion, diagnostics } = check(memoryFiles(project(seeded(seed))), { now });
  const checkMs = performance.now() - started;
  const errors = diagnostics.filter(
    ({ code, severity }) => severity === "error" && !/^SEG60/.test(code),
  );
  if (errors.length > 0) throw new Error(errors[0]?.message);
  const again = performance.now();
  // As if every guardrail held today: the dearest case.
  const found = checkLabellings({ world, expansion, found: [] });
  const latentMs = performance.now() - again;
  const latent = found.filter(({ message }) => message.includes("holds only")).length;
  const undecided = found.filter(({ message }) => message.includes("undecided")).length;
  console.log(
    `seed ${seed}: check ${(checkMs / 1000).toFixed(2)} s; all labellings ${(latentMs / 1000).toFixed(2)} s, ` +
      `${latent} guardrails latent, ${undecided} undecided, ${50 - latent - undecided} hold`,
  );
}

function project(random: Random): ReadonlyMap<string, string> {
  const text = [
    "module lab root",
    ...kinds.map((kind, label) => {
      const leaves = `{ ${values.join(", ")} }`;
      if (kind === "set") return `label l${label}: set ${leaves} optional`;
      return `label l${label}: enum ${leaves}${kind === "optional" ? " optional" : ""}`;
    }),
    ...Array.from({ length: 10 }, (_, at) => {
      const [a, b] = distinct(random, 2, 12);
      return `require p${at} = workloads where ${atom(random, a)} have ${atom(random, b)}`;
    }),
    ...Array.from({ length: 1_000 }, (_, at) => {
      const effect = at % 10 === 9 ? "deny" : "allow";
      return `${effect} r${at} = ${flow(random, "same")}`;
    }),
    ...Array.from({ length: 50 }, (_, at) => {
      const verb = at < 42 ? "never" : at < 46 ? "only" : "always";
      const except = random.chance(0.3) ? ` { except e = ${flow(random, "different")} }` : "";
      return `${verb} g${at} = ${flow(random, "different")}${except}`;
    }),
  ];
  return new Map([
    ["segc.yaml", "edition: 1\nmodules: { lab: lab.seg }\ninventory: [inventory.json]\n"],
    ["lab.seg", `${text.join("\n")}\n`],
    ["inventory.json", '{ "workloads": [] }'],
  ]);
}

function flow(random: Random, relation: "same" | "different"): string {
  const service = random.pick(["tcp/443", "tcp/5432", "any-service", "tcp/8000-8099"]);
  const when = random.chance(0.6) ? ` when ${relation} l${random.integer(4)}` : "";
  return `workloads where ${predicate(random)} -> workloads where ${predicate(random)} : ${service}${when}`;
}

function predicate(random: Random): string {
  return distinct(random, 3 + random.integer(4), kinds.length)
    .map((label) => atom(random, label))
    .join(" and ");
}

function atom(random: Random, label: number | undefined): string {
  const value = () => values[random.integer(values.length)];
  const few = () => [...new Set(Array.from({ length: 4 }, value))].join(", ");
  if (kinds[label ?? 0] === "set") return `l${label} has ${value()}`;
  return random.chance(0.5) ? `l${label} in { ${few()} }` : `l${label} is ${value()}`;
}

function distinct(random: Random, count: number, below: number): readonly number[] {
  const found = new Set<number>();
  while (found.size < count) found.add(random.integer(below));
  return [...found];
}
