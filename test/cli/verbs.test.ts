// What each verb does, with a good project and with bad input. Run in this process.
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { picture } from "../host/temporary-folder.ts";
import { checkout, folderWith, type Said, segc, today } from "./run-segc.ts";
import { policy, smallProject, spoilt } from "./small-project.ts";

const unformatted = policy.replace("segment web =", "segment   web=");
const observed = `never no-telnet = web -> db : tcp/23
observe ingress of db until 2027-01-01
observe egress of web until 2027-01-01
`;
const isRoot = process.getuid?.() === 0;
const noStack = ({ out, err }: Said) => expect(out + err).not.toMatch(/\n\s+at .*:\d+:\d+/);

describe("lint", () => {
  test("says that there is nothing to say", async () => {
    const { status, out, err } = await segc(folderWith(smallProject), ["lint"]);
    expect({ status, err, out }).toEqual({
      status: 0,
      err: "",
      out: "ok: nothing to say of 1 module, 2 workloads, 2 rules, 0 guardrails and 1 test\n",
    });
  });

  test("leaves promises to check, and shows errors that stop it", async () => {
    const observes = folderWith(spoilt("app.seg", (text) => text + observed));
    expect((await segc(observes, ["lint"])).out).not.toContain("SEG603");
    const broken = folderWith(
      spoilt("app.seg", (text) => text.replace("tier is db", "tier is bd")),
    );
    const { status, out } = await segc(broken, ["lint"]);
    expect(status).toBe(1);
    expect(out).toMatch(/^error SEG301 at app\.seg:4:\d+/);
    expect(out).toContain("once there is no error");
  });

  test("puts right what a machine can, says so, and says what is left", async () => {
    const text = `${policy}service postgres = tcp/5432\n`;
    const folder = folderWith({ ...smallProject, "app.seg": text });
    const { status, out, err } = await segc(folder, ["lint", "--fix"]);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toMatch(
      /^fixed app\.seg:6:\d+: SEG712 unnamed-service: .* \(keeps the meaning\)\n(?:fixed .*\n)*ok: /,
    );
    const written = readFileSync(join(folder, "app.seg"), "utf8");
    expect(written).toContain("web -> db : postgres");
    expect((await segc(folder, ["fmt", "--check"])).status).toBe(0);
    const again = await segc(folder, ["lint", "--fix", "--format", "json"]);
    expect(JSON.parse(again.out)).toMatchObject({ fixed: [], suppressed: [] });
    expect(readFileSync(join(folder, "app.seg"), "utf8")).toBe(written);
  });

  test("writes nothing where a file cannot be written, and says which", async () => {
    if (isRoot) return;
    const folder = folderWith({
      ...smallProject,
      "app.seg": `${policy}service postgres = tcp/5432\n`,
    });
    chmodSync(folder, 0o555);
    const { status, err } = await segc(folder, ["lint", "--fix"]);
    chmodSync(folder, 0o755);
    expect(status).toBe(4);
    expect(err).toContain("cannot write `app.seg`");
  });

  test("a level of error fails, and is no error that comes before the others", async () => {
    const project = `${smallProject["segc.yaml"]}lint: { rules: { SEG207: error } }\n`;
    const text = `${policy}segment ghosts = web & db\n`;
    const folder = folderWith({ ...smallProject, "segc.yaml": project, "app.seg": text });
    const { status, out } = await segc(folder, ["lint"]);
    expect(status).toBe(1);
    expect(out).toMatch(/^error SEG207/m);
    expect(out).toMatch(/^warning SEG715/m);
    expect(out).not.toContain("once there is no error");
    expect((await segc(folder, ["check"])).status).toBe(0);
  });
});

