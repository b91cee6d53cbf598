// What was changed since a flow was last different: policy, inventory, configuration, in this order.
import { expect, test } from "vitest";
import { diff } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

interface Parts {
  readonly policy: string;
  /** The cloud's word for what `x` is. */
  readonly tag: string;
  /** What segc.yaml makes of such words. */
  readonly values: string;
}

const base: Parts = { policy: "", tag: "a", values: "{ a: web, b: db }" };
const rule = "allow web-to-db = web -> db : tcp/5432\n";

function files({ policy, tag, values }: Parts) {
  const machine = (name: string, address: string, rest: string) =>
    `{ "name": "${name}", "platform": "linux", "addresses": ["${address}"], ${rest},
       "enforcers": [{ "kind": "nftables", "id": "h", "directions": ["ingress", "egress"] }] }`;
  return memoryFiles(
    new Map([
      [
        "segc.yaml",
        `edition: 1\nmodules: { app: app.seg }\ninventory:\n  - file: hosts.json\n    tags: { Tier: { label: tier, values: ${values} } }\n`,
      ],
      [
        "app.seg",
        `module app root\nlabel tier: enum { web, db }\nsegment web = workloads where tier is web\nsegment db = workloads where tier is db\n${policy}`,
      ],
      [
        "hosts.json",
        `[${machine("x", "10.0.0.1", `"tags": { "Tier": "${tag}" }`)}, ${machine("y", "10.0.0.2", '"labels": { "tier": "db" }')}]`,
      ],
    ]),
  );
}

const causes = (before: Partial<Parts>, after: Partial<Parts>) => {
  const found = diff(files({ ...base, ...before }), files({ ...base, ...after }), {
    now: "2026-11-28",
  });
  expect([...found.before, ...found.after]).toEqual([]);
  return found.diff?.changes.map((change) => [change.change, change.causes, change.example]);
};

test("one input alone", () => {
  const flow = "x -> y : tcp/5432";
  expect(causes({}, { policy: rule })).toEqual([["gained", ["policy"], flow]]);
  expect(causes({ policy: rule }, { policy: rule, tag: "b" })).toEqual([
    ["lost", ["inventory"], flow],
  ]);
  expect(causes({ policy: rule }, { policy: rule, values: "{ a: db, b: web }" })).toEqual([
    ["lost", ["configuration"], flow],
  ]);
});

test("a flow that is allowed, refused and allowed again on the way is the last step's alone", () => {
  expect(causes({}, { policy: rule, tag: "b", values: "{ a: db, b: web }" })).toEqual([
    ["gained", ["configuration"], "x -> y : tcp/5432"],
  ]);
});

test("what is back to where it was is no change", () => {
  expect(causes({ policy: rule }, { policy: rule, tag: "b", values: "{ a: db, b: web }" })).toEqual(
    [],
  );
});

test("a state in between that does not compile: either", () => {
  const front = "require front = workloads have tier in { web, db }\n";
  const back = "require back = workloads have tier is db\n";
  expect(causes({ policy: `${rule}${front}` }, { policy: back, tag: "b" })).toEqual([
    ["lost", ["policy", "inventory"], "x -> y : tcp/5432"],
  ]);
});
