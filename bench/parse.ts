// How fast the grammar reads: text -> tokens -> tree, on a generated policy of 4 MB that has every
// common construct in it.
import { readFileSync } from "node:fs";
import { parseModule } from "../grammar/parse.ts";
import { estate } from "./estate.ts";

export interface ParseSpeed {
  readonly megabytes: number;
  readonly megabytesPerSecond: number;
}

const bytesWanted = 4_000_000;
const runs = 7;

/** The median of several runs, after one that warms up. */
export function benchParse(): ParseSpeed {
  const source = { path: "policy.seg", text: policyText() };
  const { diagnostics } = parseModule(source);
  const [first] = diagnostics;
  if (first !== undefined) throw new Error(`the generated policy has errors: ${first.message}`);
  const times = Array.from({ length: runs }, () => {
    const started = performance.now();
    parseModule({ ...source });
    return performance.now() - started;
  }).sort((a, b) => a - b);
  const megabytes = Buffer.byteLength(source.text) / 1e6;
  return { megabytes, megabytesPerSecond: (megabytes / (times[runs >> 1] ?? Number.NaN)) * 1000 };
}

/** The CRM and a team's module of an estate in turns, without their headers. */
function policyText(): string {
  const size = { workloads: 2_000, segments: 400, rules: 1_200 };
  const team = estate(size).get("t01.seg") ?? "";
  const crm = ["org", "core", "crm"].map((name) =>
    readFileSync(`examples/crm/${name}.seg`, "utf8"),
  );
  const body = [...crm, team].map((text) => text.replace(/^module .*$/m, "")).join("\n");
  const copies = Math.ceil(bytesWanted / Buffer.byteLength(body));
  return `module generated root\n${body.repeat(copies)}`;
}
