// What one enforcer installs for some alike endpoints of a workload in one direction: P_k of
// language.md section 7, the permit as this enforcer sees it, as boxes under rules.
//
// A deny that this enforcer sees whole is an entry of its own. One with a condition it cannot see
// (the far end's process, a hidden field) refuses nothing by itself: it is subtracted from each
// allow whose own hidden process it catches.
import type { Group } from "../extent/types.ts";
import type { Rule } from "../model/types.ts";
import { intersectAddresses, isNoAddress, noAddress } from "../sets/address-set.ts";
import { intersectServices, isNoService, servicesOfFamily } from "../sets/service-set.ts";
import { type Box, settled, subtractBox } from "./box.ts";
import { candidateProcesses, holdsFor, type LocalView, noProcess } from "./local-process.ts";
import { isOf, type Piece } from "./pieces.ts";
import type { PlatformPeers, Remotes } from "./remotes.ts";

/** One box of one rule. */
export interface RuleBox {
  readonly rule: Rule;
  readonly box: Box;
}

export interface SpotEntries {
  readonly denies: readonly RuleBox[];
  readonly allows: readonly RuleBox[];
  readonly stagedDenies: readonly RuleBox[];
  readonly stagedAllows: readonly RuleBox[];
}

/** Where the spot is and how its enforcer looks at it. */
export interface SpotView {
  readonly group: Group;
  readonly view: LocalView;
  readonly remotes: Remotes;
  /** Everything that no deny refuses passes here. */
  readonly observed: boolean;
}

/** Entries for the pieces whose local end holds the spot. */
export function entriesAt(spot: SpotView, pieces: readonly Piece[]): SpotEntries {
  const ours = pieces.filter((piece) => isOf(piece, spot.group.family));
  const denies = ours.filter(({ rule }) => rule.effect === "deny");
  const isPlain = (piece: Piece) => seesWhole(spot, piece);
  const hidden = denies.filter((piece) => !piece.rule.staged && !isPlain(piece));
  const allowed = (staged: boolean) =>
    ours
      .filter(({ rule }) => rule.effect === "allow" && rule.staged === staged)
      .flatMap((piece) => allowBoxes(spot, piece, hidden));
  const denied = (staged: boolean) =>
    denies
      .filter((piece) => piece.rule.staged === staged && isPlain(piece))
      .flatMap((piece) => denyBoxes(spot, piece));
  const together = spot.observed ? refusedTogether(spot, hidden) : [];
  return {
    denies: [...denied(false), ...together],
    allows: allowed(false),
    stagedDenies: denied(true),
    stagedAllows: allowed(true),
  };
}

/** Nothing about the far process, and every local field visible. */
function seesWhole({ view }: SpotView, { local, far }: Piece): boolean {
  return far.include.length === 0 && far.exclude.length === 0 && view.seesAll(local);
}

function denyBoxes(spot: SpotView, piece: Piece): readonly RuleBox[] {
  const box = boxOf(spot, piece, spot.remotes.all(piece.far, spot.group));
  return settledBoxes(spot, piece.rule, box === undefined ? [] : [box]);
}

function allowBoxes(spot: SpotView, piece: Piece, hidden: readonly Piece[]): readonly RuleBox[] {
  const { far } = piece;
  const everyone = { platform: undefined, addresses: spot.remotes.all(far, spot.group) };
  const caught = hidden.filter((deny) => overlaps(spot, piece, everyone.addresses, deny));
  if (caught.length === 0) {
    const boxes = localCandidates(spot, piece, []).flatMap(
      (process) => boxOf(spot, piece, everyone.addresses, process) ?? [],
    );
    return settledBoxes(spot, piece.rule, boxes);
  }
  const boxes = spot.remotes
    .byPlatform(far, spot.group)
    .flatMap((peers) => escaping(spot, piece, peers, caught));
  return settledBoxes(spot, piece.rule, boxes);
}

/**
 * What the denies refuse whatever the hidden process is: `g` and everything but `g`, say. Where an
 * enforcer only observes there is no allow to subtract them from.
 */
