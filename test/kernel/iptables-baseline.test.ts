// What must work by iptables whatever the policy says, and what a rule can hold, with real packets and
// both backends: neighbours, end dates, ICMP types, protocols, observation, reloads under traffic.
import { afterEach, expect, test } from "vitest";
import type { DirectionSlice } from "../../compiler/plan/slice.ts";
import type { OutputFile } from "../../compiler/plan/target.ts";
import { anyService, icmpInterval, serviceSet } from "../../compiler/sets/service-set.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { backends } from "../iptables/host.ts";
import { directionSlice, entry, slice, tcp } from "../nftables/slices.ts";
import { describeKernel } from "./here.ts";
import { Lab, type LabOptions } from "./lab.ts";

const a = ["10.0.0.1", "2001:db8::1"] as const;
const b = ["10.7.0.2", "2001:db8:7::2"] as const;

const allow = (peers: readonly string[], service = tcp(7000)) =>
  peers.map((peer) => entry("open", [peer], service));

describeKernel("beneath every policy by iptables", { needs: "namespaces" }, () => {
  let lab: Lab | undefined;
  afterEach(async () => {
    await lab?.close();
    lab = undefined;
  });

  async function start(backend: string, options: Partial<LabOptions> = {}) {
    const started = await Lab.start(
      [
        { name: "a", addresses: a },
        { name: "b", addresses: b },
      ],
      options,
    );
    lab = started;
    const who = { name: "x", uid: 0, gid: 0, cgroup: undefined };
    const asking = await started.spawn({ host: "a", ...who });
    const serving = await started.spawn({ host: "b", ...who });
    await started.listen(
      serving,
      b.map((address) => ["tcp", address, 7000] as const),
    );
    const probes = (kind: "tcp" | "icmp") =>
      a.map((source, i) => ({
        process: asking,
        kind,
        source,
        destination: b[i] ?? "",
        port: kind === "tcp" ? 7000 : 0,
      }));
    const load = (host: string, ...directions: readonly DirectionSlice[]) =>
      install(host, iptables.render(iptables.plan(slice(...directions))));
    const install = (host: string, files: readonly OutputFile[]) =>
      started.load(host, [...files, { path: "backend", text: backend }]);
    return {
      lab: started,
      asking,
      load,
      install,
      connect: () => started.probe(probes("tcp")),
      ping: () => started.probe(probes("icmp")),
    };
  }

  test.each(backends)("neighbours are discovered: %s", async (backend) => {
    const { lab: started, install, connect } = await start(backend, { neighbours: "discovered" });
    const client = iptables.render(
      iptables.plan(
        slice(directionSlice("ingress"), directionSlice("egress", { allows: allow(b) })),
      ),
    );
    const server = iptables.render(
      iptables.plan(
        slice(directionSlice("ingress", { allows: allow(a) }), directionSlice("egress")),
      ),
    );
    const without = (files: readonly OutputFile[]) =>
      files.map((file) => ({
        ...file,
        text: file.path === "rules.v6" ? file.text.replaceAll(/.*-j SEG-LINK\n/g, "") : file.text,
      }));
    const forget = () =>
      started.shell("a", "ip neigh flush all; ip -6 neigh flush dev eth0 nud all");
    await install("a", without(client));
    await install("b", without(server));
    await forget();
    expect(await connect()).toEqual([true, false]);
    await install("a", client);
    await install("b", server);
    await forget();
    expect(await connect()).toEqual([true, true]);
  });

  test.each(backends)("a rule ends with its last day, in UTC: %s", async (backend) => {
    const { load, connect } = await start(backend);
    const day = (offset: number) =>
      new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    for (const [offset, open] of [
      [-1, false],
      [0, true],
      [2, true],
    ] as const) {
      const allows = allow(a).map((one) => ({ ...one, until: day(offset) }));
      await load("b", directionSlice("ingress", { allows }));
      expect([offset, await connect()]).toEqual([offset, [open, open]]);
    }
  });

  test.each(backends)(
    "an observed direction drops denies and nothing else: %s",
    async (backend) => {
      const { lab: started, load, connect, ping } = await start(backend);
      const observed = { until: "2999-01-01" };
      await load("b", directionSlice("ingress", { observed }));
      expect([await connect(), await ping()]).toEqual([
        [true, true],
        [true, true],
      ]);
      await load("b", directionSlice("ingress", { observed, denies: allow([a[0]]) }));
      expect([await connect(), await ping()]).toEqual([
        [false, true],
        [true, true],
      ]);
      // What the host's own rules keep shut stays shut.
      await started.shell("b", `ip6tables-${backend} -A INPUT -p 6 -j DROP`);
      expect(await connect()).toEqual([false, false]);
    },
  );

  test.each(backends)("ICMP is let in by type and code: %s", async (backend) => {
    const { load, ping, connect } = await start(backend);
    const echo = (code: number) => [
      entry("ping", [a[0]], serviceSet([icmpInterval(4, 8, code)])),
      entry("ping", [a[1]], serviceSet([icmpInterval(6, 128, code)])),
    ];
    await load("b", directionSlice("ingress", { allows: echo(0) }), directionSlice("egress"));
    expect(await ping()).toEqual([true, true]);
    await load("b", directionSlice("ingress", { allows: echo(1) }), directionSlice("egress"));
    expect(await ping()).toEqual([false, false]);
    // Type 255 of IPv4 means "any type" to iptables; here it means itself.
    const odd = entry("odd", [a[0]], serviceSet([icmpInterval(4, 255, undefined)]));
    await load("b", directionSlice("ingress", { allows: [odd] }));
    expect(await ping()).toEqual([false, false]);
    await load("b", directionSlice("ingress", { allows: allow(a, anyService) }));
    expect([await ping(), await connect()]).toEqual([
      [true, true],
      [true, true],
    ]);
    const denies = allow(a, anyService);
    await load("b", directionSlice("ingress", { denies, allows: allow(a, anyService) }));
    expect([await ping(), await connect()]).toEqual([
      [false, false],
      [false, false],
    ]);
  });

  test.each(backends)("members of sets, and nobody else: %s", async (backend) => {
    const { load, connect } = await start(backend);
    const members = (last: string) => [
      entry("set", ["10.0.0.0/32", `10.0.0.${last}/32`, "10.9.0.0/16"], tcp(7000)),
      entry("set", [`2001:db8::${last}/128`, "2001:db8:1::/48"], tcp(7000)),
    ];
    await load("b", directionSlice("ingress", { allows: members("1") }));
    expect(await connect()).toEqual([true, true]);
    await load("b", directionSlice("ingress", { allows: members("2") }));
    expect(await connect()).toEqual([false, false]);
  });

  test.each(backends)("an open connection outlives a reload: %s", async (backend) => {
    const { lab: started, load, asking } = await start(backend);
    const held = {
      process: asking,
      kind: "tcp",
      source: a[0],
      destination: b[0],
      port: 7001,
    } as const;
    await started.shell("b", reading);
    await started.shell("b", "sleep 0.3");
    await load(
      "b",
      directionSlice("ingress", { allows: allow(a, tcp(7001)) }),
      directionSlice("egress"),
    );
    await started.hold(held);
    await load("b", directionSlice("ingress"), directionSlice("egress"));
    expect(await started.probe([held])).toEqual([false]);
    expect(await started.isAlive(asking)).toBe(true); // what is open stays open (SEG508)
  });
});

/** Reads and throws away until the lab ends. */
const reading = `python3 - >/dev/null 2>&1 <<'END' &
import socket, threading
def read(one):
    while one.recv(65536):
        pass
listener = socket.create_server(("", 7001))
while True:
    threading.Thread(target=read, args=(listener.accept()[0],), daemon=True).start()
END`;
