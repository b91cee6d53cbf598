// SEG501, SEG503 and SEG808, sentence by sentence of language.md 6.4, 7 (Lowering) and 11.
import { describe, expect, test } from "vitest";
import * as make from "../extent/makers.ts";
import { check, codes, fallback, host, one, rule } from "./check.ts";

const unit = make.program("report", { linux: { unit: "report.service" } });
const user = make.program("batch", { linux: { user: "batch" } });
const path = make.program("job", { linux: { path: "/opt/job" } });
const from = (program: typeof unit) => make.at(program, one("a"));

const nft = host("a", "10.0.0.1", ["nftables"]);
const db = host("b", "10.0.0.2", ["nftables"]);
const bareDb = host("b", "10.0.0.2", []);

describe("SEG501", () => {
  test("a security group alone sees no program", () => {
    const aws = host("a", "10.0.0.1", ["aws-sg"]);
    const [found, ...rest] = check([aws, db], [rule(from(unit), one("b"))]);
    expect(rest).toEqual([]);
    expect(found?.message).toBe(
      "`report` can only be told apart on the host, but `a` is enforced by a security group",
    );
  });

  test("a host enforcer beside it is enough", () => {
    const both = host("a", "10.0.0.1", ["aws-sg", "nftables"]);
    expect(codes([both, db], rule(from(unit), one("b")))).toEqual([]);
  });

  test("nobody at the program's end, an enforcer at the other", () => {
    const bare = host("a", "10.0.0.1", []);
    expect(codes([bare, db], rule(from(unit), one("b")))).toEqual(["SEG501"]);
  });

  test("nobody at either end lowers nothing: only SEG506", () => {
    const bare = host("a", "10.0.0.1", []);
    expect(codes([bare, bareDb], rule(from(unit), one("b")))).toEqual(["SEG506"]);
  });

  test("fallback network and deny are lowered instead", () => {
    const aws = host("a", "10.0.0.1", ["aws-sg"]);
    expect(codes([aws, db], rule(from(unit), one("b"), {}, fallback))).toEqual([]);
    const [found, ...rest] = check([aws, db], [rule(from(unit), one("b"), {}, { effect: "deny" })]);
    expect(rest).toEqual([]);
    expect([found?.code, found?.severity]).toEqual(["SEG509", "warning"]);
  });

  test("owners are seen at the source end only", () => {
    const numbered = { users: new Map([["batch", 1007]]) };
    const a = host("a", "10.0.0.1", ["nftables"], numbered);
    expect(codes([a, db], rule(from(user), one("b")))).toEqual([]);
    expect(codes([a, db], rule(one("b"), from(user)))).toEqual(["SEG501"]);
  });

  test("iptables sees units of senders, never of listeners", () => {
    const ipt = host("a", "10.0.0.1", ["iptables"]);
    expect(codes([ipt, db], rule(from(unit), one("b")))).toEqual([]);
    expect(codes([ipt, db], rule(one("b"), from(unit)))).toEqual(["SEG501"]);
    expect(codes([nft, db], rule(one("b"), from(unit)))).toEqual([]);
  });

  test("an expired rule asks nothing, a staged one does", () => {
    const aws = host("a", "10.0.0.1", ["aws-sg"]);
    const over = { meta: { ...make.noMeta, until: "2026-11-22" } };
    expect(codes([aws, db], rule(from(unit), one("b"), {}, over))).toEqual([]);
    expect(codes([aws, db], rule(from(unit), one("b"), {}, { staged: true }))).toEqual(["SEG501"]);
  });

  test("an exception is a condition too", () => {
    const aws = host("a", "10.0.0.1", ["aws-sg"]);
    expect(codes([aws, db], rule(make.except(one("a"), from(unit)), one("b")))).toEqual(["SEG501"]);
  });
});

