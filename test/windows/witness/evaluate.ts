// What Windows Firewall does with the first packet of a flow ([MS-FASP] 2.2.34 to 2.2.38): rules
// have no order; authenticated bypass beats block, block beats allow, and without any of them the
// profile's default counts.
import { type Address, type AddressRange, type Family, parseAddress } from "./addresses.ts";
import type { FirewallPolicy, Packet, PortRange, ProfileName, Rule, Verdict } from "./policy.ts";
import { refuse } from "./strict.ts";

/** Out of the box ("Windows Firewall" defaults, platforms.md C.2). */
const boxDefault = { in: "block", out: "allow" } as const;

export function decide(policy: FirewallPolicy, packet: Packet, profile: ProfileName): Verdict {
  const settings = policy.profiles[profile];
  if (!settings.enabled) return "allow";
  if (settings.shielded && packet.direction === "in") return "block";
  const ends = { local: endOf(packet, packet.local), remote: endOf(packet, packet.remote) };
  const actions = new Set(
    policy.rules
      .filter((rule) => rule.active && rule.profiles.includes(profile))
      .filter((rule) => matches(rule, packet, ends))
      .map((rule) => rule.action),
  );
  if (actions.has("bypass")) return "allow";
  if (actions.has("block")) return "block";
  if (actions.has("allow")) return "allow";
  const configured = packet.direction === "in" ? settings.inbound : settings.outbound;
  return configured ?? boxDefault[packet.direction];
}

interface Ends {
  readonly local: Address;
  readonly remote: Address;
}

/** Whether every condition of a rule holds. */
function matches(rule: Rule, packet: Packet, { local, remote }: Ends): boolean {
  return (
    rule.direction === packet.direction &&
    (rule.protocol === undefined || rule.protocol === packet.protocol) &&
    (rule.action !== "bypass" || packet.isAuthenticated === true) &&
    isOfProcess(rule, packet) &&
    isAtPort(rule.localPorts, packet.localPort) &&
    isAtPort(rule.remotePorts, packet.remotePort) &&
    isOfIcmp(rule, packet) &&
    isWithin(rule.localAddresses, local) &&
    isWithin(rule.remoteAddresses, remote)
  );
}

function isOfProcess(rule: Rule, { program, service, user }: Packet): boolean {
  return (
    (rule.program === undefined || isSameName(rule.program, program)) &&
    (rule.service === undefined ||
      (rule.service === "*" ? service !== undefined : isSameName(rule.service, service))) &&
    (rule.users === undefined || (user !== undefined && rule.users.includes(user)))
  );
}

const isSameName = (asked: string, given: string | undefined) =>
  given !== undefined && folded(asked) === folded(given);

/** As NTFS and the service manager compare: unit by unit, each as its capital. */
function folded(text: string): string {
  return text
    .split("")
    .map((unit) => (unit.toUpperCase().length === 1 ? unit.toUpperCase() : unit))
    .join("");
}

// A packet that leaves out what a rule asks for has no answer: guessing would hide a broken test.
function isAtPort(ranges: readonly PortRange[] | undefined, port: number | undefined): boolean {
  if (ranges === undefined) return true;
  const asked = port ?? refuse("a rule asks for a port the packet does not say");
  return ranges.some(({ first, last }) => first <= asked && asked <= last);
}

function isOfIcmp({ icmp }: Rule, packet: Packet): boolean {
  if (icmp === undefined) return true;
  const asked = packet.icmp ?? refuse("a rule asks for an ICMP type the packet does not say");
  return icmp.some(
    ({ type, code }) => type === asked.type && (code === undefined || code === asked.code),
  );
}

/** A list of one family keeps packets of the other out: only no list at all asks nothing. */
function isWithin(ranges: readonly AddressRange[] | undefined, { family, value }: Address) {
  if (ranges === undefined) return true;
  const disjoint = disjointOf(ranges)[family];
  let low = 0;
  let high = disjoint.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const range = disjoint[middle];
    if (range !== undefined && range.last < value) low = middle + 1;
    else high = middle;
  }
  const found = disjoint[low];
  return found !== undefined && found.first <= value;
}

type ByFamily = Readonly<Record<Family, readonly AddressRange[]>>;

// Lists are asked about once for every packet, and may have a thousand entries.
const seen = new WeakMap<readonly AddressRange[], ByFamily>();

/** The ranges of each family in order, with those that overlap made one. */
function disjointOf(ranges: readonly AddressRange[]): ByFamily {
  const known = seen.get(ranges);
  if (known !== undefined) return known;
  const made = { 4: disjoint(ranges, 4), 6: disjoint(ranges, 6) };
  seen.set(ranges, made);
  return made;
}

function disjoint(ranges: readonly AddressRange[], family: Family): readonly AddressRange[] {
  const made: AddressRange[] = [];
  const ordered = ranges
    .filter((range) => range.family === family)
    .sort((a, b) => (a.first < b.first ? -1 : Number(a.first > b.first)));
  for (const range of ordered) {
    const before = made.at(-1);
    if (before === undefined || before.last < range.first) made.push(range);
    else if (before.last < range.last) made.splice(-1, 1, { ...before, last: range.last });
  }
  return made;
}

function endOf({ family }: Packet, text: string): Address {
  const address = parseAddress(text);
  return address.family === family ? address : refuse(`${text} is not of family ${family}`);
}
