// A hazard as a project, compiled for one target, and the packets that it names.
import { type CompileResult, compile } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import type { Packet } from "../interpreter/packet.ts";
import type { Packet as WindowsPacket } from "../windows/witness/policy.ts";
import { type Hazard, hosts } from "./cases.ts";

export type LinuxTarget = "nftables" | "iptables";
export const linuxTargets: readonly LinuxTarget[] = ["nftables", "iptables"];
export type HostTarget = LinuxTarget | "windows";
export const now = "2026-11-23";

const roles = Object.keys(hosts);

/** The policy with a segment for each role, in every module that there is. */
export function compileHazard({ policy, other }: Hazard, target: HostTarget): CompileResult {
  const segments = roles
    .map((role) => `export segment ${role} = workloads where role is ${role}`)
    .join("\n");
  const modules = other === undefined ? "{ lab: lab.seg }" : "{ lab: lab.seg, other: other.seg }";
  return compile(
    memoryFiles(
      new Map([
        [
          "segc.yaml",
          `edition: 1\nroot: lab\nmodules: ${modules}\ninventory: hosts.json\nexpiry: { schedule: daily }\n`,
        ],
        ["hosts.json", JSON.stringify(inventory(target))],
        [
          "lab.seg",
          `module lab root\nlabel role: enum { ${roles.join(", ")} }\n${teamOf(other)}${segments}\n${policy}\n`,
        ],
        ...(other === undefined
          ? []
          : [
              [
                "other.seg",
                `module other by t\nimport { ${roles.join(", ")} } from lab\n${other}\n`,
              ] as const,
            ]),
      ]),
    ),
    { now },
  );
}

const teamOf = (other: string | undefined) =>
  other === undefined ? "" : "team t owns workloads writes { other }\n";

function inventory(target: HostTarget) {
  const isWindows = target === "windows";
  return Object.entries(hosts).map(([role, addresses]) => ({
    name: role,
    platform: isWindows ? "windows" : "linux",
    labels: { role },
    addresses,
    enforcers: [
      {
        kind: isWindows ? "windows-firewall" : target,
        id: "host",
        directions: ["ingress", "egress"],
      },
    ],
  }));
}

/** The files of the server. Throws where the policy does not compile. */
export function serverFiles({ compiled, diagnostics }: CompileResult) {
  const artefact = compiled?.artefacts.find(({ entry }) => entry.workloads.includes("server"));
  if (artefact !== undefined) return artefact.files;
  throw new Error(JSON.stringify(diagnostics.map(({ code, message }) => [code, message])));
}

const numbers: Readonly<Record<string, number>> = { tcp: 6, udp: 17, icmp4: 1, icmp6: 58 };

/** `[out ]ADDRESS SERVICE` as in `Hazard`. */
export function packetOf(text: string): Packet {
  const words = text.split(" ");
  const isOut = words[0] === "out";
  const [remote = "", service = ""] = isOut ? words.slice(1) : words;
  const [name = "", value = ""] = service.split("/");
  const [v4, v6] = hosts.server;
  const family = remote.includes(":") ? 6 : 4;
  const local = family === 4 ? v4 : v6;
  const number = Number(value);
  return {
    direction: isOut ? "out" : "in",
    family,
    source: isOut ? local : remote,
    destination: isOut ? remote : local,
    protocol: numbers[name] ?? number,
    ...(name === "tcp" || name === "udp" ? { ports: { source: 40_000, destination: number } } : {}),
    ...(name.startsWith("icmp") ? { icmp: { type: number, code: 0 } } : {}),
    state: "new",
    ctDirection: "original",
    loopback: false,
    hopLimit: 64,
    owner: undefined,
    now: Date.parse(`${now}T12:00:00Z`) / 1000,
  };
}

/** The same at a host with Windows. */
export function windowsPacket(text: string): WindowsPacket {
  const { direction, family, source, destination, protocol, ports, icmp } = packetOf(text);
  const isIn = direction === "in";
  const numbers = isIn
    ? { localPort: ports?.destination, remotePort: ports?.source }
    : { localPort: ports?.source, remotePort: ports?.destination };
  const { localPort, remotePort } = numbers;
  return {
    direction,
    family,
    local: isIn ? destination : source,
    remote: isIn ? source : destination,
    protocol,
    ...(localPort === undefined || remotePort === undefined ? {} : { localPort, remotePort }),
    ...(icmp === undefined ? {} : { icmp }),
  };
}
