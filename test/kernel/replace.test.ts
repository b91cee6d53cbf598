// A loaded rule set is replaced by its next version under traffic: what neither allows gets no packet
// through, and what both allow loses none. Networks are what a kernel is slow to see: kernel 6.18 goes
// to new rules before it finds what new interval sets hold, so that in one transaction allows miss and
// denies miss too.
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { compile, type Files } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { type Backend, backends } from "../iptables/host.ts";
import { describeKernel } from "./here.ts";
import { Lab } from "./lab.ts";

const rate = 20_000; // packets a second that both versions allow, and as many that neither does
const swaps = 16;
const traffic = fileURLToPath(new URL("traffic.py", import.meta.url));
const addresses = { a: "10.0.0.1", b: "10.0.0.2" } as const;
/** Of the last, both versions deny to one network what they allow to everybody. */
const [allowed, refused, denied] = [5000, 5001, 5002];

/** Both versions allow one port, and other hosts some other ports. */
function project({ kind, peers }: Run, version: number): Files {
  const others =
    peers === "networks"
      ? `10.${version}.0.0/16, 192.0.2.${version}/32`
      : `192.0.2.${version}/32, 198.51.100.${version}/32`;
  const denies =
    peers === "networks"
      ? `10.0.0.0/30, 198.51.${version}.0/24`
      : `10.0.0.1/32, 198.51.100.${version}/32`;
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
allow others = networks { ${others} } -> b : { udp/${6000 + version}, tcp/22 }
allow anybody = anywhere -> b : udp/${denied}
deny some = networks { ${denies} } -> b : { udp/${denied}, tcp/22 }
`;
  return memoryFiles(
    new Map([
      ["segc.yaml", "edition: 1\nroot: lab\nmodules: { lab: lab.seg }\ninventory: hosts.json\n"],
      ["hosts.json", JSON.stringify(hosts)],
      ["lab.seg", policy],
    ]),
  );
}

interface Run {
  readonly kind: "nftables" | "iptables";
  readonly backend: Backend;
  readonly peers: "networks" | "single addresses";
}

const runs: readonly Run[] = [
  { kind: "nftables", backend: "nft", peers: "networks" },
  { kind: "nftables", backend: "nft", peers: "single addresses" },
  ...backends.map((backend): Run => ({ kind: "iptables", backend, peers: "networks" })),
];

describeKernel("replacing a rule set under traffic", { needs: "root" }, () => {
  // A machine that is too busy to send that much is asked again: what is lost or leaks never is.
  test.each(runs)("$kind, $backend, $peers", { timeout: 240_000 }, async (run) => {
    let sent = 0;
    for (let attempt = 0; attempt < 5 && sent <= rate; attempt++) {
      const seen = await replaceUnderTraffic(run);
      expect({ arrived: seen.arrived, leaked: seen.leaked }).toEqual({
        arrived: seen.sent,
        leaked: [0, 0],
      });
      sent = seen.least;
    }
    expect(sent).toBeGreaterThan(rate);
  });
});

interface Seen {
  /** Packets that both versions allow. */
  readonly sent: number;
  readonly arrived: number;
  /** Of those that neither does, by port. */
  readonly leaked: readonly number[];
  /** Of the slowest sender, as if it had sent at the whole rate. */
  readonly least: number;
}

async function replaceUnderTraffic(run: Run): Promise<Seen> {
  const { backend } = run;
  const lab = await Lab.start(
    Object.entries(addresses).map(([name, address]) => ({ name, addresses: [address] })),
  );
  try {
    const loads = [1, 2].map((version) => {
      const { compiled } = compile(project(run, version), { now: "2026-11-23" });
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
(${python(`receive ${addresses.b} ${allowed} ${refused} ${denied}`)} <stop >received 2>&1) &
exec 3>stop; until grep -q ready received; do sleep 0.05; done; sleep 60 >stop 2>&1 &`,
    );
    const send = (port: number, perSecond: number) =>
      `(${python(`send ${addresses.b} ${port} ${perSecond} 4`)} >sent-${port} 2>&1) &`;
    const sends = [send(allowed, rate), send(refused, rate), send(denied, rate / 2)];
    await lab.shell("a", `cd '${work}'; ${sends.join(" ")}`);
    for (let swap = 0; swap < swaps; swap++) {
      await lab.shell("b", `sleep 0.1; ${loads[(swap + 1) % 2]}`);
    }
    const printed = await lab.shell(
      "a",
      `cd '${work}'
for port in ${allowed} ${refused} ${denied}; do until [ -s sent-$port ]; do sleep 0.1; done; done
cat sent-${allowed} sent-${refused} sent-${denied}`,
    );
    const [sent = 0, , sentRefused = 0, , sentDenied = 0] = printed.split(/\s+/).map(Number);
    const received = await lab.shell(
      "b",
      `cd '${work}'; echo >stop
until [ $(wc -l <received) -ge 2 ]; do sleep 0.1; done; tail -n 1 received`,
    );
    const [arrived = 0, ...leaked] = received.split(" ").map(Number);
    return { sent, arrived, leaked, least: Math.min(sent, sentRefused, 2 * sentDenied) };
  } finally {
    await lab.close();
  }
}
