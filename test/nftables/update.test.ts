// Updates that change members only: what they say, when there are none, and that plans of random
// slices with changed members are reached by their bytes, in a model and in the kernel.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DirectionSlice, EnforcerSlice, SliceEntry } from "../../compiler/plan/slice.ts";
import type { Family } from "../../compiler/sets/address.ts";
import { addressesOfFamily, addressSet, cidrsOf } from "../../compiler/sets/address-set.ts";
import { nftables } from "../../targets/nftables/index.ts";
import { meaningOf } from "../../targets/nftables/meaning.ts";
import { parseListing } from "../../targets/nftables/parse-json.ts";
import type { NftPlan } from "../../targets/nftables/ruleset.ts";
import { updateNftables, updateNftablesFiles } from "../../targets/nftables/update.ts";
import { loadedAfter } from "../../targets/nftables/update-apply.ts";
import { cidr, directionSlice, entry, packet, slice, someSlice, tcp } from "./slices.ts";

const isFull = process.env.SEGC_FULL === "1";

const planOf = (of: EnforcerSlice, minimise = true) => nftables.plan(of, { minimise });
const ingress = (...allows: readonly SliceEntry[]) =>
  planOf(slice(directionSlice("ingress", { allows })));
const egress = (...allows: readonly SliceEntry[]) =>
  planOf(slice(directionSlice("egress", { allows })));
const rulesetOf = (plan: NftPlan) => nftables.render(plan)[0]?.text ?? "";

/** Reading the plans, and without it; what differs in a comment is told by the first alone. */
const ways: readonly (readonly [string, typeof updateNftables])[] = [
  ["plans", updateNftables],
  [
    "files",
    (before, after) => updateNftablesFiles(nftables.render(before), nftables.render(after)),
  ],
];

type Load = string | { readonly mayFail: string };

/** Loads texts one by one; what is listed after the last, or nft's words. */
function loaded(...texts: readonly Load[]) {
  const loads = texts.map((text, index) => {
    const load = `printf '%s' "$${index}" | nft -f -`;
    return typeof text === "string" ? load : `${load} || true`;
  });
  const inputs = texts.map((text) => (typeof text === "string" ? text : text.mayFail));
  const script = [...loads, "nft -j list ruleset"].join("\n");
  return spawnSync("unshare", ["-Urn", "sh", "-ec", script, ...inputs], {
    encoding: "utf8",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", TZ: "UTC" },
  });
}

function listing(after: NftPlan, ...texts: readonly Load[]): NftPlan {
  const { status, stdout, stderr } = loaded(...texts);
  if (status !== 0) throw new Error(`${stderr}\n${JSON.stringify(texts)}`);
  const [, ...side] = nftables.render(after);
  const parsed = parseListing(stdout, side);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.plan;
}

/** Prefixes that lie beside, within and around each other. */
const closePeers = (family: Family) =>
  fc
    .array(
      family === 4
        ? fc.oneof(
            fc.integer({ min: 0, max: 15 }).map((low) => `10.0.0.${low}`),
            fc.constantFrom("10.0.0.0/28", "10.0.0.0/29", "10.0.0.8/29", "10.0.0.4/30"),
            fc.constantFrom("255.255.255.255", "0.0.0.0/8", "10.0.1.0/24", "224.0.0.0/3"),
          )
        : fc.oneof(
            fc.integer({ min: 0, max: 15 }).map((low) => `fd00::${low.toString(16)}`),
            fc.constantFrom("fd00::/124", "fd00::8/125", "fd00::/64", "ffff::/16", "::/8"),
          ),
      { minLength: 2, maxLength: 8 },
    )
    .map((list) => addressesOfFamily(addressSet(list.map(cidr)), family));

