// A fleet in the stand-in, and what segc compiles for it.
import { type NetworkLinks, noLinks } from "../../compiler/plan/network-links.ts";
import { compile } from "../../index.ts";
import type { AwsPlan } from "../../targets/aws/groups.ts";
import { parseAws } from "../../targets/aws/parse.ts";
import { awsText } from "../aws/projects.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import type { Account } from "./account.ts";
import type { Packet } from "./data-plane.ts";

export const today = "2026-11-27";

export interface Machine {
  readonly role: string;
  readonly addresses: readonly string[];
}

export interface Placed extends Machine {
  readonly name: string;
  readonly interface: string;
  readonly network: string;
}

/**
 * In turns where there are several networks.
 * @param groupsIn that they start with; by default the network's own, which lets its members talk
 */
export function place(
  account: Account,
  vpcs: string | readonly string[],
  machines: readonly Machine[],
  groupsIn?: (vpc: string) => readonly string[],
): readonly Placed[] {
  return machines.map((machine, at) => {
    const list = [vpcs].flat();
    const network = list[at % list.length] ?? "";
    const groups = groupsIn === undefined ? {} : { groups: groupsIn(network) };
    const id = account.createInterface(network, machine.addresses, groups);
    return { ...machine, name: `host-${at + 1}`, interface: id, network };
  });
}

/** A group as the console makes one: everything out, nothing in. */
export const launchGroup = (account: Account, vpc: string): string =>
  account.createGroup({ GroupName: "launch-wizard-1", GroupDescription: "by hand", VpcId: vpc }).id;

export const roles = ["web", "api", "db", "ops"] as const;

/** Rules without the head of the module. */
export const policyOf = (rules: readonly string[]): string => `module shop root
label role: enum { ${roles.join(", ")} }
${roles.map((role) => `segment ${role} = workloads where role is ${role}`).join("\n")}
${rules.join("\n")}
`;

/** @param realm of all their addresses, whatever networks they are in */
export function filesFor(
  realm: string,
  hosts: readonly Placed[],
  policy: string,
  links: NetworkLinks = noLinks,
) {
  const records = hosts.map((host) => ({
    name: host.name,
    platform: "linux",
    labels: { role: host.role },
    addresses: host.addresses.map((ip) => ({ ip, realm })),
    enforcers: [
      {
        kind: "aws-sg",
        id: host.interface,
        directions: ["ingress", "egress"],
        network: host.network,
      },
    ],
  }));
  return memoryFiles(
    new Map([
      [
        "segc.yaml",
        `edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\ntargets: { aws: ${JSON.stringify(links)} }\n`,
      ],
      ["shop.seg", policy],
      ["hosts.json", JSON.stringify(records)],
    ]),
  );
}

const known = new Map<string, AwsPlan>();

/** The same plan for the same question: runs with a fault at each call ask it again and again. */
export function planFor(...asked: Parameters<typeof filesFor>): AwsPlan {
  const key = JSON.stringify(asked);
  const found = known.get(key) ?? compiledPlan(...asked);
  known.set(key, found);
  return found;
}

function compiledPlan(...asked: Parameters<typeof filesFor>): AwsPlan {
  const { compiled, diagnostics } = compile(filesFor(...asked), { now: today });
  const text = awsText(compiled?.artefacts ?? []);
  if (text === undefined) throw new Error(JSON.stringify(diagnostics.map((one) => one.message)));
  const parsed = parseAws([{ path: "groups.json", text }]);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.plan;
}

/** Of generators.ts, some of them not always let in. */
export const somePartners = ["192.0.2.1", "192.0.2.3", "192.0.2.25", "192.0.2.27"];

/** Flows between all addresses, and some that nobody has. */
export function packetsOf(
  hosts: readonly Machine[],
  ports: readonly number[],
  others: readonly string[] = [],
): readonly Packet[] {
  const own = hosts.flatMap(({ addresses }) => addresses);
  const all = [...own, "198.51.100.9", "203.0.113.9", "2001:db8:ffff::9", ...others];
  const family = (address: string) => (address.includes(":") ? 6 : 4);
  return all.flatMap((from) =>
    all
      .filter((to) => to !== from && family(to) === family(from))
      .filter((to) => own.includes(from) || own.includes(to))
      .filter(
        (to) => !hosts.some(({ addresses }) => addresses.includes(from) && addresses.includes(to)),
      )
      .flatMap((to) => ports.map((detail) => ({ from, to, protocol: 6, detail }))),
  );
}
