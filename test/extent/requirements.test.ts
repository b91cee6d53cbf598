// `require` over workloads and fixtures (SEG804).
import { expect, test } from "vitest";
import { checkFixtureRequirements, checkRequirements } from "../../compiler/extent/requirements.ts";
import { app, crm, env, handles, is, model, spanOf, where, workload } from "./makers.ts";

const project = model({
  requirements: [
    { name: "crm-prod", of: where(is(app, "crm")), have: is(env, "prod"), span: spanOf("r1") },
    {
      name: "has-data",
      of: where(is(env, "prod")),
      have: { kind: "or", of: [{ kind: "defined", label: handles }, is(app, "crm")] },
      span: spanOf("r2"),
    },
  ],
});

test("one diagnostic per workload and broken promise, at the workload", () => {
  const found = checkRequirements(project, [
    workload("a", { app: "crm", env: "staging" }, ["10.0.0.1", "10.0.0.2"]),
    workload("b", { app: "crm", env: "prod" }, []),
    workload("c", { env: "prod", app: "dba" }, []),
    workload("d", { env: "prod", handles: ["pii"] }, []),
  ]);
  expect(found.map(({ code, message, span }) => [code, message, span?.source.text])).toEqual([
    ["SEG804", "`a` breaks `require crm-prod`: it has `env staging`", "a"],
    ["SEG804", "`c` breaks `require has-data`: it has `app dba`, no `handles`", "c"],
  ]);
});

test("fixtures keep the promises too", () => {
  const fixture = {
    name: "batch-1",
    platform: "linux" as const,
    labels: new Map([
      ["app", "crm"],
      ["env", "staging"],
    ]),
    span: spanOf("batch-1"),
  };
  const tests = [
    { title: "t", module: crm, fixtures: [fixture], assertions: [], span: spanOf("test") },
  ];
  const found = checkFixtureRequirements({ ...project, tests });
  expect(found.map(({ code, span }) => [code, span?.source.text])).toEqual([["SEG804", "batch-1"]]);
  expect(checkRequirements(project, [])).toEqual([]);
});
