// Which shape a table takes: what a packet and a load cost decides, never what the policy means.
import { describe, expect, test } from "vitest";
import { planNftables } from "../../targets/nftables/plan.ts";
import { rulesetText } from "../../targets/nftables/render.ts";
import { directionSlice, entry, slice, tcp } from "./slices.ts";

const planOf = (...allows: readonly ReturnType<typeof entry>[]) =>
  planNftables(slice(directionSlice("ingress", { allows })), { minimise: true });

const ports = Array.from({ length: 16 }, (_, index) => 2 * index + 1);
const hostsFrom = (start: number, count: number) =>
  Array.from({ length: count }, (_, index) => `10.${start}.${index >> 7}.${2 * (index & 127)}`);

describe("a table", () => {
  test("asks a map for peers that may do different things", () => {
    const plan = planOf(...ports.map((port) => entry(`r${port}`, hostsFrom(port, 200), tcp(port))));
    expect(plan.verdictMaps).toHaveLength(1);
    expect(rulesetText(plan)).not.toContain("flags interval");
  });

  test("keeps hosts and networks in maps of their own, a hash and a tree", () => {
    const peers = (port: number) => [...hostsFrom(port, 200), `172.${port}.0.0/16`];
    const plan = planOf(...ports.map((port) => entry(`r${port}`, peers(port), tcp(port))));
    expect(plan.verdictMaps).toHaveLength(2);
    const text = rulesetText(plan);
    expect(text.match(/flags interval/g)).toHaveLength(1);
    expect(text.match(/ip saddr vmap @/g)).toHaveLength(2);
  });

  test("goes rule by rule where the chains of a map would take longest to load", () => {
    // Each host has two ports of its own: 1,500 chains, or 60 rules.
    const many = Array.from({ length: 60 }, (_, index) => 2 * index + 1);
    const pairs = many.flatMap((a) => many.filter((b) => b > a).map((b) => [a, b] as const));
    const hosts = hostsFrom(0, pairs.length);
    const peersOf = (port: number) => hosts.filter((_, index) => pairs[index]?.includes(port));
    const plan = planOf(...many.map((port) => entry(`r${port}`, peersOf(port), tcp(port))));
    expect(plan.verdictMaps).toHaveLength(0);
  });

  test("compares ports before it looks a peer up", () => {
    const text = rulesetText(planOf(entry("r", ["10.0.0.1", "10.0.0.3"], tcp(22))));
    expect(text).toMatch(/^ {4}tcp dport 22 ip saddr @a4_\w+ accept/m);
  });
});
