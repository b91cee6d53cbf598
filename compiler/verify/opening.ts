// The part of the proof that is about no rule: replies, errors, the baseline and what belongs to no
// exchange. Every mode a packet can be in is tried; in each, the opening of the artefact must accept,
// drop or pass on exactly what is required (language.md section 7, B; platforms.md B.5).
import type { DirectionMeaning, PacketMode, TrackedState } from "../plan/packet-list.ts";
import type { DirectionSlice } from "../plan/slice.ts";
import { comparePackets, type PacketComparison } from "./compare-packets.ts";
import { requiredOpening } from "./required.ts";

export interface OpeningDifference {
  readonly mode: PacketMode;
  readonly comparison: PacketComparison;
}

/** Openings are few, whatever the number of artefacts: what is found of one is remembered. */
const known = new Map<string, OpeningDifference | undefined>();
const knownMax = 1000;

/** Undefined where the opening is as required in every mode. */
export function openingDifference(
  half: DirectionSlice,
  found: DirectionMeaning,
): OpeningDifference | undefined {
  if (found.openingKey === undefined) return firstDifference(half, found);
  const observed = half.observed !== undefined;
  const key = JSON.stringify([half.direction, observed, half.judgesProcesses, found.openingKey]);
  if (known.has(key)) return known.get(key);
  const difference = firstDifference(half, found);
  if (known.size >= knownMax) known.clear();
  known.set(key, difference);
  return difference;
}

function firstDifference(
  half: DirectionSlice,
  found: DirectionMeaning,
): OpeningDifference | undefined {
  for (const mode of modesOf(found)) {
    const [required, opening] = [requiredOpening(half, mode), found.opening(mode)];
    // What an opening passes on is told from what it decides by trying both ends of the rest.
    for (const otherwise of ["accept", "drop"] as const) {
      const { direction } = half;
      const comparison = comparePackets(
        { direction, rules: required, otherwise },
        { direction, rules: opening, otherwise },
      );
      if (comparison.equal !== true) return { mode, comparison };
    }
  }
  return undefined;
}

const states: readonly TrackedState[] = ["new", "established", "related", "invalid", "untracked"];

/** One mode for every way in which an opening, this one or the required one, can tell packets. */
function* modesOf({ asks }: DirectionMeaning): Generator<PacketMode> {
  const hopLimits = around([255, ...asks.hopLimits], 255);
  const sourcePorts = around([67, 68, 546, 547, ...asks.sourcePorts], 65535);
  for (const loopback of [false, true]) {
    for (const state of states) {
      for (const reply of [false, true]) {
        for (const hopLimit of hopLimits) {
          for (const sourcePort of sourcePorts) {
            yield { loopback, state, reply, hopLimit, sourcePort };
          }
        }
      }
    }
  }
}

/** The values and their neighbours. */
function around(values: readonly number[], last: number): readonly number[] {
  const all = values.flatMap((value) => [value - 1, value, value + 1]);
  return [...new Set(all)].filter((value) => value >= 0 && value <= last).sort((a, b) => a - b);
}