/** The same slice with other members in some entries: two, as the first one is changed too. */
const slicePair = someSlice.chain((of) => {
  const lists = ["denies", "allows", "stagedDenies", "stagedAllows"] as const;
  const count = of.directions.reduce(
    (sum, one) => sum + lists.reduce((n, list) => n + one[list].length, 0),
    0,
  );
  const changed = (
    peers: readonly (readonly [boolean, SliceEntry["remote"], SliceEntry["remote"]])[],
  ) => {
    let at = 0;
    const change = (one: SliceEntry): SliceEntry => {
      const [isChanged, v4, v6] = peers[at++] ?? [false, one.remote, one.remote];
      return isChanged ? { ...one, remote: one.family === 4 ? v4 : v6 } : one;
    };
    return {
      ...of,
      directions: of.directions.map(
        (one): DirectionSlice => ({
          ...one,
          denies: one.denies.map(change),
          allows: one.allows.map(change),
          stagedDenies: one.stagedDenies.map(change),
          stagedAllows: one.stagedAllows.map(change),
        }),
      ),
    };
  };
  const peers = fc.array(fc.tuple(fc.boolean(), closePeers(4), closePeers(6)), {
    minLength: count,
    maxLength: count,
  });
  return fc.tuple(peers.map(changed), peers.map(changed));
});

