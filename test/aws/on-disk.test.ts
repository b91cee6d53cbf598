// An artefact read back: as it was written, edited, and as time passes.
import { describe, expect, test } from "vitest";
import { compile, expire, verify } from "../../index.ts";
import { quotasOf } from "./evaluator.ts";
import { awsText, documentOf } from "./projects.ts";
import { compiled, filesOf, hosts, now, policy } from "./shop.ts";

describe("an artefact on disk", () => {
  function verified(text: string, at = now, list = hosts, source = policy, settings = "") {
    const { checked } = compile(filesOf(list, source, settings), { now: at });
    const { manifest, artefacts } = compiled(list, source, settings);
    const texts = new Map(
      artefacts.flatMap(({ files }) => files.map(({ path }) => [path, text] as const)),
    );
    return verify(checked, manifest, texts, { now: at }).findings.map(({ problem }) => problem);
  }

  test("is proved as it was written", () => {
    expect(verified(compiled().text)).toEqual([]);
  });

  test("opened by hand is found, with a packet", () => {
    const { text } = compiled();
    const opened = text.replace('"from":5432,"to":5432', '"from":22,"to":5432');
    expect(opened).not.toBe(text);
    expect(verified(opened).join("\n")).toMatch(
      /db-1 : tcp\/22 is refused by the policy and accepted by the artefact|api-1 -> db-1 : tcp\/22/,
    );
  });

  test.each<readonly [string, (text: string) => string, RegExp]>([
    ["no JSON", (text) => text.slice(0, 300), /groups\.json:\d+: is no JSON/],
    [
      "another key",
      (text) => text.replace('"cidr"', '"cider"'),
      /:\d+: there is no key `cider` here/,
    ],
    [
      "another format",
      (text) => text.replace('"formatVersion": 1', '"formatVersion": 2'),
      /groups\.json:2: expected `formatVersion` 1/,
    ],
    [
      "a group that is not there",
      (text) => text.replace(/"group":"[^"]+"/, '"group":"sg-1"'),
      /there is no group `sg-1`/,
    ],
    [
      "host bits",
      (text) => text.replace(/"cidr":"[^"]+"/, '"cidr":"10.0.0.1/8"'),
      /no prefix in its one form/,
    ],
    [
      "no length",
      (text) => text.replace(/"cidr":"[^"]+"/, '"cidr":"10.0.0.1"'),
      /no prefix in its one form/,
    ],
    [
      "ports upside down",
      (text) => text.replace('"from":8443', '"from":8444'),
      /no permission that EC2 takes/,
    ],
    [
      "another interface",
      (text) => text.replace("eni-db-1", "eni-0"),
      /says nothing of interface `eni-db-1`/,
    ],
    [
      "nobody's",
      (text) => text.replace('"workload":"db-1"', '"workload":"db-9"'),
      /`db-9` has no interface/,
    ],
    [
      "a key twice",
      (text) => text.replace('"from":8443', '"from":1,"from":8443'),
      /says something twice/,
    ],
    [
      "a number written otherwise",
      (text) => text.replace('"from":8443', '"from":8443.0'),
      /says something twice/,
    ],
    [
      "a name that AWS reads otherwise",
      (text) => text.replaceAll(/segc-in-shop.api-to-db-[0-9a-f]+/g, "db "),
      /is no name of a group/,
    ],
    [
      "an interface twice",
      (text) => text.replace('"interface":"eni-web-2"', '"interface":"eni-web-1"'),
      /`eni-web-1` stands twice/,
    ],
    [
      "groups taken away",
      (text) => text.replace(/("workload":"db-1".*"groups":)\[.*\]/, "$1null"),
      /leaves `db-1` as it is/,
    ],
  ])("with %s is a fault", (_, bend, wanted) => {
    const { text } = compiled();
    const bent = bend(text);
    expect(bent).not.toBe(text);
    expect(verified(bent).join("\n")).toMatch(wanted);
  });

  test("loses what has ended, and nothing else", () => {
    const settings = "expiry: { schedule: daily }\n";
    const source = policy.replace("db : tcp/5432", "db : tcp/5432 {\n  until 2026-12-31\n}");
    const { manifest, artefacts, document } = compiled(hosts, source, settings);
    expect(manifest.artefacts[0]?.expires).toEqual([
      { rule: "shop.api-to-db", until: "2026-12-31" },
    ]);
    const texts = new Map(
      artefacts.flatMap(({ files }) => files.map(({ path, text }) => [path, text] as const)),
    );
    const result = expire(manifest, texts, { now: "2027-01-01" });
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const later = awsText(result.expired.artefacts) ?? "";
    expect(result.expired.removed).toEqual(["shop.api-to-db"]);
    expect(quotasOf(documentOf(later)).rules).toBe(quotasOf(document).rules - 2);
    expect(verified(later, "2027-01-01", hosts, source, settings)).toEqual([]);
    const prolonged = (awsText(artefacts) ?? "").replaceAll("2026-12-31", "2099-12-31");
    expect(verified(prolonged, now, hosts, source, settings)).not.toEqual([]);
    expect(verified(awsText(artefacts) ?? "", "2027-01-01", hosts, source, settings)).not.toEqual(
      [],
    );
  });
});
