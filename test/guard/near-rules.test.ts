// Why a flow is refused: what the nearest rules lack, and that they lack it.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lacksOf } from "../../compiler/guard/near-rules.ts";
import { flowsOf, pairAt, pairsOf, spaceOf } from "../../compiler/guard/space.ts";
import { flowSetMatches, isActive, isFlow } from "../../compiler/semantics/semantics.ts";
import { check, explain } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { generatedProject } from "../generated/project.ts";
import { soundProject } from "../generated/sound.ts";
import { checked } from "./checked.ts";

/** What is said of the first refused flow of a question to a policy of these rules. */
function missing(rules: string, question: string): readonly string[] {
  const policy = checked(`segment web = workloads where role is web
segment dbs = workloads where role is db
program job { linux { unit "job.service" } }
${rules}`);
  const refused = explain(policy, question).explanation?.cases.find(({ allowed }) => !allowed);
  return refused?.near.flatMap((near) => near.missing) ?? [];
}

describe("the nearest rule lacks", () => {
  test.each([
    ["allow r = web -> dbs : tcp/1-9", "web-1 -> db-1 : tcp/22", "it allows tcp/1-9, not tcp/22"],
    [
      "allow r = dbs -> dbs : tcp/22",
      "web-1 -> db-1 : tcp/22",
      "web-1 is not in dbs: its role is web",
    ],
    [
      "allow r = web -> outside : tcp/22",
      "web-1 -> db-1 : tcp/22",
      "db-1 is not in outside: it is in the inventory, not outside",
    ],
    [
      "allow r = web -> dbs : tcp/22 { until 2020-01-01 }",
      "web-1 -> db-1 : tcp/22",
      "it ended on 2020-01-01",
    ],
    [
      "staged allow r = web -> dbs : tcp/22",
      "web-1 -> db-1 : tcp/22",
      "it is staged: it has no effect yet",
    ],
    [
      "allow r = job@web -> dbs : tcp/22",
      "web-1 -> db-1 : tcp/22",
      "it is for another process on web-1: job@web",
    ],
    [
      "allow r = web -> dbs : tcp/22 when different env",
      "web-1 -> db-1 : tcp/22",
      "both have env prod, and it asks for different ones",
    ],
    [
      "allow r = (workloads except web) -> dbs : tcp/22",
      "web-1 -> db-1 : tcp/22",
      "web-1 is not in (workloads except web): it is excepted",
    ],
    [
      "allow r = networks { 192.0.2.0/24 } -> web : tcp/22",
      "198.51.100.1 -> web-1 : tcp/22",
      "198.51.100.1 is not in networks { 192.0.2.0/24 }: its address is 198.51.100.1",
    ],
    [
      "allow r = web -> dbs : tcp/22 { family v6 }",
      "web-1 -> db-1 : tcp/22",
      "it is for IPv6 alone",
    ],
  ])("%s | %s", (rule, question, said) => {
    expect(missing(rule, question)).toEqual([said]);
  });

  test("less is nearer: another service before another end", () => {
    const rules = "allow a = dbs -> dbs : tcp/22\nallow b = web -> dbs : tcp/80";
    expect(missing(rules, "web-1 -> db-1 : tcp/22")).toEqual(["it allows tcp/80, not tcp/22"]);
  });

  test("nothing where both ends are others, or a deny has spoken", () => {
    expect(missing("allow a = dbs -> outside : tcp/22", "web-1 -> db-1 : tcp/22")).toEqual([]);
    expect(
      missing(
        "allow a = web -> dbs : tcp/23\ndeny d = web -> dbs : tcp/22",
        "web-1 -> db-1 : tcp/22",
      ),
    ).toEqual([]);
  });
});

test("a rule lacks something exactly where it does not allow the flow as written", () => {
  const seen = { lacking: 0, complete: 0 };
  fc.assert(
    fc.property(generatedProject, (generated) => {
      const { project } = soundProject(generated, "2026-11-28");
      const { world } = check(memoryFiles(project.files), { now: "2026-11-28" });
      const space = spaceOf(world);
      for (const rule of world.model.rules.slice(0, 4)) {
        for (const indexes of [...pairsOf(space, rule.flow)].slice(0, 6)) {
          const pair = pairAt(space, indexes);
          for (const flow of [...flowsOf(space, pair, [rule.flow])].slice(0, 6)) {
            if (!isFlow(flow)) continue;
            for (const other of world.model.rules) {
              const allows =
                !other.staged &&
                isActive(world, other.meta.until) &&
                flowSetMatches(other.flow, flow);
              expect(lacksOf(world, other, flow).length === 0).toBe(allows);
              seen[allows ? "complete" : "lacking"]++;
            }
          }
        }
      }
    }),
    { numRuns: 40 },
  );
  expect(Math.min(seen.lacking, seen.complete)).toBeGreaterThan(0);
});

test("ends are told with the segments that hold them", () => {
  const policy = checked(`segment web = workloads where role is web
segment all-prod = workloads where env is prod
segment dbs = workloads where role is db
allow r = web -> dbs : tcp/22`);
  const [only] = explain(policy, "web-1 -> db-1 : tcp/22").explanation?.cases ?? [];
  expect(only?.source).toEqual({ text: "web-1", segments: ["lab.all-prod", "lab.web"] });
  expect(only?.destination.segments).toContain("lab.dbs");
  expect(only?.near).toEqual([]);
});
