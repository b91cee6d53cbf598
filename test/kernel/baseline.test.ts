// What must work whatever the policy says: neighbours are found, too big packets are reported, an
// exchange outlives a reload. Each test first takes the line it is about out of the table and sees
// the traffic stop, so that it cannot pass by luck.
import { afterEach, expect, test } from "vitest";
import type { EnforcerSlice } from "../../compiler/plan/slice.ts";
import type { OutputFile } from "../../compiler/plan/target.ts";
import { icmpInterval, serviceSet } from "../../compiler/sets/service-set.ts";
import { nftables } from "../../targets/nftables/index.ts";
import { directionSlice, entry, slice, tcp } from "../nftables/slices.ts";
import { describeKernel } from "./here.ts";
import { Lab, type LabHost, type LabOptions } from "./lab.ts";

const a = ["10.0.0.1", "2001:db8::1"] as const;
const b = ["10.7.0.2", "2001:db8:7::2"] as const;
const router = ["10.9.0.3", "2001:db8:9::3"] as const;

/** Port 7000 closes at once, port 7001 reads what it is sent. */
const allow = (peers: readonly string[], first: number, last = first) =>
  peers.map((peer) => entry("open", [peer], tcp(first, last)));
const both = (of: EnforcerSlice): readonly OutputFile[] => nftables.render(nftables.plan(of));
const client = both(
  slice(directionSlice("ingress"), directionSlice("egress", { allows: allow(b, 7000, 7001) })),
);
const server = both(
  slice(directionSlice("ingress", { allows: allow(a, 7000, 7001) }), directionSlice("egress")),
);

/** The artefact without the lines of its table that match. */
const without = (files: readonly OutputFile[], line: RegExp) =>
  files.map((file) =>
    file.path === "segc.nft" ? { ...file, text: file.text.replaceAll(line, "") } : file,
  );

