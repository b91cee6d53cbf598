// The proof that ends every compile: what an artefact's bytes do to packets is exactly what its slice
// requires, in every direction, or here is a packet to which it does something else.
import type { Direction } from "../inventory/types.ts";
import type { UtcDate } from "../model/types.ts";
import {
  type DirectionMeaning,
  firstPacket,
  type PacketMode,
  type PacketRule,
  type PacketVerdict,
} from "../plan/packet-list.ts";
import type { DirectionSlice, EnforcerSlice } from "../plan/slice.ts";
import type { MeaningOf } from "../plan/target.ts";
import type { Family } from "../sets/address.ts";
import type { ClassesByFamily } from "../sets/address-classes.ts";
import {
  type CompareOptions,
  comparePackets,
  type PacketComparison,
  type PacketWitness,
} from "./compare-packets.ts";
import { isOpened, modesToCompare } from "./opening.ts";
import { platformOpening, requiredOpening, requiredRules } from "./required.ts";

export type Discrepancy =
  /** The artefact holds something that this version does not write, or lacks what it must hold. */
  | { readonly kind: "fault"; readonly message: string }
  /** Too much to compare: never taken for equal. */
  | { readonly kind: "undecided"; readonly message: string }
  | {
      readonly kind: "packet";
      readonly direction: Direction;
      readonly mode: PacketMode;
      readonly witness: PacketWitness;
      readonly required: PacketVerdict;
      readonly found: PacketVerdict;
    };

export interface ProofOptions {
  /** What is over before this day need not agree; undefined: all days. */
  readonly from?: UtcDate | undefined;
  /** Makes it quicker where far ends are unions of these, whatever they are. */
  readonly classes?: ClassesByFamily | undefined;
  /** Of packets that can come there; default: both. */
  readonly families?: readonly Family[] | undefined;
  /**
   * Inbound packets that are held back where they come from (language.md section 7, *don't-care*): they
   * may be let in. Rules that drop.
   */
  readonly heldBack?: readonly PacketRule[] | undefined;
}

/** Empty exactly where the artefact is proved. One packet for each direction at most. */
export function discrepancies(
  slice: EnforcerSlice,
  meaning: MeaningOf,
  { from, heldBack = [], ...compared }: ProofOptions = {},
): readonly Discrepancy[] {
  const { directions, faults, lastInstant = Number.POSITIVE_INFINITY } = meaning;
  const extra = directions.filter(
    ({ direction }) => !slice.directions.some((half) => half.direction === direction),
  );
  return [
    ...faults.map(fault),
    ...extra.map(({ direction }) =>
      fault(`filters ${direction}, where this enforcer does not stand`),
    ),
    ...slice.directions.flatMap((half) => {
      const spared = half.direction === "ingress" ? heldBack : [];
      const means = { start: startOf(from), last: lastInstant, compared, spared, meaning };
      const found = differences(half, directions, means);
      // WHY: the rules that made it judge what an end sends later may be over, and the artefact is of
      // before. It still judges, by the rules there are, which refuses nothing that they permit.
      const isBefore = from !== undefined && !half.judgesProcesses && found.length > 0;
      const stricter = { ...half, judgesProcesses: true };
      return isBefore && differences(stricter, directions, means).length === 0 ? [] : found;
    }),
  ];
}

const fault = (message: string): Discrepancy => ({ kind: "fault", message });

const startOf = (from: UtcDate | undefined) =>
  from === undefined ? Number.NEGATIVE_INFINITY : Date.parse(`${from}T00:00:00Z`) / 1000;

/**
 * The proof that ends `segc expire`, which has no policy: true only where both do the same from that
 * day on. Openings have no last day, so theirs are the same word for word.
 */
export function isSameFrom(a: MeaningOf, b: MeaningOf, from: UtcDate): boolean {
  if (a.faults.length + b.faults.length > 0) return false;
  return (
    a.directions.length === b.directions.length &&
    a.directions.every((one) => {
      const other = b.directions.find(({ direction }) => direction === one.direction);
      if (other === undefined || one.openingKey === undefined) return false;
      const listOf = ({ direction, rules, otherwise }: DirectionMeaning) => ({
        direction,
        rules: lasting(rules, startOf(from)),
        otherwise,
      });
      const found = comparePackets(listOf(one), listOf(other));
      return one.openingKey === other.openingKey && found.equal === true;
    })
  );
}

const lasting = (rules: readonly PacketRule[], start: number) =>
  rules.filter(({ before }) => before === undefined || before > start);

interface Means {
  /** Seconds since 1970 UTC: the first that counts, and the last that the enforcer can name. */
  readonly start: number;
  readonly last: number;
  readonly compared: CompareOptions;
  /** Packets that may be accepted though they must not. */
  readonly spared: readonly PacketRule[];
  readonly meaning: MeaningOf;
}

function differences(
  half: DirectionSlice,
  directions: readonly DirectionMeaning[],
  means: Means,
): readonly Discrepancy[] {
  const { direction } = half;
  const [found, another] = directions.filter((one) => one.direction === direction);
  if (found === undefined) return [fault(`does not filter ${direction}`)];
  if (another !== undefined) return [fault(`filters ${direction} twice`)];
  const modes = isOpened(found) ? modesToCompare(half, found) : [firstPacket];
  for (const mode of modes) {
    const isOpenOnly = found.rules.every(({ verdict }) => verdict === "accept");
    const spared = isOpenOnly ? means.spared : [];
    const comparison = compareInMode(half, found, mode, { ...means, spared });
    if (comparison.equal !== true) return told(half, mode, comparison);
    if (spared.length === 0) continue;
    // With what is accepted spared, the rest differs only where something is dropped that must pass.
    const whole = compareInMode(half, found, mode, { ...means, spared: found.rules });
    if (whole.equal !== true) return told(half, mode, whole);
  }
  return [];
}

function compareInMode(
  half: DirectionSlice,
  found: DirectionMeaning,
  mode: PacketMode,
  { start, last, compared, spared, meaning }: Means,
): PacketComparison {
  const { direction } = half;
  const current = (rules: readonly PacketRule[]) => lasting(rules, start);
  // Only access ends, so to end it earlier than the policy says lets nobody in.
  const required = requiredRules(half).map((rule) =>
    rule.before !== undefined && rule.before > last ? { ...rule, before: last } : rule,
  );
  return comparePackets(
    {
      direction,
      rules: [
        ...(isOpened(found) ? requiredOpening(half, mode) : platformOpening(direction, meaning)),
        ...spared,
        ...current(required),
      ],
      otherwise: half.observed === undefined ? "drop" : "accept",
    },
    {
      direction,
      rules: [
        ...(found.opening?.(mode) ?? platformOpening(direction, meaning)),
        ...spared,
        ...current(found.rules),
      ],
      otherwise: found.otherwise,
    },
    compared,
  );
}

function told(
  { direction }: DirectionSlice,
  mode: PacketMode,
  comparison: PacketComparison,
): readonly Discrepancy[] {
  if (comparison.equal === true) return [];
  if (comparison.equal === undefined) return [{ kind: "undecided", message: comparison.why }];
  const { witness, a, b } = comparison;
  return [{ kind: "packet", direction, mode, witness, required: a, found: b }];
}