describe("check", () => {
  test("prints where each rule is enforced, then one pleasant line", async () => {
    const { status, out, err } = await segc(folderWith(smallProject), ["check"]);
    expect({ status, err }).toEqual({ status: 0, err: "" });
    expect(out).toBe(`Where each rule is enforced, in pairs of addresses
rule           both ends  source only  destination only  nobody
app.vendor             1            -                 -       -
app.web-to-db          1            -                 -       -

ok: 1 module, 2 workloads, 2 rules, 0 guardrails and 1 test, as of ${today}
`);
  });

  test("shows findings and fails", async () => {
    const folder = folderWith(
      spoilt("app.seg", (text) => text.replace("tier is db", "tier is bd")),
    );
    const { status, out } = await segc(folder, ["check"]);
    expect(status).toBe(1);
    expect(out).toMatch(/^error SEG301 at app\.seg:4:\d+: .*did you mean `db`/);
    expect(out).toMatch(/1 error\n$/);
  });

  test("the clock is an input", async () => {
    const later = await segc(folderWith(smallProject), ["check", "--now", "2027-01-01"]);
    expect(later.out).toContain("as of 2027-01-01");
    expect(later.out).not.toContain("app.vendor");
  });

  test("what is only likely not meant is left to lint", async () => {
    const folder = folderWith(spoilt("app.seg", (text) => `${text}segment ghosts = web & db\n`));
    const checked = await segc(folder, ["check", "--fail-level", "warning"]);
    expect({ status: checked.status, out: checked.out }).toMatchObject({ status: 0 });
    expect(checked.out).not.toContain("SEG715");
    const linted = await segc(folder, ["lint"]);
    expect({ status: linted.status, code: linted.out.slice(0, 14) }).toEqual({
      status: 0,
      code: "warning SEG715",
    });
    expect((await segc(folder, ["lint", "--fail-level", "warning"])).status).toBe(1);
  });

  test("warnings fail only when asked to, and only check reports them", async () => {
    const folder = folderWith(spoilt("app.seg", (text) => text + observed));
    const { status, out } = await segc(folder, ["check"]);
    expect({ status, code: out.slice(0, 14) }).toEqual({ status: 0, code: "warning SEG603" });
    for (const verb of [["test"], ["compile", "--out", "out"]]) {
      const quiet = await segc(folder, verb);
      expect({ status: quiet.status, warned: quiet.out.includes("SEG603") }).toEqual({
        status: 0,
        warned: false,
      });
    }
    for (const verb of [["check"], ["test"], ["compile", "--out", "none"]]) {
      const strict = await segc(folder, [...verb, "--fail-level", "warning"]);
      expect({ status: strict.status, code: strict.out.slice(0, 14) }).toEqual({
        status: 1,
        code: "warning SEG603",
      });
    }
    expect(Object.keys(picture(folder)).filter((path) => path.startsWith("none"))).toEqual([]);
  });
});

describe("bad input is a clear error and never a stack trace", () => {
  const spoil: readonly (readonly [string, (folder: string) => void, number, RegExp])[] = [
    [
      "missing policy file",
      (at) => rmSync(join(at, "app.seg")),
      4,
      /SEG811 at segc\.yaml:3:8: there is no file `app\.seg`/,
    ],
    ["missing inventory", (at) => rmSync(join(at, "hosts.yaml")), 4, /SEG811 at segc\.yaml:4/],
    [
      "directory instead of a file",
      (at) => {
        rmSync(join(at, "app.seg"));
        mkdirSync(join(at, "app.seg"));
      },
      4,
      /`app\.seg` is a folder/,
    ],
    [
      "broken segc.yaml",
      (at) => writeFileSync(join(at, "segc.yaml"), "edition: [1"),
      3,
      /SEG810 at segc\.yaml/,
    ],
    ["empty segc.yaml", (at) => writeFileSync(join(at, "segc.yaml"), ""), 3, /SEG810/],
    [
      "bytes that are no text",
      (at) => writeFileSync(join(at, "app.seg"), Buffer.of(0xff, 0)),
      4,
      /not UTF-8/,
    ],
    [
      "a NUL in the policy",
      (at) => writeFileSync(join(at, "app.seg"), "module app root\n\0"),
      1,
      /SEG115/,
    ],
    [
      "a policy outside",
      (at) => writeFileSync(join(at, "segc.yaml"), "edition: 1\nmodules: { app: ../app.seg }\n"),
      3,
      /SEG810/,
    ],
    [
      "a link to outside",
      (at) => {
        rmSync(join(at, "app.seg"));
        symlinkSync("/etc/passwd", join(at, "app.seg"));
      },
      4,
      /outside the project folder/,
    ],
    [
      "the same workload twice",
      (at) => writeFileSync(join(at, "hosts.yaml"), (smallProject["hosts.yaml"] ?? "").repeat(2)),
      1,
      /SEG8/,
    ],
    [
      "one address in two workloads",
      (at) =>
        writeFileSync(
          join(at, "hosts.yaml"),
          (smallProject["hosts.yaml"] ?? "").replaceAll("10.0.0.2", "10.0.0.1"),
        ),
      1,
      /SEG803/,
    ],
    [
      "an unknown enforcer",
      (at) =>
        writeFileSync(
          join(at, "hosts.yaml"),
          (smallProject["hosts.yaml"] ?? "").replaceAll("nftables", "nftable"),
        ),
      1,
      /SEG8.*nftable/,
    ],
  ];
  test.each(spoil)("%s", async (_, change, status, said) => {
    const folder = folderWith(smallProject);
    change(folder);
    for (const verb of [["check"], ["test"], ["compile", "--out", "out"]]) {
      const result = await segc(folder, verb);
      expect(result.status, verb[0]).toBe(status);
      expect(result.out, verb[0]).toMatch(said);
      noStack(result);
    }
    expect(Object.keys(picture(folder)).filter((path) => path.startsWith("out"))).toEqual([]);
  });

  test("an unreadable file", async () => {
    const folder = folderWith(smallProject);
    chmodSync(join(folder, "app.seg"), 0);
    const { status, out } = await segc(folder, ["check"]);
    // The superuser reads everything.
    expect({ status, said: out.includes("permission denied") }).toEqual(
      isRoot ? { status: 0, said: false } : { status: 4, said: true },
    );
  });
});

