// Hostile text in everything that a policy can say: what each artefact holds is exactly the plan, read
// by ourselves and by readers that share nothing with us, and what no format can hold is refused.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runnerOf } from "../../compiler/artefact.ts";
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import { windows } from "../../targets/windows/index.ts";
import { directionSlice, entry, slice, tcp } from "../nftables/slices.ts";
import { windowsProgram } from "./slices.ts";
import { readAll } from "./witness/read.ts";

const runs = process.env.SEGC_FULL === "1" ? 3000 : 200;

const hostile = [
  "'; Remove-Item C:\\; '",
  '"; calc; "',
  "\u2018\u2019\u201a\u201b'; whoami; '",
  "\u201c\u201d\u201e",
  "`n$(calc)$" + "{env:PATH}$env:x",
  "@('a','b')",
  "'@\n@'",
  "~0027",
  "]]></Data><Data>",
  "<!-- & &amp; &#x27; -->",
  "%PATH%!x!^&",
  "\u202eexe.txt\u2066",
  "\u00a0\u0085\u2028\u2029",
  "x".repeat(20_000),
  "# segc data end\n}",
  "a|Action=Block|",
  "a\u0000b",
  "a\r\nb",
  "\ud83d\ude00",
  "{0} {1}",
];

const someText = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.tuple(fc.constantFrom(...hostile), fc.string({ maxLength: 20 })).map(([a, b]) => b + a),
);

function made(rest: Partial<SliceEntry>) {
  const halves = [
    directionSlice("egress", { allows: [entry("r", ["10.0.0.1"], tcp(443), rest)] }),
    directionSlice("ingress"),
  ];
  const built = runnerOf(windows).produce(slice(...halves), { minimise: true });
  if ("why" in built) return built;
  const cut = `windows/${built.entry.id}/`.length;
  return new Map(built.files.map(({ path, text }) => [path.slice(cut), text]));
}

const isText = (path: string) => !path.endsWith(".pol");

/** Every file but the binary one is printable ASCII: no character there means anything we do not know. */
function checkBytes(files: ReadonlyMap<string, string>): void {
  for (const [path, text] of files) {
    if (isText(path) && !path.endsWith(".json")) expect(text).toMatch(/^[\n\r -~]*$/);
  }
}

describe("hostile text", () => {
  test("of a program is in every artefact as it is, or refused", () => {
    const seen = { held: 0, refused: 0 };
    fc.assert(
      fc.property(someText, fc.boolean(), (text, isService) => {
        const value = isService ? text : `C:\\${text}.exe`;
        const program = windowsProgram(isService ? { service: value } : { path: value });
        const files = made({ programs: [program] });
        if ("why" in files) {
          expect(files.why).toBe(isService ? "no-service" : "no-path");
          seen.refused++;
          return;
        }
        seen.held++;
        checkBytes(files);
        for (const { rules } of readAll(files).values()) {
          const named = rules.filter(
            (rule) => (isService ? rule.service : rule.program) !== undefined,
          );
          expect(rules.length).toBe(13);
          expect(named.map((rule) => (isService ? rule.service : rule.program))).toEqual([value]);
        }
      }),
      { numRuns: runs },
    );
    expect(Math.min(seen.held, seen.refused)).toBeGreaterThan(20);
  });

  test("of names, reasons and tickets is a description and nothing else", () => {
    fc.assert(
      fc.property(someText, someText, someText, (ruleId, because, ticket) => {
        const files = made({ ruleId, because, ticket });
        if ("why" in files) throw new Error("a plain rule is beyond nobody");
        checkBytes(files);
        const plain = made({ ruleId: "r", because: undefined, ticket: undefined });
        if ("why" in plain) throw new Error("a plain rule is beyond nobody");
        const rulesOf = (of: ReadonlyMap<string, string>) =>
          [...readAll(of).values()].map(({ rules, profiles }) => [
            profiles,
            [...rules]
              .sort((a, b) => (a.name < b.name ? -1 : 1))
              .map(({ description, ...rest }) => {
                expect(description).toMatch(/^[A-Za-z0-9 .,:;()/_#@+=-]{1,200}$/);
                return rest;
              }),
          ]);
        expect(rulesOf(files)).toEqual(rulesOf(plain));
      }),
      { numRuns: runs },
    );
  });

  test.each([
    "C:\\a|Action=Allow|b.exe",
    "C:\\a\u0000.exe",
    "C:\\a\n.exe",
    "C:\\*.exe",
    "C:\\a?.exe",
    'C:\\a".exe',
    "relative.exe",
    "/opt/a",
    "C:/a.exe",
    "C:\\a.exe ",
    "C:\\\ud800.exe",
    `C:\\${"a".repeat(300)}.exe`,
    "",
  ])("%j is no path of a program", (path) => {
    expect(made({ programs: [windowsProgram({ path })] })).toMatchObject({ why: "no-path" });
  });

  test.each(["*", "", " a", "a|b", "a\\b", "a/b", "a\u0007b", "a".repeat(300)])(
    "%j is no service",
    (service) => {
      expect(made({ programs: [windowsProgram({ service })] })).toMatchObject({
        why: "no-service",
      });
    },
  );
});
