// Kernels take every artefact, whatever text stood in the policy, by both backends; a load replaces
// what is ours and nothing else; and a load that fails leaves a host shut, not open.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DirectionSlice } from "../../compiler/plan/slice.ts";
import type { OutputFile } from "../../compiler/plan/target.ts";
import {
  anyService,
  icmpInterval,
  protocolInterval,
  serviceSet,
} from "../../compiler/sets/service-set.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { directionSlice, entry, program, slice, tcp } from "../nftables/slices.ts";
import { backends, onHost } from "./host.ts";
import { someIptSlice } from "./slices.ts";

const runs = process.env.SEGC_FULL === "1" ? 300 : 12;

const artefact = (...of: readonly DirectionSlice[]): readonly OutputFile[] =>
  iptables.render(iptables.plan(slice(...of)));

const closed = artefact(directionSlice("ingress"), directionSlice("egress"));
const peers = ["10.0.0.1/32", "10.0.0.3/32"];
const open = artefact(
  directionSlice("ingress", { allows: [entry("web", peers, tcp(22))] }),
  directionSlice("egress", {
    allows: [entry("all", ["0.0.0.0/0"], anyService), entry("all", ["::/0"], anyService)],
  }),
);

describe.each(backends)("iptables-%s", (backend) => {
  test("loads every artefact twice", () => {
    fc.assert(
      fc.property(someIptSlice, (of) => {
        const plan = iptables.plan(of);
        const done = onHost(
          { a: iptables.render(plan) },
          backend,
          "set -e; a/load.sh load; a/load.sh load; a/load.sh fill; ipt4 -S; ipt6 -S",
        );
        expect(done).toMatchObject({ status: 0, stderr: "" });
        const rules = [...plan.chains[4], ...plan.chains[6]].flatMap((chain) =>
          chain.rules.filter(({ matches }) => matches.every(({ kind }) => kind !== "cgroup")),
        );
        const listed = done.stdout.split("\n").filter((line) => line.startsWith("-A SEG-"));
        expect(listed).toHaveLength(rules.length);
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });

  test("jumps to our chains first and once, and leaves what is not ours", () => {
    const done = onHost(
      { a: open, b: closed },
      backend,
      `set -e
       for t in ipt4 ipt6; do
         $t -N OTHER; $t -A OTHER -j ACCEPT; $t -A INPUT -j OTHER; $t -P FORWARD DROP
       done
       a/load.sh load
       ipt4 -I INPUT -p 17 -j ACCEPT; ipt4 -A INPUT -j SEG-IN; ipset create mine hash:ip
       ipset create 'SEG-X mine' hash:ip
       b/load.sh load
       ipt4 -S INPUT; ipt4 -S OUTPUT; ipt4 -S OTHER; ipt4 -S FORWARD; ipt6 -S INPUT; ipset list -n
       ipt4 -S | grep -e '^-N'`,
    );
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(done.stdout.split("\n")).toEqual([
      ...[
        "-P INPUT ACCEPT",
        "-A INPUT -j SEG-IN",
        "-A INPUT -p udp -j ACCEPT",
        "-A INPUT -j OTHER",
      ],
      ...["-P OUTPUT ACCEPT", "-A OUTPUT -j SEG-OUT"],
      ...["-N OTHER", "-A OTHER -j ACCEPT"],
      "-P FORWARD DROP",
      ...["-P INPUT ACCEPT", "-A INPUT -j SEG-IN", "-A INPUT -j OTHER"],
      ...["mine", "SEG-X mine"],
      ...["-N OTHER", "-N SEG-IN", "-N SEG-OUT"],
      "",
    ]);
  });

  const broken = (path: string) =>
    open.map((file) =>
      file.path === path
        ? { ...file, text: file.text.replace("COMMIT", "-j NONSENSE\nCOMMIT") }
        : file,
    );
  const cut = open.map((file) =>
    file.path === "rules.v4" ? { ...file, text: file.text.replace("COMMIT\n", "") } : file,
  );
  const halved = open.map((file) =>
    file.path === "rules.v4" ? { ...file, text: file.text.slice(0, file.text.length / 2) } : file,
  );
  const cutSets = open.map((file) =>
    file.path === "segc.ipset"
      ? { ...file, text: file.text.slice(0, file.text.indexOf("swap ")) }
      : file,
  );
  const ruined = open.map((file) =>
    file.path === "segc.ipset" ? { ...file, text: "create SEG-4-0 hash:nonsense\n" } : file,
  );

  test.each([
    ["rules.v4", broken("rules.v4"), ["4"]],
    ["rules.v6", broken("rules.v6"), ["6"]],
    ["programs.v4", broken("programs.v4"), ["4"]],
    ["segc.ipset", ruined, ["4", "6"]],
    ["rules that were cut short", cut, ["4"]],
    ["sets that were cut short", cutSets, ["4", "6"]],
    ["a file that is missing", open.filter(({ path }) => path !== "programs.v6"), ["6"]],
    ["rules that were cut in half", halved, ["4"]],
    ["rules that are missing", open.filter(({ path }) => path !== "rules.v6"), ["6"]],
  ])("shuts a host that had no rules when it cannot load: %s", (_, files, families) => {
    const done = onHost(
      {
        a: [
          ...files,
          {
            path: "administrators.v4",
            text: "-A SEG-IN -s 192.0.2.0/24 -p 6 -j ACCEPT\n-A INPUT -j ACCEPT\n",
          },
        ],
      },
      backend,
      "a/load.sh load 2>/dev/null; echo $?; ipt4 -S; ipt6 -S",
    );
    const lines = done.stdout.split("\n");
    expect(lines[0]).toBe("1");
    const [v4, v6] = done.stdout.split(/^(?=-P INPUT)/m).slice(1);
    for (const family of families) {
      const rules = (family === "4" ? v4 : v6)?.split("\n") ?? [];
      for (const [hook, chain] of [
        ["INPUT", "SEG-IN"],
        ["OUTPUT", "SEG-OUT"],
      ]) {
        expect(rules.filter((line) => line.startsWith(`-A ${hook} `))).toEqual([
          `-A ${hook} -j ${chain}`,
        ]);
        const own = rules.filter((line) => line.startsWith(`-A ${chain} `));
        expect(own.at(-1)).toBe(`-A ${chain} -j DROP`);
        expect(own[0]).toBe(`-A ${chain} -${hook === "INPUT" ? "i" : "o"} lo -j ACCEPT`);
        expect(own[1]).toBe(`-A ${chain} -m conntrack --ctstate ESTABLISHED -j ACCEPT`);
      }
      const admitted = "-A SEG-IN -s 192.0.2.0/24 -p tcp -j ACCEPT";
      expect(rules.includes(admitted)).toBe(family === "4");
    }
  });

  test("keeps the rules that were loaded before when it cannot load", () => {
    const list = "ipt4 -S; ipt6 -S; ipset list -n";
    for (const files of [broken("rules.v4"), ruined]) {
      const done = onHost(
        { a: closed, b: files },
        backend,
        `a/load.sh load; ${list}; b/load.sh load 2>/dev/null; echo "status $?"; ipt4 -S; echo end`,
      );
      const [before, after] = done.stdout.split("status 1\n");
      expect(after).toBe(`${before?.split(/^(?=-P INPUT)/m)[0]}end\n`);
    }
  });

  test("an administrators' file that does not load is left out", () => {
    const done = onHost(
      {
        a: [...broken("rules.v4"), { path: "administrators.v4", text: "-A SEG-IN -j NONSENSE\n" }],
      },
      backend,
      "a/load.sh load 2>/dev/null; ipt4 -S SEG-IN",
    );
    expect(done.stdout.trimEnd().split("\n").at(-1)).toBe("-A SEG-IN -j DROP");
  });

  test("shuts a host whose backend is unknown, unless rules of either are loaded", () => {
    const tools = ["iptables-nft", "iptables-legacy", "ip6tables-nft", "ip6tables-legacy"];
    const list = tools.map((tool) => `${tool} -S 2>/dev/null`).join("; ");
    const done = onHost(
      { a: closed, b: open },
      backend,
      `printf 'nft\\r\\n' >b/backend
       a/load.sh load; { ${list}; } >before; b/load.sh load 2>said; echo $?
       { ${list}; } | cmp - before; grep -c 'must be nft or legacy' said
       unshare -n sh -c 'b/load.sh load 2>/dev/null; echo $?; iptables -S SEG-IN 2>/dev/null; ip6tables -S SEG-OUT 2>/dev/null'`,
    );
    expect(done.stderr).toBe("");
    const lines = done.stdout.trimEnd().split("\n");
    expect(lines.slice(0, 3)).toEqual(["64", "1", "64"]);
    expect(lines.filter((line) => /^-A SEG-(IN|OUT) -j DROP$/.test(line))).toHaveLength(2);
  });

  test("loads without the tool that locks", () => {
    const done = onHost(
      { a: open },
      backend,
      "sed -i 's/flock 9/no-such-tool 9/' a/load.sh; a/load.sh load 2>said; echo $?; ipt6 -S INPUT",
    );
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(done.stdout).toMatch(/^0\n.*\n-A INPUT -j SEG-IN\n/);
  });

  test("holds what its matches can hold at most", () => {
    const many = Array.from(
      { length: 70_000 },
      (_, index) => `10.${index >> 15}.${(index >> 7) & 255}.${(index * 2) & 255}/32`,
    );
    const odd = (count: number) =>
      serviceSet(
        Array.from({ length: count }, (_, i) => ({
          first: 6 * 65536 + 2 * i + 1,
          last: 6 * 65536 + 2 * i + 1,
        })),
      );
    const ranges = (count: number) =>
      serviceSet(
        Array.from({ length: count }, (_, i) => ({
          first: 6 * 65536 + 10 * i + 1,
          last: 6 * 65536 + 10 * i + 5,
        })),
      );
    const icmp = (type: number, code?: number) => serviceSet([icmpInterval(4, type, code)]);
    const allows = [
      entry("many", many, odd(16)),
      entry("ranges", ["0.0.0.0/32", "10.0.0.0/8"], ranges(8)),
      entry("null", ["0.0.0.0/32", "255.255.255.255/32"], tcp(0, 65535)),
      entry(
        "null6",
        ["::/128", "ffff::/16", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"],
        tcp(1),
      ),
      entry("halves", ["0.0.0.0/1", "128.0.0.0/2"], icmp(255)),
      entry("code", ["10.0.0.1/32"], icmp(255, 7)),
      entry("hopopt", ["10.0.0.1/32"], serviceSet([protocolInterval(0)])),
      entry("route", ["2001:db8::1/128"], serviceSet([protocolInterval(43), protocolInterval(44)])),
      entry("late", ["10.0.0.1/32"], tcp(9), { until: "2999-12-31" }),
    ];
    const done = onHost(
      { a: artefact(directionSlice("ingress", { allows })) },
      backend,
      "set -e; a/load.sh load 2>&1 | grep -v '^Warning: never matched protocol' || :; ipt4 -S | grep -c multiport; ipt4 -S; ipset list -t",
    );
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(done.stdout).toContain("maxelem 262144");
    expect(done.stdout).toContain("Number of entries: 70000");
    expect(done.stdout).toContain("--datestop 2038-01-18T23:59:59");
    expect(done.stdout).not.toContain("--icmp-type any");
  });

  test("shuts a host that cannot tell programs apart", () => {
    const files = artefact(
      directionSlice("egress", {
        allows: [entry("all", ["0.0.0.0/0"], anyService)],
        denies: [
          entry("no", ["10.0.0.1/32"], tcp(1), { programs: [program({ unit: "a.service" })] }),
        ],
      }),
    );
    const done = onHost(
      { a: files },
      backend,
      "mount -t tmpfs none /sys/fs/cgroup; a/load.sh load 2>&1; echo $?; ipt4 -S SEG-OUT; a/load.sh fill 2>&1; echo $?",
    );
    expect(done.stdout).toContain("\n1\n-N SEG-OUT\n-A SEG-OUT -o lo -j ACCEPT\n");
    expect(done.stdout).toMatch(/-A SEG-OUT -j DROP\n1\n$/);
  });

  test("leaves out a cgroup that is not there, and no more", () => {
    const files = artefact(
      directionSlice("egress", {
        denies: [
          entry("no", ["10.0.0.1/32"], tcp(1), { programs: [program({ cgroup: "/no/such" })] }),
        ],
        allows: [
          entry("but", ["10.0.0.0/8"], tcp(1), {
            because: "see --path /no/such",
            notPrograms: [program({ cgroup: "/no/such" }), program({ user: "u" }, { uid: 0 })],
          }),
        ],
      }),
    );
    const done = onHost(
      { a: files },
      backend,
      "set -e; a/load.sh load; ipt4 -S | grep -e SEG-OUT -e owner",
    );
    expect(done).toMatchObject({ status: 0, stderr: "" });
    expect(done.stdout).toContain("--uid-owner 0 -j RETURN");
    expect(done.stdout).toContain("see --path /no/such");
    expect(done.stdout).not.toContain("cgroup");
  });
});
