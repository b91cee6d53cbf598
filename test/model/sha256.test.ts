import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "../../compiler/model/sha256.ts";

const reference = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");

test("agrees with Node on any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
      expect(sha256(text)).toBe(reference(text));
    }),
  );
});

test("agrees with Node at every length around the block borders", () => {
  for (let length = 0; length <= 200; length++) {
    const text = "a".repeat(length);
    expect(sha256(text)).toBe(reference(text));
  }
});
