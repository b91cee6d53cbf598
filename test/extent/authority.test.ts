// Each sentence of language.md 6.3 and of section 11, "Authority", as one small case.
import { describe, expect, test } from "vitest";
import { checkAuthority } from "../../compiler/extent/authority.ts";
import { expand } from "../../compiler/extent/expand.ts";
import type { Model, Module, Rule } from "../../compiler/model/types.ts";
import { members } from "../../compiler/sets/bitset.ts";
import { anyService } from "../../compiler/sets/service-set.ts";
import {
  anywhere,
  app,
  at,
  crm,
  dba,
  delegation,
  env,
  flow,
  guardrail,
  inventory,
  is,
  model,
  networks,
  noMeta,
  outside,
  program,
  root,
  rule,
  spanOf,
  tcp,
  where,
  workload,
  workloads,
} from "./makers.ts";

const hosts = inventory(
  workload("web-1", { app: "crm", env: "prod" }, ["10.0.0.1", "fd00::1"]),
  workload("web-2", { app: "crm", env: "staging" }, ["10.0.0.2"]),
  workload("db-1", { app: "dba", env: "prod" }, ["10.0.1.1", "fd00::101"]),
  workload("db-2", { app: "dba", env: "prod" }, ["10.0.1.2"]),
  workload("stray", { env: "prod" }, ["10.0.9.1"]),
);
const web = where(is(app, "crm"));
const db = where(is(app, "dba"));

const check = (parts: Parameters<typeof model>[0]) => {
  const project = model(parts);
  return checkAuthority(project, expand(project, hosts));
};
const codes = (parts: Parameters<typeof model>[0]) => check(parts).map(({ code }) => code);
const codesOf = (one: Rule, delegations: Model["delegations"] = []) =>
  codes({ rules: [one], delegations });

describe("allow", () => {
  test("between its own workloads a module may write", () => {
    expect(codesOf(rule(crm, flow(web, web)))).toEqual([]);
  });

  test("another team's destination is SEG401, its source SEG402", () => {
    expect(codesOf(rule(crm, flow(web, db)))).toEqual(["SEG401"]);
    expect(codesOf(rule(crm, flow(db, web)))).toEqual(["SEG402"]);
  });

  test("a miss at both ends reports both codes", () => {
    expect(codesOf(rule(crm, flow(db, db))).sort()).toEqual(["SEG401", "SEG402"]);
  });

  test("the message names workloads and team, the help the line to ask for", () => {
    const [diagnostic] = check({ rules: [rule(crm, flow(web, db))] });
    expect(diagnostic?.message).toBe(
      "rule `crm.x` opens ingress to 2 workloads of team `dba` (`db-1`, `db-2`); module `crm` may not",
    );
    expect(diagnostic?.help).toBe("ask `dba` for `delegate ingress of db : https to { crm }`");
    expect(diagnostic?.span).toMatchObject(spanOf("db"));
  });

  test("a workload of no team is nobody's to give but the root's", () => {
    expect(codesOf(rule(crm, flow(web, where(is(env, "prod")))))).toEqual(["SEG401"]);
    const [diagnostic] = check({ rules: [rule(crm, flow(web, workloads))] });
    expect(diagnostic?.message).toContain("3 workloads of team `dba` (`db-1`, `db-2`, `stray`)");
  });

  test("the root writes everything, with and without `by`", () => {
    const secops: Module = { ...root, by: "dba" };
    for (const module of [root, secops]) {
      expect(codesOf(rule(module, flow(web, db)))).toEqual([]);
      expect(codesOf(rule(module, flow(outside, web)))).toEqual([]);
    }
  });

  test("a rule that selects nobody, or nobody together, breaks nothing", () => {
    const nobody = where(is(app, "none"));
    expect(codesOf(rule(crm, flow(nobody, db)))).toEqual([]);
    expect(codesOf(rule(crm, flow(networks("2001:db8::/32"), where(is(env, "staging")))))).toEqual(
      [],
    );
  });

  test("a staged rule is checked alike", () => {
    expect(codesOf(rule(crm, flow(web, db), { staged: true }))).toEqual(["SEG401"]);
  });

  test("`when` narrows what is written", () => {
    const own = where(is(app, "crm"));
    const condition = { relation: "different", label: env } as const;
    expect(codesOf(rule(crm, flow(own, own, { condition })))).toEqual([]);
    // Only web-2 is not in prod, so only it may meet the databases under `different`.
    const staging = where(is(env, "staging"));
    expect(
      codesOf(rule(crm, flow(staging, db, { condition: { ...condition, relation: "same" } }))),
    ).toEqual([]);
    expect(codesOf(rule(crm, flow(staging, db, { condition })))).toEqual(["SEG401"]);
  });

  test("`family` narrows what is written", () => {
    const staging = where(is(env, "staging"));
    expect(codesOf(rule(crm, flow(staging, db, { family: 6 })))).toEqual([]);
    expect(codesOf(rule(crm, flow(staging, db, { family: 4 })))).toEqual(["SEG401"]);
  });

  test("a module whose team is unknown has its own diagnostic elsewhere", () => {
    const lost: Module = { ...crm, by: "nobody" };
    expect(codesOf(rule(lost, flow(web, db)))).toEqual([]);
  });
});

