// Programs on a real kernel: units in slices, numeric users, launched programs, and what happens to
// them when a unit restarts, a slice is made anew, or the whole table is loaded again.
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LocalProgram, SliceEntry } from "../../compiler/plan/slice.ts";
import { nftables } from "../../targets/nftables/index.ts";
import { directionSlice, entry, program, slice, tcp, udp } from "../nftables/slices.ts";
import { describeKernel } from "./here.ts";
import { Lab, type Probe, type ProbeKind } from "./lab.ts";

const here = ["10.0.0.1", "2001:db8::1"];
const there = ["10.0.0.2", "2001:db8::2"];

const unit = program({ unit: "crm-report.service" });
const user = program({ user: "crm" }, { uid: 1001 });
const both = program({ unit: "crm-report.service", user: "crm" }, { uid: 1001 });
const group = program({ group: "batch" }, { gid: 1002 });
const cgroup = program({ cgroup: "/segc-test.slice/inner" });
const launched = program({ path: "/opt/report", sha256: "00" });

/** Both families. */
const allow = (
  id: string,
  peers: readonly string[],
  service: SliceEntry["service"],
  who: Partial<SliceEntry>,
) => peers.map((peer) => entry(id, [peer], service, who));
const only = (...programs: readonly LocalProgram[]) => ({ programs });

const sender = nftables.plan(
  slice(
    directionSlice("egress", {
      allows: [
        ...allow("by-unit", there, tcp(101), only(unit)),
        ...allow("by-user", there, tcp(102), only(user)),
        ...allow("by-both", there, tcp(103), only(both)),
        ...allow("by-group", there, tcp(104), only(group)),
        ...allow("by-cgroup", there, tcp(105), only(cgroup)),
        ...allow("by-launch", there, tcp(106), only(launched)),
        ...allow("not-unit", there, tcp(107), { notPrograms: [unit] }),
        ...allow("not-both", there, tcp(108), { notPrograms: [both] }),
        ...allow("denied-unit", there, tcp(109), {}),
        ...allow("udp-unit", there, udp(101), only(unit)),
        ...allow("udp-not-user", there, udp(107), { notPrograms: [user] }),
        ...allow("two-programs", there, tcp(110), only(unit, user)),
      ],
      denies: allow("deny-unit", there, tcp(109), only(unit)),
    }),
  ),
);
const receiver = nftables.plan(
  slice(
    directionSlice("ingress", {
      allows: [
        ...allow("to-unit", here, tcp(201), only(unit)),
        ...allow("udp-to-unit", here, udp(201), only(unit)),
        ...allow("to-not-unit", here, tcp(202), { notPrograms: [unit] }),
        ...allow(
          "open",
          here,
          { intervals: [...tcp(101, 110).intervals, ...udp(101, 110).intervals] },
          {},
        ),
      ],
    }),
  ),
);

const ports: readonly (readonly [ProbeKind, number])[] = [
  ...[101, 102, 103, 104, 105, 106, 107, 108, 109, 110].map((port) => ["tcp", port] as const),
  ["udp", 101],
  ["udp", 107],
];
const slicePath = (plan: typeof sender) => `segc.slice/${plan.units[0]?.slice}`;
const launchPath = `segc.slice/${sender.launches.find(({ fields }) => !fields.has("unit"))?.slice}`;
const unitCgroup = `${slicePath(sender)}/crm-report.service`;

/** Who they are, and which of `ports` they may use. */
const identities = [
  {
    name: "nobody",
    uid: 0,
    gid: 0,
    cgroup: undefined,
    may: ["tcp107", "tcp108", "tcp109", "udp107"],
  },
  {
    name: "unit",
    uid: 0,
    gid: 0,
    cgroup: unitCgroup,
    may: ["tcp101", "tcp108", "udp101", "udp107"],
  },
  {
    name: "user",
    uid: 1001,
    gid: 0,
    cgroup: undefined,
    may: ["tcp102", "tcp107", "tcp108", "tcp109"],
  },
  {
    name: "both",
    uid: 1001,
    gid: 0,
    cgroup: unitCgroup,
    may: ["tcp101", "tcp102", "tcp103", "tcp110", "udp101"],
  },
  {
    name: "group",
    uid: 0,
    gid: 1002,
    cgroup: undefined,
    may: ["tcp104", "tcp107", "tcp108", "tcp109", "udp107"],
  },
  {
    name: "cgroup",
    uid: 0,
    gid: 0,
    cgroup: "segc-test.slice/inner/deeper",
    may: ["tcp105", "tcp107", "tcp108", "tcp109", "udp107"],
  },
  {
    name: "sibling",
    uid: 0,
    gid: 0,
    cgroup: "segc-test.slice/innermost",
    may: ["tcp107", "tcp108", "tcp109", "udp107"],
  },
  {
    name: "launched",
    uid: 0,
    gid: 0,
    cgroup: launchPath,
    may: ["tcp106", "tcp107", "tcp108", "tcp109", "udp107"],
  },
];

