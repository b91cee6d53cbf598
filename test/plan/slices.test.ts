// Slices of small projects, entry by entry.
import { describe, expect, test } from "vitest";
import { expand } from "../../compiler/extent/expand.ts";
import type { EnforcerKind, Workload } from "../../compiler/inventory/types.ts";
import type { Model, Rule } from "../../compiler/model/types.ts";
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import { slicesOf } from "../../compiler/plan/slices.ts";
import { formatCidr } from "../../compiler/sets/address.ts";
import { cidrsOf } from "../../compiler/sets/address-set.ts";
import { formatServices } from "../../compiler/sets/service-text.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import * as make from "../extent/makers.ts";
import { both, fallback, host, now, one, rule, until } from "./check.ts";

interface Options extends Partial<Model> {
  readonly kind?: EnforcerKind;
}

function slices(workloads: readonly Workload[], rules: readonly Rule[], options: Options = {}) {
  const { kind = "nftables", ...more } = options;
  const model = make.model({ rules, ...more });
  return slicesOf(model, expand(model, make.inventory(...workloads)), capabilityTable, now, kind);
}

function show({
  local,
  remote,
  service,
  programs,
  notPrograms,
  until: last,
  log,
}: SliceEntry): string {
  const list = (set: SliceEntry["remote"]) => cidrsOf(set).map(formatCidr).join(" ");
  return [
    ...(local === undefined ? [] : [`at ${list(local)}`]),
    list(remote),
    formatServices(service),
    ...programs.map(({ key, uid }) => (uid === undefined ? key : `${key} = ${uid}`)),
    ...notPrograms.map(({ key }) => `not ${key}`),
    ...(last === undefined ? [] : [`until ${last}`]),
    ...(log === "none" ? [] : [`log ${log}`]),
  ].join(", ");
}

function half(
  name: string,
  direction: "egress" | "ingress",
  workloads: readonly Workload[],
  rules: readonly Rule[],
  options: Options = {},
) {
  const slice = slices(workloads, rules, options).find((each) => each.workloads.includes(name));
  const found = slice?.directions.find((each) => each.direction === direction);
  if (found === undefined) throw new Error(`no ${direction} of ${name}`);
  const { denies, allows, stagedDenies, stagedAllows } = found;
  return {
    observed: found.observed,
    denies: denies.map(show),
    allows: allows.map(show),
    stagedDenies: stagedDenies.map(show),
    stagedAllows: stagedAllows.map(show),
  };
}

const a = host("a", "10.0.0.1", ["nftables"]);
const b = host("b", "10.0.0.2", ["nftables"]);
const c = host("c", "10.0.0.3", ["nftables"]);
const deny = { effect: "deny" as const };
const unit = make.program("report", { linux: { unit: "report.service" } });
const path = make.program("job", { linux: { path: "/opt/job" } });

