// SEG904: who is named, and whom something before the host still filters.
import { expect, test } from "vitest";
import { lint } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";

const enforcer = (kind: string, directions = ["ingress", "egress"]) => ({
  kind,
  id: kind,
  directions,
});
const host = (name: string, address: string, more: object) => ({
  name,
  platform: "linux",
  labels: { tier: "web" },
  addresses: [address],
  ...more,
});

/** Messages of SEG904 for these records. */
function found(...records: readonly object[]): readonly string[] {
  const files = new Map([
    ["segc.yaml", "edition: 1\nmodules: { app: app.seg }\ninventory: hosts.json\n"],
    ["hosts.json", JSON.stringify(records)],
    ["app.seg", "module app root\nlabel tier: enum { web, db }\n"],
  ]);
  const { diagnostics } = lint(memoryFiles(files), { now: "2026-11-23" });
  expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  return diagnostics.flatMap(({ code, message }) => (code === "SEG904" ? [message] : []));
}

const published = ["udp/53", "tcp/8080"];

test("hosts that publish the same past the same filter are one finding", () => {
  const nftables = { published, enforcers: [enforcer("nftables")] };
  const iptables = { published, enforcers: [enforcer("iptables", ["ingress"])] };
  expect(
    found(
      host("a", "10.0.0.1", nftables),
      host("b", "10.0.0.2", iptables),
      host("c", "10.0.0.3", { ...nftables, published: published.toReversed() }),
    ),
  ).toEqual([
    "what comes to `tcp/8080` and `udp/53` of `a` and `c` is forwarded to containers, unseen by nftables there: no rule holds it back",
    "what comes to `tcp/8080` and `udp/53` of `b` is forwarded to containers, unseen by iptables there: no rule holds it back",
  ]);
});

test.each([
  ["nothing is published", { published: [], enforcers: [enforcer("nftables")] }],
  ["nothing filters what comes in", { published, enforcers: [enforcer("nftables", ["egress"])] }],
  [
    "a group stands before it",
    { published, enforcers: [enforcer("nftables"), enforcer("aws-sg")] },
  ],
])("not where %s", (_, more) => {
  expect(found(host("a", "10.0.0.1", more))).toEqual([]);
});
