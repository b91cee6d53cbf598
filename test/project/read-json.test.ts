// JSON: what is wrong with it, and where; places in large files without reading them twice.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { positionAt, textOf } from "../../diagnostics/source.ts";
import type { Path } from "../../project/document.ts";
import { outlineJson } from "../../project/json-outline.ts";
import { readJson } from "../../project/read-json.ts";

function faults(text: string): readonly string[] {
  const read = readJson({ path: "a.json", text }, "workloads");
  if (read.ok) return [];
  return read.faults.map(({ span, fault }) => {
    const { line, column } = positionAt(span.source, span.start);
    const words = fault.why === "syntax" ? fault.detail : fault.why;
    return `${line}:${column} ${JSON.stringify(textOf(span))} ${words}`;
  });
}

describe("readJson", () => {
  it.each([
    ['[{"a": 1,}]', '1:10 "}" expected a key in double quotes'],
    ['[\n{"a" 1}]', '2:6 "1" expected `:`'],
    ["[1 2]", '1:4 "2" expected `,`'],
    ["[1", '1:3 "" expected `]`'],
    ["", '1:1 "" expected a value'],
    ["[] []", '1:4 "[" expected the end of the file'],
    ["[01]", "1:3"],
    ["[nul]", '1:2 "nul" expected a value: text'],
    ['["a\nb"]', "1:2"],
    ["[1] // no", "1:5"],
    ['{"a":1,"a":2}', '1:8 "\\"a\\"" duplicate-key'],
    ['[{"a":{"b":1,"\\u0062":1}}]', '1:14 "\\"\\\\u0062\\"" duplicate-key'],
    [`${"[".repeat(101)}`, '1:101 "[" this is nested more than 100 levels deep'],
    [`${'{"a":'.repeat(100_000)}`, '1:501 "{" this is nested more than 100 levels deep'],
  ])("%j", (text, expected) => {
    expect(faults(text)[0]).toContain(expected);
  });

  it("takes what JSON.parse takes", () => {
    const json = fc.json({ maxDepth: 6 });
    fc.assert(
      fc.property(json, (text) => {
        const read = readJson({ path: "a.json", text }, "workloads");
        expect(read.ok && read.document.value).toEqual(JSON.parse(text));
      }),
    );
  });

  it("finds every value and every key of a record", () => {
    const record = fc.dictionary(
      fc.string(),
      fc.oneof(fc.string(), fc.integer(), fc.array(fc.string())),
    );
    const layout = fc.tuple(
      fc.array(record, { minLength: 1 }),
      fc.boolean(),
      fc.constantFrom(0, 1, 2),
    );
    fc.assert(
      fc.property(layout, ([records, isList, indent]) => {
        const root = isList ? records : { before: [[1], { workloads: [] }], workloads: records };
        const text = JSON.stringify(root, null, indent);
        const read = readJson({ path: "a.json", text }, "workloads");
        if (!read.ok) throw new Error("valid JSON was refused");
        for (const [index, each] of records.entries()) {
          for (const [key, value] of Object.entries(each)) {
            const path: Path = isList ? [index, key] : ["workloads", index, key];
            expect(textOf(read.document.keyAt(path))).toBe(JSON.stringify(key));
            if (Array.isArray(value)) {
              for (const [at, item] of value.entries()) {
                expect(textOf(read.document.valueAt([...path, at]))).toBe(JSON.stringify(item));
              }
            } else expect(textOf(read.document.valueAt(path))).toBe(JSON.stringify(value));
          }
        }
      }),
    );
  });

  it("finds a key given twice, whatever stands around it", () => {
    const key = fc.constantFrom("a", "b", 'a":', ":", '\\":', " ", "");
    const blank = fc.constantFrom("", " ", "\n\t");
    const member = fc.tuple(key, blank, key).map(([name, space, value]) => ({
      name,
      text: `${JSON.stringify(name)}${space}:${space}${JSON.stringify(value)}`,
    }));
    fc.assert(
      fc.property(fc.array(member, { maxLength: 6 }), (members) => {
        const text = `[{${members.map((each) => each.text).join(",")}}]`;
        const isSound = new Set(members.map(({ name }) => name)).size === members.length;
        expect(readJson({ path: "a.json", text }, "workloads").ok).toBe(isSound);
      }),
      { numRuns: 1000 },
    );
  });

  it("never throws, whatever the text", () => {
    const piece = fc.constantFrom(...'[]{}:,"\\ntf01-. \n\u0000\u2019', '"workloads"', "null", "é");
    const text = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(""));
    fc.assert(
      fc.property(text, (each) => {
        const read = readJson({ path: "a.json", text: each }, "workloads");
        if (read.ok) return;
        expect(read.faults.length).toBeGreaterThan(0);
        for (const { span } of read.faults) expect(span.end).toBeLessThanOrEqual(each.length);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("outlineJson", () => {
  it("counts keys and finds the elements of the list", () => {
    const text = '{ "x": {"a": [1, {"b": 2}]}, "workloads": [ {"c": "]"}, [3], 4 ], "y": [5] }';
    const { keys, elements, rootKeys } = outlineJson(text, "workloads");
    expect(keys).toBe(6);
    expect([...elements].map((at) => text[at])).toEqual(["{", "[", "4"]);
    expect([...rootKeys.keys()]).toEqual(["x", "workloads", "y"]);
  });
});
