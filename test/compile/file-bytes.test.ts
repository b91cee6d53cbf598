// Texts of files and their bytes, both ways.
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOfText, textOfBytes } from "../../compiler/file-bytes.ts";

test("a policy file is its UTF-16 units, whatever they are", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(0xffff), { maxLength: 50 }), (units) => {
      const text = String.fromCharCode(...units);
      const bytes = bytesOfText("x/registry.pol", text);
      expect([...bytes]).toEqual(units.flatMap((unit) => [unit & 255, unit >> 8]));
      expect(textOfBytes("x/registry.pol", bytes)).toBe(text);
    }),
  );
  expect(textOfBytes("registry.pol", Uint8Array.of(80, 82, 1))).toBe("\u5250\uff01");
});

test("every other file is UTF-8", () => {
  const text = "\u00fc \u{1f600}\n";
  expect(bytesOfText("a.nft", text)).toEqual(new TextEncoder().encode(text));
  expect(textOfBytes("a.nft", bytesOfText("a.nft", text))).toBe(text);
});
