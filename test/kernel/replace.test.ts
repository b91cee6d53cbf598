// A loaded rule set is replaced by its next version under traffic: what both allow loses no packet,
// what neither allows gets none through, on both Linux targets.
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compile, type Files } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { backends } from "../iptables/host.ts";
import { describeKernel } from "./here.ts";
import { Lab } from "./lab.ts";

const rate = 20_000; // packets a second, of each kind
const swaps = 8;
const traffic = fileURLToPath(new URL("traffic.py", import.meta.url));
const addresses = { a: "10.0.0.1", b: "10.0.0.2" } as const;
const [allowed, refused] = [5000, 5001];

/** Both versions allow one port, and another set of hosts some other ports. */
function project(kind: "nftables" | "iptables", version: number): Files {
  const hosts = Object.entries(addresses).map(([name, address]) => ({
    name,
    platform: "linux",
    labels: { role: name },
    addresses: [address],
    enforcers: [{ kind, id: "host", directions: ["ingress", "egress"] }],
  }));
  const policy = `module lab root
label role: enum { a, b }
segment a = workloads where role is a
segment b = workloads where role is b
allow a -> b : udp/${allowed}
allow others = networks { 10.${version}.0.0/16, 192.0.2.${version}/32 } -> b : { udp/${6000 + version}, tcp/22 }
deny some = networks { 10.${version}.1.0/24 } -> b : tcp/22
`;
  return memoryFiles(
    new Map([
      ["segc.yaml", "edition: 1\nroot: lab\nmodules: { lab: lab.seg }\ninventory: hosts.json\n"],
      ["hosts.json", JSON.stringify(hosts)],
      ["lab.seg", policy],
    ]),
  );
}

const runs = [
  { kind: "nftables", backend: "nft" },
  ...backends.map((backend) => ({ kind: "iptables", backend }) as const),
] as const;

describeKernel("replacing a rule set under traffic", { needs: "root" }, () => {
  test.each(runs)("$kind, $backend", { timeout: 60_000 }, async ({ kind, backend }) => {
    const lab = await Lab.start(
      Object.entries(addresses).map(([name, address]) => ({ name, addresses: [address] })),
    );
    try {
      const loads = [1, 2].map((version) => {
        const { compiled } = compile(project(kind, version), { now: "2026-11-23" });
        const artefact = compiled?.artefacts.find(({ entry }) => entry.workloads.includes("b"));
        const files = (artefact?.files ?? []).map((file) => ({
          ...file,
          path: file.path.split("/").slice(2).join("/"),
        }));
        const folder = lab.install(`b-${version}`, [...files, { path: "backend", text: backend }]);
        const loader = files.find(({ executable }) => executable === true)?.path;
        return `'${folder}/${loader}' load`;
      });
      const work = lab.install("work", [{ path: "empty", text: "" }]);
      const python = (what: string) => `python3 '${traffic}' ${what}`;
      await lab.shell("b", loads[0] ?? "");
      await lab.shell(
        "b",
        `cd '${work}'; mkfifo stop
(${python(`receive ${addresses.b} ${allowed} ${refused}`)} <stop >received 2>&1) &
exec 3>stop; until grep -q ready received; do sleep 0.05; done; sleep 60 >stop 2>&1 &`,
      );
      const send = (port: number) =>
        `(${python(`send ${addresses.b} ${port} ${rate} 4`)} >sent-${port} 2>&1) &`;
      await lab.shell("a", `cd '${work}'; ${send(allowed)} ${send(refused)}`);
      let replaced = 0;
      for (let swap = 0; swap < swaps; swap++) {
        await lab.shell("b", `sleep 0.2; ${loads[(swap + 1) % 2]}`);
        replaced++;
      }
      const printed = await lab.shell(
        "a",
        `cd '${work}'
for port in ${allowed} ${refused}; do until [ -s sent-$port ]; do sleep 0.1; done; done
cat sent-${allowed} sent-${refused}`,
      );
      const [sent = 0, , sentRefused = 0] = printed.split(/\s+/).map(Number);
      const received = await lab.shell(
        "b",
        `cd '${work}'; echo >stop
until [ $(wc -l <received) -ge 2 ]; do sleep 0.1; done; tail -n 1 received
grep '^Udp:' /proc/net/snmp`,
      );
      expect(replaced).toBe(swaps);
      process.stderr.write(`${kind} ${backend}: ${printed} -> ${received}\n`);
      expect(sent + sentRefused).toBeGreaterThan(rate);
      expect(received.split("\n")[0]).toBe(`${sent} 0`);
    } finally {
      await lab.close();
    }
  });
});
