// The small texts that several formats share: ports, ICMP types, users.
import { type AddressRange, parseRange } from "./addresses.ts";
import type { IcmpType, PortRange } from "./policy.ts";
import { decimal, matched, refuse } from "./strict.ts";

/** `443` or `8000-8100`. */
export function portRange(text: string): PortRange {
  const [first = 0, last = first, ...more] = text
    .split("-")
    .map((end) => decimal(end, { what: "a port", max: 65_535 }));
  if (more.length > 0 || first > last) refuse(`no range of ports: ${text}`);
  return { first, last };
}

/** `8:0` or `8:*`. */
export function icmpTypeAndCode(text: string): IcmpType {
  const [, type = "", code = ""] = matched(/^([0-9]+):([0-9]+|\*)$/, text, "an ICMP type");
  return { type: icmpNumber(type), code: code === "*" ? undefined : icmpNumber(code) };
}

/** `8` or `8:0`, as `New-NetFirewallRule -IcmpType` takes them. */
export function icmpTypeMaybeCode(text: string): IcmpType {
  const [, type = "", code] = matched(/^([0-9]+)(?::([0-9]+))?$/, text, "an ICMP type");
  return { type: icmpNumber(type), code: code === undefined ? undefined : icmpNumber(code) };
}

const icmpNumber = (text: string) => decimal(text, { what: "an ICMP number", max: 255 });

/** `10.0.0.1,10.0.0.5-10.0.0.9` and the like: without spaces, and with something in it. */
export function listed<T>(text: string, read: (item: string) => T): readonly T[] {
  return text.split(",").map(read);
}

export const addressRanges = (text: string): readonly AddressRange[] => listed(text, parseRange);
export const portRanges = (text: string): readonly PortRange[] => listed(text, portRange);

/** The SIDs that `D:(A;;CC;;;SID)...` lets through; no other kind of list is understood. */
export function usersOf(sddl: string): readonly string[] {
  const [, entries = ""] = matched(/^D:((?:\(A;;CC;;;S-1(?:-[0-9]+)+\))+)$/, sddl, "a user list");
  return [...entries.matchAll(/S-[0-9-]+/g)].map(([sid]) => sid);
}
