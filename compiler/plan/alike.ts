// Which workloads must enforce the same: partition refinement over endpoints. Each row of bits
// that some rule selects splits the classes it cuts, touching its members only.
import type { Universe } from "../extent/types.ts";
import type { Workload } from "../inventory/types.ts";
import { formatAddress } from "../sets/address.ts";
import { type Bitset, intersection, members } from "../sets/bitset.ts";

/** Class numbers of endpoints: two with one number are in the same rows. */
export type EndpointClasses = Int32Array;

/** Splits the endpoints of `among` by the rows; others keep class 0. */
export function classify(
  universe: Universe,
  among: Bitset,
  rows: Iterable<Bitset>,
): EndpointClasses {
  const classes = new Int32Array(universe.endpoints.length);
  let next = 1;
  for (const row of new Set(rows)) {
    const moved = new Map<number, number>();
    for (const endpoint of members(intersection(row, among))) {
      const before = classes[endpoint] as number; // endpoint is in range
      let after = moved.get(before);
      if (after === undefined) {
        after = next++;
        moved.set(before, after);
      }
      classes[endpoint] = after;
    }
  }
  return classes;
}

/** Some endpoints of a workload between which rules do not tell, in one realm and family. */
export interface Spot {
  /** Any of the endpoints. */
  readonly endpoint: number;
  /** Undefined: every endpoint of the workload in this family. */
  readonly only: readonly number[] | undefined;
}

/** The endpoints of a workload, those alike taken together. */
export function spotsOf(
  universe: Universe,
  classes: EndpointClasses,
  workload: number,
): readonly Spot[] {
  const alike = new Map<string, number[]>();
  const inFamily = { 4: 0, 6: 0 };
  const end = universe.firstOf[workload + 1] as number; // one entry past the last workload
  for (let at = universe.firstOf[workload] as number; at < end; at++) {
    const endpoint = universe.endpoints[at];
    if (endpoint === undefined) continue;
    inFamily[endpoint.family]++;
    const key = `${endpoint.group} ${classes[at]}`;
    const mates = alike.get(key);
    if (mates === undefined) alike.set(key, [at]);
    else mates.push(at);
  }
  return [...alike.values()].map((mates) => {
    const [endpoint] = mates as [number]; // a list is made with its first member
    const family = universe.endpoints[endpoint]?.family ?? 4;
    return { endpoint, only: mates.length === inFamily[family] ? undefined : mates };
  });
}

/** Equal for workloads whose spots are alike: same classes and realms, same addresses if split. */
export function spotsKey(
  universe: Universe,
  classes: EndpointClasses,
  spots: readonly Spot[],
): string {
  return spots
    .map(({ endpoint, only }) => {
      const addresses = (only ?? []).map((at) => addressText(universe, at));
      return [universe.endpoints[endpoint]?.group, classes[endpoint], ...addresses].join(" ");
    })
    .sort()
    .join("|");
}

function addressText(universe: Universe, at: number): string {
  const address = universe.endpoints[at]?.address;
  return address === undefined ? "symbolic" : formatAddress(address);
}

/** The numbers of the accounts that programs name: they stand in artefacts. */
export function accountsKey(workload: Workload, accounts: Iterable<string>): string {
  const numbers: string[] = [];
  for (const account of accounts) {
    const [kind, name] = [account.slice(0, 1), account.slice(1)];
    const number = (kind === "u" ? workload.users : workload.groups).get(name);
    if (number !== undefined) numbers.push(`${JSON.stringify(account)}=${number}`);
  }
  return numbers.join(" ");
}
