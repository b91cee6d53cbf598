// Runs an estate: proves every listener alive, loads every table, sends every probe and says where
// the kernels and the meaning differ.

import { setImmediate } from "node:timers/promises";
import type { OutputFile } from "../../compiler/plan/target.ts";
import type { Flow } from "../../compiler/semantics/semantics.ts";
import { type Estate, type EstateHost, flowsOf } from "./estate.ts";
import type { EstateProcess } from "./identities.ts";
import { Lab, type Probe } from "./lab.ts";

export interface Tally {
  readonly probes: number;
  readonly allowed: number;
  /** One line each; empty when every outcome is as it must be. */
  readonly differences: readonly string[];
}

interface Questions {
  readonly expected: (flow: Flow) => boolean | undefined;
  readonly sample: "all" | "balanced";
}

const differencesMax = 20;

/**
 * `expected` is the answer of the language; flows it calls undefined are none.
 * @param extra files that stand beside every artefact on its host
 */
export async function enforce(
  estate: Estate,
  expected: (flow: Flow) => boolean | undefined,
  sample: "all" | "balanced",
  extra: readonly OutputFile[] = [],
): Promise<Tally> {
  const { hosts } = estate;
  const cgroups = hosts.some(({ rules }) => (rules?.cgroups.length ?? 0) > 0);
  const lab = await Lab.start(
    hosts.map((host) => host.lab),
    { cgroups },
  );
  try {
    for (const host of hosts) await prepare(lab, host);
    const turns = Math.max(...hosts.map(({ listeners }) => listeners.length));
    let tally: Tally = { probes: 0, allowed: 0, differences: [] };
    for (let turn = 0; turn < turns; turn++) {
      await listenInTurn(lab, estate, turn);
      if (turn === 0) {
        const deaf = await deafListeners(lab, estate);
        if (deaf.length > 0) return { ...tally, differences: deaf };
        for (const { lab: host, rules } of hosts)
          if (rules !== undefined) await lab.load(host.name, [...rules.files, ...extra]);
      }
      tally = await round(lab, estate, turn, { expected, sample }, tally);
    }
    return tally;
  } finally {
    await lab.close();
  }
}

const keyOf = (host: EstateHost, process: EstateProcess) => `${host.lab.name}/${process.name}`;

/** Slices exist before the tables load, as on a host whose units are installed. */
async function prepare(lab: Lab, host: EstateHost): Promise<void> {
  for (const path of host.rules?.cgroups ?? []) {
    await lab.makeCgroup(path);
  }
  for (const process of host.processes) await lab.spawn({ ...process, host: host.lab.name });
}

/** The listener of this turn takes over from that of the turn before. */
async function listenInTurn(lab: Lab, { hosts, points }: Estate, turn: number): Promise<void> {
  for (const host of hosts) {
    const listener = host.listeners[turn];
    const before = host.listeners[turn - 1];
    if (listener === undefined) continue;
    if (before !== undefined) {
      await lab.stop(keyOf(host, before));
      await lab.spawn({ ...before, host: host.lab.name });
    }
    const sockets = host.lab.addresses.flatMap((address) =>
      points.flatMap(({ kind, port }) => (kind === "icmp" ? [] : [[kind, address, port] as const])),
    );
    await lab.listen(keyOf(host, listener), sockets);
  }
}

/** With no table loaded, one neighbour asks every listener once. */
async function deafListeners(lab: Lab, { hosts, points }: Estate): Promise<readonly string[]> {
  const probes = hosts.flatMap((host, index) =>
    host.lab.addresses.flatMap((destination) => {
      const v6 = destination.includes(":");
      const turned = [...hosts.slice(index + 1), ...hosts.slice(0, index)];
      const asker = turned.find(({ lab: { addresses } }) =>
        addresses.some((a) => a.includes(":") === v6),
      );
      const source = asker?.lab.addresses.find((a) => a.includes(":") === v6);
      if (asker === undefined || source === undefined) return [];
      return points.map(
        ({ kind, port }): Probe => ({
          process: `${asker.lab.name}/nobody`,
          kind,
          source,
          destination,
          port,
        }),
      );
    }),
  );
  const heard = [...(await lab.probe(probes))];
  await askAgain(lab, probes, heard);
  await lab.arrivals();
  return probes.flatMap((probe, index) => (heard[index] ? [] : [`deaf: ${JSON.stringify(probe)}`]));
}

