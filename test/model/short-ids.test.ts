// What is not the same never has one id: slices would be one artefact, rules one rule.
import { expect, test } from "vitest";
import { shortIds } from "../../compiler/model/short-ids.ts";

const digest = (begin: string) => begin.padEnd(64, "0");

test("a digest that begins like another one has a longer id, each always the same", () => {
  const idOf = shortIds();
  const [a, b, c] = [digest("0123456789a"), digest("0123456789b"), digest("f")];
  expect([a, b, c, b, a].map(idOf)).toEqual([
    "0123456789",
    "0123456789b000000000",
    "f000000000",
    "0123456789b000000000",
    "0123456789",
  ]);
});

test("digests that differ at their end alone have different ids", () => {
  const idOf = shortIds();
  const digests = ["1", "2", "3"].map((end) => end.padStart(64, "0"));
  const ids = digests.map(idOf);
  expect(new Set(ids).size).toBe(3);
  expect(digests.map(idOf)).toEqual(ids);
});
