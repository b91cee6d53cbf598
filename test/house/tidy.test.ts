// The house rules that no other tool checks (the formatter, the linter, the import table and the
// search for unused code have theirs).
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { bareAssertions, type Found, foreignThrows } from "./syntax.ts";

const linesMax = 400;
const headerLines = { min: 1, max: 12 };

/** Everything under version control, or about to be, that exists. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"])
  .toString()
  .trim()
  .split("\n")
  .filter(existsSync)
  .sort();
const sources = files.filter((file) => /\.(ts|js)$/.test(file) && !file.endsWith(".gen.ts"));
const product = sources.filter(
  (file) => !/^(test|bench|scripts)\/|^[^/]+\.(config\.)?[tj]s$/.test(file),
);
const textOf = (file: string) => readFileSync(file, "utf8");

/** The files of a list that break a rule, with what breaks it. */
const offenders = (
  list: readonly string[],
  fault: (text: string, file: string) => string | false,
) =>
  list.flatMap((file) => {
    const found = fault(textOf(file), file);
    return found === false ? [] : [`${file}: ${found}`];
  });

const places = (file: string, found: readonly Found[]) =>
  found.map(({ line, text }) => `${file}:${line}: ${text}`);

describe("tidy", () => {
  it("sees the files", () => {
    expect(product.length).toBeGreaterThan(50);
    expect(sources).toContain("test/house/tidy.test.ts");
  });

  it("has no file above 400 lines", () => {
    const long = offenders(sources, (text) => {
      const lines = text.split("\n").length - 1;
      return lines > linesMax && `${lines} lines`;
    });
    expect(long).toEqual([]);
  });

  it("starts every file of the product by saying what it is for", () => {
    const headless = offenders(product, (text) => {
      const lines = text.replace(/^#!.*\n/, "").split("\n");
      const header = lines.findIndex((line) => !line.startsWith("//"));
      return (header < headerLines.min || header > headerLines.max) && `header of ${header} lines`;
    });
    expect(headless).toEqual([]);
  });

  it("says why at every type assertion", () => {
    expect(product.flatMap((file) => places(file, bareAssertions(file, textOf(file))))).toEqual([]);
  });

  it("throws only for bugs of its own", () => {
    // Mistakes of the user are returned. Parsers may throw to themselves (`grammar`, `targets`);
    // that nothing escapes them is what their own properties show.
    const rooms = /^(compiler|diagnostics|project|report)\//;
    const seeing = product.filter((file) => rooms.test(file));
    expect(seeing.flatMap((file) => places(file, foreignThrows(file, textOf(file))))).toEqual([]);
  });

  it("reads no clock, chance or environment in the pure rooms", () => {
    const pure = product.filter((file) => !/^(host|cli|examples)\//.test(file));
    const impure = offenders(pure, (text) => {
      const [found] =
        /\b(Date\.now\(|new Date\(\)|Math\.random\(|performance\.now\(|process\.(argv|cwd|env|exit|stdout|stderr)|fetch\()/.exec(
          text,
        ) ?? [];
      return found ?? false;
    });
    expect(impure).toEqual([]);
  });

  it("names no file after its role in nothing", () => {
    const vague = /(^|[/-])(utils?|helpers?|misc|common|manager|stuff)(-|\.|\/|$)/;
    expect(files.filter((file) => vague.test(file))).toEqual([]);
  });

  it("tests everything it has: no test is skipped or alone", () => {
    const tests = sources.filter((file) => file.startsWith("test/"));
    const skipped = new RegExp(
      `\\b(it|test|describe)\\.(${["skip", "only", "todo"].join("|")})\\b`,
    );
    expect(offenders(tests, (text) => skipped.exec(text)?.[0] ?? false)).toEqual([]);
  });

  it("says of every dependency why it is there", () => {
    const manifest = JSON.parse(textOf("package.json"));
    const kinds = ["dependencies", "devDependencies", "optionalDependencies"];
    const names = kinds.flatMap((kind) => Object.keys(manifest[kind] ?? {}));
    const page = textOf("docs/dependencies.md");
    expect(names.length).toBeGreaterThan(10);
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});
