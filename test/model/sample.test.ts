import { expect, test } from "vitest";
import { modelOf } from "./project.ts";
import { sample } from "./sample.ts";

test("builds without error, with everything in it", () => {
  const model = modelOf(sample);
  expect(model.modules.map(({ name, by }) => `${name} by ${by}`)).toEqual([
    "core by platform",
    "crm by crm",
    "org by secops",
  ]);
  expect(model.root.name).toBe("org");
  expect([...model.labels.keys()]).toEqual(["env", "site", "os", "role", "app", "handles"]);
  expect(model.requirements.map(({ name }) => name)).toEqual(["infra-shared", "ot-shared"]);
  expect(model.delegations).toHaveLength(7);
  expect(model.observations).toMatchObject([
    { directions: ["egress", "ingress"], until: "2027-02-01" },
  ]);
  expect(model.rules).toHaveLength(20);
  expect(model.rules.map(({ id }) => id)).toContain("crm.staging.report-to-db");
  expect(model.guardrails.map(({ id, exceptions }) => `${id} ${exceptions.length}`)).toEqual([
    "org.env-isolated 2",
    "org.open-admin 0",
    "org.ot-isolated 1",
    "org.payment-data 0",
  ]);
  expect(model.tests.map(({ assertions }) => assertions.length)).toEqual([2, 4, 1]);
  expect(model.programs.map(({ key }) => key)).toEqual(["org.report-job"]);
});

test("a segment is one object, also for those who import it", () => {
  const model = modelOf(sample);
  const set = model.segments.find(({ qualified }) => qualified === "org.admin-hosts")?.set;
  const users = model.rules.filter(({ flow }) => flow.source === set).map(({ id }) => id);
  expect(users).toEqual(["core.admin-linux", "core.admin-windows", "crm.vendor-db"]);
});

test("text typed by the user finds names by module, or bare where one module has them", () => {
  const { scope } = modelOf(sample);
  expect(scope.segment("crm.prod.web")).toBeDefined();
  expect(scope.segment("prod.web")).toBe(scope.segment("crm.prod.web"));
  expect(scope.segment("monitoring")).toBe(scope.segment("org.monitoring"));
  expect(scope.segment("web")).toBeUndefined();
  expect(scope.service("https")?.intervals).toHaveLength(1);
  expect(scope.program("report-job")?.key).toBe("org.report-job");
  expect(scope.segment("https")).toBeUndefined();
});

test("a bare name that two modules have means neither", () => {
  const { scope } = modelOf({
    "org.seg": "module org root\nteam t owns workloads writes { b }\nsegment x = workloads",
    "b.seg": "module b by t\nsegment x = outside",
  });
  expect(scope.segment("x")).toBeUndefined();
  expect(scope.segment("b.x")).toMatchObject({ kind: "outside" });
});

test("the text of a flow is one line, without comments", () => {
  const { rules } = modelOf({
    "org.seg":
      'module org root\nallow workloads # from "all"\n  -> fqdn { "a#b.example" }\n  : tcp/1 { fallback cidr { 192.0.2.0/24 } }',
  });
  expect(rules[0]?.flow.text).toBe('workloads -> fqdn { "a#b.example" } : tcp/1');
});