function refusedTogether(spot: SpotView, denies: readonly Piece[]): readonly RuleBox[] {
  const [first] = denies;
  if (first === undefined) return [];
  const anybody = {
    managed: first.far.managed,
    external: noAddress,
    include: [],
    exclude: [],
    byIdentity: true,
  };
  const everything: Piece = {
    rule: first.rule,
    local: anybody,
    far: anybody,
    family: undefined,
    service: servicesOfFamily,
  };
  return denies
    .flatMap(({ far }) => spot.remotes.byPlatform(far, spot.group))
    .flatMap((peers) => {
      const whole = boxOf(spot, everything, peers.addresses);
      const passing = escaping(spot, everything, peers, denies);
      const refused = passing.reduce<readonly Box[]>(
        (boxes, hole) => boxes.flatMap((box) => settle(spot, subtractBox(box, hole))),
        whole === undefined ? [] : [whole],
      );
      return settledBoxes(spot, first.rule, refused);
    });
}

function overlaps(
  { remotes, group }: SpotView,
  piece: Piece,
  addresses: PlatformPeers["addresses"],
  deny: Piece,
): boolean {
  const services = intersectServices(piece.service(group.family), deny.service(group.family));
  if (isNoService(services)) return false;
  return !isNoAddress(intersectAddresses(addresses, remotes.all(deny.far, group)));
}

/** The allow for these peers, less what the denies catch: for some hidden process of either end. */
function escaping(
  spot: SpotView,
  piece: Piece,
  { platform, addresses }: PlatformPeers,
  denies: readonly Piece[],
): readonly Box[] {
  return farCandidates(platform, piece, denies).flatMap((farProcess) =>
    localCandidates(spot, piece, denies).flatMap((process) => {
      const whole = boxOf(spot, piece, addresses, process);
      if (whole === undefined) return [];
      return denies
        .filter((deny) => holdsFor(platform, farProcess, deny.far))
        .flatMap((deny) => boxOf(spot, deny, spot.remotes.all(deny.far, spot.group), process) ?? [])
        .reduce<readonly Box[]>(
          (boxes, hole) => boxes.flatMap((box) => settle(spot, subtractBox(box, hole))),
          [whole],
        );
    }),
  );
}

/** Processes at the far end that satisfy the allow, enough to find one that escapes the denies. */
function farCandidates(
  platform: PlatformPeers["platform"],
  { far }: Piece,
  denies: readonly Piece[],
) {
  if (platform === undefined) return [noProcess].filter((none) => holdsFor(undefined, none, far));
  const wanted = far.include.map((program) => program.alternatives.get(platform) ?? noProcess);
  const optional = denies
    .flatMap((deny) => deny.far.exclude)
    .flatMap((program) => program.alternatives.get(platform) ?? []);
  return candidateProcesses(platform, wanted, optional).filter((process) =>
    holdsFor(platform, process, far),
  );
}

/** The same for the fields of the local process that this enforcer does not see. */
function localCandidates({ view }: SpotView, { local }: Piece, denies: readonly Piece[]) {
  const wanted = local.include.map((program) => view.hidden(program) ?? noProcess);
  const optional = denies
    .flatMap((deny) => deny.local.exclude)
    .flatMap((program) => view.hidden(program) ?? [])
    .filter((fields) => fields.size > 0);
  return candidateProcesses(view.platform, wanted, optional);
}

/** The piece for these peers and a process with these hidden fields. */
function boxOf(
  { view, group }: SpotView,
  piece: Piece,
  remote: Box["remote"],
  hidden = noProcess,
): Box | undefined {
  const match = view.reduce(piece.local, hidden);
  return match === undefined
    ? undefined
    : { ...match, remote, service: piece.service(group.family) };
}

function settle({ view }: SpotView, boxes: readonly Box[]): readonly Box[] {
  return boxes.flatMap((box) => settled(box, view.platform) ?? []);
}

function settledBoxes(spot: SpotView, rule: Rule, boxes: readonly Box[]): readonly RuleBox[] {
  return settle(spot, boxes).map((box) => ({ rule, box }));
}
