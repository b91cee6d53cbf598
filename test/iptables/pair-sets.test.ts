// Small blocks as pairs in sets: only where a packet gains by it, and never with another meaning.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runnerOf } from "../../compiler/artefact.ts";
import type { Artefact } from "../../compiler/artefact-files.ts";
import type { EnforcerSlice, SliceEntry } from "../../compiler/plan/slice.ts";
import { icmpInterval, portInterval, serviceSet } from "../../compiler/sets/service-set.ts";
import { compile } from "../../index.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { meaningOf } from "../../targets/iptables/meaning.ts";
import type { IptPlan } from "../../targets/iptables/ruleset.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { pairsProject } from "../generated/pairs-project.ts";
import { readIptables } from "../interpreter/iptables.ts";
import { jumping } from "../interpreter/loaded.ts";
import { compareArtefacts } from "../interpreter/probe.ts";
import { asIptables } from "../kernel/as-iptables.ts";
import { repaired } from "../kernel/repaired.ts";
import { directionSlice, entry, slice, sliceDecides, tcp } from "../nftables/slices.ts";
import { backends, onHost } from "./host.ts";
import { pairSlice } from "./pair-slices.ts";
import { aimedPacket, isBeyondRules, listsDecide } from "./slices.ts";

const now = "2026-11-23";
const isFull = process.env.SEGC_FULL === "1";

const onInput = (allows: readonly SliceEntry[]): EnforcerSlice => ({
  ...slice(directionSlice("ingress", { allows })),
  kind: "iptables",
});
const least = (of: EnforcerSlice): IptPlan => iptables.plan(of, { minimise: true });
const typesIn = ({ sets }: IptPlan) => sets.map(({ type }) => type).sort();

/** `count` blocks that share neither peers nor ports. */
const blocks = (count: number, peersOf: (at: number) => readonly string[]) =>
  Array.from({ length: count }, (_, at) => entry(`r${at}`, peersOf(at), tcp(1000 + 10 * at)));
const twoHosts = (at: number) => [`10.0.${at}.1/32`, `10.0.${at}.9/32`];
const host6 = (at: number) => [`2001:db8::${at + 1}/128`];
const twoNets = (at: number) => [`10.1.${at}.0/24`, `10.2.${at}.0/24`];

/** As it stands once loaded, for an interpreter. */
function judged(artefact: Artefact | undefined) {
  const text = (path: string) =>
    artefact?.files.find((file) => file.path.endsWith(`/${path}`))?.text ?? "";
  const texts = {
    v4: jumping(text("rules.v4")),
    v6: jumping(text("rules.v6")),
    ipset: text("segc.ipset"),
  };
  return { format: "iptables" as const, texts };
}

describe("pairs take the place of rules", () => {
  test("one set of hosts and one of prefixes, two rules", () => {
    const plan = least(onInput([...blocks(40, twoHosts), ...blocks(40, twoNets)]));
    expect(typesIn(plan)).toEqual(["hash:ip,port", "hash:net,port"]);
    const matches = plan.chains[4].flatMap((chain) => chain.rules.flatMap((rule) => rule.matches));
    const asked = matches.flatMap((match) => ("set" in match ? [match] : []));
    expect(asked.map(({ kind, end }) => [kind, end])).toEqual([
      ["pair-set", "source"],
      ["pair-set", "source"],
    ]);
    expect(iptables.measure(plan).elements).toBe(160);
  });

  test.each([
    ["few rules that ask a set", 4, blocks(4, twoHosts), 0],
    ["many rules that ask a set", 4, blocks(30, twoHosts), 1],
    ["few rules that compare one address", 6, blocks(6, host6), 0],
    ["many rules that compare one address", 6, blocks(20, host6), 1],
  ] as const)("only where a packet gains: %s", (_, family, allows, count) => {
    const plan = least(onInput(allows));
    expect(plan.sets.filter((set) => set.family === family && "pairs" in set)).toHaveLength(count);
  });

  test("a block with many members stays a rule among small ones", () => {
    const many = Array.from({ length: 2000 }, (_, at) => `10.9.${at >> 7}.${(at & 127) * 2}/32`);
    const wide = entry("many", many, serviceSet([portInterval(6, 5000, 5999)]));
    const plan = least(onInput([...blocks(40, twoHosts), wide]));
    expect(typesIn(plan)).toEqual(["hash:ip", "hash:ip,port"]);
  });

  test("not for what says a line, ends, or names no port", () => {
    const logged = blocks(40, twoHosts).map((one) => ({ ...one, log: "new" as const }));
    const ending = blocks(40, twoHosts).map((one) => ({ ...one, until: "2030-01-01" }));
    const echo = serviceSet([icmpInterval(6, 128, 0)]);
    expect(typesIn(least(onInput([...logged, ...ending])))).not.toContain("hash:ip,port");
    expect(least(onInput([entry("r", ["10.0.0.1/32"], echo)])).sets).toEqual([]);
  });

  test("nor where rules are to be found one by one", () => {
    const plan = iptables.plan(onInput(blocks(40, twoHosts)));
    expect(new Set(typesIn(plan))).toEqual(new Set(["hash:ip"]));
  });

  test("hosts that stand side by side are hosts, the null address is a prefix", () => {
    const side = blocks(40, (at) => [`10.0.${at}.0/31`, `10.1.${at}.1/32`]);
    expect(typesIn(least(onInput(side)))).toEqual(["hash:ip,port"]);
    const zero = [...blocks(40, twoHosts), entry("zero", ["0.0.0.0/32"], tcp(7))];
    const [pairs] = least(onInput(zero)).sets.flatMap((set) => ("pairs" in set ? [set] : []));
    expect(pairs?.pairs.some(({ cidr }) => cidr.address.words[0] === 0)).toBe(
      pairs?.type === "hash:net,port",
    );
  });
});

