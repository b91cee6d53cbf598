// Artefacts edited by hand so that they read like what the policy says, while the host would do
// something else: none may pass for proved.
import { describe, expect, test } from "vitest";
import type { OutputFile } from "../../compiler/plan/target.ts";
import { discrepancies } from "../../compiler/verify/verify-slice.ts";
import { nftables } from "../../targets/nftables/index.ts";
import { directionSlice, entry, program, slice, tcp } from "./slices.ts";

type Slice = ReturnType<typeof slice>;

const rendered = (of: Slice) => nftables.render(nftables.plan(of));

/** What the verifier says of the files; empty where it takes them for proved. */
function problems(of: Slice, files: readonly OutputFile[]): readonly unknown[] {
  const parsed = nftables.parse(files);
  return parsed.ok ? discrepancies(of, nftables.meaning(parsed.plan)) : parsed.problems;
}

/** One file with another text, which must differ. */
function edited(
  files: readonly OutputFile[],
  path: string,
  change: (text: string) => string,
): readonly OutputFile[] {
  const before = files.find((file) => file.path === path);
  expect(before && change(before.text)).not.toBe(before?.text);
  return files.map((file) => (file.path === path ? { ...file, text: change(file.text) } : file));
}

describe("numbers", () => {
  const of = slice(directionSlice("ingress", { allows: [entry("a", ["10.0.0.1"], tcp(22))] }));

  // nft reads a leading zero as octal: 022 is port 18.
  test.each(["022", "00022", "{ 022 }", "022-022"])("are not read as decimal: %s", (text) => {
    const files = edited(rendered(of), "segc.nft", (table) =>
      table.replace("tcp dport 22 ", `tcp dport ${text} `),
    );
    expect(problems(of, files)).not.toEqual([]);
  });

  test("beyond what a packet can have are refused, as nft does", () => {
    const files = edited(rendered(of), "segc.nft", (table) =>
      table.replace("tcp dport 22 ", "tcp dport { 22, 65536 } "),
    );
    expect(nftables.parse(files).ok).toBe(false);
  });
});

describe("chains", () => {
  test("a packet that comes back from a chain goes on behind the jump, to the policy in the end", () => {
    const staged = slice(
      directionSlice("egress", {
        allows: [entry("a", ["10.0.0.9"], tcp(22))],
        stagedDenies: [entry("s", ["10.0.0.1"], tcp(81)), entry("t", ["10.0.0.2"], tcp(82))],
        stagedAllows: [entry("u", ["10.0.0.3"], tcp(83))],
      }),
    );
    const without = edited(rendered(staged), "segc.nft", (table) =>
      table.replace(/(chain refused_output \{[^}]*?)\n {4}drop\n/, "$1\n"),
    );
    expect(problems(staged, without)).toEqual([]);
    const open = edited(without, "segc.nft", (table) =>
      table.replace("policy drop", "policy accept"),
    );
    expect(problems(staged, open)).not.toEqual([]);
  });

  test("a packet that returns from the hook is past the denies", () => {
    const of = slice(
      directionSlice("egress", {
        observed: { until: "2027-01-01" },
        denies: [entry("d", ["10.0.0.1"], tcp(22))],
      }),
    );
    const files = edited(rendered(of), "segc.nft", (table) =>
      table.replace(
        "    meta nfproto ipv6 udp sport 546",
        "    meta skuid 0 return\n    meta nfproto ipv6 udp sport 546",
      ),
    );
    expect(problems(of, files)).not.toEqual([]);
  });

  test("what stands behind the end of a chain changes nothing", () => {
    const of = slice(
      directionSlice("ingress", {
        allows: [entry("a", ["10.0.0.1"], tcp(80))],
        stagedDenies: [entry("s", ["10.0.0.1"], tcp(81))],
      }),
    );
    const files = edited(rendered(of), "segc.nft", (table) =>
      table.replace(/( *limit rate .*\n)( *drop\n)/, "$2$1"),
    );
    expect(rendered(of)[0]?.text).toContain("goto refused_input");
    expect(problems(of, files)).toEqual([]);
  });

  test("a packet that falls off a chain it was sent to goes on behind the last jump", () => {
    const of = slice(
      directionSlice("ingress", {
        allows: [entry("a", ["10.0.0.1"], tcp(80)), entry("b", ["10.0.0.2"], tcp(22))],
      }),
    );
    const files = edited(rendered(of), "segc.nft", (table) =>
      table
        .replace(/ *ip saddr 10\.0\.0\.1 tcp dport 80 .*\n/, "    jump first\n")
        .replace("ip saddr 10.0.0.2 tcp", "ip saddr { 10.0.0.1, 10.0.0.2 } tcp")
        .replace(
          "  chain input {",
          `  chain first {
    ip saddr 10.0.0.1 goto second
  }

  chain second {
    tcp dport 80 accept
  }

  chain input {`,
        ),
    );
    // 10.0.0.1 may reach port 22 now.
    expect(problems(of, files)).not.toEqual([]);
  });
});