describe("entries", () => {
  test("one rule opens both ends, each for the other's address", () => {
    const rules = [rule(one("a"), one("b"))];
    expect(half("a", "egress", [a, b, c], rules).allows).toEqual(["10.0.0.2/32, tcp/443"]);
    expect(half("b", "ingress", [a, b, c], rules).allows).toEqual(["10.0.0.1/32, tcp/443"]);
    expect(half("b", "egress", [a, b, c], rules).allows).toEqual([]);
    expect(half("c", "ingress", [a, b, c], rules).allows).toEqual([]);
  });

  test("outside is exactly what the realm does not manage", () => {
    const shown = half("a", "egress", [a, b], [rule(one("a"), make.outside)]).allows;
    expect(shown).toHaveLength(1);
    expect(shown[0]).toContain(" 10.0.0.0/32 10.0.0.3/32 10.0.0.4/30 ");
  });

  test("an end date and a log come along, an expired rule does not", () => {
    const dated = rule(one("a"), one("b"), {}, until("2026-11-23"));
    expect(half("a", "egress", [a, b], [dated]).allows).toEqual([
      "10.0.0.2/32, tcp/443, until 2026-11-23",
    ]);
    const over = rule(one("a"), one("b"), {}, until("2026-11-22"));
    expect(half("a", "egress", [a, b], [over]).allows).toEqual([]);
  });

  test("staged rules stand apart and log what is new", () => {
    const rules = [
      rule(one("a"), one("b"), {}, { staged: true }),
      rule(one("a"), one("c"), {}, { staged: true, ...deny }),
    ];
    const shown = half("a", "egress", [a, b, c], rules);
    expect(shown).toMatchObject({ allows: [], denies: [] });
    expect(shown.stagedAllows).toEqual(["10.0.0.2/32, tcp/443, log new"]);
    expect(shown.stagedDenies).toEqual(["10.0.0.3/32, tcp/443, log new"]);
  });

  test("a program stands at its own end with its number, and vanishes at the other", () => {
    const user = make.program("batch", { linux: { user: "batch" } });
    const numbered = { ...a, users: new Map([["batch", 1007]]) };
    const rules = [rule(make.at(user, one("a")), one("b"))];
    expect(half("a", "egress", [numbered, b], rules).allows).toEqual([
      '10.0.0.2/32, tcp/443, user "batch" = 1007',
    ]);
    expect(half("b", "ingress", [numbered, b], rules).allows).toEqual(["10.0.0.1/32, tcp/443"]);
  });

  test("workloads without addresses are nobody's peer", () => {
    const symbolic = { ...b, addresses: [] };
    expect(half("a", "egress", [a, symbolic], [rule(one("a"), one("b"))]).allows).toEqual([]);
    expect(half("b", "ingress", [a, symbolic], [rule(one("a"), one("b"))]).allows).toEqual([
      "10.0.0.1/32, tcp/443",
    ]);
  });
});

describe("lowering", () => {
  test("fallback network opens to every process, where nobody sees the program", () => {
    const rules = [rule(make.at(path, one("a")), one("b"), {}, fallback)];
    expect(half("a", "egress", [a, b], rules).allows).toEqual(["10.0.0.2/32, tcp/443"]);
    const launched = { ...a, launcher: "segc" as const };
    expect(half("a", "egress", [launched, b], rules).allows).toEqual([
      '10.0.0.2/32, tcp/443, path "/opt/job"',
    ]);
  });

  test("a deny loses an unseen program, and an unseen exception: it only widens", () => {
    const rules = [rule(one("a"), one("b")), rule(make.at(path, one("a")), one("b"), {}, deny)];
    expect(half("b", "ingress", [a, b], rules).denies).toEqual(["10.0.0.1/32, tcp/443"]);
    const but = [
      rule(one("a"), one("b")),
      rule(make.except(one("a"), make.at(path, one("a"))), one("b"), {}, deny),
    ];
    expect(half("a", "egress", [a, b], but).denies).toEqual(["10.0.0.2/32, tcp/443"]);
  });

  test("a deny of a seen program at the far end takes only what it must", () => {
    const rules = [
      rule(make.at(unit, one("a")), one("b")),
      rule(one("a"), one("b"), { service: make.tcp(80) }),
      rule(make.at(unit, one("a")), one("b"), { service: make.tcp(80, 443) }, deny),
    ];
    expect(half("b", "ingress", [a, b], rules)).toMatchObject({
      denies: [],
      allows: ["10.0.0.1/32, tcp/80"],
    });
  });

  test("a deny of an sctp port widens between security groups, not beside nftables", () => {
    const aws = (name: string, ip: string) => host(name, ip, ["aws-sg"]);
    const [x, y] = [aws("x", "10.0.0.8"), aws("y", "10.0.0.9")];
    const sctp = { service: { intervals: [{ first: 132 * 65536 + 5, last: 132 * 65536 + 5 }] } };
    const rules = [rule(one("x"), make.workloads, sctp, deny)];
    const shown = half("x", "egress", [x, y, b], rules, { kind: "aws-sg" }).denies;
    expect(shown.toSorted()).toEqual(["10.0.0.2/32, sctp/5", "10.0.0.8/31, sctp/*"]);
  });
});

