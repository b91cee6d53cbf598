// `node bench/loads.ts [--peers PYTHON] [--policy NAME] [--pairs N] [--rounds N]`: processor seconds of
// the loaders and all that they start, for N pairs in each family on a host where nothing is loaded
// yet, all rule sets in turns. PYTHON is an interpreter that has Aerleon; with it, rules one by one,
// Aerleon and ferm are loaded too.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PacketLab } from "./packet-lab.ts";
import { policies } from "./pairs.ts";
import { median } from "./processor-time.ts";
import { aerleonRuleSet, fermRuleSets, ourRuleSets } from "./rule-sets.ts";

const { values: options } = parseArgs({
  options: {
    peers: { type: "string" },
    policy: { type: "string", default: "distinct" },
    pairs: { type: "string", default: "50000" },
    rounds: { type: "string", default: "7" },
  },
});

const folder = mkdtempSync(join(tmpdir(), "segc-loads-"));
try {
  const policy = policies[options.policy]?.(Number(options.pairs));
  if (policy === undefined) throw new Error(`no policy is called ${options.policy}`);
  const { peers } = policy;
  const sets = [
    ...ourRuleSets(join(folder, "ours"), options.policy, peers),
    ...(options.peers === undefined
      ? []
      : [
          ...ourRuleSets(join(folder, "plain"), `${options.policy}, one by one`, peers, "off"),
          aerleonRuleSet(join(folder, "aerleon"), peers, options.peers),
          ...fermRuleSets(join(folder, "ferm"), peers),
        ]),
  ];
  const seconds = sets.map((): number[] => []);
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [index, set] of sets.entries()) {
      // A lab of its own, so that the kernel has thrown away what was loaded before.
      const lab = PacketLab.start();
      try {
        await lab.server("fresh", []);
        seconds[index]?.push(await lab.run("fresh", set.load));
      } finally {
        await lab.close();
      }
    }
  }
  console.log(
    "| Rule set | Backend | Rules | Elements | Bytes | Load |\n|---|---|---|---|---|---|",
  );
  for (const [index, { name, backend, rules, elements, bytes }] of sets.entries()) {
    const sizes = [rules, elements, bytes].map((count) => count.toLocaleString("en"));
    const load = median(seconds[index] ?? []).toFixed(2);
    console.log(`| ${[name, backend, ...sizes, `${load} s`].join(" | ")} |`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
