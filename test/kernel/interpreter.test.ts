// The interpreters of emitted rules against the kernel: hand-written rule sets, every probe answered
// or not as they say.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Artefact, readArtefact } from "../interpreter/artefact.ts";
import type { Packet } from "../interpreter/packet.ts";
import { decide, type Program } from "../interpreter/program.ts";
import { describeKernel } from "./here.ts";
import { type RuleCase, ruleCases } from "./interpreter-rules.ts";
import { Lab, type Probe } from "./lab.ts";

const a = ["10.0.0.1", "10.0.0.2", "10.0.0.3", "2001:db8::1", "2001:db8::2"];
const b = ["10.7.0.2", "2001:db8:7::2"];
const ports = [7000, 7001, 7002];
const isSix = (address: string) => address.includes(":");

/** Every source, to every service of the address of its family. */
const probes: readonly Probe[] = a.flatMap((source) =>
  b
    .filter((destination) => isSix(destination) === isSix(source))
    .flatMap((destination) => {
      const process = "a/x";
      const services = (["tcp", "udp"] as const).flatMap((kind) =>
        ports.map((port) => ({ process, kind, source, destination, port })),
      );
      return [...services, { process, kind: "icmp", source, destination, port: 0 } as const];
    }),
);

/** The first packet where the rules stand, and one that follows it in the same direction. */
function packetsOf({ kind, source, destination, port }: Probe, host: "a" | "b"): readonly Packet[] {
  const family = isSix(source) ? 6 : 4;
  const protocol = kind === "tcp" ? 6 : kind === "udp" ? 17 : family === 6 ? 58 : 1;
  const first: Packet = {
    direction: host === "a" ? "out" : "in",
    family,
    source,
    destination,
    protocol,
    ...(kind === "icmp"
      ? { icmp: { type: family === 6 ? 128 : 8, code: 0 } }
      : { ports: { source: 30000, destination: port } }),
    state: "new",
    ctDirection: "original",
    loopback: false,
    hopLimit: 64,
    owner: host === "a" ? { uid: 0, gid: 0, cgroup: "" } : undefined,
    now: (Date.now() / 1000) | 0,
  };
  // An answer to a SYN needs no more: a connection that is accepted stands after its second packet.
  return kind === "tcp" && host === "a" ? [first, { ...first, state: "established" }] : [first];
}

const answered = (program: Program, probe: Probe, host: "a" | "b") =>
  packetsOf(probe, host).every((packet) => decide(program, packet) === "accept");

describeKernel("the interpreters and the kernel", { needs: "namespaces" }, () => {
  let lab: Lab | undefined;
  beforeAll(async () => {
    lab = await Lab.start([
      { name: "a", addresses: a },
      { name: "b", addresses: b },
    ]);
    await lab.spawn({ host: "a", name: "x", uid: 0, gid: 0, cgroup: undefined });
    await lab.spawn({ host: "b", name: "x", uid: 0, gid: 0, cgroup: undefined });
    const sockets = b.flatMap((address) =>
      (["tcp", "udp"] as const).flatMap((kind) =>
        ports.map((port) => [kind, address, port] as const),
      ),
    );
    await lab.listen("b/x", sockets);
  });
  afterAll(() => lab?.close());

  test("everything is answered where there are no rules", async () => {
    expect(await lab?.probe(probes)).toEqual(probes.map(() => true));
  });

  test.each(ruleCases.map((each) => [each.name, each] as const))("%s", async (_, each) => {
    if (lab === undefined) throw new Error("no lab");
    const program = readArtefact(each.artefact);
    const expected = probes.map((probe) => answered(program, probe, each.host));
    // A case in which nothing or everything passes would show little.
    expect(new Set(expected).size).toBe(2);
    await load(lab, each);
    const outcome = await lab.probe(probes);
    await unload(lab, each);
    const describeAll = (list: readonly boolean[]) =>
      probes.map(
        ({ kind, source, port }, index) =>
          `${kind} ${source} ${port}: ${list[index] === true ? "yes" : "no"}`,
      );
    expect(describeAll(outcome)).toEqual(describeAll(expected));
  });
});

async function load(lab: Lab, { host, artefact }: RuleCase): Promise<void> {
  const files = Object.entries(artefact.texts).map(([path, text]) => ({ path, text }));
  const folder = lab.install(host, files);
  for (const command of loaders(artefact)) await lab.shell(host, `cd '${folder}' && ${command}`);
}

const loaders = ({ format }: Artefact): readonly string[] =>
  format === "nftables"
    ? ["TZ=UTC nft -f nft"]
    : ["ipset restore <ipset", "iptables-restore <v4", "ip6tables-restore <v6"];

/** The kernel lets go of a set a moment after the last rule or list that names it. */
async function unload(lab: Lab, { host, artefact }: RuleCase): Promise<void> {
  const empty = "printf '*filter\\n:INPUT ACCEPT\\n:OUTPUT ACCEPT\\nCOMMIT\\n'";
  const destroy =
    "ipset flush; for i in 1 2 3 4 5 6 7 8 9; do ipset destroy 2>/dev/null && exit; sleep 0.1; done; ipset destroy";
  const script =
    artefact.format === "nftables"
      ? "nft flush ruleset"
      : `${empty} | iptables-restore && ${empty} | ip6tables-restore && ${destroy}`;
  await lab.shell(host, script);
}
