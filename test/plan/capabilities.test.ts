// The capability tables against the table of language.md 6.4 and the rulings of section 11.
import { describe, expect, test } from "vitest";
import { universeOf } from "../../compiler/extent/universe.ts";
import type { EnforcerKind } from "../../compiler/inventory/types.ts";
import { endsOf } from "../../compiler/plan/ends.ts";
import {
  anyService,
  equalServices,
  icmpInterval,
  portInterval,
  protocolInterval,
  serviceSet,
  unionServices,
} from "../../compiler/sets/service-set.ts";
import { type ProgramField, programFields } from "../../grammar/ast.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import * as make from "../extent/makers.ts";

const directions = ["egress", "ingress"] as const;

function seen(kind: EnforcerKind, visibility: string): readonly string[] {
  return directions.flatMap((direction) =>
    programFields
      .filter((field: ProgramField) => capabilityTable[kind].sees[direction][field] === visibility)
      .map((field) => `${direction} ${field}`),
  );
}

describe("what each kind sees", () => {
  test("a security group sees no process", () => {
    expect(seen("aws-sg", "yes")).toEqual([]);
  });
  test("nftables sees units and groups of units at both ends, owners at the source", () => {
    expect(seen("nftables", "yes").toSorted()).toEqual([
      "egress cgroup",
      "egress group",
      "egress unit",
      "egress user",
      "ingress cgroup",
      "ingress unit",
    ]);
    expect(seen("nftables", "launcher")).toHaveLength(6);
  });
  test("iptables sees nothing of a listener", () => {
    expect(seen("iptables", "yes")).toEqual([
      "egress user",
      "egress group",
      "egress unit",
      "egress cgroup",
    ]);
    expect(seen("iptables", "launcher").every((one) => one.startsWith("egress"))).toBe(true);
  });
  test("the Windows Firewall sees path, service and user, the rest with tags", () => {
    expect(seen("windows-firewall", "yes")).toHaveLength(6);
    expect(seen("windows-firewall", "app-tags").toSorted()).toEqual([
      "egress sha256",
      "egress signer",
      "ingress sha256",
      "ingress signer",
    ]);
  });
  test("each table stands under its own kind", () => {
    for (const [kind, table] of Object.entries(capabilityTable)) expect(table.kind).toBe(kind);
  });
});

describe("services", () => {
  const sctpPort = serviceSet([portInterval(132, 3868, 3868)]);
  const everySctp = serviceSet([protocolInterval(132)]);
  const exact = [
    serviceSet([portInterval(6, 1, 1023), portInterval(17, 53, 53)]),
    serviceSet([icmpInterval(4, 8, 0), icmpInterval(6, 128, undefined)]),
    serviceSet([protocolInterval(47)]),
    everySctp,
    anyService,
  ];

  test("everything but sctp ports is exact everywhere", () => {
    for (const { widen } of Object.values(capabilityTable)) {
      for (const service of exact) expect(equalServices(widen(service), service)).toBe(true);
    }
  });
  test("one sctp port is all of sctp for AWS and Windows, and nothing else widens", () => {
    const tcp = serviceSet([portInterval(6, 443, 443)]);
    for (const kind of ["aws-sg", "windows-firewall"] as const) {
      const widened = capabilityTable[kind].widen(unionServices(tcp, sctpPort));
      expect(widened).toEqual(unionServices(tcp, everySctp));
    }
    expect(capabilityTable.nftables.widen(sctpPort)).toEqual(sctpPort);
    expect(capabilityTable.iptables.widen(sctpPort)).toEqual(sctpPort);
  });
});

test("a fixture is seen whole, in both directions", () => {
  const fixture = make.workload("f", {}, ["10.0.0.1"], {
    enforcers: [{ kind: "fixture", id: "f", directions: ["egress", "ingress"] }],
  });
  const universe = universeOf(make.inventory(fixture));
  const nobody = { egress: universe.none, ingress: universe.none };
  const ends = endsOf(universe, capabilityTable, nobody);
  const program = make.program("p", { linux: { sha256: "00", user: "x", signer: "y" } });
  expect(ends.egress.sees(program)).toEqual(universe.all);
  expect(ends.ingress.sees(program)).toEqual(universe.all);
});