describe("sets of pairs", () => {
  test("are proved, parse back and load for the interpreter, whatever the blocks", () => {
    const seen = { slices: 0, withPairs: 0 };
    fc.assert(
      fc.property(pairSlice, (of) => {
        const artefact = runnerOf(iptables).produce(of, { minimise: true });
        if ("why" in artefact) throw new Error("a slice without programs is beyond nobody");
        const { files, entry: made } = artefact;
        const own = files.map((file) => ({
          ...file,
          path: file.path.slice(`iptables/${of.id}/`.length),
        }));
        const parsed = iptables.parse(own);
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
        expect(iptables.render(parsed.plan)).toEqual(
          own.map(({ executable, ...file }) => (executable ? { ...file, executable } : file)),
        );
        expect(iptables.measure(parsed.plan).elements).toBe(made.elements);
        const text = (path: string) => own.find((file) => file.path === path)?.text ?? "";
        readIptables({ v4: text("rules.v4"), v6: text("rules.v6"), ipset: text("segc.ipset") });
        seen.slices++;
        if (parsed.plan.sets.some((set) => "pairs" in set)) seen.withPairs++;
      }),
      { numRuns: isFull ? 300 : 25 },
    );
    expect(seen.withPairs).toBeGreaterThan(seen.slices / 2);
  });

  test("do what rules one by one do, as the interpreter reads both", () => {
    fc.assert(
      fc.property(pairsProject, (project) => {
        const { project: sound } = repaired(project, now);
        const [pairs = [], rules = []] = [true, false].map(
          (minimise) =>
            compile(asIptables(memoryFiles(sound.files)), { now, minimise }).compiled?.artefacts,
        );
        for (const [index, artefact] of pairs.entries()) {
          const [a, b] = [judged(artefact), judged(rules[index])];
          expect(a.texts.ipset).toMatch(/:(ip|net),port /);
          expect(compareArtefacts(a, b)).toEqual({ kind: "equivalent" });
        }
      }),
      { numRuns: isFull ? 30 : 3 },
    );
  });

  test("decide as their slice does", () => {
    const seen = { accept: 0, drop: 0 };
    fc.assert(
      fc.property(
        pairSlice.chain((of) =>
          fc.tuple(fc.constant(of), fc.array(aimedPacket(of), { minLength: 60, maxLength: 80 })),
        ),
        ([of, packets]) => {
          const lists = meaningOf(least(of));
          for (const one of packets) {
            if (isBeyondRules(one)) continue;
            const decided = sliceDecides(of, one);
            seen[decided]++;
            expect([one, listsDecide(lists, one)]).toEqual([one, decided]);
          }
        },
      ),
      { numRuns: isFull ? 500 : 30 },
    );
    expect(Math.min(seen.accept, seen.drop)).toBeGreaterThan(100);
  });
});

describe.each(backends)("iptables-%s", (backend) => {
  test("loads sets of pairs twice, with every member", () => {
    fc.assert(
      fc.property(pairSlice, (of) => {
        const plan = least(of);
        const done = onHost(
          { a: iptables.render(plan) },
          backend,
          "set -e; a/load.sh load; a/load.sh load 2>&1 | grep -v 'never matched protocol' || :; ipset list -t",
        );
        expect(done).toMatchObject({ status: 0 });
        const counts = [...done.stdout.matchAll(/^Number of entries: (\d+)$/gm)];
        const total = counts.reduce((sum, [, count]) => sum + Number(count), 0);
        expect(total).toBe(iptables.measure(plan).elements);
      }),
      { numRuns: isFull ? 60 : 6, endOnFailure: true },
    );
  });
});
