// What the comparison says of every flow is what the naive meaning says of both versions.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Cell, Comparison } from "../../compiler/diff/cells.ts";
import { endpointsOf } from "../../compiler/guard/endpoint-classes.ts";
import { representatives } from "../../compiler/guard/service-cuts.ts";
import type { Endpoint } from "../../compiler/semantics/denotation.ts";
import { effective, intended, isFlow, type World } from "../../compiler/semantics/semantics.ts";
import { cidrsOf, hasAddress } from "../../compiler/sets/address-set.ts";
import { anyService, hasService } from "../../compiler/sets/service-set.ts";
import { check } from "../../index.ts";
import { compare } from "../../library/diff.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import { now, type VersionPair, versionPairs } from "./version-pairs.ts";

const isFull = process.env.SEGC_FULL === "1";
const runs = isFull ? 400 : 24;
/** Of the flows between two points that are alike in both versions, one in so many is asked about. */
const sparsity = isFull ? 4 : 200;

/** One end in both versions; undefined where a version does not have it. */
interface End {
  readonly point: number;
  /** Undefined for an address outside. */
  readonly name: string | undefined;
  readonly at: readonly (Endpoint | undefined)[];
}

test("gained and lost flows are those of the naive meaning", { timeout: 600_000 }, () => {
  const seen = { gained: 0, lost: 0, intent: 0, effect: 0, processes: 0, steps: new Set<string>() };
  fc.assert(
    fc.property(versionPairs, fc.nat(sparsity - 1), (pair, offset) => {
      let asked = offset;
      const { comparison, worlds, between } = compared(pair);
      const cells = cellsByEnds(comparison);
      const ends = endsOf(comparison, worlds);
      expect(managedOutside(comparison, worlds.slice(0, 2))).toEqual([]);
      const cuts = worlds.flatMap(({ model }) => model.rules.map((rule) => rule.flow.service));
      for (const source of ends) {
        for (const destination of ends) {
          const family = familyOf(source);
          if (family !== familyOf(destination)) continue;
          if (source.name !== undefined && source.name === destination.name) continue;
          if (isUnfiltered(comparison, source, destination)) continue;
          const here = cells.get(`${source.point} ${destination.point}`) ?? [];
          for (const service of representatives(anyService, cuts, family)) {
            asked++;
            if (asked % (here.length > 0 ? Math.min(10, sparsity) : sparsity) !== 0) continue;
            const naive = worlds.map((world, version) =>
              membership(world, source.at[version], destination.at[version], service),
            );
            const found = here.filter((cell) =>
              hasService(comparison.services.setOf(cell.service), service),
            );
            const what = describe(source, destination, service);
            expect(told(found), what).toEqual(expected(naive));
            for (const cell of found)
              expect(cell.kind.causes, what).toEqual(causesOf(cell, naive, between));
          }
          for (const cell of here) {
            seen[cell.kind.change]++;
            if (cell.kind.layer !== "both") seen[cell.kind.layer]++;
            if ((source.at[0] ?? source.at[1])?.process.size) seen.processes++;
            seen.steps.add(cell.kind.causes.join());
          }
        }
      }
    }),
    { numRuns: runs, endOnFailure: process.env.FAST === "1" },
  );
  const { steps, ...counts } = seen;
  expect(Math.min(...Object.values(counts))).toBeGreaterThan(0);
  expect([...steps]).toEqual(expect.arrayContaining(["policy", "inventory"]));
});

/** What is exchanged on the way, and whether the policy of the second holds in the inventory of the first. */
interface Between {
  readonly policy: boolean;
  readonly inventory: boolean;
  readonly isSound: boolean;
}

function compared({ before, after }: VersionPair) {
  const files = [before, after].map((project) => memoryFiles(project.files));
  const [old, fresh] = files;
  if (old === undefined || fresh === undefined) throw new Error("no versions");
  const { comparison } = compare(old, fresh, { now });
  if (comparison === undefined) throw new Error("a version has errors");
  const differs = (path: string) => before.files.get(path) !== after.files.get(path);
  const middle = new Map(before.files).set("lab.seg", after.files.get("lab.seg") ?? "");
  const checked = [...files, memoryFiles(middle)].map((each) => check(each, { now }));
  const errors = checked[2]?.diagnostics.filter(({ severity }) => severity === "error") ?? [];
  const between: Between = {
    policy: differs("lab.seg"),
    inventory: differs("inventory.json"),
    isSound: errors.length === 0,
  };
  return { comparison, worlds: checked.map(({ world }) => world), between };
}

