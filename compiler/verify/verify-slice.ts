// The proof that ends every compile: what an artefact's bytes do to first packets is exactly what
// its slice requires, in every direction, or here is a packet to which it does something else.
import type { Direction } from "../inventory/types.ts";
import type { UtcDate } from "../model/types.ts";
import type { PacketList, PacketVerdict } from "../plan/packet-list.ts";
import type { EnforcerSlice } from "../plan/slice.ts";
import type { MeaningOf } from "../plan/target.ts";
import { comparePackets, type PacketWitness } from "./compare-packets.ts";
import { requiredList } from "./required.ts";

export type Discrepancy =
  /** The artefact holds something that this version does not write, or lacks what it must hold. */
  | { readonly kind: "fault"; readonly message: string }
  | {
      readonly kind: "packet";
      readonly direction: Direction;
      readonly witness: PacketWitness;
      readonly required: PacketVerdict;
      readonly found: PacketVerdict;
    };

/**
 * Empty exactly where the artefact is proved. One packet for each direction at most.
 * @param from what is over before this day need not agree; undefined: all days
 */
export function discrepancies(
  slice: EnforcerSlice,
  meaning: MeaningOf,
  from?: UtcDate,
): readonly Discrepancy[] {
  const start = from === undefined ? undefined : Date.parse(`${from}T00:00:00Z`) / 1000;
  const current = (list: PacketList): PacketList => ({
    ...list,
    rules: list.rules.filter(
      ({ before }) => start === undefined || before === undefined || before > start,
    ),
  });
  const { faults } = meaning;
  const lists = meaning.lists.map(current);
  const required = slice.directions.map(requiredList).map(current);
  const extra = lists.filter(
    ({ direction }) => !required.some((one) => one.direction === direction),
  );
  return [
    ...faults.map((message): Discrepancy => ({ kind: "fault", message })),
    ...extra.map(
      ({ direction }): Discrepancy => ({
        kind: "fault",
        message: `filters ${direction}, where this enforcer does not stand`,
      }),
    ),
    ...required.flatMap((list) => differences(list, lists)),
  ];
}

function differences(required: PacketList, lists: readonly PacketList[]): readonly Discrepancy[] {
  const { direction } = required;
  const [found, another] = lists.filter((list) => list.direction === direction);
  if (found === undefined) return [{ kind: "fault", message: `does not filter ${direction}` }];
  if (another !== undefined) return [{ kind: "fault", message: `filters ${direction} twice` }];
  const result = comparePackets(required, found);
  if (result.equal === true) return [];
  if (result.equal === undefined) return [{ kind: "fault", message: result.why }];
  const { witness, a, b } = result;
  return [{ kind: "packet", direction, witness, required: a, found: b }];
}
