// What people read beside diagnostics: tables, explained flows, manifests. The verbs' own tests
// show them whole; here are the cases a small project does not reach.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { ExplainedCase, Explanation } from "../../compiler/guard/explain.ts";
import type { Manifest } from "../../compiler/manifest.ts";
import { displayWidth } from "../../diagnostics/render-display.ts";
import { plainStyle } from "../../diagnostics/render-style.ts";
import { counted, listed } from "../../report/counted.ts";
import { explanationLines } from "../../report/explanation.ts";
import { listedPaths, manifestLines, nextEnd, readManifest } from "../../report/manifest.ts";
import { tableLines } from "../../report/table.ts";

describe("tables", () => {
  test("align wide and hostile cells", () => {
    const columns = [{ title: "name" }, { title: "count", align: "right" as const }];
    expect(
      tableLines(columns, [
        ["防火墙", "1"],
        ["a\u001b[2J", "1000"],
        ["b", ""],
      ]),
    ).toEqual(["name        count", "防火墙          1", "a\\u001b[2J   1000", "b"]);
  });

  test("every line of right-aligned last columns is equally wide", () => {
    const cell = fc.string({ unit: "grapheme", maxLength: 12 });
    const row = fc.tuple(cell, fc.nat().map(String));
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const lines = tableLines([{ title: "a" }, { title: "b", align: "right" }], rows);
        expect(new Set(lines.map(displayWidth)).size).toBe(1);
      }),
    );
  });
});

test("numbers and lists read as people say them", () => {
  expect([counted(0, "rule"), counted(1, "rule"), counted(2, "rule")]).toEqual([
    "0 rules",
    "1 rule",
    "2 rules",
  ]);
  expect([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(listed)).toEqual([
    "",
    "a",
    "a and b",
    "a, b and c",
  ]);
});

describe("explained flows", () => {
  const source = { path: "app.seg", text: "allow a = x -> y : tcp/1\n" };
  const span = { source, start: 0, end: 5 };
  const base: ExplainedCase = {
    allowed: true,
    passes: true,
    witness: "x-1 -> y-1 : tcp/1",
    flows: 2,
    rules: [],
    path: [],
    source: { text: "x-1", segments: [] },
    destination: { text: "y-1", segments: [] },
    near: [],
  };
  const said = (verdict: Explanation["verdict"], ...cases: readonly ExplainedCase[]) =>
    explanationLines({ question: "x -> y : tcp/1", verdict, cases, through: [] }, plainStyle);

  test.each([
    ["same-host", "same host: not enforced: x -> y : tcp/1"],
    [
      "no-flow",
      "no such flow: the ends share no address family or realm, or the service always passes (replies, errors, neighbour discovery): x -> y : tcp/1",
    ],
    ["partly", "allowed in part: x -> y : tcp/1"],
  ] as const)("%s", (verdict, first) => {
    expect(said(verdict)).toEqual([first]);
  });

  test("a deny overrules, and says so", () => {
    const rules = [
      { id: "app.no", effect: "deny", staged: false, until: undefined, span },
      { id: "app.a", effect: "allow", staged: false, until: "2027-01-01", span },
      { id: "app.b", effect: "allow", staged: true, until: undefined, span },
    ] as const;
    const enforcer = {
      workload: "y-1",
      kind: "nftables",
      id: "host",
      direction: "ingress",
    } as const;
    const path = [{ ...enforcer, does: "refuses" as const }];
    expect(
      said("denied", { ...base, allowed: false, passes: false, rules, path }).slice(2),
    ).toEqual([
      "denied  x-1 -> y-1 : tcp/1 (2 flows like it)",
      "  deny app.no at app.seg:1:1",
      "  allow app.a until 2027-01-01 at app.seg:1:1, overruled by the deny",
      "  allow app.b at app.seg:1:1, staged: no effect yet",
      "  ingress of y-1: nftables host refuses it",
    ]);
  });

  test("what nobody enforces gets through all the same", () => {
    expect(said("denied", { ...base, allowed: false }).slice(3)).toEqual([
      "  no rule allows it, and everything not allowed is refused",
      "  no enforcer stands at either end",
      "  it gets through all the same",
    ]);
  });
});

describe("manifests", () => {
  const manifest: Manifest = {
    formatVersion: 1,
    segc: "0.1.0",
    edition: 1,
    now: "2026-11-23",
    inputs: [{ path: "app.seg", sha256: "0" }],
    expires: [
      { kind: "rule", name: "app.a", until: "2026-12-01" },
      { kind: "rule", name: "app.b", until: "2026-12-01" },
      { kind: "rule", name: "app.c", until: "2027-12-01" },
    ],
    artefacts: [
      {
        target: "nftables",
        kind: "nftables",
        format: 2,
        id: "abc",
        workloads: ["w-1", "w-2", "w-3", "w-4", "w-5"],
        files: [{ path: "nftables/abc/x.nft", sha256: "0", bytes: 7, executable: false }],
        rules: 3,
        elements: 4,
        bytes: 7,
        minimised: null,
        update: null,
        expires: [],
      },
    ],
    relies: [],
    notCompiled: [{ kind: "aws-sg", workloads: 12 }],
  };

  test("say who gets what, what nothing was made for, and what ends first", () => {
    expect(manifestLines(manifest, plainStyle)).toEqual([
      "target    class  files  rules  elements  bytes  workloads",
      "nftables  abc        1      3         4      7  w-1, w-2, w-3 and 2 more",
      "nothing made for aws-sg (12 workloads)",
    ]);
    expect(nextEnd(manifest)).toBe("app.a and app.b end first, after 2026-12-01");
    expect(nextEnd({ ...manifest, expires: [] })).toBe("nothing in it ends by itself");
  });

  test("are read back, and nothing else is taken for one", () => {
    const text = JSON.stringify(manifest);
    expect(readManifest(text)).toEqual(manifest);
    expect(listedPaths(manifest)).toEqual(["nftables/abc/x.nft"]);
    expect(readManifest(JSON.stringify({ ...manifest, relies: undefined }))).toEqual(manifest);
    const early = readManifest(text.replace('"format":2,', ""));
    expect(early?.artefacts[0]?.format).toBe(1);
    const strange = [
      ...["", "{", "null", "[]", "{}", '"x"', "1"],
      text.replace('"formatVersion":1', '"formatVersion":2'),
      text.replace('"nftables/abc/x.nft"', "1"),
      text.replace('"artefacts":[', '"artefacts":[null,'),
      text.replace('"expires":[]', '"expires":{}'),
    ];
    expect(strange.map(readManifest)).toEqual(strange.map(() => undefined));
  });

  test("any JSON at all is read or refused, never thrown over", () => {
    fc.assert(fc.property(fc.json(), (text) => readManifest(text) === undefined));
  });
});
