// What a kernel holds, as `TZ=UTC nft -j list ruleset` prints it, back as a plan. The side files say
// what the listing leaves out: nft 1.0.6 prints no level for a cgroup match, and the elements of
// an identity set are numbers of the moment.

import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";
import type { OutputFile, Parsed } from "../../compiler/plan/target.ts";
import type { AddressSet } from "../../compiler/sets/address-set.ts";
import { components } from "../linux/slices.ts";
import { matchOfJson } from "./json-match.ts";
import { addressesOfJson, type JsonObject, type Levels, objectOf, textOf } from "./json-values.ts";
import { checkReferences, type Ruleset, sortedByName } from "./parse.ts";
import { parseSideFiles } from "./parse-side-files.ts";
import type {
  NftAddressSet,
  NftChain,
  NftPlan,
  NftRule,
  NftVerdictMap,
  Verdict,
} from "./ruleset.ts";
import { branchesOf, tableName } from "./ruleset.ts";

/** The table of ours in a listing; other tables are nobody's business here. */
export function parseListing(json: string, sideFiles: readonly OutputFile[]): Parsed<NftPlan> {
  try {
    const side = parseSideFiles(sideFiles);
    const levels = new Map(side.members.map(({ set, path }) => [set, components(path).length]));
    return { ok: true, plan: { ...rulesetOf(JSON.parse(json), levels), ...side } };
  } catch (fault) {
    if (!(fault instanceof RulesetFault) && !(fault instanceof SyntaxError)) throw fault;
    return {
      ok: false,
      problems: [{ path: "nft -j list ruleset", line: 1, message: fault.message }],
    };
  }
}

function rulesetOf(json: unknown, levels: Levels): Ruleset {
  const list = objectOf(json).get("nftables");
  if (!Array.isArray(list)) throw new RulesetFault(1, "expected a list under `nftables`");
  const ours = list.map(objectOf).flatMap((item) => {
    const [[kind, value] = ["", undefined]] = [...item];
    const body = kind === "metainfo" || value === undefined ? new Map() : objectOf(value);
    return body.get("table") === tableName && body.get("family") === "inet" ? [{ kind, body }] : [];
  });
  const bodies = (wanted: string) =>
    ours.filter(({ kind }) => kind === wanted).map(({ body }) => body);
  const sets = bodies("set");
  const rules = bodies("rule").map((body) => ({
    chain: textOf(body.get("chain")),
    rule: ruleOf(body, levels),
  }));
  const isStamp = (set: JsonObject) =>
    set.get("type") !== "cgroupsv2" && set.get("elem") === undefined;
  const [stamp, ...more] = sets.filter(isStamp);
  if (more.length > 0) throw new RulesetFault(1, "more than one empty set");
  const ruleset: Ruleset = {
    stamp: stamp === undefined ? undefined : textOf(stamp.get("name")),
    addressSets: sortedByName(sets.filter((set) => set !== stamp).flatMap(addressSetOf)),
    verdictMaps: sortedByName(bodies("map").map(verdictMapOf)),
    identitySets: sets
      .filter((set) => set.get("type") === "cgroupsv2")
      .map((set) => textOf(set.get("name")))
      .sort(),
    chains: sortedByName(bodies("chain").map((body) => chainOf(body, rules))),
  };
  checkReferences(ruleset);
  return ruleset;
}

function addressSetOf(set: JsonObject): readonly NftAddressSet[] {
  const type = set.get("type");
  if (type === "cgroupsv2") return [];
  if (type !== "ipv4_addr" && type !== "ipv6_addr")
    throw new RulesetFault(1, "unknown kind of set");
  const family = type === "ipv4_addr" ? 4 : 6;
  const addresses = addressesOfJson(set.get("elem"), family);
  return [{ name: textOf(set.get("name")), family, addresses }];
}