describeKernel("beneath every policy", { needs: "namespaces" }, () => {
  let lab: Lab | undefined;
  afterEach(async () => {
    await lab?.close();
    lab = undefined;
  });

  async function start(hosts: readonly LabHost[], options: Partial<LabOptions> = {}) {
    const started = await Lab.start(hosts, options);
    lab = started;
    const asking = await started.spawn({ host: "a", name: "x", uid: 0, gid: 0, cgroup: undefined });
    const serving = await started.spawn({
      host: "b",
      name: "x",
      uid: 0,
      gid: 0,
      cgroup: undefined,
    });
    await started.listen(
      serving,
      b.map((address) => ["tcp", address, 7000] as const),
    );
    const connect = () =>
      started.probe(
        a.map((source, i) => ({
          process: asking,
          kind: "tcp" as const,
          source,
          destination: b[i] ?? "",
          port: 7000,
        })),
      );
    return { lab: started, asking, connect };
  }
  const pair = [
    { name: "a", addresses: a },
    { name: "b", addresses: b },
  ];

  test("neighbours are discovered through the table", async () => {
    const { lab: started, connect } = await start(pair, { neighbours: "discovered" });
    const discovery = / *(ip6 hoplimit 255 )?icmpv6 type 133-136 (accept|drop)\n/g;
    const forget = () =>
      started.shell("a", "ip neigh flush all; ip -6 neigh flush dev eth0 nud all");
    await started.load("a", without(client, discovery));
    await started.load("b", without(server, discovery));
    await forget();
    expect(await connect()).toEqual([true, false]);
    await started.load("a", client);
    await started.load("b", server);
    await forget();
    expect(await connect()).toEqual([true, true]);
  });

  test("a path with a small MTU is learnt from ICMP errors alone", async () => {
    const { lab: started } = await start([...pair, { name: "r", addresses: router }]);
    await started.shell(
      "r",
      `for f in all/send_redirects eth0/send_redirects; do echo 0 >/proc/sys/net/ipv4/conf/$f; done
       echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv6/conf/all/forwarding
       ip route add ${b[0]}/32 dev eth0 mtu lock 1300; ip route add ${b[1]}/128 dev eth0 mtu lock 1300
       ip route add ${a[0]}/32 dev eth0; ip route add ${a[1]}/128 dev eth0`,
    );
    await started.shell(
      "a",
      `ip route add ${b[0]}/32 via ${router[0]} dev eth0 onlink; ip route add ${b[1]}/128 via ${router[1]} dev eth0 onlink`,
    );
    await started.shell("b", reading);
    const related = / *ct state related .*\n/g;
    for (const [files, arrives] of [
      [without(client, related), false],
      [client, true],
    ] as const) {
      for (const family of [0, 1]) {
        await started.load("a", files);
        await started.load("b", server);
        await started.shell("a", "ip route flush cache; ip -6 route flush cache");
        const sent = started.shell("a", sending(a[family] ?? "", b[family] ?? ""));
        expect([arrives, family, (await sent).trim()]).toEqual([
          arrives,
          family,
          arrives ? "acknowledged" : "stuck",
        ]);
      }
    }
  });

  test("a rule ends with its last day, by the kernel's own clock", async () => {
    const { lab: started, connect } = await start(pair);
    const day = (offset: number) =>
      new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
    for (const [offset, open] of [
      [-2, false],
      [2, true],
    ] as const) {
      const allows = allow(a, 7000).map((one) => ({ ...one, until: day(offset) }));
      await started.load("b", both(slice(directionSlice("ingress", { allows }))));
      // The kernel's clock knows no time zone, whatever the host's is.
      await started.shell("b", "TZ=Pacific/Kiritimati nft list ruleset >/dev/null");
      expect(await connect()).toEqual([open, open]);
    }
  });

  test("an open connection outlives a reload, and a foreign table is left alone", async () => {
    const { lab: started, asking } = await start(pair);
    const held = {
      process: asking,
      kind: "tcp",
      source: a[0],
      destination: b[0],
      port: 7001,
    } as const;
    await started.shell("b", reading);
    await started.shell("b", "nft add table inet other; nft add chain inet other c; sleep 0.3");
    await started.load("a", client);
    await started.load("b", server);
    await started.hold(held);
    const closed = both(slice(directionSlice("ingress"), directionSlice("egress")));
    await started.load("b", closed); // what is open stays open (SEG508)
    expect(await started.probe([held])).toEqual([false]);
    expect(await started.isAlive(asking)).toBe(true);
    await started.load("b", without(closed, / *ct state established .*\n/g));
    expect(await started.isAlive(asking)).toBe(false);
    expect(await started.shell("b", "nft list tables")).toBe("table inet other\ntable inet segc\n");
  });

  test("an observed direction drops what is denied and nothing else", async () => {
    const { lab: started, connect, asking } = await start(pair);
    const observed = { until: "2999-01-01" };
    await started.load("b", both(slice(directionSlice("ingress", { observed }))));
    expect(await connect()).toEqual([true, true]);
    const denies = allow([a[0]], 7000);
    await started.load("b", both(slice(directionSlice("ingress", { observed, denies }))));
    expect(await connect()).toEqual([false, true]);
    const echo = {
      process: asking,
      kind: "icmp" as const,
      source: a[0],
      destination: b[0],
      port: 0,
    };
    expect(await started.probe([echo])).toEqual([true]);
  });

  test("staged rules change nothing", async () => {
    const { lab: started, connect } = await start(pair);
    const stagedDenies = allow([a[0]], 7000);
    const stagedAllows = allow([a[1]], 7000);
    const allows = allow([a[0]], 7000);
    await started.load(
      "b",
      both(slice(directionSlice("ingress", { allows, stagedDenies, stagedAllows }))),
    );
    expect(await connect()).toEqual([true, false]);
  });

  test("an ICMP echo is let in by type and code, its replies by nothing else", async () => {
    const { lab: started, asking } = await start(pair);
    const request = (code: number) => serviceSet([icmpInterval(4, 8, code)]);
    const probe = [
      { process: asking, kind: "icmp" as const, source: a[0], destination: b[0], port: 0 },
    ];
    for (const [code, open] of [
      [0, true],
      [1, false],
    ] as const) {
      const allows = [entry("ping", [a[0]], request(code))];
      await started.load(
        "b",
        both(slice(directionSlice("ingress", { allows }), directionSlice("egress"))),
      );
      expect(await started.probe(probe)).toEqual([open]);
    }
  });
});

/** Reads and throws away, both families, until the lab ends. */
const reading = `python3 - >/dev/null 2>&1 <<'END' &
import socket, threading
def read(one):
    while one.recv(65536):
        pass
listener = socket.create_server(("::", 7001), family=socket.AF_INET6, dualstack_ipv6=True)
while True:
    threading.Thread(target=read, args=(listener.accept()[0],), daemon=True).start()
END`;

/** Sends 100 kB in segments as large as the path seems to allow; says how much was acknowledged. */
const sending = (source: string, destination: string) => `python3 - <<'END'
import fcntl, socket, struct, time
one = socket.socket(socket.AF_INET6 if ":" in "${source}" else socket.AF_INET, socket.SOCK_STREAM)
one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
one.bind(("${source}", 0))
one.settimeout(2)
one.connect(("${destination}", 7001))
one.sendall(b"x" * 100000)
left, end = 1, time.monotonic() + 1.5
while left and time.monotonic() < end:
    left = struct.unpack("i", fcntl.ioctl(one.fileno(), 0x5411, b"    "))[0]
    time.sleep(0.01)
print("stuck" if left else "acknowledged")
END`;
