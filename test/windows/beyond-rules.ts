// Packets about which a policy says nothing.
import { isFault, parseAddress } from "../../compiler/sets/address.ts";
import { hasAddress } from "../../compiler/sets/address-set.ts";
import { unnamed } from "../../targets/windows/address-ranges.ts";
import type { Packet } from "./witness/policy.ts";

/** Replies, errors, the baseline and what no family has: about these a policy says nothing. */
export function isBeyondRules(packet: Packet): boolean {
  const { family, protocol, icmp, localPort, remotePort, local, remote } = packet;
  // Nobody's: packets from or to these never come over a wire.
  const isNobody = (text: string) => {
    const address = parseAddress(text);
    return !isFault(address) && hasAddress(unnamed, address);
  };
  if (isNobody(local) || isNobody(remote)) return true;
  if (protocol === 17) {
    const pair = `${localPort}-${remotePort}`;
    return ["68-67", "546-547"].includes(pair);
  }
  if (protocol === 58 && family === 6) {
    const type = icmp?.type ?? 0;
    return type <= 4 || (type >= 129 && type <= 136) || type === 143;
  }
  if (protocol === 1 && family === 4) return [0, 3, 11, 12, 14].includes(icmp?.type ?? 0);
  return protocol === 58 || protocol === 1;
}
