// How the sets of an artefact are written for `ipset restore`.
import { type Cidr, formatAddress, formatCidr } from "../../compiler/sets/address.ts";
import type { IptSet } from "./ruleset.ts";

export const setsPath = "segc.ipset";

/** Where a set is filled before it takes the place of the set it is for. */
export const buildingSet = "SEG-T";

export const setLines = ({ name, family, type, cidrs }: IptSet): readonly string[] => {
  const form = setForm({ family, type, size: cidrs.length });
  return [
    `create ${name} ${form} -exist`,
    `create ${buildingSet} ${form}`,
    ...cidrs.map((cidr) => `add ${buildingSet} ${memberText(type, cidr)}`),
    `swap ${buildingSet} ${name}`,
    `destroy ${buildingSet}`,
  ];
};

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
export const memberText = (type: IptSet["type"], cidr: Cidr): string =>
  type === "hash:ip" ? formatAddress(cidr.address) : formatCidr(cidr);