/** The last of the steps that changed the membership of the flow. */
function causesOf({ kind: { layer } }: Cell, naive: readonly Membership[], between: Between) {
  if (!between.policy) return ["inventory"];
  if (!between.inventory) return ["policy"];
  if (!between.isSound) return ["policy", "inventory"];
  const which = layer === "effect" ? "effect" : "intent";
  return naive[2]?.[which] === naive[1]?.[which] ? ["policy"] : ["inventory"];
}

function membership(
  world: World,
  from: Endpoint | undefined,
  to: Endpoint | undefined,
  service: number,
): Membership {
  if (from === undefined || to === undefined) return { intent: false, effect: false };
  const flow = { source: from, destination: to, service };
  if (!isFlow(flow)) return { intent: false, effect: false };
  return { intent: intended(world, flow), effect: effective(world, flow) };
}

function cellsByEnds({ cells }: Comparison): ReadonlyMap<string, readonly Cell[]> {
  const found = new Map<string, Cell[]>();
  for (const cell of cells) {
    const key = `${cell.source} ${cell.destination}`;
    found.set(key, [...(found.get(key) ?? []), cell]);
  }
  return found;
}

/** Every joint endpoint with every process of its class, and one or two addresses of each outside class. */
function endsOf({ space, joint, versions }: Comparison, worlds: readonly World[]): readonly End[] {
  return space.points.flatMap(({ of, process }, point): readonly End[] => {
    const one = space.classes[of];
    if (one === undefined) throw new Error("no class");
    const realm = space.groups[one.group]?.realm ?? "";
    if (one.outside !== undefined) {
      // Beyond outside in general is another question (released-addresses.test.ts).
      if (one.general !== undefined || one.there.includes(false)) return [];
      const cidrs = cidrsOf(one.outside);
      return [...new Set([cidrs[0], cidrs.at(-1)])].flatMap((cidr) => {
        if (cidr === undefined) return [];
        const end = { workload: undefined, realm, address: cidr.address, process };
        return [{ point, name: undefined, at: worlds.map(() => end) }];
      });
    }
    return one.endpoints.map((index) => {
      const endpoint = joint.endpoints[index];
      const at = worlds.map((world, version) => {
        // The state in between has the workloads of the first version.
        const stored = version === 2 ? 0 : version;
        const number = endpoint?.at[stored] ?? -1;
        const { universe } = versions[stored]?.context.expansion ?? {};
        const known = universe?.endpoints[number];
        const workload = world.workloads[known?.workload ?? -1];
        if (universe === undefined || known === undefined || workload === undefined)
          return undefined;
        const first = universe.firstOf[known.workload] ?? 0;
        const found = endpointsOf(workload)[number - first];
        return found === undefined ? undefined : { ...found, process };
      });
      return { point, name: endpoint?.name, at };
    });
  });
}

/** An end that is not in both versions, and traffic that its enforcers never filter: no news, by decision. */
function isUnfiltered({ space, ends }: Comparison, source: End, destination: End): boolean {
  const isGone = [source, destination].some(({ at }) => at.slice(0, 2).includes(undefined));
  const isBlind = [source, destination].some(({ point }) =>
    ends.mayBeBlind(space.points[point]?.of ?? -1),
  );
  return isGone && isBlind;
}

/** Addresses that a version manages, and classes of what is outside there hold all the same. */
function managedOutside({ space }: Comparison, worlds: readonly World[]) {
  return worlds.flatMap(({ workloads }, version) =>
    workloads
      .flatMap(({ addresses }) => addresses)
      .filter(({ ip }) =>
        space.classes.some(
          ({ outside, there }) =>
            outside !== undefined && there[version] && hasAddress(outside, ip),
        ),
      ),
  );
}

const familyOf = ({ at }: End) => at.find((end) => end !== undefined)?.address.family ?? 4;

const told = (cells: readonly Cell[]) => ({
  intent: cells.find(({ kind }) => kind.layer !== "effect")?.kind.change,
  effect: cells.find(({ kind }) => kind.layer !== "intent")?.kind.change,
  cells: cells.length,
});

interface Membership {
  readonly intent: boolean;
  readonly effect: boolean;
}

function expected([before, after]: readonly Membership[]) {
  const change = (layer: "intent" | "effect") => {
    if (before?.[layer] === after?.[layer]) return undefined;
    return after?.[layer] === true ? "gained" : "lost";
  };
  const [intent, effect] = [change("intent"), change("effect")];
  const cells = new Set([intent, effect].filter((one) => one !== undefined)).size;
  return { intent, effect, cells };
}

function describe(source: End, destination: End, service: number): string {
  const text = ({ at }: End) =>
    at
      .map((end) =>
        end === undefined
          ? "-"
          : `${end.workload?.name ?? "outside"} ${end.address.words.join()} ${JSON.stringify([...end.process])}`,
      )
      .join(" / ");
  return `${text(source)} -> ${text(destination)} : ${service}`;
}