describe.each(ways)("an update from %s", (_, update) => {
  test("names the elements that change, deletes before adds, between two stamps", () => {
    const before = ingress(entry("a", ["10.0.0.1", "10.0.0.3"], tcp(80)));
    const after = ingress(entry("a", ["10.0.0.1", "10.0.0.5", "10.0.0.7"], tcp(80)));
    const found = update(before, after);
    expect(found).toMatchObject({ added: 2, removed: 1 });
    const name = before.addressSets[0]?.name;
    expect(found?.file.text.replace(/^#.*\n/, "")).toBe(`delete set inet segc ${before.stamp}
delete element inet segc ${name} {
  10.0.0.3
}
add element inet segc ${name} {
  10.0.0.5,
  10.0.0.7
}
add set inet segc ${after.stamp} { type ipv4_addr; }
`);
  });

  test("stays possible when a host gets a neighbour", () => {
    const before = ingress(entry("a", ["10.0.0.1", "10.0.0.5"], tcp(80)));
    const after = ingress(entry("a", ["10.0.0.1", "10.0.0.4", "10.0.0.5"], tcp(80)));
    expect(update(before, after)).toMatchObject({ added: 1, removed: 0 });
  });

  test.each<readonly [string, NftPlan]>([
    [
      "a rule more",
      ingress(
        entry("a", ["10.0.0.1", "10.0.0.3"], tcp(80)),
        entry("b", ["10.0.0.1", "10.0.0.3"], tcp(90)),
      ),
    ],
    ["another service", ingress(entry("a", ["10.0.0.1", "10.0.0.3"], tcp(81)))],
    ["another direction", egress(entry("a", ["10.0.0.1", "10.0.0.3"], tcp(80)))],
    ["a set that becomes one address", ingress(entry("a", ["10.0.0.1"], tcp(80)))],
    ["a hash that becomes a tree", ingress(entry("a", ["10.0.0.0/24", "10.0.1.3"], tcp(80)))],
    [
      "another policy",
      planOf(
        slice(
          directionSlice("ingress", {
            observed: { until: "2030-01-01" },
            allows: [entry("a", ["10.0.0.1", "10.0.0.3"], tcp(80))],
          }),
        ),
      ),
    ],
  ])("there is none for %s", (_name, after) => {
    const before = ingress(entry("a", ["10.0.0.1", "10.0.0.3"], tcp(80)));
    expect(update(before, after)).toBeUndefined();
    expect(update(after, before)).toBeUndefined();
  });

  test("there is none from a table without a stamp", () => {
    const plan = ingress(entry("a", ["10.0.0.1", "10.0.0.3"], tcp(80)));
    expect(update({ ...plan, stamp: undefined }, plan)).toBeUndefined();
  });

  test("the same table is its own", () => {
    const plan = ingress(entry("a", ["10.0.0.1", "10.0.0.3"], tcp(80)));
    expect(update(plan, plan)).toEqual(updateNftables(plan, plan));
    expect(update(plan, plan)).toMatchObject({ added: 0, removed: 0 });
  });

  test("sets that are equal today change apart", () => {
    const of = (second: readonly string[]) =>
      planOf(
        slice(
          directionSlice("ingress", { allows: [entry("a", ["10.0.0.1", "10.0.0.3"], tcp(80))] }),
          directionSlice("egress", { allows: [entry("b", second, tcp(80))] }),
        ),
      );
    const found = update(of(["10.0.0.1", "10.0.0.3"]), of(["10.0.0.1", "10.0.0.9"]));
    expect(found).toMatchObject({ added: 1, removed: 1 });
  });

  test("its bytes lead from the earlier plan to the later one, and from no other", () => {
    let found = 0;
    fc.assert(
      fc.property(slicePair, fc.boolean(), ([first, second], minimise) => {
        const [before, after] = [planOf(first, minimise), planOf(second, minimise)];
        const way = update(before, after);
        if (way === undefined) return;
        found++;
        const once = loadedAfter(heldBy(before), way.file.text);
        expect(once).toEqual({ ok: true, loaded: heldBy(after) });
        if (before.stamp !== after.stamp) {
          expect(loadedAfter(heldBy(after), way.file.text)).toMatchObject({ ok: false });
        }
      }),
      { numRuns: isFull ? 3000 : 300 },
    );
    expect(found).toBeGreaterThan(10);
  });
});

test("rules that only bear other ids are the same table", () => {
  const of = (id: string) => ingress(entry(id, ["10.0.0.1", "10.0.0.3"], tcp(80)));
  expect(updateNftables(of("a"), of("b"))).toMatchObject({ added: 0, removed: 0 });
  expect(of("a").stamp).toBe(of("b").stamp);
});

test("what the files tell is an update from the plans as well", () => {
  fc.assert(
    fc.property(slicePair, fc.boolean(), ([first, second], minimise) => {
      const [before, after] = [planOf(first, minimise), planOf(second, minimise)];
      const found = updateNftablesFiles(nftables.render(before), nftables.render(after));
      if (found !== undefined) expect(updateNftables(before, after)).toBeDefined();
    }),
    { numRuns: isFull ? 3000 : 300 },
  );
});

test.each(["10.0.0.9 } ; flush ruleset ; add rule {", "10.0.0.9/24", "10.0.0.9 : drop"])(
  "an earlier table that has %s for an element is not read by its lines",
  (element) => {
    const files = nftables.render(ingress(entry("a", ["10.0.0.1", "10.0.0.3"], tcp(80))));
    const after = nftables.render(ingress(entry("a", ["10.0.0.1", "10.0.0.5"], tcp(80))));
    const before = files.map((one) => ({
      ...one,
      text: one.text.replace("10.0.0.3,", `${element},`),
    }));
    expect(before).not.toEqual(files);
    expect(updateNftablesFiles(files, after)).toMatchObject({ added: 1, removed: 1 });
    expect(updateNftablesFiles(before, after)).toBeUndefined();
  },
);

test("a file beside the table that differs is no update", () => {
  const plan = ingress(entry("a", ["10.0.0.1", "10.0.0.3"], tcp(80)));
  const files = nftables.render(plan);
  const other = files.map((one) => (one.path === "identities" ? { ...one, text: "#" } : one));
  expect(other).not.toEqual(files);
  expect(updateNftablesFiles(files, other)).toBeUndefined();
  expect(updateNftablesFiles(files, files.slice(0, -1))).toBeUndefined();
});

/** What a kernel holds of a plan, straight from the lines of its file. */
function heldBy(plan: NftPlan) {
  const elements = new Map<string, Map<string, string>>();
  let inside = new Map<string, string>();
  for (const line of rulesetOf(plan).split("\n")) {
    const [, name] = /^ {2}(?:set|map) (a\w+|m\w+) \{$/.exec(line) ?? [];
    if (name !== undefined) {
      inside = new Map();
      elements.set(name, inside);
    }
    const [, key, verdict = ""] = /^ {6}([0-9a-f:./]+)( : jump \w+)?,?$/.exec(line) ?? [];
    if (key !== undefined) inside.set(key, verdict);
  }
  return { stamp: plan.stamp ?? "", elements };
}

describe.each(ways)("the kernel, with updates from %s,", (_, update) => {
  test("turns the earlier table into the later one", () => {
    fc.assert(
      fc.property(
        slicePair,
        fc.array(packet, { minLength: 20, maxLength: 40 }),
        ([first, second], packets) => {
          const [before, after] = [planOf(first), planOf(second)];
          const way = update(before, after);
          fc.pre(way !== undefined && way.added + way.removed > 0);
          if (way === undefined) return;
          const updated = listing(after, rulesetOf(before), way.file.text);
          const whole = listing(after, rulesetOf(after));
          expect({ ...withoutComments(updated) }).toEqual(withoutComments(whole));
          const [own, kernel] = [meaningOf(after), meaningOf(updated)];
          for (const one of packets) expect([one, kernel(one)]).toEqual([one, own(one)]);
        },
      ),
      // Of pairs that have an update, which is one in twelve or so.
      { numRuns: isFull ? 80 : 10, maxSkipsPerRun: 200 },
    );
  });

  test("takes every way from one list of neighbours to another", () => {
    fc.assert(
      fc.property(
        fc.array(closePeers(4), { minLength: 2, maxLength: 4 }),
        fc.array(closePeers(6), { minLength: 2, maxLength: 4 }),
        (lists4, lists6) => {
          const steps = Array.from({ length: Math.min(lists4.length, lists6.length) }, (_, at) =>
            ingress(
              // A tree from the first to the last, as every list holds this prefix.
              ...[lists4, lists6].flatMap((lists, index) => {
                const own = index === 0 ? "172.16.0.0/12" : "2001:db8::/32";
                const far = index === 0 ? "192.0.2.7" : "2001:dead::1";
                const list = lists[at];
                if (list === undefined) return [];
                const peers = cidrsOf(list).length;
                const remote = addressSet([...cidrsOf(list), cidr(own), cidr(far)]);
                return peers === 0 ? [] : [{ ...entry(`r${index}`, [own], tcp(80)), remote }];
              }),
            ),
          );
          const [first, ...rest] = steps;
          if (first === undefined) return;
          const updates = rest.map((after, at) => {
            const way = update(steps[at] ?? after, after);
            if (way === undefined) throw new Error("only members change");
            return way.file.text;
          });
          const last = steps.at(-1) ?? first;
          const updated = listing(last, rulesetOf(first), ...updates);
          expect(withoutComments(updated)).toEqual(withoutComments(last));
        },
      ),
      { numRuns: isFull ? 500 : 30 },
    );
  });

  test("moves peers of a map from chain to chain", () => {
    const services = Array.from({ length: 16 }, (_, index) => tcp(2 * index + 1));
    const table = (at: (index: number) => readonly string[]) =>
      ingress(...services.map((service, index) => entry(`r${index}`, at(index), service)));
    const before = table((index) => [
      `10.0.${index}.0/25`,
      `10.1.${index}.1`,
      `10.1.${index}.2/31`,
    ]);
    const after = table((index) => {
      const other = (index + 1) % services.length;
      return [`10.0.${other}.0/25`, `10.1.${index}.1`, `10.1.${other}.2/31`, `10.2.${index}.0/24`];
    });
    expect(before.verdictMaps).toHaveLength(1);
    const way = update(before, after);
    expect(way).toMatchObject({ added: 48, removed: 32 });
    const updated = listing(after, rulesetOf(before), way?.file.text ?? "");
    expect(withoutComments(updated)).toEqual(withoutComments(after));
  });

  test("refuses an update on any table but the one it is for, and changes nothing", () => {
    const of = (...peers: readonly string[]) => ingress(entry("a", peers, tcp(80)));
    const [before, after] = [of("10.0.0.1", "10.0.0.3"), of("10.0.0.1", "10.0.0.3", "10.0.0.5")];
    const text = update(before, after)?.file.text ?? "";
    const another = of("10.0.0.1", "10.0.0.9");
    for (const table of [another, after]) {
      const { status, stderr } = loaded(rulesetOf(table), text);
      expect(status).not.toBe(0);
      expect(stderr).toContain("No such file or directory");
      expect(stderr).toContain(before.stamp);
      const left = listing(table, rulesetOf(table), { mayFail: text });
      expect(withoutComments(left)).toEqual(withoutComments(table));
    }
    expect(loaded(text).status).not.toBe(0);
    expect(loaded(rulesetOf(before), text, text).status).not.toBe(0);
  });
});

const withoutComments = (plan: NftPlan) => ({
  ...plan,
  chains: plan.chains.map((chain) => ({
    ...chain,
    rules: chain.rules.map((rule) => ({ ...rule, comment: undefined })),
  })),
});
