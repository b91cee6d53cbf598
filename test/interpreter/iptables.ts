// The texts for iptables-restore, ip6tables-restore and `ipset restore` -> a program, as they would
// load into an empty kernel. Written from man iptables-extensions and man ipset.
import type { Family } from "./address.ts";
import { LoadFault } from "./fault.ts";
import { all, is } from "./formula.ts";
import { readIpsets } from "./ipt/ipset.ts";
import { type RuleText, readRule } from "./ipt/rules.ts";
import type { IpSets } from "./ipt/sets.ts";
import { linesOf } from "./ipt/words.ts";
import { type BaseChain, checkJumps, type Program, type Rule, type Verdict } from "./program.ts";

export interface IptablesTexts {
  readonly v4?: string;
  readonly v6?: string;
  readonly ipset?: string;
}

export interface IptablesOptions {
  /** The sets are restored with -exist: what exists already is no error. */
  readonly exist?: boolean;
}

/** A family without a text is let through, as the empty kernel does. Throws a `LoadFault`. */
export function readIptables(
  { v4, v6, ipset = "" }: IptablesTexts,
  { exist = false }: IptablesOptions = {},
): Program {
  const sets = readIpsets(ipset, exist);
  const parts = [
    ...(v4 === undefined ? [] : [readTable(v4, 4, sets)]),
    ...(v6 === undefined ? [] : [readTable(v6, 6, sets)]),
  ];
  const program = {
    chains: new Map(parts.flatMap((part) => [...part.chains])),
    bases: parts.flatMap((part) => part.bases),
  };
  checkJumps(program);
  return program;
}

interface Chain {
  policy: Verdict | undefined;
  readonly rules: RuleText[];
}

/** The hooks of the table filter; forwarded packets are no packets of this model. */
const hooks = { INPUT: [0], OUTPUT: [1], FORWARD: [] };

function readTable(text: string, family: Family, sets: IpSets): Program {
  const chains = readChains(text, family, sets);
  checkOwners(chains);
  const name = (chain: string) => `v${family} ${chain}`;
  const rulesOf = ({ rules }: Chain): readonly Rule[] =>
    rules.flatMap(({ action, when, line }) => {
      if (action === undefined) return [];
      const named = "chain" in action ? { ...action, chain: name(action.chain) } : action;
      return [{ line, when, action: named }];
    });
  const bases = Object.entries(hooks).map(([chain, directions]): BaseChain => {
    const when = all(is("direction", ...directions), is("family", family === 4 ? 0 : 1));
    return { chain: name(chain), when, priority: 0, policy: chains.get(chain)?.policy ?? "accept" };
  });
  return { chains: new Map([...chains].map(([chain, it]) => [name(chain), rulesOf(it)])), bases };
}

function readChains(text: string, family: Family, sets: IpSets): Map<string, Chain> {
  const chains = new Map<string, Chain>();
  for (const hook of Object.keys(hooks)) chains.set(hook, { policy: "accept", rules: [] });
  let place: "before" | "inside" | "after" = "before";
  let last = 1;
  for (const { words, line } of linesOf(text)) {
    const [first = ""] = words;
    last = line;
    if (place !== "inside") {
      if (first !== "*filter" || place === "after") throw new LoadFault("*filter, once", line);
      place = "inside";
    } else if (first === "COMMIT") place = "after";
    else if (first.startsWith(":")) declare(chains, words, line);
    else {
      const rule = readRule({ words, line }, family, sets);
      const chain = chains.get(rule.chain);
      if (chain === undefined) throw new LoadFault(`no chain "${rule.chain}"`, line);
      chain.rules.push(rule);
    }
  }
  if (place !== "after") throw new LoadFault("COMMIT is missing", last);
  return chains;
}

function declare(chains: Map<string, Chain>, words: readonly string[], line: number): void {
  const [first = "", policy = ""] = words;
  const name = first.slice(1);
  const isHook = Object.hasOwn(hooks, name);
  if (!(isHook ? ["ACCEPT", "DROP", "-"] : ["-"]).includes(policy)) {
    throw new LoadFault(`no policy for ${name}: ${policy}`, line);
  }
  if (name === "" || name.length > 28) throw new LoadFault(`no name of a chain: ${name}`, line);
  const verdict = policy === "DROP" ? "drop" : policy === "ACCEPT" ? "accept" : undefined;
  const known = isHook ? chains.get(name) : undefined;
  if (known !== undefined) known.policy = verdict ?? known.policy;
  else chains.set(name, { policy: undefined, rules: [] });
}

/**
 * Where packets come in, `owner` does not load and `cgroup` never sees the first packet of a
 * connection (man: "only of limited functionality"): neither can be judged there.
 */
function checkOwners(chains: ReadonlyMap<string, Chain>): void {
  const open = ["INPUT", "FORWARD"];
  const seen = new Set(open);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    for (const { uses, line, action } of chains.get(name)?.rules ?? []) {
      if (uses.has("owner") || uses.has("cgroup")) {
        throw new LoadFault("the owner of a packet that comes in", line);
      }
      if (action === undefined || !("chain" in action) || seen.has(action.chain)) continue;
      seen.add(action.chain);
      open.push(action.chain);
    }
  }
}
