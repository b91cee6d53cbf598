// Packets of one kind, at many holders of a term and from many of its peers, as far as no rule for another
// column could let one of them pass: what all rules for a column cover together.

import { meterOf } from "../../../compiler/minimise/meter.ts";
import type { Fleet } from "../../../compiler/plan/fleet.ts";
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
  const drafting = new Drafting(drafts, classes);
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
  readonly #classes: readonly MemberClass[];
  readonly #meter = meterOf(effortMs, undefined);

  constructor(drafts: readonly Draft[], classes: readonly MemberClass[]) {
    this.#drafts = drafts;
    this.#classes = classes;
  }

  /** To where else in the network it must pass. */
  widen(draft: Draft, classes: readonly MemberClass[]): void {
    const [point] = draft.packets;
    if (point === undefined) return;
    const near = classes.filter(
      (at) =>
        at.network === point.at.network && !draft.at.includes(at) && mustPass(at, point, point),
    );
    const barred = this.#barred(draft, point, near);
    for (const at of near) if (!barred.has(at)) draft.at.push(at);
  }

  addPeers(draft: Draft, packets: readonly Point[]): void {
    const [point] = draft.packets;
    for (const packet of point === undefined ? [] : packets) {
      if (!draft.at.every((at) => mustPass(at, packet, point))) continue;
      if (this.#barred(draft, packet, draft.at).size === 0) draft.packets.push(packet);
    }
  }

  /** Where some rule could let it pass, and somewhere a packet of another column. All, once that takes too long. */
  #barred(draft: Draft, packet: Point, at: readonly MemberClass[]): ReadonlySet<MemberClass> {
    const barred = new Set<MemberClass>();
    const { network } = packet.at;
    const near = this.#classes.filter((one) => one.network === network);
    for (const { packets, at: places } of this.#drafts) {
      if (packets === draft.packets || !isAlike(packets, packet)) continue;
      for (const one of packets) {
        this.#meter.spend(stepsPerPair);
        if (this.#meter.isSpent()) return new Set(at);
        for (const box of boxesOver(packet, one, near)) {
          const standing = at.filter((place) => mayStand(place, packet.direction, box));
          if (standing.length === 0) continue;
          const isShared = places.some((place) => mayStand(place, packet.direction, box));
          if (isShared) for (const place of standing) barred.add(place);
        }
      }
    }
    return barred;
  }
}

/** For the columns of one bound. */
const effortMs = 200;
const stepsPerPair = 1_000;

const isAlike = ([one]: readonly Point[], { direction, until, at }: Point): boolean =>
  one?.direction === direction && one.until === until && one.at.network === at.network;

/** Whether a packet must pass at a class until the day of another one. */
function mustPass(at: MemberClass, packet: Point, like: Point | undefined): boolean {
  const passes = isOfConcern(at, packet) ? lastDay(at, packet.direction, packet) : undefined;
  return passes !== undefined && passes.until === like?.until;
}
