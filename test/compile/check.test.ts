import { describe, expect, test } from "vitest";
import { check } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const codes = (texts: Readonly<Record<string, string>>) =>
  check(memoryFiles(new Map(Object.entries(texts))), { now: "2026-11-23" }).diagnostics.map(
    ({ code, span }) => `${code} ${span?.source.path ?? ""}`.trim(),
  );

const machine = '[{ "name": "a", "platform": "linux", "labels": { "env": "prod" } }]';
const config =
  "edition: 1\nroot: org\nmodules: { org: org.seg, app: app.seg }\ninventory: [i.json]\n";
const org = "module org root\nlabel env: enum { prod }\nteam t owns workloads writes { app }\n";
const app = "module app by t\n";

describe("one cause, one diagnostic", () => {
  test("a root that cannot be read does not make every label unknown", () => {
    expect(codes({ "segc.yaml": config, "app.seg": app, "i.json": machine })).toEqual([
      "SEG811 segc.yaml",
    ]);
  });

  test("a label that could not be read is not missed in the inventory", () => {
    const broken = org.replace("{ prod }", "{ prod,, }");
    expect(
      codes({ "segc.yaml": config, "org.seg": broken, "app.seg": app, "i.json": machine }),
    ).toEqual(["SEG100 org.seg"]);
  });

  test("an error in one module does not hide those in others", () => {
    const texts = {
      "segc.yaml": config,
      "org.seg": `${org}segment s = workloads where env is prd\n`,
      "app.seg": `${app}segment t = = x\nallow = x\nsegment u = nothing\n`,
      "i.json": machine.replace("prod", "prood"),
    };
    expect(codes(texts)).toEqual([
      "SEG100 app.seg",
      "SEG100 app.seg",
      "SEG201 app.seg",
      "SEG802 i.json",
      "SEG301 org.seg",
    ]);
  });
});