describe("delegation", () => {
  const consent = (more = {}) => delegation(root, "ingress", db, more);

  test("covers the direction, the ends and the service it names", () => {
    expect(codesOf(rule(crm, flow(web, db)), [consent()])).toEqual([]);
    expect(codesOf(rule(crm, flow(web, db)), [consent({ service: tcp(443) })])).toEqual([]);
    expect(codesOf(rule(crm, flow(web, db)), [consent({ service: tcp(444) })])).toEqual(["SEG401"]);
    expect(codesOf(rule(crm, flow(web, db)), [delegation(root, "egress", db)])).toEqual(["SEG401"]);
    expect(codesOf(rule(crm, flow(web, db)), [consent({ to: ["dba"] })])).toEqual(["SEG401"]);
  });

  test("subsets and unions of delegations work", () => {
    const wide = rule(crm, flow(web, db, { service: tcp(1, 1000) }));
    const low = consent({ service: tcp(1, 500) });
    const high = consent({ service: tcp(400, 2000) });
    const onlyFirst = delegation(root, "ingress", networks("10.0.1.1/32", "fd00::/64"));
    const onlySecond = delegation(root, "ingress", networks("10.0.1.2/32"));
    expect(codesOf(wide, [low, high])).toEqual([]);
    expect(codesOf(wide, [low])).toEqual(["SEG401"]);
    expect(codesOf(wide, [onlyFirst, onlySecond])).toEqual([]);
    expect(codesOf(wide, [onlyFirst])).toEqual(["SEG401"]);
    expect(codesOf(wide, [low, onlySecond])).toEqual(["SEG401"]);
  });

  test("gaps are named by the workloads they leave", () => {
    const onlyFirst = delegation(root, "ingress", networks("10.0.1.1/32", "fd00::/64"));
    const [diagnostic] = check({ rules: [rule(crm, flow(web, db))], delegations: [onlyFirst] });
    expect(diagnostic?.message).toContain("1 workload of team `dba` (`db-2`)");
  });

  test("`with` is about the peer: workloads unless said otherwise", () => {
    const onlyProd = consent({ with: where(is(env, "prod")) });
    expect(codesOf(rule(crm, flow(web, db)), [onlyProd])).toEqual(["SEG401"]);
    const prodWeb = { kind: "intersection", of: [web, where(is(env, "prod"))] } as const;
    expect(codesOf(rule(crm, flow(prodWeb, db)), [onlyProd])).toEqual([]);
  });

  test("a module writes one it owns, towards workloads only; else SEG403", () => {
    const written = (module: Module, more = {}) =>
      codes({ delegations: [delegation(module, "ingress", db, more)] });
    expect(written(dba)).toEqual([]);
    expect(written(crm)).toEqual(["SEG403"]);
    expect(written(root, { with: outside })).toEqual([]);
    expect(written(dba, { with: outside })).toEqual(["SEG403"]);
    expect(written(dba, { with: networks("192.0.2.0/24") })).toEqual(["SEG403"]);
    expect(written(dba, { with: networks("10.0.0.1/32") })).toEqual([]);
  });
});

