// How messages about enforcement name things: a few names and a number, never a thousand names.
import type { Universe } from "../extent/types.ts";
import type { EnforcerKind, Workload } from "../inventory/types.ts";
import type { Program, Rule } from "../model/types.ts";
import { type Bitset, members } from "../sets/bitset.ts";

/** `a`, `b` and 3 more. */
export function listed(names: Iterable<string>, limit = 3): string {
  const all = [...new Set(names)];
  const quoted = all.slice(0, limit).map((name) => `\`${name}\``);
  const more = all.length - quoted.length;
  if (more > 0) return `${quoted.join(", ")} and ${more} more`;
  const last = quoted.pop() ?? "";
  return quoted.length === 0 ? last : `${quoted.join(", ")} and ${last}`;
}

/** Workloads that have one of the endpoints, in inventory order. */
export function workloadsAt(universe: Universe, endpoints: Bitset): readonly Workload[] {
  const found = new Set<Workload>();
  for (const index of members(endpoints)) {
    const workload = universe.workloads[universe.endpoints[index]?.workload ?? -1];
    if (workload !== undefined) found.add(workload);
  }
  return [...found];
}

export const namesOf = (workloads: readonly Workload[]) => workloads.map(({ name }) => name);

export function programText(program: Program): string {
  return program.name === undefined ? "the inline program" : `\`${program.name}\``;
}

export function ruleText(rule: Rule): string {
  return `\`${rule.named ? rule.id : rule.flow.text}\``;
}

/** What an operator calls an enforcer of this kind. */
export const kindWords: Readonly<Record<EnforcerKind, string>> = {
  "aws-sg": "a security group",
  nftables: "nftables",
  iptables: "iptables",
  "windows-firewall": "the Windows Firewall",
  fixture: "a test fixture",
};

/** `nftables and iptables`, or the text for none. */
export function kindsText(kinds: Iterable<EnforcerKind>, none = "nothing"): string {
  const words = [...new Set(kinds)].sort().map((kind) => kindWords[kind]);
  const last = words.pop();
  if (last === undefined) return none;
  return words.length === 0 ? last : `${words.join(", ")} and ${last}`;
}
