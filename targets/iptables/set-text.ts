// How the sets of an artefact are written for `ipset restore`.
import { sha256 } from "../../compiler/model/sha256.ts";
import { type Cidr, formatAddress, formatCidr } from "../../compiler/sets/address.ts";
import { pairsIn, pairText } from "./pair-members.ts";
import type { IptSet, PairSet, PeerSet } from "./ruleset.ts";

export const setsPath = "segc.ipset";

/** Where a set is filled before it takes the place of the set it is for. */
export const buildingSet = "SEG-T";

export const setLines = (set: IptSet): readonly string[] => {
  const form = setForm({ ...set, size: membersIn(set) });
  return [
    `create ${set.name} ${form} -exist`,
    `create ${buildingSet} ${form}`,
    ...memberTexts(set).map((member) => `add ${buildingSet} ${member}`),
    `swap ${buildingSet} ${set.name}`,
    `destroy ${buildingSet}`,
  ];
};

/** How many members the kernel will hold. */
export const membersIn = (set: SetContent): number =>
  "cidrs" in set ? set.cidrs.length + set.exceptions.length : pairsIn(set.pairs);

const memberTexts = (set: SetContent): readonly string[] =>
  "cidrs" in set
    ? [
        ...set.cidrs.map((cidr) => memberText(set.type, cidr)),
        ...set.exceptions.map((cidr) => `${memberText(set.type, cidr)} nomatch`),
      ]
    : set.pairs.map((pair) => pairText(set.type, pair));

/** A set that has no name yet. */
export type SetContent = Omit<PeerSet, "name"> | Omit<PairSet, "name">;

/** The same content in the same form has the same name, and no other has it. */
export function named(content: SetContent): IptSet {
  const form = setForm({ ...content, size: membersIn(content) });
  const hash = sha256([form, ...memberTexts(content)].join(" ")).slice(0, 20);
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

/** Without the length where the set holds single addresses. */
const memberText = (type: PeerSet["type"], cidr: Cidr): string =>
  type === "hash:ip" ? formatAddress(cidr.address) : formatCidr(cidr);
