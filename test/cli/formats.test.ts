// The forms of an answer: JSON that keeps to its shipped schema, workflow commands, colours, files.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { verbs } from "../../cli/verbs.ts";
import { isManifest, keepsToSchema, schema } from "./output-schema.ts";
import { folderWith, segc } from "./run-segc.ts";
import { policy, smallProject, spoilt } from "./small-project.ts";

const broken = spoilt("app.seg", (text) => text.replace("tier is db", "tier is bd"));
const failing = spoilt("app.seg", (text) => text.replace("  allowed", "  denied"));

describe("json", () => {
  const calls: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] =
    [
      ["check", ["check"], smallProject],
      ["check with findings", ["check"], broken],
      ["check of nothing", ["check"], { "segc.yaml": "" }],
      ["test", ["test"], smallProject],
      ["test that fails", ["test"], failing],
      ["fmt", ["fmt"], { ...smallProject, "app.seg": policy.replace("module ", "module  ") }],
      ["fmt of input", ["fmt", "-"], {}],
      ["explain", ["explain", "anywhere -> db : any-service"], smallProject],
      ["explain nonsense", ["explain", "x"], smallProject],
      ["explain a code", ["explain", "SEG101"], {}],
      ["compile", ["compile", "--out", "out"], smallProject],
      ["compile with findings", ["compile", "--out", "out"], broken],
      ["init", ["init"], {}],
      ["completion", ["completion", "zsh"], {}],
      ["version", ["version"], {}],
    ];

  test.each(calls)("%s keeps to the schema", async (_, args, files) => {
    const result = await segc(folderWith(files), [...args, "--format", "json"], {
      input: () => Buffer.from(policy),
    });
    const json = JSON.parse(result.out);
    keepsToSchema(json);
    expect(keepsToSchema.errors ?? []).toEqual([]);
    expect(json).toMatchObject({ formatVersion: 1, verb: args[0], exitStatus: result.status });
    expect(result.err).toBe("");
  });

  test("so does expire, and the manifest that compile writes", async () => {
    const folder = folderWith(smallProject);
    await segc(folder, ["compile", "--out", "out"]);
    const manifest = JSON.parse(readFileSync(join(folder, "out/manifest.json"), "utf8"));
    expect(isManifest(manifest), JSON.stringify(isManifest.errors)).toBe(true);
    const late = ["expire", "out", "--now", "2027-01-01", "--format", "json"];
    const json = JSON.parse((await segc(folder, late)).out);
    expect(keepsToSchema(json), JSON.stringify(keepsToSchema.errors)).toBe(true);
    expect(json.removed).toEqual(["app.vendor"]);
  });

  test("every verb is in the schema, and the schema refuses what is not", () => {
    const known = Object.values<{ properties: { verb?: { const?: string } } }>(
      schema("output").definitions,
    ).flatMap((definition) => definition.properties?.verb?.const ?? []);
    expect([...new Set(known)].sort()).toEqual(verbs.map((verb) => verb.name).sort());
    expect(keepsToSchema({ formatVersion: 1, verb: "check" })).toBe(false);
  });

  test("places are those of the text form", async () => {
    const json = JSON.parse((await segc(folderWith(broken), ["check", "--format", "json"])).out);
    expect(json.summary).toEqual({ errors: 1, warnings: 0 });
    expect(json.diagnostics[0]).toMatchObject({
      code: "SEG301",
      severity: "error",
      place: { path: "app.seg", start: { line: 4, column: 38 }, end: { line: 4, column: 40 } },
    });
  });
});

describe("github", () => {
  test("is chosen in Actions, with paths from the repository's root", async () => {
    const folder = folderWith(
      Object.fromEntries(Object.entries(broken).map(([p, t]) => [`sub/${p}`, t])),
    );
    const environment = { GITHUB_ACTIONS: "true", GITHUB_WORKSPACE: folder };
    const { out } = await segc(`${folder}/sub`, ["check"], { environment });
    expect(out).toMatch(
      /^::error file=sub\/app\.seg,line=4,endLine=4,col=38,endColumn=40,title=SEG301 /,
    );
    expect(out).toMatch(/\n1 error\n$/);
    const text = await segc(`${folder}/sub`, ["check", "--format", "text"], { environment });
    expect(text.out).toMatch(/^error SEG301 at app\.seg/);
  });

  test("no line of the answer but a diagnostic can be taken for a command", async () => {
    const files = spoilt("app.seg", (text) => text.replace("the web may read", "::error::oops"));
    const { out } = await segc(folderWith(files), ["test", "--format", "github"]);
    expect(out).toContain("::error::oops");
    expect(out).not.toMatch(/^\s*::/m);
  });
});

