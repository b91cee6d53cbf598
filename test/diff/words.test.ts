// What a change is called and who answers for it: cases that a review found wrong once.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Change } from "../../compiler/diff/changes.ts";
import { diff } from "../../index.ts";
import { flowText } from "../../report/diff-words.ts";
import { checkout } from "../cli/run-segc.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const read = (path: string) => readFileSync(join(checkout, "examples/quickstart", path), "utf8");

interface Edit {
  readonly policy?: (text: string) => string;
  readonly hosts?: (text: string) => string;
}

const config = "edition: 1\nmodules: { app: app.seg }\ninventory: [hosts.yaml]\n";

function files({ policy = (text) => text, hosts = (text) => text }: Edit) {
  const inventory = /inventory: *\[?([a-z./]+)/.exec(read("segc.yaml"))?.[1] ?? "inventory.yaml";
  return memoryFiles(
    new Map([
      ["segc.yaml", config],
      ["app.seg", policy(read("app.seg"))],
      ["hosts.yaml", hosts(read(inventory))],
    ]),
  );
}

function changes(before: Edit, after: Edit): readonly Change[] {
  const found = diff(files(before), files(after), { now: "2026-11-28" });
  expect([...found.before, ...found.after].map(({ message }) => message)).toEqual([]);
  return found.diff?.changes ?? [];
}

const told = (some: readonly Change[]) =>
  some.map((change) => `${change.change} ${change.layer}: ${flowText(change)}`);

const plus = (line: string) => (text: string) => `${text}${line}\n`;
const host = (name: string, tier: string, addresses: string, more = "") =>
  `- name: ${name}\n  platform: linux\n  labels: { tier: ${tier}${more} }\n  addresses: [${addresses}]\n  enforcers: [{ kind: nftables, id: host, directions: [ingress, egress] }]\n`;
const without = (name: string) => (text: string) =>
  text
    .split(/(?=^- name)/m)
    .filter((one) => !one.startsWith(`- name: ${name}\n`))
    .join("");

describe("an address that was a workload's", () => {
  const rule = "allow old-web = networks { 10.1.0.12/32 } -> db : tcp/22";
  const narrow = (text: string) => text.replace("outside -> { api, db }", "outside -> api");

  test("is told where a rule names it", () => {
    const moved = (text: string) => text.replace("10.1.0.12", "10.1.0.99");
    const found = changes(
      { policy: narrow },
      { policy: (text) => plus(rule)(narrow(text)), hosts: moved },
    );
    expect(told(found)).toEqual([
      "gained both: networks { 10.1.0.12/32 } -> db : tcp/22 (IPv4 only)",
    ]);
    expect(found[0]?.dangers).toContain("from-outside");
  });

  test("is not where it may do what all outside may", () => {
    const found = changes({}, { hosts: without("web-2") });
    expect(told(found).filter((line) => line.startsWith("gained"))).toEqual([]);
    const back = changes({ hosts: without("web-2") }, {});
    expect(told(back).filter((line) => line.startsWith("lost"))).toEqual([]);
  });
});

describe("names", () => {
  test("a segment of which one workload has the family is not named for it", () => {
    const only4 = (text: string) => text.replaceAll(/, "fd00:1::(?!11")\d+"/g, "");
    const found = changes(
      { hosts: only4 },
      { hosts: only4, policy: plus("allow x = outside -> web : tcp/2222") },
    );
    expect(told(found)).toEqual(["gained both: outside -> web : tcp/2222"]);
    const alone = changes(
      { hosts: only4 },
      { hosts: only4, policy: plus("allow x = outside -> web : tcp/2222 { family v6 }") },
    );
    expect(told(alone)).toEqual(["gained both: outside -> web-1 : tcp/2222 (IPv6 only)"]);
  });

  test("another realm of one workload is that workload's", () => {
    const more = (text: string) =>
      text.replace('"fd00:1::11"', '"fd00:1::11", { ip: 10.9.0.1, realm: plant }');
    const found = changes({}, { hosts: more });
    expect(told(found)).toEqual(["gained both: outside -> web-1 : { tcp/80, tcp/443 }"]);
  });

  test("processes other than a program are called so", () => {
    const wider = (text: string) =>
      text
        .replace("backup@admin -> db : tcp/5432  #", "admin -> db : tcp/5432  #")
        .replace(/^ {2}denied program.*\n/m, "");
    expect(told(changes({}, { policy: wider }))).toEqual([
      "gained both: (programs other than backup)@admin -> db : tcp/5432",
    ]);
  });

  test("a workload that is called as a set is told apart from it", () => {
    const found = changes({}, { hosts: plus(host("outside", "api", "10.1.0.77")) });
    expect(told(found)).toContain("gained both: web -> workload outside : tcp/8080");
  });

  test("what enforcers never filter is no news of a workload that came", () => {
    const found = changes({}, { hosts: plus(host("api-9", "api", "10.1.0.79")) });
    expect(found.filter(({ layer }) => layer !== "both")).toEqual([]);
  });
});

describe("who answers", () => {
  const rules = (some: readonly Change[]) =>
    some.map((change) =>
      change.rules.map(({ effect, id, status, of }) => `${status} ${effect} ${id} ${of}`),
    );

  test("a deny that meets a workload after it was relabelled", () => {
    const labels = (text: string) =>
      text.replace("label tier:", "label state: enum { fine, bad } optional\nlabel tier:");
    const policy = (text: string) =>
      plus("deny no-bad = workloads where state is bad -> workloads : any-service")(labels(text));
    const bad = (text: string) => text.replace("tier: web }", "tier: web, state: bad }");
    const there = changes({ policy }, { policy, hosts: bad });
    expect(there.length).toBeGreaterThan(0);
    expect(new Set(rules(there).flat())).toEqual(new Set(["unchanged deny app.no-bad new"]));
    const back = changes({ policy, hosts: bad }, { policy });
    expect(new Set(rules(back).flat())).toEqual(new Set(["unchanged deny app.no-bad new"]));
  });

  test("whoever allows the example, beside what is new", () => {
    const policy = (text: string) =>
      plus("allow more = web -> admin : tcp/9100")(
        text.replace(
          "segment api = workloads where tier is api",
          "segment api = workloads where tier in { api, admin }",
        ),
      );
    const found = changes({}, { policy }).filter(({ destination }) => destination.text === "admin");
    expect(told(found)).toEqual(["gained both: web -> admin : { tcp/8080, tcp/9100 }"]);
    expect(rules(found)).toEqual([
      ["added allow app.more new", "unchanged allow app.web-to-api new"],
    ]);
  });

  test("a rule of another family, or whose program is another, has changed", () => {
    const only4 = (text: string) =>
      text.replace("api -> db : tcp/5432\n", "api -> db : tcp/5432 { family v4 }\n");
    expect(rules(changes({ policy: only4 }, {}))).toEqual([["changed allow app.api-to-db new"]]);
    const other = (text: string) => text.replaceAll('"backup.service"', '"dump.service"');
    for (const found of rules(changes({}, { policy: other }))) {
      expect(found[0]).toMatch(/^changed allow app\.backup-db/);
    }
  });

  test("all of many, in the data", () => {
    const many = Array.from(
      { length: 8 },
      (_, index) => `allow r-${index} = web -> db : tcp/${9000 + index}`,
    );
    const [only] = changes({}, { policy: plus(many.join("\n")) });
    expect(only?.rules).toHaveLength(8);
  });

  test("a deny behind an observed end", () => {
    const observed = plus(
      "observe ingress, egress of workloads until 2027-01-01\ndeny no-telnet = workloads -> workloads : tcp/23",
    );
    const open = (text: string) => observed(text).replace(/deny no-telnet.*\n/, "");
    const found = changes({ policy: observed }, { policy: open });
    expect(found.map(({ layer }) => layer)).toContain("effect");
    expect(rules(found).flat()).toContain("removed deny app.no-telnet old");
  });
});

test("an example shows what makes the change dangerous", () => {
  const [only] = changes({}, { policy: plus("allow x = anywhere -> web : tcp/2222") });
  expect(only?.example).toMatch(/^203\.0\.113\.1 -> web-1/);
});

test("a workload with one more address is not new", () => {
  const found = changes(
    { hosts: (text) => text.replace('"10.1.0.11", "fd00:1::11"', '"10.1.0.11"') },
    {},
  );
  expect(found.length).toBeGreaterThan(0);
  expect(found.flatMap(({ notes }) => notes)).toEqual([]);
});
