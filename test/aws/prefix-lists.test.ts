// Prefixes that several rules name: as a managed prefix list, where they are many.
import { describe, expect, it, test } from "vitest";
import { expire, verify } from "../../index.ts";
import { compile } from "../../library/compile.ts";
import { passes, quotasOf } from "./evaluator.ts";
import { compiled, filesOf, hosts, now, policy } from "./shop.ts";

const head = policy.slice(0, policy.indexOf("allow"));

/** None of them can be joined to a shorter prefix. */
const many = (count: number, from = 1) =>
  Array.from({ length: count }, (_, at) => `198.51.100.${2 * at + from}/32`).join(", ");

const twoRules = (
  networks: string,
  more = "",
) => `${head}segment partners = networks { ${networks} }
allow a = partners -> web : tcp/443
allow b = partners -> db : tcp/5432
${more}`;

const documentFor = (text: string, settings = "") => compiled(hosts, text, settings).document;

const summary = (text: string, settings = "") => {
  const { prefixLists = [], groups } = documentFor(text, settings);
  return {
    lists: prefixLists.map(({ family, entries }) => `${family}: ${entries.length}`),
    rules: groups.flatMap(({ ingress, egress }) => [...ingress, ...egress]).length,
  };
};

describe("many prefixes that several rules name", () => {
  it("are a list of each family, and one rule in each group", () => {
    const six = Array.from({ length: 10 }, (_, at) => `2001:db8:${2 * at}::/48`).join(", ");
    expect(summary(twoRules(many(12)))).toEqual({ lists: ["4: 12"], rules: 2 });
    const both = twoRules(`${many(12)}, ${six}`).replace("-> db", "-> api");
    expect(summary(both)).toEqual({ lists: ["4: 12", "6: 10"], rules: 4 });
  });

  it("stay in the groups where they are few, or named once, or the project wants none", () => {
    expect(summary(twoRules(many(9)))).toEqual({ lists: [], rules: 18 });
    const once = `${head}segment partners = networks { ${many(12)} }\nallow a = partners -> web : tcp/443\n`;
    expect(summary(once)).toEqual({ lists: [], rules: 12 });
    const none = "quotas: { aws: { prefixLists: 0 } }\n";
    expect(summary(twoRules(many(12)), none)).toEqual({ lists: [], rules: 24 });
  });

  it("are lists as far as the account grants them, the greatest saving first", () => {
    const more = `segment others = networks { ${many(20, 2).replaceAll("198.51.100", "203.0.113")} }
allow c = others -> web : tcp/80
allow d = others -> db : tcp/81
`;
    const text = twoRules(many(12), more);
    expect(summary(text).lists.sort()).toEqual(["4: 12", "4: 20"]);
    const one = "quotas: { aws: { prefixLists: 1 } }\n";
    expect(summary(text, one)).toEqual({ lists: ["4: 20"], rules: 2 + 24 });
  });

  it("count as many rules as before against the quota", () => {
    expect(quotasOf(documentFor(twoRules(many(12)))).rulesPerGroup).toBe(12);
    const { diagnostics } = compile(
      filesOf(hosts, twoRules(many(12)), "quotas: { aws: { rulesPerGroup: 2 } }\n"),
      { now, targets: ["aws"] },
    );
    expect(diagnostics.map(({ code }) => code)).toContain("SEG901");
  });

  it("let through what they did", () => {
    const document = documentFor(twoRules(many(12)));
    const packet = (peer: string) =>
      passes(document, {
        direction: "ingress",
        workload: "db-1",
        addressesOf: () => [],
        peer,
        protocol: 6,
        detail: 5432,
      });
    expect([packet("198.51.100.1"), packet("198.51.100.23")]).toEqual([true, true]);
    expect([packet("198.51.100.2"), packet("198.51.100.25")]).toEqual([false, false]);
  });

  it("keep the name of their list when they change, and when hosts do", () => {
    const names = (text: string) => documentFor(text).prefixLists?.map(({ name }) => name);
    const [before = ""] = names(twoRules(many(12))) ?? [];
    expect(before).toMatch(/^segc-shop\.a-v4-[0-9a-f]{10}$/);
    expect(names(twoRules(many(13)))).toEqual([before]);
  });
});

test("an artefact in which a list was edited is not what the policy says", () => {
  const { manifest, artefacts, text } = compiled(hosts, twoRules(many(12)));
  const { checked } = compile(filesOf(hosts, twoRules(many(12))), { now, targets: ["aws"] });
  const problems = (edited: string) => {
    const texts = new Map(
      artefacts.flatMap(({ files }) => files.map(({ path }) => [path, edited] as const)),
    );
    return verify(checked, manifest, texts, { now }).findings.map(({ problem }) => problem);
  };
  expect(problems(text)).toEqual([]);
  const edit = (from: string | RegExp, to: string) => {
    const edited = text.replace(from, to);
    expect(edited).not.toBe(text);
    return problems(edited).join("\n");
  };
  expect(edit('"198.51.100.1/32",', "")).toContain("198.51.100.1 -> ");
  expect(edit('"198.51.100.1/32"', '"0.0.0.0/0"')).toMatch(/refused by the policy/);
  expect(edit(/"list":"[^"]+"/, '"list":"none"')).toMatch(/there is no list `none`/);
  expect(edit('"198.51.100.1/32"', '"198.51.100.3/32"')).toMatch(/an entry twice/);
  expect(edit('"198.51.100.1/32"', '"2001:db8::/32"')).toMatch(/has an entry that is none/);
  expect(edit(/"entries":\[[^\]]+\]/, '"entries":[]')).toMatch(/expected 1 to 1000/);
  expect(edit('"family":4', '"family":5')).toMatch(/expected 4 or 6/);
  expect(edit(/"name":"segc-shop.a/, '"name":"com.amazonaws.a')).toMatch(/expected the `name`/);
});

test("a list goes when the last rule that names it has ended", () => {
  const text = `${head}allow a = networks { ${many(12)} } -> web : { tcp/80, tcp/443 } {
  because "for a while"
  ticket "SHOP-1"
  until 2026-12-31
}
`;
  const { artefacts, document, manifest } = compiled(hosts, text, "expiry: { schedule: daily }\n");
  expect(document.prefixLists).toHaveLength(1);
  const texts = new Map(
    artefacts.flatMap(({ files }) => files.map((file) => [file.path, file.text] as const)),
  );
  const left = (day: string) => JSON.stringify(expire(manifest, texts, { now: day }));
  expect(left("2026-12-31")).toContain("prefixLists");
  expect(left("2027-01-01")).toContain("groups.json");
  expect(left("2027-01-01")).not.toContain("prefixLists");
});
