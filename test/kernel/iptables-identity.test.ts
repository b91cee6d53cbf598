// Programs of senders by iptables on a real kernel, by both backends: units in slices, numeric owners,
// launched programs, cgroups with odd names, and what happens when a cgroup is made anew.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalProgram, SliceEntry } from "../../compiler/plan/slice.ts";
import { iptables } from "../../targets/iptables/index.ts";
import type { IptPlan } from "../../targets/iptables/ruleset.ts";
import { backends } from "../iptables/host.ts";
import { directionSlice, entry, program, slice, tcp, udp } from "../nftables/slices.ts";
import { describeKernel } from "./here.ts";
import { Lab, type Probe, type ProbeKind } from "./lab.ts";

const here = ["10.0.0.1", "2001:db8::1"];
const there = ["10.0.0.2", "2001:db8::2"];

const unit = program({ unit: "crm-report.service" });
const user = program({ user: "crm" }, { uid: 1001 });
const both = program({ unit: "crm-report.service", user: "crm" }, { uid: 1001 });
const group = program({ group: "batch" }, { gid: 1002 });
const inner = program({ cgroup: "/segc-test.slice/inner" });
const odd = program({ cgroup: "segc-test.slice/a\\x2db@1:c" });
const launched = program({ path: "/opt/report", sha256: "00" });

/** Both families. */
const allow = (id: string, service: SliceEntry["service"], who: Partial<SliceEntry>) =>
  there.map((peer) => entry(id, [peer], service, who));
const only = (...programs: readonly LocalProgram[]) => ({ programs });

const sender = iptables.plan(
  slice(
    directionSlice("egress", {
      allows: [
        ...allow("by-unit", tcp(101), only(unit)),
        ...allow("by-user", tcp(102), only(user)),
        ...allow("by-both", tcp(103), only(both)),
        ...allow("by-group", tcp(104), only(group)),
        ...allow("by-cgroup", tcp(105), { ...only(inner), log: "all" }),
        ...allow("by-launch", tcp(106), only(launched)),
        ...allow("not-unit", tcp(107), { notPrograms: [unit, odd] }),
        ...allow("not-both", tcp(108), { notPrograms: [both] }),
        ...allow("denied-unit", tcp(109), {}),
        ...allow("two-programs", tcp(110), only(unit, user)),
        ...allow("by-odd", tcp(111), only(odd)),
        ...allow("udp-unit", udp(101), only(unit)),
        ...allow("udp-not-user", udp(107), { notPrograms: [user] }),
      ],
      denies: allow("deny-unit", tcp(109), only(unit)),
    }),
  ),
);

const ports: readonly (readonly ["tcp" | "udp", number])[] = [
  ...Array.from({ length: 11 }, (_, index) => ["tcp", 101 + index] as const),
  ["udp", 101],
  ["udp", 107],
];
const sliceOf = (plan: IptPlan) => `segc.slice/${plan.units[0]?.slice}`;
const launchPath = `segc.slice/${sender.launches.find(({ fields }) => !fields.has("unit"))?.slice}`;
const unitCgroup = `${sliceOf(sender)}/crm-report.service`;
const others = ["tcp107", "tcp108", "tcp109"];

/** Who they are, and which of `ports` they may use. */
const identities = [
  { name: "nobody", cgroup: undefined, may: [...others, "udp107"] },
  { name: "unit", cgroup: unitCgroup, may: ["tcp101", "tcp108", "udp101", "udp107"] },
  { name: "user", uid: 1001, cgroup: undefined, may: ["tcp102", ...others] },
  {
    name: "both",
    uid: 1001,
    cgroup: unitCgroup,
    may: ["tcp101", "tcp102", "tcp103", "tcp110", "udp101"],
  },
  { name: "group", gid: 1002, cgroup: undefined, may: ["tcp104", ...others, "udp107"] },
  { name: "cgroup", cgroup: "segc-test.slice/inner/deeper", may: ["tcp105", ...others, "udp107"] },
  { name: "sibling", cgroup: "segc-test.slice/innermost", may: [...others, "udp107"] },
  { name: "launched", cgroup: launchPath, may: ["tcp106", ...others, "udp107"] },
  {
    name: "odd",
    cgroup: "segc-test.slice/a\\x2db@1:c",
    may: ["tcp108", "tcp109", "tcp111", "udp107"],
  },
];