async function round(
  lab: Lab,
  estate: Estate,
  turn: number,
  { expected, sample }: Questions,
  before: Tally,
): Promise<Tally> {
  const flows = [...flowsOf(estate, turn)];
  // Asked while the meaning is still being worked out: the lab is other processes.
  const early = sample === "all" ? lab.probe(flows.map(({ probe }) => probe)) : undefined;
  const wants = await answersOf(flows, expected);
  const answered = await early;
  const every = flows.flatMap(({ probe }, index) => {
    const wanted = wants[index];
    return wanted === undefined ? [] : [{ probe, wanted, passed: answered?.[index] }];
  });
  const cases = sample === "all" ? every : balanced(every);
  const passed =
    sample === "all"
      ? cases.map((one) => one.passed === true)
      : [...(await lab.probe(cases.map(({ probe }) => probe)))];
  const differences = strayArrivals(cases, await lab.arrivals());
  const rightful = cases.map(({ probe, wanted }) => (wanted ? probe : undefined));
  await askAgain(lab, rightful, passed);
  await lab.arrivals();
  for (const [index, { probe, wanted }] of cases.entries()) {
    if (passed[index] === wanted) continue;
    differences.push(
      `must ${wanted ? "pass" : "not pass"}: ${JSON.stringify(probe)} (turn ${turn})`,
    );
  }
  return {
    probes: before.probes + cases.length,
    allowed: before.allowed + cases.filter(({ wanted }) => wanted).length,
    differences: [...before.differences, ...differences].slice(0, differencesMax),
  };
}

/** Lets go of the event loop now and then, so that the lab can be spoken to meanwhile. */
async function answersOf(
  flows: readonly { readonly flow: Flow }[],
  expected: Questions["expected"],
): Promise<readonly (boolean | undefined)[]> {
  const wants: (boolean | undefined)[] = [];
  for (const { flow } of flows) {
    wants.push(expected(flow));
    if (wants.length % 500 === 0) await setImmediate();
  }
  return wants;
}

/** A busy machine may lose an answer, never make one up: what should have come is asked for again. */
async function askAgain(
  lab: Lab,
  probes: readonly (Probe | undefined)[],
  passed: boolean[],
): Promise<void> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const missing = [...probes.entries()].flatMap(([index, probe]) =>
      probe === undefined || passed[index] ? [] : [{ index, probe }],
    );
    if (missing.length === 0) return;
    const again = await lab.probe(missing.map(({ probe }) => probe));
    for (const [place, { index }] of missing.entries()) passed[index] = again[place] === true;
  }
}

/**
 * All that must pass, and about twice as many that must not, spread evenly: most random flows are
 * refused, and refusals alone would prove little.
 */
function balanced<One extends { readonly wanted: boolean }>(cases: readonly One[]): readonly One[] {
  const allowed = cases.filter(({ wanted }) => wanted).length;
  const share = Math.max(2 * allowed, 200) / (cases.length - allowed + 1);
  return cases.filter(({ wanted }, index) => wanted || spread(index) < share);
}

/** Multiplicative hashing: neighbours land far apart, the same way every time. */
const spread = (index: number) => (Math.imul(index + 1, 0x9e3779b1) >>> 0) / 0x1_0000_0000;

/** More packets at a listener than may reach it: one passed that must not, however late. */
function strayArrivals(
  cases: readonly { readonly probe: Probe; readonly wanted: boolean }[],
  arrivals: ReadonlyMap<string, number>,
): string[] {
  const rightful = new Map<string, number>();
  for (const { probe, wanted } of cases) {
    if (!wanted) continue;
    const name = `${probe.kind} ${probe.destination} ${probe.port}`;
    rightful.set(name, (rightful.get(name) ?? 0) + 1);
  }
  return [...arrivals].flatMap(([name, count]) =>
    count > (rightful.get(name) ?? 0)
      ? [`${count} arrivals at ${name}, of ${rightful.get(name) ?? 0} that may`]
      : [],
  );
}
