// Boxes of rules -> the entries of a slice: those of one rule that differ only in their peers, or
// only in their local addresses, become one; sorted, with a canonical text for hashing.
import { sha256 } from "../model/sha256.ts";
import type { UtcDate } from "../model/types.ts";
import type { Family } from "../sets/address.ts";
import { type AddressSet, addressText, unionAddresses } from "../sets/address-set.ts";
import type { ServiceSet } from "../sets/service-set.ts";
import type { RuleBox } from "./entries.ts";
import { remembered } from "./remembered.ts";
import type { LocalProgram, SliceEntry } from "./slice.ts";

/** A box at some of the workload's addresses; `local` undefined: all of the family. */
export interface PlacedBox extends RuleBox {
  readonly family: Family;
  readonly local: AddressSet | undefined;
}

/** Entries in the order of rule, family, content; `role` decides the default of `log`. */
export function sliceEntries(
  boxes: readonly PlacedBox[],
  role: "enforced" | "staged",
): readonly SliceEntry[] {
  const samePeers = merge(boxes, ({ local, box }) => [addressKey(local), boxKey(box)], joinPeers);
  const sameLocal = merge(samePeers, ({ box }) => [addressKey(box.remote), boxKey(box)], joinLocal);
  return [...sameLocal].sort(inOrder).map((placed) => entryOf(placed, role));
}

/** The order of the canonical texts, of which mostly the first words tell. */
function inOrder(a: PlacedBox, b: PlacedBox): number {
  if (a.rule.id !== b.rule.id) return compareTexts(idText(a.rule).text, idText(b.rule).text);
  return a.family - b.family || compareTexts(canonicalText(a), canonicalText(b));
}

const compareTexts = (a: string, b: string) => (a < b ? -1 : Number(a > b));

const idText = remembered(({ id }: PlacedBox["rule"]) => ({ text: JSON.stringify(id) }));

const canonicalText = ({ local, box }: PlacedBox) =>
  JSON.stringify([addressKey(local), boxKey(box), addressKey(box.remote)]);

function merge(
  boxes: readonly PlacedBox[],
  keyOf: (placed: PlacedBox) => readonly string[],
  join: (a: PlacedBox, b: PlacedBox) => PlacedBox,
): readonly PlacedBox[] {
  const merged = new Map<string, PlacedBox>();
  const times = new Map<string, number>();
  const place = ({ rule, family }: PlacedBox) => `${family} ${rule.id}`;
  for (const placed of boxes) times.set(place(placed), (times.get(place(placed)) ?? 0) + 1);
  for (const placed of boxes) {
    // Most rules have one box here, which meets no other.
    const isAlone = times.get(place(placed)) === 1;
    const key = isAlone
      ? place(placed)
      : JSON.stringify([placed.rule.id, placed.family, ...keyOf(placed)]);
    const before = merged.get(key);
    merged.set(key, before === undefined ? placed : join(before, placed));
  }
  return [...merged.values()];
}

function joinPeers(a: PlacedBox, b: PlacedBox): PlacedBox {
  return { ...a, box: { ...a.box, remote: unionAddresses(a.box.remote, b.box.remote) } };
}

function joinLocal(a: PlacedBox, b: PlacedBox): PlacedBox {
  if (a.local === undefined || b.local === undefined) return { ...a, local: undefined };
  return { ...a, local: unionAddresses(a.local, b.local) };
}

/** A text that is equal for equal sets; long ones are digested, for they are compared often. */
const setKey = remembered((set: AddressSet) => {
  const text = addressText(set);
  return { key: text.length > 100 ? sha256(text) : text };
});

function addressKey(set: AddressSet | undefined): string {
  return set === undefined ? "" : setKey(set).key;
}

const serviceKey = remembered((service: ServiceSet) => ({
  key: service.intervals.map(({ first, last }) => `${first}-${last}`).join(),
}));

function boxKey({ service, programs, notPrograms }: PlacedBox["box"]): string {
  const keys = (list: readonly LocalProgram[]) => list.map(programKey);
  return JSON.stringify([serviceKey(service).key, keys(programs), keys(notPrograms)]);
}

function programKey({ key, label, uid, gid, sid }: LocalProgram) {
  const known = [key, label, uid ?? null, gid ?? null];
  return sid === undefined ? known : [...known, sid];
}

function entryOf({ rule, family, local, box }: PlacedBox, role: "enforced" | "staged"): SliceEntry {
  const { because, ticket, until, log } = rule.meta;
  return {
    ruleId: rule.id,
    alsoRules: [],
    because,
    ticket,
    family,
    local,
    remote: box.remote,
    service: box.service,
    programs: box.programs,
    notPrograms: box.notPrograms,
    until: rule.effect === "allow" ? until : undefined,
    log: log ?? (role === "staged" ? "new" : "none"),
  };
}

/** Equal for equal entries. */
export function entryText(entry: SliceEntry): string {
  return JSON.stringify([
    [entry.ruleId, entry.because ?? null, entry.ticket ?? null, entry.family, entry.log],
    entry.until ?? null,
    entry.local === undefined ? null : addressKey(entry.local),
    addressKey(entry.remote),
    serviceKey(entry.service).key,
    entry.programs.map(programKey),
    entry.notPrograms.map(programKey),
  ]);
}

/** Last days of `observe` windows: the latest counts. */
export function laterOf(a: UtcDate | undefined, b: UtcDate): UtcDate {
  return a === undefined || b > a ? b : a;
}