describeKernel("programs by iptables", { needs: "root" }, () => {
  let lab: Lab;
  let backend = "";
  const load = (plan: IptPlan) =>
    lab.load("a", [...iptables.render(plan), { path: "backend", text: backend }]);

  const probesOf = (name: string): readonly (Probe & { kind: ProbeKind })[] =>
    [0, 1].flatMap((family) =>
      ports.map(([kind, port]) => ({
        process: `a/${name}`,
        kind,
        source: here[family] ?? "",
        destination: there[family] ?? "",
        port,
      })),
    );
  /** The ports that answered, in both families alike. */
  async function reach(name: string): Promise<readonly string[]> {
    const passed = await lab.probe(probesOf(name));
    const names = ports.map(([kind, port]) => `${kind}${port}`);
    const [v4, v6] = [0, 1].map((family) =>
      names.filter((_, i) => passed[family * names.length + i]),
    );
    expect(v6).toEqual(v4);
    return v4 ?? [];
  }

  beforeAll(async () => {
    lab = await Lab.start(
      [
        { name: "a", addresses: here },
        { name: "b", addresses: there },
      ],
      { cgroups: true },
    );
    await lab.makeCgroup("segc-test.slice/inner"); // they exist before the rules, as units do
    for (const { may, ...identity } of identities) {
      await lab.spawn({ host: "a", uid: 0, gid: 0, ...identity });
    }
    const server = await lab.spawn({ host: "b", name: "any", uid: 0, gid: 0, cgroup: undefined });
    await lab.listen(
      server,
      there.flatMap((address) => ports.map(([kind, port]) => [kind, address, port] as const)),
    );
    for (const { name } of identities) expect(await reach(name)).toHaveLength(ports.length);
  });
  afterAll(() => lab.close());

  test.each(backends)("iptables-%s tells them apart, also after a reload", async (which) => {
    backend = which;
    for (const time of ["first", "again"]) {
      await load(sender);
      for (const { name, may } of identities) {
        expect([time, name, await reach(name)]).toEqual([time, name, may]);
      }
    }

    // The same addresses and ports, an answered exchange, another process.
    const [at] = probesOf("unit").filter(({ kind }) => kind === "udp");
    if (at === undefined) throw new Error("there is a UDP probe");
    const sourcePort = which === "nft" ? 6001 : 6011;
    for (const [name, passes] of [
      ["unit", true],
      ["nobody", false],
      ["unit", true],
    ] as const) {
      expect(await lab.probe([{ ...at, process: `a/${name}` }], { sourcePort })).toEqual([passes]);
    }
    await clear();
  });

  /** Takes away every rule of this backend, so that the other one stands alone. */
  const clear = () =>
    lab.shell(
      "a",
      ["iptables", "ip6tables"]
        .map((name) => `${name}-${backend} -F; ${name}-${backend} -X`)
        .join(";"),
    );

  test.each(backends)("iptables-%s is filled when a unit starts", async (which) => {
    backend = which;
    const unitName = `late-${which}.service`;
    const late = program({ unit: unitName });
    const plan = iptables.plan(
      slice(
        directionSlice("egress", {
          allows: [
            ...allow("late", tcp(101), only(late)),
            ...allow("not", tcp(102), { notPrograms: [late] }),
          ],
        }),
      ),
    );
    await load(plan);
    const files = [...iptables.render(plan), { path: "backend", text: backend }];
    const fill = `'${lab.install("a", files)}/load.sh' fill`; // what its drop-in runs
    const cgroup = `${sliceOf(plan)}/${unitName}`;
    const start = () => lab.spawn({ host: "a", name: "late", uid: 0, gid: 0, cgroup });
    const key = await start();
    expect(await reach("late")).toEqual(["tcp102"]);
    await lab.shell("a", fill);
    expect(await reach("late")).toEqual(["tcp101"]);

    // The unit stops, its slice goes, both come back with another number.
    await lab.stop(key);
    await lab.removeCgroup(cgroup);
    await lab.removeCgroup(sliceOf(plan));
    await start();
    expect(await reach("late")).toEqual(["tcp102"]);
    await lab.shell("a", fill);
    expect(await reach("late")).toEqual(["tcp101"]);
    expect(await reach("nobody")).toEqual(["tcp102"]);
    await lab.stop("a/late");
    await clear();
  });
});