describe("test", () => {
  test("names what passed", async () => {
    const { status, out } = await segc(folderWith(smallProject), ["test"]);
    expect({ status, out }).toEqual({
      status: 0,
      out: "pass  the web may read (1 assertion)\n1 test passed\n",
    });
  });

  test("shows what failed, with a witness", async () => {
    const folder = folderWith(spoilt("app.seg", (text) => text.replace("  allowed", "  denied")));
    const { status, out } = await segc(folder, ["test"]);
    expect(status).toBe(1);
    expect(out).toContain("error SEG611 at app.seg:10:3");
    expect(out).toContain(
      "FAIL  the web may read (1 assertion)\n      not denied: web -> db : tcp/5432",
    );
    expect(out).toMatch(/0 tests passed, 1 failed\n$/);
  });

  test("says that it ran nothing where the policy has errors", async () => {
    const folder = folderWith(
      spoilt("app.seg", (text) => text.replace("tier is db", "tier is bd")),
    );
    const { status, out } = await segc(folder, ["test"]);
    expect(status).toBe(1);
    expect(out).toContain("the tests were not run");
  });
});

describe("fmt", () => {
  test("writes what changes and leaves the rest alone", async () => {
    const folder = folderWith({ ...smallProject, "app.seg": unformatted });
    const checked = await segc(folder, ["fmt", "--check"]);
    expect(checked).toMatchObject({
      status: 1,
      out: "would change  app.seg\n1 file would change\n",
    });
    expect((await segc(folder, ["fmt", "--check", "--exit-code"])).status).toBe(2);
    expect(readFileSync(join(folder, "app.seg"), "utf8")).toBe(unformatted);
    expect(await segc(folder, ["fmt"])).toMatchObject({
      status: 0,
      out: "changed  app.seg\n1 file changed\n",
    });
    expect(readFileSync(join(folder, "app.seg"), "utf8")).toBe(policy);
    expect(await segc(folder, ["fmt", "--check"])).toMatchObject({
      status: 0,
      out: "1 file already fine\n",
    });
    expect(Object.keys(picture(folder))).toEqual(Object.keys(smallProject).sort());
  });

  test("a file with errors stays as it is and does not stop the others", async () => {
    const folder = folderWith({
      "segc.yaml": "",
      "bad.seg": "module bad root\nallow   x",
      "ok.seg": unformatted,
    });
    const { status, out } = await segc(folder, ["fmt"]);
    expect(status).toBe(1);
    expect(out).toMatch(/^error SEG\d+ at bad\.seg:2/);
    expect(out).toContain("1 file changed, 1 file with errors left alone\n");
    expect(readFileSync(join(folder, "bad.seg"), "utf8")).toBe("module bad root\nallow   x");
    expect(readFileSync(join(folder, "ok.seg"), "utf8")).toBe(policy);
  });

  test("files by name, without a project", async () => {
    const folder = folderWith({ "sub/x.seg": unformatted });
    expect((await segc(`${folder}/sub`, ["fmt", "../sub/x.seg"])).status).toBe(0);
    expect(readFileSync(join(folder, "sub/x.seg"), "utf8")).toBe(policy);
    const missing = await segc(folder, ["fmt", "nowhere.seg"]);
    expect(missing).toMatchObject({ status: 4, err: "" });
    expect(missing.out).toContain("there is no file `nowhere.seg`");
  });

  test("standard input to standard output; problems go to the other stream", async () => {
    const good = await segc("/", ["fmt", "-"], { input: () => Buffer.from(unformatted) });
    expect(good).toEqual({ status: 0, out: policy, err: "" });
    const bad = await segc("/", ["fmt", "-"], { input: () => Buffer.from("module\n") });
    expect(bad).toMatchObject({ status: 1, out: "module\n" });
    expect(bad.err).toContain("error SEG100 at (standard input):1:7");
  });
});