describe("grouping", () => {
  test("members of a segment that talks to itself share one slice", () => {
    const found = slices([a, b, c], [rule(make.workloads, make.workloads)]);
    expect(found.map((slice) => slice.workloads)).toEqual([["a", "b", "c"]]);
    expect(found[0]?.id).toMatch(/^[0-9a-f]{10}$/);
  });

  test("numbers of accounts tell workloads apart", () => {
    const user = make.program("batch", { linux: { user: "batch" } });
    const numbered = (workload: Workload, uid: number) => ({
      ...workload,
      users: new Map([["batch", uid]]),
    });
    const found = slices(
      [numbered(a, 1), numbered(b, 2), numbered(c, 1)],
      [rule(make.at(user, make.workloads), make.outside)],
    );
    expect(found.map((slice) => slice.workloads).sort()).toEqual([["a", "c"], ["b"]]);
  });

  test("only the directions the enforcer stands in, only its kind", () => {
    const inward = {
      ...a,
      enforcers: [{ kind: "nftables" as const, id: "n", directions: ["ingress" as const] }],
    };
    const [slice, ...rest] = slices([inward, host("z", "10.0.0.9", ["aws-sg"])], []);
    expect(rest).toEqual([]);
    expect(slice?.directions.map((each) => each.direction)).toEqual(["ingress"]);
  });

  test("realms: each address meets the peers of its own", () => {
    const two = make.workload(
      "two",
      { env: "prod" },
      ["10.0.0.1", "10.9.0.1@plant"],
      both("nftables"),
    );
    const peers = [
      host("b", "10.0.0.2", []),
      make.workload("p", { env: "prod" }, ["10.0.0.7@plant"]),
    ];
    const shown = half("two", "egress", [two, ...peers], [rule(one("two"), make.workloads)]).allows;
    expect(shown.toSorted()).toEqual([
      "at 10.0.0.1/32, 10.0.0.1/32 10.0.0.2/32, tcp/443",
      "at 10.9.0.1/32, 10.0.0.7/32 10.9.0.1/32, tcp/443",
    ]);
  });

  test("an observed direction says until when", () => {
    const window = (day: string) => ({
      directions: ["ingress" as const],
      of: one("a"),
      until: day,
      because: undefined,
      ticket: undefined,
      span: make.spanOf("observe"),
    });
    const observations = ["2026-12-01", "2026-12-09", "2026-11-22"].map(window);
    expect(half("a", "ingress", [a, b], [], { observations }).observed).toEqual({
      until: "2026-12-09",
    });
    expect(half("a", "egress", [a, b], [], { observations }).observed).toBeUndefined();
  });
});

describe("empty is never any (hazards 1 to 6 and 11)", () => {
  const v6 = { ...b, addresses: [{ ip: make.address("fd00::2"), realm: "default" }] };
  const nothing = { allows: [], denies: [] };

  test("a peer of the other family", () => {
    expect(half("a", "egress", [a, v6], [rule(one("a"), one("b"))])).toMatchObject(nothing);
    expect(half("a", "egress", [a, v6], [rule(one("a"), one("b"), {}, deny)])).toMatchObject(
      nothing,
    );
  });

  test("a service of the other family", () => {
    const icmp6 = {
      service: { intervals: [{ first: 58 * 65536 + 128 * 256, last: 58 * 65536 + 128 * 256 }] },
    };
    expect(half("a", "egress", [a, b], [rule(one("a"), one("b"), icmp6)])).toMatchObject(nothing);
  });

  test("an exception that covers everything, alone or by a larger network", () => {
    const all = rule(one("a"), make.except(one("b"), make.workloads));
    const wider = rule(
      one("a"),
      make.except(make.networks("192.0.2.1/32"), make.networks("192.0.2.0/24")),
    );
    expect(half("a", "egress", [a, b], [all, wider])).toMatchObject(nothing);
  });

  test("networks that hold nobody of this realm but the managed themselves", () => {
    const outsideOnly = rule(one("a"), make.both(make.outside, make.networks("10.0.0.2/32")));
    expect(half("a", "egress", [a, b], [outsideOnly])).toMatchObject(nothing);
  });
});
