// What the loader of nftables leaves where an earlier load broke off, where it cannot load, and where
// the host has no cgroups. Losses under traffic are replace.test.ts.
import { expect, test } from "vitest";
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import type { OutputFile } from "../../compiler/plan/target.ts";
import { nftables } from "../../targets/nftables/index.ts";
import { onHost } from "../iptables/host.ts";
import { directionSlice, entry, program, slice, tcp } from "../nftables/slices.ts";
import { describeKernel } from "./here.ts";

const files = (port: number, rest: Partial<SliceEntry> = {}): readonly OutputFile[] => {
  const allows = [entry("r", ["10.1.0.0/16", "10.3.0.1"], tcp(port), rest)];
  return nftables.render(nftables.plan(slice(directionSlice("egress", { allows }))));
};
const ofProgram = files(22, { programs: [program({ unit: "a.service" })] });

const broken = files(443).map((file) =>
  file.path === "segc.nft" ? { ...file, text: file.text.replace(/\}\n$/, "nonsense\n}\n") } : file,
);
const artefacts = { old: files(22), new: files(443), broken };

/** The new rules as the second table, in force. */
const besides = `sed -e '/^add/d' -e '/^delete/d' -e 's/^table inet segc {/table inet segc_next {/' new/segc.nft | nft -f -`;
const sleep = (table: string) => `nft 'add table inet ${table} { flags dormant; }'`;

describeKernel("the loader of nftables", { needs: "namespaces" }, () => {
  test.each([
    ["nothing", ":"],
    ["the old table", "old/segc-load load"],
    ["the new table", "new/segc-load load"],
    ["a second table asleep", `old/segc-load load; ${besides}; ${sleep("segc_next")}`],
    ["both", `old/segc-load load; ${besides}`],
    ["the first asleep", `old/segc-load load; ${besides}; ${sleep("segc")}`],
    ["the second alone", besides],
    ["nothing but a table asleep", `${besides}; ${sleep("segc_next")}`],
  ])("after %s a load leaves the table of the file", (_, before) => {
    const list = "nft list ruleset";
    const script = `set -e; nft -f new/segc.nft; ${list} >wanted; nft flush ruleset
${before}
new/segc-load load; ${list} >found; cmp wanted found; wc -l <found`;
    const done = onHost(artefacts, "nft", script);
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(Number(done.stdout)).toBeGreaterThan(20);
  });

  test.each([
    ["is empty", ": > new/segc.nft"],
    ["is missing", "rm new/segc.nft"],
    ["is cut in its head", "head -n 3 old/segc.nft > new/segc.nft"],
    ["is cut in its middle", "head -n 20 old/segc.nft > new/segc.nft"],
  ])("a file that %s leaves what is in force", (_, ruin) => {
    const script = `old/segc-load load; nft list ruleset >before; wc -l <before; ${ruin}
new/segc-load load 2>/dev/null; echo $?; nft list ruleset | cmp before -`;
    const done = onHost(artefacts, "nft", script);
    expect(done).toMatchObject({ status: 0, stderr: "" });
    const [lines = "", status] = done.stdout.trim().split("\n");
    expect([Number(lines) > 20, status]).toEqual([true, "1"]);
  });

  test("rules that the kernel refuses leave those that are in force", () => {
    const script = `old/segc-load load; nft list ruleset >before
broken/segc-load load 2>said; echo $?; nft list ruleset | cmp before -; tail -n 1 said`;
    expect(onHost(artefacts, "nft", script)).toMatchObject({
      stdout: "1\nsegc: the rules could not be loaded: those loaded before stay in force\n",
      stderr: "",
    });
  });

  test("the second table stays in force where the first cannot come back", () => {
    const script = `${besides}; ${sleep("segc_next")}; nft add table inet segc_next
broken/segc-load load 2>said; echo $?; nft list tables; nft list table inet segc_next | grep -c dormant
tail -n 1 said`;
    expect(onHost(artefacts, "nft", script).stdout).toBe(
      "1\ntable inet segc_next\n0\nsegc: the load broke off: table segc_next is in force until the next one\n",
    );
  });

  test("without its cgroups a first load closes the host, and a later one changes nothing", () => {
    const script = `rm a/identities b/identities
for one in a b; do $one/segc-load load 2>said; echo $?; tail -n 1 said; nft list ruleset >now
grep -c 'policy drop' now; grep -c 'tcp dport 22' now; done`;
    const said = "1\nsegc: identities cannot be read\n1\n1\n";
    expect(onHost({ a: ofProgram, b: files(443) }, "nft", script)).toMatchObject({
      stdout: said.repeat(2),
      stderr: "",
    });
  });

  test("loads without a lock where there is no flock", () => {
    const script = `mkdir bin; for tool in nft sed grep dirname tail; do ln -s $(command -v $tool) bin; done
sed "s#^PATH=.*#PATH=$PWD/bin#" a/segc-load >a/without; /bin/sh a/without load; nft list tables`;
    expect(onHost({ a: files(22) }, "nft", script)).toMatchObject({
      stdout: "table inet segc\n",
      stderr: expect.stringContaining("segc: loading without a lock"),
    });
  });

  test("without cgroup v2 the rules are in force, and the loader says what they cannot tell", () => {
    const script = `mount -t tmpfs none /sys/fs/cgroup
for verb in load load fill; do a/segc-load $verb 2>said; echo $?; cat said; done; nft list tables
b/segc-load load`;
    const said =
      "1\nsegc: cgroup v2 is not mounted at /sys/fs/cgroup: no process can be told from another\n";
    expect(onHost({ a: ofProgram, b: files(22) }, "nft", script)).toEqual({
      status: 0,
      stdout: `${said.repeat(3)}table inet segc\n`,
      stderr: "",
    });
  });
});