describe("an external peer", () => {
  const inward = rule(crm, flow(outside, web));
  const outward = rule(crm, flow(web, networks("203.0.113.0/24")));

  test("needs a delegation even for own workloads: SEG406", () => {
    expect(codesOf(inward)).toEqual(["SEG406"]);
    expect(codesOf(outward)).toEqual(["SEG406"]);
  });

  test("the message shows the addresses, the help the line for the root", () => {
    const [diagnostic] = check({ rules: [outward] });
    expect(diagnostic?.message).toBe(
      "rule `crm.x` has an external end (203.0.113.0/24); no delegation to `crm` covers that peer",
    );
    expect(diagnostic?.help).toBe(
      "ask for `delegate egress of web with outside : https to { crm }` in the root module; what only `crm` names is said there by its labels",
    );
  });

  test("is covered by a `with` that contains it, not by the default one", () => {
    const consent = (more = {}) => delegation(root, "ingress", web, more);
    expect(codesOf(inward, [consent()])).toEqual(["SEG406"]);
    expect(codesOf(inward, [consent({ with: outside })])).toEqual([]);
    expect(codesOf(inward, [consent({ with: networks("0.0.0.0/0", "::/0") })])).toEqual([]);
    expect(codesOf(inward, [consent({ with: networks("0.0.0.0/0") })])).toEqual(["SEG406"]);
    const halves = ["0.0.0.0/1", "128.0.0.0/1", "::/0"].map((text) =>
      consent({ with: networks(text) }),
    );
    expect(codesOf(inward, halves)).toEqual([]);
  });
});

describe("removal", () => {
  test("what only `networks` selects and the module may not write is left out", () => {
    const project = model({
      rules: [rule(crm, flow(web, networks("10.0.0.0/23")))],
      delegations: [delegation(root, "egress", web, { with: outside })],
    });
    const expansion = expand(project, hosts);
    expect(checkAuthority(project, expansion)).toEqual([]);
    const [only] = project.rules.map(expansion.flowsOf);
    const ends = only?.removed.map(({ product }) => expansion.search.endingAt(product)) ?? [];
    const names = expansion.universe.endpoints
      .filter((_, index) => ends.some(({ words }) => ((words[0] ?? 0) >>> index) & 1))
      .map(({ workload: number }) => expansion.universe.workloads[number]?.name);
    expect(names).toEqual(["db-1", "db-2"]);
  });

  test("what identity selects too is not left out", () => {
    const peers = { kind: "union", of: [networks("10.0.0.0/23"), db] } as const;
    const consent = delegation(root, "egress", web, { with: outside });
    expect(codesOf(rule(crm, flow(web, peers)), [consent])).toEqual(["SEG401"]);
    const narrowed = { kind: "intersection", of: [networks("10.0.0.0/23"), db] } as const;
    expect(codesOf(rule(crm, flow(web, narrowed)))).toEqual(["SEG401"]);
  });

  test("a removed flow raises nothing at its other end", () => {
    const consent = delegation(root, "ingress", db, { with: outside });
    expect(codesOf(rule(crm, flow(networks("10.0.0.0/8"), db)), [consent])).toEqual(["SEG401"]);
    expect(codesOf(rule(crm, flow(networks("10.0.9.0/24"), db)), [consent])).toEqual([]);
  });

  test("a deny keeps a flow while either end may be written", () => {
    const project = model({
      rules: [rule(crm, flow(anywhere, networks("10.0.1.0/24")), { effect: "deny" })],
    });
    const expansion = expand(project, hosts);
    expect(checkAuthority(project, expansion)).toEqual([]);
    const [only] = project.rules.map(expansion.flowsOf);
    expect(only?.removed.length).toBeGreaterThan(0);
    const starts = (only?.products ?? []).flatMap((product) => [
      ...members(expansion.search.startingAt(product)),
    ]);
    const names = new Set(starts.map((index) => expansion.universe.endpoints[index]?.workload));
    expect(
      [...names].map((number) => expansion.universe.workloads[number ?? -1]?.name).sort(),
    ).toEqual(["web-1", "web-2"]);
  });
});