describe("compact", () => {
  test.each(["check", "lint", "test"])("%s says each finding in a line", async (verb) => {
    const { out, status } = await segc(folderWith(broken), [verb, "--format", "compact"]);
    expect(status).toBe(1);
    expect(out).toMatch(/^app\.seg:4:38: error SEG301 [a-z-]+: .*`bd`.*\n$/);
  });

  test("a file at fault as a whole, and text of the user's that would break the line", async () => {
    const files = { ...smallProject, "segc.yaml": '"a\\nb": 1' };
    const { out } = await segc(folderWith(files), ["check", "--format", "compact"]);
    expect(out).toMatch(/^(?:\S+: error SEG\d+ .+\n)+$/);
    expect(out).toContain("a\\u000ab");
  });
});

describe("formats of findings", () => {
  const pairs = verbs
    .filter(({ formats = [] }) => formats.includes("compact"))
    .flatMap(({ name, formats = [] }) => formats.map((format) => [name, format] as const));
  const starts = { compact: "app.seg:", sarif: "{", junit: "<?xml ", markdown: "### ", html: "<" };

  test.each(pairs)("%s --format %s", async (verb, format) => {
    const environment = { GITHUB_WORKSPACE: "/" };
    const folder = folderWith(broken);
    const args = [verb, "--format", format, "--output", `${format}=out`];
    const { out, err, status } = await segc(folder, args, { environment });
    expect({ err, status }).toEqual({ err: "", status: 1 });
    expect(out.slice(0, starts[format].length)).toBe(starts[format]);
    expect(out).toContain("SEG301");
    expect(readFileSync(join(folder, "out"), "utf8")).toBe(out);
    // Places are those in the repository, but for editors, which start where segc does.
    const place = `${folder.slice(1)}/app.seg`;
    const written = format === "markdown" ? place.replace(".", "&#46;") : place;
    if (format !== "compact") expect(out).toContain(written);
  });
});

describe("colours", () => {
  const hasColour = (text: string) => text.includes("\u001b[");
  const check = async (
    args: readonly string[],
    environment: Record<string, string>,
    isTerminal: boolean,
  ) =>
    hasColour(
      (
        await segc(folderWith(broken), ["check", ...args], {
          environment,
          outIsTerminal: isTerminal,
        })
      ).out,
    );

  test.each([
    [[], {}, false, false],
    [[], {}, true, true],
    [[], { TERM: "dumb" }, true, false],
    [[], { NO_COLOR: "1" }, true, false],
    [[], { NO_COLOR: "" }, true, true],
    [[], { FORCE_COLOR: "1" }, false, true],
    [[], { FORCE_COLOR: "0" }, true, false],
    [[], { FORCE_COLOR: "1", NO_COLOR: "1" }, true, false],
    [["--color", "always"], { NO_COLOR: "1" }, false, true],
    [["--color", "never"], { FORCE_COLOR: "1" }, true, false],
  ] as const)("%j %j terminal: %s -> %s", async (args, environment, isTerminal, expected) => {
    expect(await check(args, environment, isTerminal)).toBe(expected);
  });

  test("never in JSON, workflow commands or files", async () => {
    const folder = folderWith(broken);
    for (const format of ["json", "github"]) {
      const { out } = await segc(folder, ["check", "--color", "always", "--format", format]);
      expect(
        out
          .split("\n")
          .filter((line) => !/^\S*1 error/.test(line))
          .join(""),
      ).not.toContain("\u001b");
    }
    await segc(folder, ["check", "--color", "always", "--output", "text=findings.txt"]);
    expect(hasColour(readFileSync(join(folder, "findings.txt"), "utf8"))).toBe(false);
  });
});

describe("--output", () => {
  test("writes several forms of one run", async () => {
    const folder = folderWith(broken);
    const outputs = ["--output", "json=a=b.json", "--output", "github=sub.txt"];
    const { out, status } = await segc(folder, ["check", ...outputs]);
    expect(status).toBe(1);
    expect(out).toMatch(/^error SEG301 at/);
    expect(JSON.parse(readFileSync(join(folder, "a=b.json"), "utf8")).verb).toBe("check");
    expect(readFileSync(join(folder, "sub.txt"), "utf8")).toMatch(/^::error file=app\.seg/);
  });

  test("that cannot be written is an error of the environment", async () => {
    const result = await segc(folderWith(smallProject), [
      "check",
      "--output",
      "json=no/where.json",
    ]);
    expect(result.status).toBe(4);
    expect(result.err).toBe(
      "error: cannot write `no/where.json`: there is no such file or folder\n",
    );
  });
});
