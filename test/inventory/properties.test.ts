// Whatever stands in the files: nothing throws, what is shown lies in its file, and the order of
// files and records has no meaning.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Inventory } from "../../compiler/inventory/types.ts";
import { build } from "./load-inventory.ts";

const record = fc.record(
  {
    name: fc.constantFrom("a", "b", "c", "web-1", "it’s", "x".repeat(300)),
    platform: fc.constantFrom("linux", "windows", "other"),
    labels: fc.record(
      {
        env: fc.constantFrom("prod", "staging", "prdo"),
        role: fc.constantFrom("web", "db", "data"),
        handles: fc.subarray(["pii", "payment", "x"]),
      },
      { requiredKeys: [] },
    ),
    addresses: fc.array(
      fc.constantFrom("10.0.0.1", "10.0.0.2", "2001:db8::1", "2001:db8:0::1", "10.0.0.256", {
        ip: "10.0.0.1",
        realm: "aws",
      }),
      { maxLength: 3 },
    ),
    users: fc.dictionary(fc.constantFrom("u", "v"), fc.nat(3)),
    enforcers: fc.array(
      fc.record({
        kind: fc.constantFrom("nftables", "aws-sg"),
        id: fc.constantFrom("n", "m"),
        directions: fc.subarray(["ingress", "egress"]),
      }),
      { maxLength: 2 },
    ),
  },
  { requiredKeys: ["name"] },
);
const records = fc.array(record, { maxLength: 6 });

function asText({ workloads }: Inventory): string {
  return JSON.stringify(
    workloads.map(({ span, ...rest }) => rest),
    (_, value: unknown) => (value instanceof Map ? [...value] : value),
  );
}

describe("buildInventory", () => {
  it("does not depend on the order of files and records", () => {
    const shuffled = fc
      .tuple(fc.uniqueArray(record, { selector: ({ name }) => name, maxLength: 6 }), records)
      .chain(([first, second]) =>
        fc.tuple(
          fc.constant([first, second] as const),
          fc.shuffledSubarray(first, { minLength: first.length }),
          fc.boolean(),
        ),
      );
    fc.assert(
      fc.property(shuffled, ([[first, second], again, isSwapped]) => {
        const json = JSON.stringify(second);
        const forward = build({ "a.json": JSON.stringify(first), "b.json": json });
        const backward = isSwapped
          ? build({ "b.json": json, "a.json": JSON.stringify(again) })
          : build({ "a.json": JSON.stringify(again), "b.json": json });
        expect(asText(backward.inventory)).toBe(asText(forward.inventory));
        const codes = ({ diagnostics }: typeof forward) =>
          diagnostics.map(({ code }) => code).sort();
        expect(codes(backward)).toEqual(codes(forward));
      }),
      { numRuns: 300 },
    );
  });

  it("reads JSON and YAML alike", () => {
    fc.assert(
      fc.property(records, (each) => {
        const json = build({ "a.json": JSON.stringify(each) });
        const yaml = build({ "a.yaml": JSON.stringify(each) });
        expect(asText(yaml.inventory)).toBe(asText(json.inventory));
        const told = ({ diagnostics }: typeof json) =>
          diagnostics.map(({ message }) => message).sort();
        expect(told(yaml).map((text) => text.replaceAll(".yaml", ".json"))).toEqual(told(json));
      }),
      { numRuns: 150 },
    );
  });

  const sound = {
    "h.json": `{"source":"x","workloads":[{"name":"a","platform":"linux","labels":{"env":"prod"},"addresses":["10.0.0.1",{"ip":"2001:db8::1","realm":"r"}],"users":{"u":1}}]}`,
    "h.yaml": `workloads:\n  - name: a\n    platform: linux\n    labels: &l { env: prod, handles: [pii] }\n    addresses:\n      - 10.0.0.1\n      - { ip: "2001:db8::1", realm: r }\n  - { name: b, platform: other, labels: *l, users: { u: 1 } }\n`,
    "h.csv": `name,platform,env,addresses,users,enforcers\na,linux,prod,"10.0.0.1 2001:db8::1",u=1,nftables n egress\nb,other,staging,,,\n`,
    "segc.yaml": `edition: 1\nmodules:\n  org: org.seg\ninventory:\n  - file: h.json\n    sets: [env]\n    tags: { X: { label: env, values: { a: prod } } }\ntargets: { nftables: {} }\n`,
  } as const;

  /** The text with some stretches cut, doubled or replaced. */
  function mutated(text: string): fc.Arbitrary<string> {
    const junk = fc.constantFrom(
      "",
      '"',
      "'",
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      "\n",
      "- ",
      "\t",
      "&a ",
    );
    const more = fc.constantFrom(
      "*l",
      "!!x",
      "#",
      "\\",
      "\0",
      "\u2028",
      "\ud800",
      "null",
      "1e9",
      "? ",
    );
    const edit = fc.record({
      at: fc.nat(text.length),
      length: fc.constantFrom(0, 0, 1, 2, 7),
      by: fc.oneof(junk, more, fc.string({ maxLength: 3 })),
    });
    return fc
      .array(edit, { minLength: 1, maxLength: 4 })
      .map((edits) =>
        edits.reduce(
          (before, { at, length, by }) => before.slice(0, at) + by + before.slice(at + length),
          text,
        ),
      );
  }

  it.each(Object.entries(sound))("never throws on a damaged %s", (path, text) => {
    expect(
      build({ ...(path === "segc.yaml" ? { "h.json": "[]" } : {}), [path]: text }).diagnostics,
    ).toEqual([]);
    fc.assert(
      fc.property(mutated(text), (damaged) => {
        const { diagnostics } = build({
          ...(path === "segc.yaml" ? { "h.json": sound["h.json"] } : {}),
          [path]: damaged,
        });
        for (const { span, message } of diagnostics) {
          expect(message).not.toBe("");
          expect(message).not.toMatch(/undefined|\[object/);
          if (span === undefined) continue;
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          expect(span.end).toBeLessThanOrEqual(span.source.text.length);
        }
      }),
      { numRuns: 700 },
    );
  });
});
