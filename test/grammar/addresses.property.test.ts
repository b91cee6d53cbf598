// What the grammar reads as an address without a word is one to the compiler: what is neither
// reported nor read would take its statement with it.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parsePrefix } from "../../compiler/sets/address.ts";
import { parseModule } from "../../grammar/parse.ts";
import { check } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const pieces = fc.constantFrom(
  ...[
    "0",
    "1",
    "10",
    "255",
    "256",
    "01",
    "ffff",
    "a",
    "12345",
    ".",
    "..",
    ":",
    "::",
    "/",
    "/0",
    "/8",
    "/32",
    "/128",
    "/129",
    "%e",
  ],
);
const texts = fc.array(pieces, { minLength: 1, maxLength: 12 }).map((list) => list.join(""));

const codesOf = (text: string) =>
  parseModule({
    path: "m.seg",
    text: `module m root\nallow a = networks { ${text} } -> workloads : tcp/1\n`,
  }).diagnostics.map(({ code }) => code);

describe("an address", () => {
  it("that the grammar has nothing against is one", () => {
    let silent = 0;
    fc.assert(
      fc.property(texts, (text) => {
        if (codesOf(text).length > 0) return;
        silent++;
        expect(parsePrefix(text).kind, text).toBe("prefix");
      }),
      { numRuns: 5000, examples: [["10..0.1"], ["::1..2.3"], ["10.0.0.1/32"], ["192.0..2"]] },
    );
    expect(silent).toBeGreaterThan(0);
  });

  it.each(["10..0.1", "198.51..1", "192.0..2/24", "::1..2.3", "::ffff:1..2.3"])(
    "with an empty part is an error, and its statement is not lost in silence: %s",
    (text) => {
      const files = new Map([
        ["segc.yaml", "edition: 1\nmodules: { app: app.seg }\n"],
        [
          "app.seg",
          `module app root\ndeny bad = workloads -> networks { ${text}, 192.0.2.7 } : any-service\n`,
        ],
      ]);
      const { diagnostics } = check(memoryFiles(files), { now: "2026-11-23" });
      expect(diagnostics.map(({ severity }) => severity)).toContain("error");
    },
  );
});
