// What segc makes of its arguments before any verb runs.
import { describe, expect, test } from "vitest";
import { verbs } from "../../cli/verbs.ts";
import { temporaryFolder } from "../host/temporary-folder.ts";
import { folderWith, segc } from "./run-segc.ts";
import { smallProject } from "./small-project.ts";

const notBuiltYet = ["learn", "lsp", "import"];

describe("wrong usage", () => {
  test.each([
    [["chek"], "there is no verb `chek`; did you mean `check`?"],
    [["frobnicate"], "there is no verb `frobnicate`; `segc --help` lists them all"],
    [["\u001b[2J"], "there is no verb `\\u001b[2J`"],
    [["check", "--fromat", "json"], "(Did you mean --format?)"],
    [["check", "extra"], "too many arguments"],
    [["check", "--format", "yaml"], "Allowed choices are text, json, github"],
    [["fmt", "--format", "compact"], "Allowed choices are text, json, github."],
    [["fmt", "--output", "compact=x"], "with text, json, github as format, not `compact=x`"],
    [["check", "--now", "2026-02-30"], "`--now` needs a day as YYYY-MM-DD, not `2026-02-30`"],
    [["check", "--now", "tomorrow"], "not `tomorrow`"],
    [["check", "--output", "json"], "`--output` needs FORMAT=FILE"],
    [["check", "--output", "pdf=x"], "not `pdf=x`"],
    [["compile"], "--out <DIR>"],
    [["compile", "--out", ""], "`--out` names no folder"],
    [["compile", "--out", "o", "--target", "nftable"], "did you mean `nftables`?"],
    [["compile", "--out", "o", "--target", ","], "`--target` names no target"],
    [["explain"], "missing required argument"],
    [["explain", "SEG34"], "there is no page for a code `SEG34`"],
    [["expire"], "missing required argument"],
    [["completion", "bsh"], "did you mean `bash`?"],
    [["fmt", "-", "x.seg"], "`-` stands alone"],
  ])("%j", async (args, said) => {
    const result = await segc(folderWith(smallProject), args);
    expect(result).toMatchObject({ status: 3, out: "" });
    expect(result.err).toContain(said);
    expect(result.err).not.toMatch(/\n\s+at /);
  });

  test("no arguments at all: the help, as an error", async () => {
    const { status, out, err } = await segc(temporaryFolder(), []);
    expect({ status, out }).toEqual({ status: 3, out: "" });
    expect(err).toContain("Usage: segc");
  });

  test.each(notBuiltYet)("%s is no verb yet and not listed", async (verb) => {
    expect((await segc(temporaryFolder(), [verb])).status).toBe(3);
    const { out } = await segc(temporaryFolder(), ["--help"]);
    expect(out).not.toMatch(new RegExp(`^  ${verb} `, "m"));
  });
});

describe("the project", () => {
  const outside = ["check", "test", "fmt", "explain a->b:tcp/1", "compile --out out"];
  test.each(outside)("%s needs one", async (line) => {
    const folder = temporaryFolder();
    const result = await segc(folder, line.split(" "));
    expect(result).toMatchObject({ status: 3, out: "" });
    expect(result.err).toContain("there is no segc.yaml in this folder or any folder above it");
    expect(result.err).toContain("segc init");
  });

  test("is found by walking up, or named", async () => {
    const folder = folderWith({ ...smallProject, "deep/er/x": "" });
    expect((await segc(`${folder}/deep/er`, ["check"])).status).toBe(0);
    expect((await segc("/", ["check", "--project", folder])).status).toBe(0);
    expect((await segc(folder, ["check", "--project", "segc.yaml"])).status).toBe(0);
  });

  test.each([
    ["deep", "there is no segc.yaml in `deep`"],
    ["nowhere", "there is no folder `nowhere`"],
    ["app.seg", "`app.seg` is not a folder"],
  ])("named wrongly: %s", async (named, said) => {
    const folder = folderWith({ ...smallProject, "deep/x": "" });
    const result = await segc(folder, ["check", "--project", named]);
    expect(result).toMatchObject({ status: 3, out: "" });
    expect(result.err).toContain(said);
  });
});

test("every verb takes the options that every verb takes", async () => {
  for (const verb of verbs) {
    const { out } = await segc("/", [verb.name, "--help"]);
    for (const option of [
      "--project",
      "--now",
      "--format",
      "--output",
      "--fail-level",
      "--color",
    ]) {
      expect(out, verb.name).toContain(option);
    }
  }
});

test.each([["--version"], ["-V"]])("%s prints the number alone", async (flag) => {
  expect((await segc("/", [flag])).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

describe("a bug in segc", () => {
  test("is said to be one, with its stage, and asks for a report", async () => {
    const today = (): string => {
      throw new Error("bug in segc (nftables): its own bytes read back differently");
    };
    const { status, out, err } = await segc(folderWith(smallProject), ["check"], { today });
    expect({ status, out }).toEqual({ status: 70, out: "" });
    expect(err).toMatch(/^error: this is a bug in segc, not in your policy \(stage: nftables\)\n/);
    expect(err).toContain("its own bytes read back differently");
    expect(err).toContain("Please report it");
  });

  test("of any other kind names the verb it happened in, and its cause", async () => {
    const out = () => {
      throw new TypeError("x is undefined\u001b[2J");
    };
    const { status, err } = await segc("/", ["version"], { out });
    expect(status).toBe(70);
    expect(err).toContain("(stage: version)");
    expect(err).toContain("x is undefined\\u001b[2J");
    expect(err).not.toContain(process.cwd());
  });
});