describeKernel("programs", { needs: "root" }, () => {
  let lab: Lab;
  const probesOf = (name: string): readonly Probe[] =>
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
    await lab.makeCgroup("segc-test.slice/inner"); // it exists before the table, as units do
    for (const { may, ...identity } of identities) await lab.spawn({ host: "a", ...identity });
    const server = await lab.spawn({ host: "b", name: "any", uid: 0, gid: 0, cgroup: undefined });
    await lab.listen(
      server,
      there.flatMap((address) =>
        ports.map(([kind, port]) => [kind === "tcp" ? "tcp" : "udp", address, port] as const),
      ),
    );
    for (const { name } of identities) expect(await reach(name)).toHaveLength(ports.length);
    await lab.load("a", nftables.render(sender));
    await lab.load("b", nftables.render(receiver));
  });
  afterAll(() => lab.close());

  test.each(identities)("$name reaches $may", async ({ name, may }) => {
    expect(await reach(name)).toEqual(may);
  });

  test("a reload keeps the meaning", async () => {
    await lab.shell("a", "nft flush ruleset");
    await lab.load("a", nftables.render(sender));
    for (const { name, may } of identities) expect(await reach(name)).toEqual(may);
  });

  test("a table that loads before any slice exists is filled when the unit starts", async () => {
    const fresh = program({ unit: "late.service" });
    const plan = nftables.plan(
      slice(directionSlice("egress", { allows: allow("late", there, tcp(101), only(fresh)) })),
    );
    const folder = lab.install("a", nftables.render(plan));
    await lab.shell("a", `'${folder}/segc-load' load`);
    const cgroupOfUnit = `segc.slice/${plan.units[0]?.slice}/late.service`;
    const key = await lab.spawn({ host: "a", name: "late", uid: 0, gid: 0, cgroup: cgroupOfUnit });
    expect(await reach("late")).toEqual([]);
    await lab.shell("a", `'${folder}/segc-load' fill`); // what its drop-in runs
    expect(await reach("late")).toEqual(["tcp101"]);

    // The unit stops, its slice goes, both come back with another number.
    await lab.stop(key);
    await lab.removeCgroup(cgroupOfUnit);
    await lab.removeCgroup(`segc.slice/${plan.units[0]?.slice}`);
    await lab.spawn({ host: "a", name: "late", uid: 0, gid: 0, cgroup: cgroupOfUnit });
    expect(await reach("late")).toEqual([]);
    await lab.shell("a", `'${folder}/segc-load' fill`);
    expect(await reach("late")).toEqual(["tcp101"]);
    expect(await reach("nobody")).toEqual([]);
    await lab.stop("a/late");
    await lab.load("a", nftables.render(sender));
  });

  test("a unit that restarts within its slice needs nothing", async () => {
    await lab.stop("a/unit");
    await lab.stop("a/both");
    await lab.removeCgroup(unitCgroup);
    for (const { may, ...identity } of identities.filter(({ cgroup: c }) => c === unitCgroup)) {
      await lab.spawn({ host: "a", ...identity });
      expect(await reach(identity.name)).toEqual(may);
    }
  });

  test("a UDP exchange does not pass from one program to another", async () => {
    const [at] = probesOf("unit").filter(({ kind }) => kind === "udp");
    if (at === undefined) throw new Error("there is a UDP probe");
    const sourcePort = 6001;
    for (const [name, passes] of [
      ["unit", true],
      ["nobody", false], // the same addresses and ports, an answered exchange, another process
      ["unit", true],
    ] as const) {
      expect(await lab.probe([{ ...at, process: `a/${name}` }], { sourcePort })).toEqual([passes]);
    }
  });

  test("listeners are told apart too", async () => {
    const places = [
      {
        name: "inside",
        cgroup: unitCgroup,
        reached: { tcp201: true, tcp202: false, udp201: true },
      },
      {
        name: "outside",
        cgroup: undefined,
        reached: { tcp201: false, tcp202: true, udp201: false },
      },
    ];
    for (const { name, cgroup: place, reached } of places) {
      await lab.load("b", nftables.render(receiver)); // the slice is there now
      const key = await lab.spawn({ host: "b", name, uid: 0, gid: 0, cgroup: place });
      await lab.load("b", nftables.render(receiver));
      for (const address of there) {
        await lab.listen(key, [
          ["tcp", address, 201],
          ["tcp", address, 202],
          ["udp", address, 201],
        ]);
      }
      await lab.shell("a", "nft flush ruleset");
      for (const family of [0, 1]) {
        const at = {
          process: "a/nobody",
          source: here[family] ?? "",
          destination: there[family] ?? "",
        };
        const [tcp201, tcp202, udp201] = await lab.probe([
          { ...at, kind: "tcp", port: 201 },
          { ...at, kind: "tcp", port: 202 },
          { ...at, kind: "udp", port: 201 },
        ]);
        expect({ name, tcp201, tcp202, udp201 }).toEqual({ name, ...reached });
      }
      await lab.stop(key);
    }
  });
});
