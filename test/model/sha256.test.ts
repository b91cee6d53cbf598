import { createHash, hash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { digestBy, plainSha256, sha256, sha256OfBytes } from "../../compiler/model/sha256.ts";

const reference = (text: string) => createHash("sha256").update(text, "utf8").digest("hex");

const plain = (text: string) => plainSha256(new TextEncoder().encode(text));

test("agrees with Node on any text", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (text) => {
      expect(plain(text)).toBe(reference(text));
    }),
  );
});

test("agrees with Node at every length around the block borders", () => {
  for (let length = 0; length <= 200; length++) {
    const text = "a".repeat(length);
    expect(plain(text)).toBe(reference(text));
  }
});

test("a host's own takes its place", () => {
  expect(sha256("a")).toBe(reference("a"));
  const asked: (string | Uint8Array)[] = [];
  digestBy((input) => {
    asked.push(input);
    return "digest";
  });
  expect([sha256("a"), sha256OfBytes(Uint8Array.of(1))]).toEqual(["digest", "digest"]);
  expect(asked).toEqual(["a", Uint8Array.of(1)]);
});

test("any text has the same digest on Node's own", () => {
  const own = (text: string) => hash("sha256", text);
  for (const text of ["", "é", "\ud800", "a\udc00b", "\u0000"]) expect(own(text)).toBe(plain(text));
});
