// How the sets of an artefact are written for `ipset restore`.
import { sha256 } from "../../compiler/model/sha256.ts";
import { type LineFrame, listLines } from "../../compiler/sets/write-prefixes.ts";
import { pairsIn, pairText } from "./pair-members.ts";
import type { IptSet, PairSet, PeerSet } from "./ruleset.ts";

export const setsPath = "segc.ipset";

/** Where a set is filled before it takes the place of the set it is for. */
export const buildingSet = "SEG-T";

/** What stands around a prefix, and around an exception. */
export const memberFrame: LineFrame = { before: `add ${buildingSet} `, after: "\n" };
export const exceptionFrame: LineFrame = { ...memberFrame, after: " nomatch\n" };

/** Whole lines. */
export const setText = (set: IptSet): string => {
  const form = setForm({ ...set, size: membersIn(set) });
  return [
    `create ${set.name} ${form} -exist\n`,
    `create ${buildingSet} ${form}\n`,
    memberTexts(set, memberFrame, exceptionFrame),
    `swap ${buildingSet} ${set.name}\n`,
    `destroy ${buildingSet}\n`,
  ].join("");
};

/** How many members the kernel will hold. */
export const membersIn = (set: SetContent): number =>
  "members" in set
    ? set.members.prefixes.lengths.length + set.members.exceptions.lengths.length
    : pairsIn(set.pairs);

const memberTexts = (set: SetContent, frame: LineFrame, excepted: LineFrame): string =>
  "members" in set
    ? listLines(set.members.prefixes, frame) + listLines(set.members.exceptions, excepted)
    : set.pairs.map((pair) => frame.before + pairText(set.type, pair) + frame.after).join("");

/** A set that has no name yet. */
export type SetContent = Omit<PeerSet, "name"> | Omit<PairSet, "name">;

/** The same content in the same form has the same name, and no other has it. */
export function named(content: SetContent): IptSet {
  const form = setForm({ ...content, size: membersIn(content) });
  const members = memberTexts(
    content,
    { before: " ", after: "" },
    { before: " ", after: " nomatch" },
  );
  const hash = sha256(form + members).slice(0, 20);
  return { ...content, name: `SEG-${content.family}-${hash}` };
}

/** Room for twice the members: `maxelem` defaults to 65,536, and a full set refuses to load. */
export function setForm({
  family,
  type,
  size,
}: Pick<IptSet, "family" | "type"> & { readonly size: number }): string {
  const room = (least: number) => Math.max(64, 2 ** Math.ceil(Math.log2(least)));
  const inet = family === 4 ? "inet" : "inet6";
  return `${type} family ${inet} hashsize ${room(size)} maxelem ${room(2 * size)}`;
}