describe("SEG503", () => {
  test("path needs the launcher on nftables", () => {
    const [found, ...rest] = check([nft, db], [rule(from(path), one("b"))]);
    expect(rest).toEqual([]);
    expect(found?.code).toBe("SEG503");
    expect(found?.message).toBe(
      "`path` of `job` cannot be matched by nftables without `launcher: segc`, which `a` lacks",
    );
    const launched = host("a", "10.0.0.1", ["nftables"], { launcher: "segc" });
    expect(codes([launched, db], rule(from(path), one("b")))).toEqual([]);
  });

  test("not where fallback network lowers it", () => {
    expect(codes([nft, db], rule(from(path), one("b"), {}, fallback))).toEqual([]);
  });

  test("a listener behind iptables gains nothing by the launcher: SEG501", () => {
    const ipt = host("a", "10.0.0.1", ["iptables"]);
    expect(codes([ipt, db], rule(one("b"), from(path)))).toEqual(["SEG501"]);
  });

  test("signer needs app-tags on Windows", () => {
    const signed = make.program("job", { windows: { signer: "CN=Acme" } });
    const windows = { platform: "windows" as const };
    const a = host("a", "10.0.0.1", ["windows-firewall"], windows);
    expect(codes([a, db], rule(from(signed), one("b")))).toEqual(["SEG503"]);
    const tagged = { ...a, appTags: "segc" as const };
    expect(codes([tagged, db], rule(from(signed), one("b")))).toEqual([]);
  });
});

describe("SEG501 for pairs of programs", () => {
  const other = make.program("other", { linux: { unit: "other.service" } });
  const to = (program: typeof unit) => make.at(program, one("b"));

  test("two rules whose programs form no product: at the first, naming the other", () => {
    const first = rule(from(unit), to(unit));
    const second = rule(from(other), to(other));
    const [found, ...rest] = check([nft, db], [second, first]);
    expect(rest).toEqual([]);
    expect(found?.span).toBe(first.span);
    expect(found?.message).toContain(`\`${second.id}\``);
  });

  test("a product is fine, whoever wrote it", () => {
    expect(codes([nft, db], rule(from(unit), to(unit)), rule(from(unit), to(other)))).toEqual([]);
    expect(codes([nft, db], rule(from(unit), one("b")), rule(one("a"), one("b")))).toEqual([]);
  });

  test("other services, other workloads or the same end do not meet", () => {
    const tcp80 = { service: make.tcp(80) };
    expect(
      codes([nft, db], rule(from(unit), to(unit)), rule(from(other), to(other), tcp80)),
    ).toEqual([]);
    const c = host("c", "10.0.0.3", ["nftables"]);
    const elsewhere = rule(from(other), make.at(other, one("c")));
    expect(codes([nft, db, c], rule(from(unit), to(unit)), elsewhere)).toEqual([]);
    expect(codes([nft, db], rule(from(unit), one("b")), rule(from(other), one("b")))).toEqual([]);
  });

  test("one end each is no product either", () => {
    expect(codes([nft, db], rule(from(unit), one("b")), rule(one("a"), to(unit)))).toEqual([
      "SEG501",
    ]);
  });

  test("a deny of one pair out of many", () => {
    const deny = rule(from(unit), to(unit), {}, { effect: "deny" });
    expect(codes([nft, db], rule(one("a"), one("b")), deny)).toEqual(["SEG501"]);
  });

  test("a staged rule does not count", () => {
    const staged = rule(from(other), to(other), {}, { staged: true });
    expect(codes([nft, db], rule(from(unit), to(unit)), staged)).toEqual([]);
  });
});

describe("SEG808", () => {
  test("an account without a number on a selected Linux workload, once for all rules", () => {
    const rules = [
      rule(from(user), one("b")),
      rule(from(user), one("b"), { service: make.tcp(80) }),
    ];
    const [found, ...rest] = check([nft, db], rules);
    expect(rest).toEqual([]);
    expect(found?.message).toBe("user `batch` of `batch` has no number on `a`");
    expect(found?.span?.source.text).toBe("a");
  });
});
