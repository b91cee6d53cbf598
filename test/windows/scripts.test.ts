// No PowerShell runs here, so the scripts are read by another parser of the language. It does not know
// what a cmdlet does; it knows where a string ends, which command a line calls and which variables exist.
import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { beforeAll, describe, expect, it } from "vitest";
import { Language, type Node, Parser } from "web-tree-sitter";
import { applyHead, applyScriptPath, applyTail } from "../../targets/windows/apply-script.ts";
import { probeHead, probeTail } from "../../targets/windows/probe-script.ts";

const require = createRequire(import.meta.url);
const parser = { parse: (_: string): Node => expect.unreachable("the parser is not loaded") };

beforeAll(async () => {
  await Parser.init();
  const loaded = new Parser();
  const wasm = require.resolve("tree-sitter-powershell/tree-sitter-powershell.wasm");
  loaded.setLanguage(await Language.load(wasm));
  parser.parse = (text) => loaded.parse(text)?.rootNode ?? expect.unreachable("no tree");
});

const block = (name: string, lines: readonly string[]) =>
  ["# segc data begin", `$${name} = ${lines.join("\n")}`, "# segc data end", ""].join("\n");

const rule = (at: number) =>
  `    @{Name='segc-${at.toString(16).padStart(12, "0")}';Direction='Inbound';Action='Allow';` +
  "Protocol='TCP';LocalPort=@('443','8000-8100');RemotePort=@('53');IcmpType=@('8','13:0');" +
  `LocalAddress=@('10.0.0.9');RemoteAddress=@('10.0.${at % 256}.1','10.0.0.5-10.0.0.9','fd00::1');` +
  "Program='C:\\x.exe';Service='Foo';LocalUser='D:(A;;CC;;;S-1-5-20)';" +
  "Description='caf~00e9 ~0027; Remove-Item $x | `n \"~2019';Until='2026-12-31'}";

const applyData = (rules: readonly string[]) =>
  block("SegcData", [
    "@{",
    "  Inbound = 'Block'",
    "  Outbound = 'NotConfigured'",
    ...(rules.length === 0 ? ["  Rules = @()"] : ["  Rules = @(", ...rules, "  )"]),
    "}",
  ]);

const probe =
  "@{Direction='Outbound';Expect='Allowed';Protocol='TCP';Address='10.0.0.1';Port='443';Text='crm.web-api'}";
const probeData = (count: number) => block("SegcProbes", ["@(", ...Array(count).fill(probe), ")"]);

const many = Array.from({ length: 1000 }, (_, at) => rule(at));
const scripts = [
  { path: applyScriptPath, head: applyHead, tail: applyTail, data: applyData([rule(1)]) },
  { path: "probe.ps1", head: probeHead, tail: probeTail, data: probeData(2) },
].map((script) => ({ ...script, text: script.head + script.data + script.tail }));

function* nodes(of: Node): Generator<Node> {
  yield of;
  for (const child of of.children) yield* nodes(child);
}

const faults = (text: string) =>
  [...nodes(parser.parse(text))]
    .filter((node) => node.isError || node.isMissing)
    .map((node) => `line ${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`);

const ofType = (text: string, type: string) =>
  [...nodes(parser.parse(text))].filter((node) => node.type === type);

const stringKinds = (text: string) =>
  new Set(ofType(text, "string_literal").flatMap((one) => one.children.map(({ type }) => type)));

const commands = (text: string) => ofType(text, "command").map((node) => node.text);

/** `scope:name` and `@name` are the variable `name`; PowerShell does not tell capitals apart. */
const variables = (of: Node) =>
  [...nodes(of)].flatMap(({ type, text }) => {
    const name = type === "variable" ? /^[$@](?:\w+:)?(\w+)$/.exec(text)?.[1] : undefined;
    return name === undefined ? [] : [name.toLowerCase()];
  });

/** Parameters, what is assigned and what loops run over. */
function assigned(of: Node): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of nodes(of)) {
    const target =
      node.type === "left_assignment_expression" || node.type === "script_parameter"
        ? node
        : node.type === "foreach_statement"
          ? node.children.find(({ type }) => type === "variable")
          : undefined;
    const all = target === undefined ? [] : variables(target);
    // A list of variables may be assigned; in `$a[$b] = 1` only `$a` could be.
    const isIndexed = /[.[]/.test(target?.text ?? "") && node.type !== "script_parameter";
    for (const name of isIndexed ? [] : all) names.add(name);
  }
  return names;
}

const builtIn = new Set([
  "_",
  "null",
  "true",
  "false",
  "myinvocation",
  "pscmdlet",
  "pscommandpath",
]);
builtIn.add("computername");