describe("files beside the table", () => {
  const of = slice(
    directionSlice("egress", {
      allows: [
        entry("a", ["10.0.0.1"], tcp(80), { programs: [program({ unit: "m.service" })] }),
        entry("b", ["10.0.0.2"], tcp(80), { programs: [program({ path: "/opt/b" })] }),
      ],
    }),
  );
  const files = rendered(of);
  const dropIn = "systemd/m.service.d/50-segc.conf";

  test("are proved as they are written", () => {
    expect(problems(of, files)).toEqual([]);
  });

  test.each(["a.service", "z.service"])("no other unit is put into the slice: %s", (unit) => {
    const text = files.find(({ path }) => path === dropIn)?.text ?? "";
    const other = { path: dropIn.replace("m.service", unit), text };
    expect(problems(of, [...files, other])).not.toEqual([]);
  });

  test.each<[string, (text: string) => string]>([
    ["segc-load", () => "#!/bin/sh\nexit 0\n"],
    ["segc-load", (text) => text.replace("/sys/fs/cgroup/$path", "/nowhere/$path")],
    // `read` leaves a line without an end unread.
    ["identities", (text) => text.replace(/\n$/, "")],
    // The set would keep the cgroups of before.
    ["identities", (text) => text.replace(/^set .*\n/m, "")],
    ["identities", (text) => `${text}member unknown a\n`],
    ["launcher.json", (text) => text.replace('"path": "/opt/b"', '"path": "/opt/b", "uid": 0')],
    ["systemd/segc-nftables.service", (text) => text.replace("RemainAfterExit=yes\n", "")],
    // systemd knows no `Slice=` there.
    [dropIn, (text) => text.replace("[Service]", "[Unit]")],
  ])("are not edited: %s %#", (path, change) => {
    expect(problems(of, edited(files, path, change))).not.toEqual([]);
  });

  test("are all there, and no others", () => {
    for (const { path } of files) {
      expect(
        problems(
          of,
          files.filter((file) => file.path !== path),
        ),
      ).not.toEqual([]);
    }
    expect(problems(of, [...files, { path: "x", text: "" }])).not.toEqual([]);
  });

  test("comments among identities say nothing", () => {
    const commented = edited(files, "identities", (text) => `# a note\n${text}`);
    expect(problems(of, commented)).toEqual([]);
  });
});

test("an opening that asks for a cgroup is judged by who is in it, whatever was proved before", () => {
  const of = slice(
    directionSlice("egress", {
      allows: [entry("a", ["10.0.0.1"], tcp(80), { programs: [program({ unit: "m.service" })] })],
    }),
  );
  const plan = nftables.plan(of);
  const [set = ""] = plan.identitySets;
  const cut: (typeof plan.chains)[number]["rules"][number] = {
    matches: [
      { kind: "state", state: "established" },
      { kind: "cgroup", level: 2, set },
    ],
    ...{ limit: undefined, log: undefined, verdict: { kind: "drop" }, comment: undefined },
  };
  const chains = plan.chains.map((chain) =>
    chain.base === undefined ? chain : { ...chain, rules: [cut, ...chain.rules] },
  );
  // Nobody in the set: the opening is as required, and is remembered.
  discrepancies(of, nftables.meaning({ ...plan, chains, members: [] }));
  expect(discrepancies(of, nftables.meaning({ ...plan, chains }))).not.toEqual([]);
});
