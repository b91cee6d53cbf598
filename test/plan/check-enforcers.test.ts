// SEG502, SEG506, SEG510, SEG511 and SEG512, sentence by sentence of language.md 6.4, 6.5 and 11.
import { describe, expect, test } from "vitest";
import type { EndpointSet } from "../../compiler/model/types.ts";
import { portInterval, protocolInterval, serviceSet } from "../../compiler/sets/service-set.ts";
import * as make from "../extent/makers.ts";
import { check, codes, host, one, rule, until } from "./check.ts";

const a = host("a", "10.0.0.1", ["nftables"]);
const b = host("b", "10.0.0.2", ["nftables"]);
const bare = (name: string, ip: string) => host(name, ip, []);

describe("SEG502", () => {
  const names = (...cidrs: string[]): EndpointSet => ({
    kind: "names",
    names: ["api.example.net"],
    addresses: cidrs.map(make.cidr),
    span: make.spanOf("fqdn"),
  });

  test("the fallback range contains a managed address", () => {
    const [found] = check([a, b], [rule(one("a"), names("192.0.2.0/24", "10.0.0.0/30"))]);
    expect(found?.message).toBe(
      "`fallback cidr` may only hold addresses outside the inventory, but `10.0.0.0/30` contains 10.0.0.1 of `a`",
    );
    expect(codes([a, b], rule(one("a"), names("192.0.2.0/24")))).toEqual([]);
    expect(codes([a, b], rule(one("a"), make.union(names("10.0.0.2/32"), one("b"))))).toEqual([
      "SEG502",
    ]);
  });
});

describe("SEG506", () => {
  test("no flow has an enforcer", () => {
    expect(codes([bare("a", "10.0.0.1"), bare("b", "10.0.0.2")], rule(one("a"), one("b")))).toEqual(
      ["SEG506"],
    );
  });

  test("one flow with one enforcer makes it a warning, also an observed one", () => {
    const c = host("c", "10.0.0.3", ["nftables"]);
    const some = make.union(one("b"), one("c"));
    const hosts = [bare("a", "10.0.0.1"), bare("b", "10.0.0.2"), c];
    const [found, ...rest] = check(hosts, [rule(one("a"), some)]);
    expect(rest).toEqual([]);
    expect([found?.code, found?.severity]).toEqual(["SEG506", "warning"]);
    expect(found?.message).toContain("1 of the 2 address pairs");
    expect(codes(hosts, rule(one("a"), one("c")))).toEqual([]);
  });

  test("the enforcer must stand in the direction of the flow", () => {
    const inward = {
      ...bare("a", "10.0.0.1"),
      enforcers: [{ kind: "nftables" as const, id: "n", directions: ["ingress" as const] }],
    };
    expect(codes([inward, bare("b", "10.0.0.2")], rule(one("a"), one("b")))).toEqual(["SEG506"]);
    expect(codes([inward, bare("b", "10.0.0.2")], rule(one("b"), one("a")))).toEqual([]);
  });

  test("not for staged rules and rules without a flow", () => {
    const hosts = [bare("a", "10.0.0.1"), bare("b", "10.0.0.2")];
    expect(codes(hosts, rule(one("a"), one("b"), {}, { staged: true }))).toEqual([]);
    expect(codes(hosts, rule(one("a"), one("a")))).toEqual([]);
  });

  test("what the enforcer never filters is not enforced", () => {
    const aws = host("a", "10.0.0.1", ["aws-sg"]);
    const metadata = make.networks("169.254.169.254/32");
    expect(codes([aws], rule(one("a"), metadata, { service: make.tcp(80) }))).toEqual(["SEG506"]);
    expect(codes([aws], rule(one("a"), metadata, { service: make.tcp(80, 81) }))).toEqual([]);
    expect(codes([a], rule(one("a"), metadata, { service: make.tcp(80) }))).toEqual([]);
  });
});

describe("SEG510", () => {
  const aws = host("b", "10.0.0.2", ["aws-sg"]);

  test("an end date held by AWS, without a schedule", () => {
    const dated = rule(one("a"), one("b"), {}, until("2026-12-01"));
    expect(codes([a, aws], dated)).toEqual(["SEG510"]);
    expect(check([a, aws], [dated], { hasExpirySchedule: true })).toEqual([]);
    expect(codes([a, b], dated)).toEqual([]);
  });

  test("not where AWS holds none of it, nor once it is over", () => {
    expect(codes([a, b, aws], rule(one("b"), one("a")))).toEqual([]);
    expect(codes([a, aws], rule(one("a"), one("b"), {}, until("2026-11-22")))).toEqual([]);
    expect(codes([a, aws], rule(one("a"), one("b"), {}, until("2026-11-23")))).toEqual(["SEG510"]);
  });
});

describe("SEG511", () => {
  const sctp = { service: serviceSet([portInterval(132, 3868, 3868)]) };
  const aws = (name: string, ip: string) => host(name, ip, ["aws-sg"]);
  const [x, y] = [aws("x", "10.0.0.8"), aws("y", "10.0.0.9")];

  test("sctp ports where only security groups stand", () => {
    const [found, ...rest] = check([x, y], [rule(one("x"), one("y"), sctp)]);
    expect(rest).toEqual([]);
    expect(found?.message).toBe(
      "a security group cannot match `sctp/3868` exactly, and nothing else stands between `x` and `y`",
    );
    expect(codes([x], rule(one("x"), make.outside, sctp))).toEqual(["SEG511"]);
  });

  test("an exact enforcer anywhere on the path is enough", () => {
    expect(codes([x, b], rule(one("x"), one("b"), sctp))).toEqual([]);
    expect(codes([x, b], rule(one("b"), one("x"), sctp))).toEqual([]);
  });

  test("all of sctp is exact, and a deny only widens", () => {
    const all = { service: serviceSet([protocolInterval(132)]) };
    expect(codes([x, y], rule(one("x"), one("y"), all))).toEqual([]);
    const [found, ...rest] = check([x, y], [rule(one("x"), one("y"), sctp, { effect: "deny" })]);
    expect(rest).toEqual([]);
    expect([found?.code, found?.severity]).toEqual(["SEG509", "warning"]);
    expect(codes([x, y], rule(one("x"), one("y"), all, { effect: "deny" }))).toEqual([]);
  });
});

describe("SEG512", () => {
  const far = make.workload("far", { env: "staging" }, ["10.0.0.1@plant"], {
    enforcers: a.enforcers,
  });

  test("no pair selected by identity shares a realm", () => {
    const [found, ...rest] = check([a, far], [rule(one("a"), one("far"))]);
    expect(rest).toEqual([]);
    expect(found?.code).toBe("SEG512");
    expect(found?.message).toContain("(1 pair, `a` is in realm `default`, `far` in realm `plant`)");
  });

  test("one pair that shares one makes it a warning; a rule with no pair at all is fine", () => {
    const [found, ...rest] = check([a, b, far], [rule(make.workloads, make.workloads)]);
    expect(rest).toEqual([]);
    expect([found?.code, found?.severity]).toEqual(["SEG512", "warning"]);
    expect(found?.message).toContain("4 of the 6 pairs");
    expect(codes([a, far], rule(one("a"), one("a")))).toEqual([]);
  });

  test("`when` says which pairs there are", () => {
    const different = { condition: { relation: "different" as const, label: make.env } };
    expect(codes([a, b, far], rule(make.workloads, make.workloads, different))).toEqual(["SEG512"]);
  });

  test("pairs met through networks do not count", () => {
    expect(codes([a, far], rule(make.networks("10.0.0.0/24"), one("far")))).toEqual([]);
  });
});