describe.each(scripts)("$path", ({ path, head, tail, data, text }) => {
  it("is PowerShell", () => {
    expect(faults(text)).toEqual([]);
  });

  it("is PowerShell with much data and with none", () => {
    const large = path === applyScriptPath ? applyData(many) : probeData(1000);
    const empty = path === applyScriptPath ? applyData([]) : probeData(0);
    expect(faults(head + large + tail)).toEqual([]);
    expect(faults(head + empty + tail)).toEqual([]);
    expect(stringKinds(large)).toEqual(new Set(["verbatim_string_characters"]));
  });

  it.each([
    [
      "a quote that is not closed",
      (part: string) => part.replace("Protocol='TCP'", "Protocol='TCP"),
    ],
    ["a table that is not closed", (part: string) => part.replace("'}", "'")],
    ["a bracket too many", (part: string) => part.replace("@(", "@((")],
  ])("is none with %s", (_, damage) => {
    const broken = head + damage(data) + tail;
    expect(broken).not.toBe(text);
    expect(faults(broken)).not.toEqual([]);
  });

  it("is plain ASCII in lines", () => {
    for (const part of [head, tail]) expect(part).toMatch(/^[\n -~]*\n$/);
    expect(text).not.toMatch(/[ ]\n/);
  });

  it("has single-quoted strings only: nothing is expanded", () => {
    expect(stringKinds(text)).toEqual(new Set(["verbatim_string_characters"]));
    for (const literal of ofType(text, "string_literal")) {
      expect(literal.text).toMatch(/^'[^\n]*'$/);
    }
    for (const part of [head, tail]) {
      expect(part).not.toContain("`");
      expect(part).not.toMatch(/@['"]/);
      expect(part).not.toMatch(/\$[({]/);
    }
  });

  it("declares its parameters before the data", () => {
    expect(head).toMatch(/^#requires -Version 5\.1\n/);
    expect(head).toContain("\nparam(\n");
    expect(head).toContain("\nSet-StrictMode -Version Latest\n");
    expect(head).toContain("\n$ErrorActionPreference = 'Stop'\n");
  });

  it("calls commands by their names, and its own functions all", () => {
    const called = commands(text).map((command) => /^[^\s]+/.exec(command)?.[0] ?? "");
    const own = ofType(text, "function_name").map((node) => node.text);
    expect(called.filter((name) => !/^(&|[A-Z][A-Za-z]+-[A-Z][A-Za-z]+)$/.test(name))).toEqual([]);
    expect(own.filter((name) => !called.includes(name))).toEqual([]);
    expect(called.filter((name) => name.includes("-Segc") && !own.includes(name))).toEqual([]);
    expect(new Set(own).size).toBe(own.length);
    const verbs = new Set(own.map((name) => name.split("-")[0]));
    const approved =
      "Add Assert Complete ConvertFrom ConvertTo Enter Get Initialize Invoke Open Read Register " +
      "Remove Restore Save Set Start Stop Test Update Wait Write";
    expect([...verbs].filter((verb) => !approved.split(" ").includes(verb ?? ""))).toEqual([]);
    expect(text).not.toMatch(/Invoke-(Expression|WebRequest|RestMethod)|DownloadString|WebClient/i);
  });

  it("uses variables that are set: strict mode stops at others", () => {
    const tree = parser.parse(text);
    const functions = ofType(text, "function_statement");
    const inFunctions = new Set(functions.flatMap((one) => [...assigned(one)]));
    const everywhere = new Set([...variables(tree)].filter((name) => name.startsWith("segc")));
    const global = assigned(tree);
    expect([...everywhere].filter((name) => !global.has(name))).toEqual([]);
    const unset = functions.flatMap((one) => {
      const known = assigned(one);
      return variables(one)
        .filter((name) => !known.has(name) && !builtIn.has(name) && !name.startsWith("segc"))
        .map((name) => `${one.text.split(" ", 2)[1]?.trim()}: ${name}`);
    });
    expect(inFunctions.size).toBeGreaterThan(8);
    expect(unset).toEqual([]);
  });
});

describe("apply.ps1", () => {
  const constant = applyHead + applyTail;

  it("says at each call into other modules that an error stops", () => {
    const calls = commands(constant).filter((text) => /^\w+-(Net|ScheduledTask)/.test(text));
    expect(calls.length).toBeGreaterThan(8);
    const deaf = calls.filter((text) => !/ -ErrorAction (Stop|SilentlyContinue)$/.test(text));
    expect(deaf).toEqual(["New-NetFirewallRule @parameters"]);
    expect(constant).toContain("Confirm = $false; ErrorAction = 'Stop'\n");
  });

  it("removes rules by name only, and writes to the local policy only", () => {
    const removals = commands(constant).filter((text) => text.startsWith("Remove-NetFirewallRule"));
    expect(removals).toEqual([
      "Remove-NetFirewallRule -Name $name -PolicyStore $SegcStore -Confirm:$false -ErrorAction Stop",
    ]);
    const stores = constant.match(/PolicyStore(?:'\] =| =|) \S+/g) ?? [];
    expect(new Set(stores.map((text) => text.split(" ").at(-1)?.replace(";", "")))).toEqual(
      new Set(["$SegcStore"]),
    );
  });

  it("asks before the first change", () => {
    const run = constant.slice(constant.indexOf("\nif ($Keep)"));
    expect(run.indexOf("Initialize-SegcFolder")).toBeGreaterThan(run.lastIndexOf("ShouldProcess"));
    expect(run.match(/ShouldProcess/g)).toHaveLength(3);
    for (const step of ["Invoke-SegcApply", "Invoke-SegcRollback", "Stop-SegcRevert"]) {
      expect(run.indexOf(step)).toBeGreaterThan(run.indexOf("ShouldProcess"));
    }
  });
});

/** What people review and allow once. A change of it is told in the changelog. */
it("has constant parts with these digests", () => {
  const digest = ({ head, tail }: { head: string; tail: string }) =>
    createHash("sha256")
      .update(head + tail)
      .digest("hex");
  expect(scripts.map((script) => `${script.path} ${digest(script)}`)).toEqual([
    "apply.ps1 3eda30f5285381decdd903e86a4e9128039480703aa7ec8cfd6f7d855ffc3771",
    "probe.ps1 d0ef0ad011ae7b1094aa97d9d97a59dc45f18f08e3e4f0001907ee863574f319",
  ]);
});