describe("standard input that cannot be read", () => {
  test("is an error of the environment", async () => {
    const notText = await segc("/", ["fmt", "-"], { input: () => Buffer.of(0xc3, 0x28) });
    expect(notText).toMatchObject({ status: 4, out: "" });
    expect(notText.err).toBe("error: cannot read standard input: it is not UTF-8 text\n");
    const input = () => {
      throw Object.assign(new Error(), { code: "EISDIR" });
    };
    const folder = await segc("/", ["fmt", "-"], { input });
    expect(folder).toMatchObject({ status: 4, out: "" });
    expect(folder.err).toContain("it is a directory");
  });
});

describe("explain", () => {
  test("a flow that is allowed, by which rule, and what the enforcers do", async () => {
    const folder = folderWith(smallProject);
    for (const words of [["web -> db : tcp/5432"], ["web", "->", "db", ":", "tcp/5432"]]) {
      const { status, out } = await segc(folder, ["explain", ...words]);
      expect({ status, out }).toEqual({
        status: 0,
        out: `allowed: web -> db : tcp/5432

allowed  web-1 -> db-1 : tcp/5432 (1 flow like it)
  allow app.web-to-db at app.seg:6:1
  web-1 is in app.web
  db-1 is in app.db
  egress of web-1: nftables host lets it pass
  ingress of db-1: nftables host lets it pass
`,
      });
    }
  });

  test("two folders are compared, and neither may be missing", async () => {
    const folder = folderWith(smallProject);
    expect(await segc(folder, ["diff", ".", ".", "--exit-code"])).toMatchObject({ status: 0 });
    const missing = await segc(folder, ["diff", "nowhere", "."]);
    expect(missing).toMatchObject({ status: 3, out: "" });
    expect(missing.err).toContain("there is no `segc.yaml` in `nowhere`");
    expect((await segc(folder, ["diff", ".", "nowhere"])).status).toBe(3);
    expect((await segc(folder, ["diff", "."])).status).toBe(3);
    expect((await segc(folder, ["diff", ".", "--against", "HEAD"])).status).toBe(3);
  });

  test("a flow that is refused", async () => {
    const { status, out } = await segc(folderWith(smallProject), ["explain", "db -> web : tcp/22"]);
    expect(status).toBe(0);
    expect(out).toMatch(/^denied: db -> web : tcp\/22\n/);
    expect(out).toContain("no rule allows it");
    expect(out).toContain("ingress of web-1: nftables host refuses it");
  });

  test("a question that makes no sense is wrong usage", async () => {
    const result = await segc(folderWith(smallProject), ["explain", "web -> dbb : tcp/22"]);
    expect(result.status).toBe(3);
    expect(result.out).toContain("did you mean `db`?");
    noStack(result);
  });

  test("a code, whatever its case, without a project", async () => {
    const { status, out } = await segc("/", ["explain", "seg304"]);
    expect(status).toBe(0);
    expect(out).toBe(readFileSync(join(checkout, "docs/diagnostics/SEG304.md"), "utf8"));
  });
});
