// What is said of workloads that are not there yet, word for word: who they are, what would happen, and
// the `require` that keeps it from happening.
import { describe, expect, it } from "vitest";
import { labellingsOf } from "../../compiler/guard/labellings/flows.ts";
import { checkLatentGuardrail } from "../../compiler/guard/labellings/latent-guardrails.ts";
import type { CheckResult } from "../../index.ts";
import { checked } from "./checked.ts";

/** Message, notes and help of each latent finding. */
const latent = ({ diagnostics }: CheckResult) =>
  diagnostics
    .filter(({ code }) => code === "SEG602" || code === "SEG407")
    .map(({ message, notes = [], help }) => [message, ...notes, help]);

const db = "workloads where role is db";
const isolated = "never env-isolated = workloads -> workloads : any-service when different env";

describe("guardrails for all labellings", () => {
  it("names the labels that matter, an end that is there and a `require` that today keeps", () => {
    expect(
      latent(checked(`allow a = workloads where env is prod -> ${db} : tcp/5432\n${isolated}`)),
    ).toEqual([
      [
        "`never env-isolated` holds only for today's inventory: a workload with `env staging` and `role db` would break it",
        "rule `lab.a` would allow batch-1 -> the new workload : tcp/5432",
        "add to the root module `require db-env = workloads where role is db have env is prod`, or narrow `lab.a`",
      ],
    ]);
  });

  it("is silent under the `require` it asks for", () => {
    const rules = `allow a = workloads where env is prod -> ${db} : tcp/5432\n${isolated}`;
    const promise = "require db-env = workloads where role is db have env is prod";
    expect(latent(checked(`${promise}\n${rules}`))).toEqual([]);
  });

  it("says which workloads of today break that `require`", () => {
    const rules = "allow a = workloads -> workloads where role is batch : tcp/1";
    const guard =
      "never g = workloads where role is batch -> workloads where role is batch : tcp/1";
    expect(latent(checked(`${rules}\n${guard}`))).toEqual([
      [
        "`never g` holds only for today's inventory: a workload with `role batch` would break it",
        "rule `lab.a` would allow batch-1 -> the new workload : tcp/1",
        "today `batch-1` would break that `require`",
        "add to the root module `require every-role = workloads have role is not batch`, or narrow `lab.a`",
      ],
    ]);
  });

  it("speaks of a peer outside, and of two new workloads", () => {
    const rules = `allow a = outside -> ${db} and env is staging : tcp/1`;
    const guard = "never g = outside -> workloads : tcp/1";
    expect(latent(checked(`${rules}\n${guard}`))[0]?.slice(0, 2)).toEqual([
      "`never g` holds only for today's inventory: a workload with `env staging` and `role db` would break it",
      "rule `lab.a` would allow 203.0.113.1 -> the new workload : tcp/1",
    ]);
    const pair =
      "workloads where env is staging and role is batch -> workloads where env is staging and role is db : tcp/1";
    expect(latent(checked(`allow a = ${pair}\nnever g = ${pair}`))[0]?.slice(0, 2)).toEqual([
      "`never g` holds only for today's inventory: a workload with `env staging` and `role batch` and one with `env staging` and `role db` would break it",
      "rule `lab.a` would allow one new workload -> another : tcp/1",
    ]);
  });

  it("`only` lets one program in, and no neighbour of it", () => {
    const guard = `only g = report@workloads where role is batch -> ${db} and env is staging : tcp/1`;
    expect(
      latent(checked(`allow a = report@workloads where role is batch -> ${db} : tcp/1\n${guard}`)),
    ).toEqual([]);
    expect(
      latent(checked(`allow a = workloads where role is batch -> ${db} : tcp/1\n${guard}`))[0]?.[1],
    ).toBe("rule `lab.a` would allow batch-1 -> the new workload : tcp/1");
  });

  it("`always` wants every flow of new workloads allowed", () => {
    const guard = `always g = workloads where role is web -> ${db} : tcp/1`;
    const rule = `allow a = workloads where role is web -> ${db} and env is prod : tcp/1`;
    expect(latent(checked(`${rule}\n${guard}`))).toEqual([
      [
        "`always g` holds only for today's inventory: a workload with `env staging` and `role db` would break it",
        "no rule would allow web-1 -> the new workload : tcp/1",
        "add to the root module `require db-env = workloads where role is db have env is prod`, or allow this flow, or take it out of the guardrail with an `except`",
      ],
    ]);
  });

  it("says what it could not decide, and does not call it sound", () => {
    const rules = `allow a = workloads where env is prod -> ${db} : tcp/1\n${isolated}`;
    const { world, expansion, model } = checked(rules);
    const bounds = { nodesMax: 1, workMax: 1 };
    const found = model.guardrails.flatMap((guardrail) =>
      checkLatentGuardrail(labellingsOf({ ...world, expansion }), world, guardrail, bounds),
    );
    expect(found.map(({ message }) => message)).toEqual([
      "`never env-isolated` holds for today's inventory; whether it does for every possible workload is undecided",
    ]);
  });

  it("leaves what is broken today to SEG601, and staged rules and ended ones aside", () => {
    expect(latent(checked(`allow a = workloads -> workloads : tcp/1\n${isolated}`))).toEqual([]);
    expect(latent(checked(`staged allow a = workloads -> ${db} : tcp/1\n${isolated}`))).toEqual([]);
    expect(
      latent(checked(`allow a = workloads -> ${db} : tcp/1 { until 2026-11-01 }\n${isolated}`)),
    ).toEqual([]);
  });
});
