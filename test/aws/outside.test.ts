// `outside` as one prefix of each family, beside rules by which some of the managed may come as well: compiled,
// which is to say proved.
import { describe, expect, it } from "vitest";
import { compiled, hosts, policy } from "./shop.ts";

const withRules = (...rules: readonly string[]) =>
  [...policy.split("\n").filter((line) => !line.startsWith("allow")), ...rules, ""].join("\n");

const settings = "expiry: { schedule: daily }\n";

const cidrsOf = (text: string, port: number) =>
  compiled(hosts, text, settings)
    .document.groups.flatMap(({ ingress }) => ingress)
    .filter(({ from }) => from === port)
    .flatMap(({ cidr }) => cidr ?? []);

describe("outside", () => {
  it("is one prefix of each family", () => {
    const found = cidrsOf(withRules("allow a = outside -> web : tcp/443"), 443);
    expect(found.sort()).toEqual(["0.0.0.0/0", "::/0"]);
  });

  it("is so beside a rule for some of the managed, who are let in anyhow", () => {
    const text = withRules(
      "allow a = outside -> { web, api } : tcp/443",
      "allow b = db -> api : tcp/443",
    );
    expect(cidrsOf(text, 443).sort()).toEqual(["0.0.0.0/0", "::/0"]);
  });

  it("is so beside a rule of one family", () => {
    const text = withRules(
      "allow a = outside -> web : tcp/443",
      "allow b = anywhere -> web : tcp/443 { family v6 }",
    );
    const found = cidrsOf(text, 443);
    expect(found).toContain("0.0.0.0/0");
    expect(found).toContain("::/0");
  });

  it("leaves out who may come until some day, and is let in until then", () => {
    const text = withRules(
      "allow a = outside -> web : tcp/443",
      "allow b = api -> web : tcp/443 { until 2026-12-31 }",
    );
    const found = cidrsOf(text, 443);
    expect(found).not.toContain("0.0.0.0/0");
    expect(found.length).toBeGreaterThan(2);
  });
});
