// `node bench/packets.ts [--peers PYTHON] [--policies NAMES] [--pairs N] [--rounds N]`: what a packet
// costs a real kernel with our rule sets, as a ratio to our own opening alone. PYTHON is an
// interpreter that has Aerleon; with it, rules one by one, Aerleon and ferm stand beside ours.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Family } from "../compiler/sets/address.ts";
import { PacketLab } from "./packet-lab.ts";
import { type PacketFlow, permitted, policies, ports, refused } from "./pairs.ts";
import { median } from "./processor-time.ts";
import { aerleonRuleSet, fermRuleSets, openings, ourRuleSets, type RuleSet } from "./rule-sets.ts";

const { values: options } = parseArgs({
  options: {
    peers: { type: "string" },
    policies: { type: "string", default: Object.keys(policies).join() },
    pairs: { type: "string", default: "50000" },
    rounds: { type: "string", default: "7" },
  },
});
const rounds = Number(options.rounds);

/** What is asked of a packet: a later one of a flow, the first of one, one that nothing permits. */
const kinds = ["established", "new", "refused"] as const;
type Kind = (typeof kinds)[number];
/** Which opening alone a packet is measured against. */
const endOf = { established: "accept", new: "accept", refused: "drop" } as const;
const families = [4, 6] as const;

/** Packets of one measurement: fewer where they take longer than this. */
const packetsMax = 20_000;
const nanosecondsMax = 150e6;
const establishedFlows = 1000;

/** A rule set in a server of its own. */
interface Subject {
  readonly set: RuleSet;
  readonly server: string;
  readonly policy: string;
}

/** `KIND FAMILY` to nanoseconds for each packet, a round each. */
type Costs = Map<string, number[]>;

const folder = mkdtempSync(join(tmpdir(), "segc-packets-"));
const lab = PacketLab.start();
const subjects: Subject[] = [];
/** By `POLICY FAMILY`. */
const established = new Map<string, readonly PacketFlow[]>();
try {
  const names = options.policies.split(",");
  const bases = [
    ...(await serve(openings(join(folder, "accept"), "accept"), names[0])),
    ...(await serve(openings(join(folder, "drop"), "drop"), names[0])),
  ];
  await serve(openings(join(folder, "again"), "accept"), names[0]);
  for (const name of names) await servePolicy(name);
  print(bases, await measureAll());
} finally {
  await lab.close();
  rmSync(folder, { recursive: true, force: true });
}

async function servePolicy(name: string): Promise<void> {
  const policy = policies[name]?.(Number(options.pairs));
  if (policy === undefined) throw new Error(`no policy is called ${name}`);
  for (const family of families) {
    const flows = permitted(policy, family);
    const sent: Readonly<Record<Kind, readonly PacketFlow[]>> = {
      established: flows.slice(0, establishedFlows),
      new: flows,
      refused: refused(policy, family),
    };
    established.set(`${name} ${family}`, sent.established);
    for (const kind of kinds) await lab.prepare(`${name} ${kind} ${family}`, family, sent[kind]);
  }
  const { peers } = policy;
  await serve(ourRuleSets(join(folder, name), name, peers), name);
  if (name !== "distinct" || options.peers === undefined) return;
  await serve(ourRuleSets(join(folder, "plain"), `${name}, one by one`, peers, "off"), name);
  await serve([aerleonRuleSet(join(folder, "aerleon"), peers, options.peers)], name);
  await serve(fermRuleSets(join(folder, "ferm"), peers), name);
}

/** Loads each on a server of its own. */
async function serve(sets: readonly RuleSet[], policy = "distinct"): Promise<readonly Subject[]> {
  const made = sets.map((set, index) => ({ set, policy, server: `${subjects.length + index}` }));
  subjects.push(...made);
  for (const { server, set } of made) {
    await lab.server(server, ports);
    const seconds = await lab.run(server, set.load);
    console.error(`${set.name} (${set.backend}) loaded in ${seconds.toFixed(2)} s`);
  }
  return made;
}

/**
 * One family and kind after the other, all rule sets in turns. Established flows are made once, for
 * all rounds; new ones are forgotten after each.
 */
async function measureAll(): Promise<ReadonlyMap<Subject, Costs>> {
  const costs = new Map<Subject, Costs>(subjects.map((subject) => [subject, new Map()]));
  for (const family of families) {
    for (const kind of kinds) {
      const asked = subjects.filter(({ set: { end } }) => (end ?? endOf[kind]) === endOf[kind]);
      const counts = new Map<Subject, number>();
      for (const subject of asked) {
        await lab.forget(subject.server);
        if (kind === "established") await establish(subject, family);
        const ns = await send(subject, kind, family, 100);
        counts.set(subject, Math.ceil(Math.min(packetsMax, Math.max(100, nanosecondsMax / ns))));
      }
      for (let round = 0; round < rounds; round++) {
        for (const [subject, count] of counts) {
          const ns = await send(subject, kind, family, count);
          const known = costs.get(subject)?.get(`${kind} ${family}`) ?? [];
          costs.get(subject)?.set(`${kind} ${family}`, [...known, ns]);
        }
      }
    }
  }
  return costs;
}

async function establish({ server, policy }: Subject, family: Family): Promise<void> {
  const flows = established.get(`${policy} ${family}`) ?? [];
  await lab.send(server, `${policy} established ${family}`, flows.length);
  await lab.answer(server, family, flows);
}

/** Nanoseconds for each of `count` packets, all of which did what they must. */
async function send(
  { server, policy, set }: Subject,
  kind: Kind,
  family: Family,
  count: number,
): Promise<number> {
  const { ns, arrived } = await lab.send(server, `${policy} ${kind} ${family}`, count, "anywhere");
  const wanted = kind === "refused" ? 0 : count;
  if (arrived !== wanted) {
    throw new Error(`${set.name} (${set.backend}): ${arrived} of ${count} ${kind} packets arrived`);
  }
  if (kind === "new") await lab.forget(server);
  return ns;
}

/** Medians over the rounds of the ratio to the opening alone, by the same backend in the same round. */
function print(bases: readonly Subject[], costs: ReadonlyMap<Subject, Costs>): void {
  const columns = families.flatMap((family) => kinds.map((kind) => ({ kind, family })));
  const heads = columns.map(({ kind, family }) => `${kind} v${family}`);
  console.log(`| Rule set | Backend | Rules | Elements | Bytes | ${heads.join(" | ")} |`);
  console.log(`|${"---|".repeat(5 + columns.length)}`);
  for (const subject of subjects) {
    const { name, backend, rules, elements, bytes } = subject.set;
    const cells = columns.map(({ kind, family }) => {
      const own = costs.get(subject)?.get(`${kind} ${family}`);
      if (own === undefined) return "";
      if (bases.includes(subject)) return `${median(own).toFixed(0)} ns`;
      const base = bases.find(({ set }) => set.backend === backend && set.end === endOf[kind]);
      const other = (base && costs.get(base)?.get(`${kind} ${family}`)) ?? [];
      return median(own.map((ns, round) => ns / (other[round] ?? Number.NaN))).toFixed(2);
    });
    const sizes = [rules, elements, bytes].map((count) => count.toLocaleString("en"));
    console.log(`| ${[name, backend, ...sizes, ...cells].join(" | ")} |`);
  }
}