describe("deny", () => {
  const deny = { effect: "deny" } as const;

  test("one managed end suffices, whether the peer is external or not", () => {
    expect(codesOf(rule(crm, flow(web, db), deny))).toEqual([]);
    expect(codesOf(rule(crm, flow(db, web), deny))).toEqual([]);
    expect(codesOf(rule(crm, flow(outside, web), deny))).toEqual([]);
    expect(codesOf(rule(crm, flow(web, outside), deny))).toEqual([]);
  });

  test("neither end: SEG401 where the destination is managed, else SEG402", () => {
    expect(codesOf(rule(crm, flow(db, db), deny))).toEqual(["SEG401"]);
    expect(codesOf(rule(crm, flow(outside, db), deny))).toEqual(["SEG401"]);
    expect(codesOf(rule(crm, flow(db, outside), deny))).toEqual(["SEG402"]);
  });

  test("a delegation of one end suffices as well", () => {
    expect(codesOf(rule(crm, flow(db, db), deny), [delegation(root, "egress", db)])).toEqual([]);
  });
});

describe("guardrails", () => {
  test("every managed destination is the module's own, or the module is the root", () => {
    const guarded = (module: Module, destination = web) =>
      codes({ guardrails: [guardrail(module, flow(outside, destination))] });
    expect(guarded(crm)).toEqual([]);
    expect(guarded(crm, db)).toEqual(["SEG401"]);
    expect(guarded(crm, workloads)).toEqual(["SEG401"]);
    expect(guarded(root, workloads)).toEqual([]);
  });
});

describe("a rule needs a name", () => {
  const nameless = (module: Module, of: ReturnType<typeof flow>, more: Partial<Rule> = {}) =>
    rule(module, of, { named: false, ...more });
  const covered = [
    delegation(root, "ingress", db),
    delegation(root, "egress", web, { with: outside }),
  ];

  test("when it is staged or ends, crosses owners, or has an external end", () => {
    expect(codesOf(nameless(crm, flow(web, web)), covered)).toEqual([]);
    expect(codesOf(nameless(crm, flow(web, web), { staged: true }))).toEqual(["SEG313"]);
    const meta = { ...noMeta, until: "2027-01-01" };
    expect(codesOf(nameless(crm, flow(web, web), { meta }))).toEqual(["SEG313"]);
    expect(codesOf(nameless(crm, flow(web, db)), covered)).toEqual(["SEG313"]);
    expect(codesOf(nameless(crm, flow(web, outside)), covered)).toEqual(["SEG313"]);
  });

  test("a root without `by` owns everything; with `by` it crosses owners", () => {
    expect(codesOf(nameless(root, flow(web, db)))).toEqual([]);
    expect(codesOf(nameless({ ...root, by: "dba" }, flow(web, db)))).toEqual(["SEG313"]);
    expect(codesOf(nameless({ ...root, by: "dba" }, flow(db, db)))).toEqual([]);
    expect(codesOf(nameless(root, flow(outside, web)))).toEqual(["SEG313"]);
  });

  test("a rule of a template is reported once, however often it is used", () => {
    const used = nameless(crm, flow(web, web), { staged: true, use: spanOf("use a = t()") });
    expect(codes({ rules: [used, { ...used, id: "crm.y" }] })).toEqual(["SEG313"]);
  });

  test("the fix proposes one that is free", () => {
    const [of, meta] = [flow(web, web), { ...noMeta, until: "2027-01-01" }];
    const text = "staged deny web -> db : https";
    const one = nameless(crm, of, { effect: "deny", staged: true, meta, span: spanOf(text) });
    const named = rule(crm, of, { id: "crm.no-web-to-db" });
    const [diagnostic] = check({ rules: [one, named] });
    expect(diagnostic?.help).toContain("`staged deny no-web-to-db-2 = …`");
    const [edit] = diagnostic?.fix ?? [];
    const fixed = text.slice(0, edit?.span.start) + edit?.text + text.slice(edit?.span.end);
    expect(fixed).toBe("staged deny no-web-to-db-2 = web -> db : https");
  });

  test("networks that hold nobody from outside are no external end", () => {
    expect(codesOf(nameless(root, flow(web, networks("10.0.1.1/32"))))).toEqual([]);
    expect(codesOf(nameless(root, flow(web, networks("10.0.1.0/31"))))).toEqual(["SEG313"]);
  });
});

test("a program at an end changes nothing about who may write it", () => {
  const report = program("report", { linux: { unit: "report.service" } });
  expect(codesOf(rule(crm, flow(at(report, web), db)))).toEqual(["SEG401"]);
  const windows = program("report", { windows: { service: "Report" } });
  expect(codesOf(rule(crm, flow(at(windows, web), db, { service: anyService })))).toEqual([]);
});
