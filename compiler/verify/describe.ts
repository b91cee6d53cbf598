// A discrepancy in the words of an operator: a packet, what the policy says of it, what the artefact
// does.

import { firstPacket, type PacketMode } from "../plan/packet-list.ts";
import { formatAddress, type IpAddress } from "../sets/address.ts";
import { formatServicePoint } from "../sets/service-text.ts";
import type { Discrepancy } from "./verify-slice.ts";

/** Who stands at an address, for the ends of a packet. */
export interface Names {
  /** The host that the artefact is for. */
  readonly local?: string;
  readonly nameOf?: (address: IpAddress) => string | undefined;
}

/** One line without its own end. */
export function describeDiscrepancy(discrepancy: Discrepancy, names: Names = {}): string {
  if (discrepancy.kind !== "packet") return discrepancy.message;
  const { direction, mode, witness, required, found } = discrepancy;
  const remote = names.nameOf?.(witness.remote) ?? formatAddress(witness.remote);
  const fields = [...witness.process].map(([field, value]) => `${field} ${JSON.stringify(value)}`);
  const process = fields.length === 0 ? "" : ` (${fields.join(", ")})`;
  const address = witness.local === undefined ? "" : ` at ${formatAddress(witness.local)}`;
  const local = `${names.local ?? "this host"}${address}${process}`;
  const ends = direction === "egress" ? `${local} -> ${remote}` : `${remote} -> ${local}`;
  const day =
    witness.seconds === undefined
      ? ""
      : ` on ${new Date(witness.seconds * 1000).toISOString().slice(0, 10)}`;
  const service = formatServicePoint(witness.service);
  return `${ends} : ${service}${modeText(mode)}${day} is ${said[required]} by the policy and ${done[found]} by the artefact`;
}

/** How a packet differs from the first one of an exchange. */
function modeText({ loopback, state, reply, hopLimit, sourcePort }: PacketMode): string {
  const parts = [
    ...(loopback ? ["within the host"] : []),
    ...(state === firstPacket.state ? [] : [state]),
    ...(reply ? ["a reply"] : []),
    ...(hopLimit === firstPacket.hopLimit ? [] : [`hop limit ${hopLimit}`]),
    ...(sourcePort === firstPacket.sourcePort ? [] : [`source port ${sourcePort}`]),
  ];
  return parts.length === 0 ? "" : ` (${parts.join(", ")})`;
}

const said = { accept: "allowed", drop: "refused" } as const;
const done = { accept: "accepted", drop: "dropped" } as const;
