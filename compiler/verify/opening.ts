// The part of the proof that is about no rule: replies, errors, the baseline and what belongs to no
// exchange. Every mode a packet can be in is tried: where the opening of the artefact accepts, drops and
// passes on exactly what is required (language.md section 7, B; platforms.md B.5), the mode is proved.
import {
  type DirectionMeaning,
  firstPacket,
  type PacketMode,
  type PacketRule,
  type TrackedState,
} from "../plan/packet-list.ts";
import type { DirectionSlice } from "../plan/slice.ts";
import { addressText } from "../sets/address-set.ts";
import { comparePackets } from "./compare-packets.ts";
import { requiredOpening } from "./required.ts";

/** One that the artefact itself says. */
export interface Opened extends DirectionMeaning {
  readonly opening: (mode: PacketMode) => readonly PacketRule[];
}

export const isOpened = (meaning: DirectionMeaning): meaning is Opened =>
  meaning.opening !== undefined;

/** Openings are few, whatever the number of artefacts: what is found of one is remembered. */
const known = new Map<string, readonly PacketMode[]>();
const knownMax = 1000;

/**
 * Modes in which the rest must be compared together with the opening. Where the opening is as
 * required, that is the mode of a first packet alone: it passes on what any other mode does.
 */
export function modesToCompare(half: DirectionSlice, found: Opened): readonly PacketMode[] {
  if (found.openingKey === undefined) return differingModes(half, found);
  const observed = half.observed !== undefined;
  const key = JSON.stringify([half.direction, observed, half.judgesProcesses, found.openingKey]);
  const before = known.get(key);
  if (before !== undefined) return before;
  const modes = differingModes(half, found);
  if (known.size >= knownMax) known.clear();
  known.set(key, modes);
  return modes;
}

function differingModes(half: DirectionSlice, found: Opened): readonly PacketMode[] {
  const kinds = distinctModes(half, found);
  const differs = (mode: PacketMode) => !isAsRequired(half, found, mode);
  return differs(firstPacket) ? kinds : [firstPacket, ...kinds.filter(differs)];
}

/** One mode for each pair of what is required and what is found. */
function distinctModes(half: DirectionSlice, found: Opened): readonly PacketMode[] {
  const kinds = new Map<string, PacketMode>();
  for (const mode of [firstPacket, ...modesOf(found)]) {
    const lists = [requiredOpening(half, mode), found.opening(mode)];
    const key = lists.map((rules) => rules.map(textOf).join("\n")).join("\n\n");
    if (!kinds.has(key)) kinds.set(key, mode);
  }
  return [...kinds.values()];
}

/** Equal only for rules that do the same. */
function textOf(rule: PacketRule): string {
  const { remote, local, service, processes, notProcesses, before, verdict } = rule;
  const tests = [processes, notProcesses].map((list) =>
    list.map((test) => test.map((record) => [...record])),
  );
  return [
    addressText(remote),
    local === undefined ? "" : addressText(local),
    service.intervals.map(({ first, last }) => `${first}-${last}`).join(),
    processes.length + notProcesses.length === 0 ? "" : JSON.stringify(tests),
    before ?? "",
    verdict,
  ].join(" ");
}

/** What an opening passes on is told from what it decides by trying both ends of the rest. */
function isAsRequired(half: DirectionSlice, found: Opened, mode: PacketMode): boolean {
  const { direction } = half;
  const [required, opening] = [requiredOpening(half, mode), found.opening(mode)];
  return (["accept", "drop"] as const).every(
    (otherwise) =>
      comparePackets(
        { direction, rules: required, otherwise },
        { direction, rules: opening, otherwise },
      ).equal === true,
  );
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
