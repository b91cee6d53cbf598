// Packets of one kind, at many holders of a term and from many of its peers, as far as no rule for another
// column could let one of them pass: what all rules for a column cover together.
import type { Fleet } from "../../../compiler/plan/fleet.ts";
import { remembered } from "../../../compiler/plan/remembered.ts";
import { compareAddresses } from "../../../compiler/sets/address.ts";
import { isOfConcern, type MemberClass, mayStand } from "./admission.ts";
import { boxesOver } from "./apart.ts";
import { lastDay, likePackets, type Point } from "./points.ts";

/** Each packet must pass at each class. */
export interface Column {
  /** The first one is the point that the column was made of; all of them are from different peers. */
  readonly packets: readonly Point[];
  /** At least one, of one network. */
  readonly at: readonly MemberClass[];
}

/** One for each of some packets of which no rule could let two pass. */
export function columnsOf(
  apart: readonly Point[],
  classes: readonly MemberClass[],
  fleet: Fleet,
): readonly Column[] {
  const drafts = apart.map((point): Draft => ({ packets: [point], at: [point.at] }));
  const drafting = new Drafting(drafts);
  const holding = (point: Point) => classes.filter(({ terms }) => terms.includes(point.term));
  for (const draft of drafts) drafting.widen(draft, draft.packets.flatMap(holding));
  for (const draft of drafts) drafting.widen(draft, classes);
  const classOf = new Map(classes.flatMap((one) => one.members.map((at) => [at, one] as const)));
  for (const draft of drafts) {
    const more = draft.packets.flatMap((packet) => [...likePackets(packet, fleet)]);
    const kindOf = ({ member }: Point) => classOf.get(member?.place ?? -1);
    const few = more.length <= peersMax ? more : outermost(more, kindOf).slice(0, peersMax);
    drafting.addPeers(draft, few);
  }
  return drafts;
}

/** Of peers of each kind those with the first and the last address: these are the hardest to name together. */
function outermost(
  packets: readonly Point[],
  kindOf: (packet: Point) => unknown,
): readonly Point[] {
  const kinds = new Map<unknown, Point[]>();
  for (const packet of packets.toSorted((a, b) => compareAddresses(a.peer, b.peer))) {
    const kind = kindOf(packet);
    kinds.set(kind, [...(kinds.get(kind) ?? []), packet].filter(isFirstOrLast));
  }
  return [...kinds.values()].flat();
}

const isFirstOrLast = (_: Point, at: number, all: readonly Point[]) =>
  at === 0 || at === all.length - 1;

/** Peers added to a column. */
const peersMax = 24;

interface Draft extends Column {
  readonly packets: Point[];
  readonly at: MemberClass[];
}

class Drafting {
  readonly #drafts: readonly Draft[];
  readonly #between = remembered((one: Point) => remembered((other: Point) => passing(one, other)));

  constructor(drafts: readonly Draft[]) {
    this.#drafts = drafts;
  }

  /** To where else in the network it must pass. */
  widen(draft: Draft, classes: readonly MemberClass[]): void {
    const [point] = draft.packets;
    for (const at of classes) {
      if (point === undefined || draft.at.includes(at)) continue;
      if (at.network === point.at.network && this.#fits(draft, point, at)) draft.at.push(at);
    }
  }

  addPeers(draft: Draft, packets: readonly Point[]): void {
    for (const packet of packets) {
      if (draft.at.every((at) => this.#fits(draft, packet, at))) draft.packets.push(packet);
    }
  }

  /** Whether it must pass there, and no rule could let it pass there and a packet of another column somewhere. */
  #fits(draft: Draft, packet: Point, at: MemberClass): boolean {
    const { direction, until } = packet;
    const passes = isOfConcern(at, packet) ? lastDay(at, direction, packet) : undefined;
    if (passes === undefined || passes.until !== until) return false;
    return this.#drafts.every(
      (other) =>
        other === draft ||
        other.packets.every((one) =>
          this.#between(packet)(one).every(
            (passesAt) => !(passesAt(at) && other.at.some((place) => passesAt(place))),
          ),
        ),
    );
  }
}

/** For each rule that could let both packets pass: whether it may stand at a class. Remembers its answers. */
function passing(one: Point, other: Point): readonly ((at: MemberClass) => boolean)[] {
  if (one.at.network !== other.at.network) return [];
  return boxesOver(one, other).map((box) => {
    const known = new Map<MemberClass, boolean>();
    return (at) => {
      const passes = known.get(at) ?? mayStand(at, one.direction, box);
      known.set(at, passes);
      return passes;
    };
  });
}
