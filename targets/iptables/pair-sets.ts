// Small blocks of peers and services as pairs in two sets, of hosts and of prefixes: a packet costs
// two look-ups then, however many blocks there are (kernel.md section 4). Which blocks go there is
// settled by pair-cost.ts.
import type { Direction } from "../../compiler/inventory/types.ts";
import type { SliceEntry } from "../../compiler/plan/slice.ts";
import type { Cidr } from "../../compiler/sets/address.ts";
import { cidrsOf } from "../../compiler/sets/address-set.ts";
import { plainRule } from "./baseline.ts";
import type { TableParts } from "./entry.ts";
import { bestCut, blocksOf } from "./pair-cost.ts";
import { type PeerServices, pairMembers } from "./pair-members.ts";
import { inHosts, isHost } from "./peer-shape.ts";
import type { IptRule, PairSet, RuleTarget } from "./ruleset.ts";
import { named } from "./set-text.ts";
import { ruleComment } from "./text.ts";

/** Entries that stay rules of their own, and the rules that stand for the others. */
export interface Paired {
  readonly entries: readonly SliceEntry[];
  readonly rules: readonly IptRule[];
}

/** True for an entry that asks for nothing but peer and service, and says nothing. */
export const isPlain = (entry: SliceEntry): boolean =>
  entry.local === undefined &&
  entry.programs.length === 0 &&
  entry.notPrograms.length === 0 &&
  entry.until === undefined &&
  entry.log === "none";

/** @param entries plain ones of the family, which all lead to `target` */
export function pairedEntries(
  parts: TableParts,
  direction: Direction,
  entries: readonly SliceEntry[],
  target: RuleTarget,
): Paired {
  const cut = bestCut(blocksOf(entries, parts.family), parts.family);
  if (cut === undefined) return { entries, rules: [] };
  const peers = cut.pairs.flatMap(({ entry, service }) =>
    inHosts(cidrsOf(entry.remote), cut.hostLength).map((cidr): Peer => ({ cidr, service, entry })),
  );
  const ruleFor = (type: PairSet["type"], of: readonly Peer[]): readonly IptRule[] => {
    if (of.length === 0) return [];
    const set = named({ family: parts.family, type, pairs: pairMembers(of) });
    parts.sets.set(set.name, set);
    const end = direction === "ingress" ? "source" : "destination";
    const rule = plainRule([{ kind: "pair-set", end, set: set.name }], target);
    return [{ ...rule, comment: ruleComment(rulesIn(of)) }];
  };
  const isHosts = ({ cidr }: { readonly cidr: Cidr }) => isHost(cidr);
  return {
    entries: cut.rest.map(({ entry }) => entry),
    rules: [
      ...ruleFor("hash:ip,port", peers.filter(isHosts)),
      ...ruleFor(
        "hash:net,port",
        peers.filter((peer) => !isHosts(peer)),
      ),
    ],
  };
}

interface Peer extends PeerServices {
  readonly entry: SliceEntry;
}

function rulesIn(peers: readonly Peer[]): Parameters<typeof ruleComment>[0] {
  const entries = [...new Set(peers.map(({ entry }) => entry))];
  const ids = new Set(entries.flatMap(({ ruleId, alsoRules }) => [ruleId, ...alsoRules]));
  const [ruleId = "", ...alsoRules] = [...ids].sort();
  return { ruleId, alsoRules, because: undefined, ticket: undefined };
}