/** A map to verdicts lists pairs of a key and a jump. */
function verdictMapOf(map: JsonObject): NftVerdictMap {
  const type = map.get("type");
  if (map.get("map") !== "verdict" || (type !== "ipv4_addr" && type !== "ipv6_addr"))
    throw new RulesetFault(1, "unknown kind of map");
  const family = type === "ipv4_addr" ? 4 : 6;
  const pairs = map.get("elem");
  if (!Array.isArray(pairs)) throw new RulesetFault(1, "a map without elements");
  const byChain = new Map<string, AddressSet[]>();
  for (const pair of pairs) {
    const [key, verdict] = Array.isArray(pair) ? pair : [];
    const chain = textOf(objectOf(objectOf(verdict).get("jump")).get("target"));
    byChain.set(chain, [...(byChain.get(chain) ?? []), addressesOfJson(key, family)]);
  }
  return { name: textOf(map.get("name")), family, branches: branchesOf(byChain) };
}

function chainOf(
  body: JsonObject,
  rules: readonly { readonly chain: string; readonly rule: NftRule }[],
): NftChain {
  const name = textOf(body.get("name"));
  const own = rules.filter(({ chain }) => chain === name).map(({ rule }) => rule);
  const hook = body.get("hook");
  if (hook === undefined) return { name, base: undefined, rules: own };
  const policy = body.get("policy");
  if (hook !== "input" && hook !== "output") throw new RulesetFault(1, "unknown hook");
  if (policy !== "accept" && policy !== "drop") throw new RulesetFault(1, "unknown policy");
  if (body.get("type") !== "filter" || body.get("prio") !== 0) {
    throw new RulesetFault(1, "a base chain stands elsewhere");
  }
  return { name, base: { hook, policy }, rules: own };
}

function ruleOf(body: JsonObject, levels: Levels): NftRule {
  const expressions = body.get("expr");
  const comment = body.get("comment");
  const rule: { -readonly [Key in keyof NftRule]: NftRule[Key] } = {
    matches: [],
    limit: undefined,
    log: undefined,
    verdict: undefined,
    comment: typeof comment === "string" ? comment : undefined,
  };
  if (!Array.isArray(expressions)) throw new RulesetFault(1, "a rule without expressions");
  for (const expression of expressions.map(objectOf)) {
    const [[kind, value] = ["", undefined]] = [...expression];
    if (rule.verdict !== undefined) throw new RulesetFault(1, "something follows a verdict");
    if (kind === "match") rule.matches = [...rule.matches, matchOfJson(objectOf(value), levels)];
    else if (kind === "limit") rule.limit = limitOf(objectOf(value));
    else if (kind === "log") rule.log = textOf(objectOf(value).get("prefix"));
    else rule.verdict = verdictOf(kind, value);
  }
  if (rule.limit !== undefined && rule.verdict !== undefined) {
    throw new RulesetFault(1, "a limit must not decide");
  }
  return rule;
}

function limitOf(body: JsonObject): NftRule["limit"] {
  const rate = body.get("rate");
  const burst = body.get("burst");
  if (typeof rate !== "number" || typeof burst !== "number" || body.get("per") !== "second") {
    throw new RulesetFault(1, "expected a rate per second");
  }
  return { rate, burst };
}

function verdictOf(kind: string, value: unknown): Verdict {
  if (kind === "accept" || kind === "drop" || kind === "return") return { kind };
  if (kind === "jump" || kind === "goto") {
    return { kind, chain: textOf(objectOf(value).get("target")) };
  }
  if (kind === "vmap") {
    const payload = objectOf(objectOf(objectOf(value).get("key")).get("payload"));
    const [protocol, end] = [payload.get("protocol"), payload.get("field")];
    const family = protocol === "ip" ? 4 : 6;
    if (family === 6 && protocol !== "ip6") throw new RulesetFault(1, "unknown key of a map");
    if (end !== "saddr" && end !== "daddr") throw new RulesetFault(1, "unknown key of a map");
    return { kind, family, end, map: textOf(objectOf(value).get("data")).replace(/^@/, "") };
  }
  throw new RulesetFault(1, `unknown expression \`${kind}\``);
}
