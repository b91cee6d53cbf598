// A rule from the words that an artefact says it with, whichever artefact: ports, ICMP types, addresses
// and users are written alike in all of them.
import type { Direction } from "../../compiler/inventory/types.ts";
import type { UtcDate } from "../../compiler/model/types.ts";
import type { AddressSet } from "../../compiler/sets/address-set.ts";
import type { NumberRange, NumberRanges } from "../../compiler/sets/service-parts.ts";
import { protocols } from "../../compiler/sets/service-set.ts";
import { readRanges } from "./address-ranges.ts";
import {
  descriptionPattern,
  type FirewallRule,
  type IcmpKind,
  idPattern,
  type RuleContent,
} from "./rules.ts";

/** Empty lists are no condition. */
export interface RuleWords {
  readonly id: string;
  readonly direction: Direction | undefined;
  readonly action: RuleContent["action"] | undefined;
  readonly protocol: string | undefined;
  /** `443`, `8000-8100` */
  readonly localPorts: readonly string[];
  readonly remotePorts: readonly string[];
  /** `8`, `8:*`, `13:0` */
  readonly icmp: readonly string[];
  readonly local: readonly string[];
  readonly remote: readonly string[];
  readonly program: string | undefined;
  readonly service: string | undefined;
  /** SDDL */
  readonly userList: string | undefined;
  readonly description: string | undefined;
  readonly until: UtcDate | undefined;
}

/** What is wrong with the words, where they are no rule of segc. */
export function ruleOfWords(words: RuleWords): FirewallRule | string {
  const { id, direction, action, program, service, description = "", until } = words;
  const protocol = words.protocol === undefined ? undefined : numberUpTo(255, words.protocol);
  const user = words.userList === undefined ? undefined : userOfList(words.userList);
  const [localPorts, remotePorts] = [portsOf(words.localPorts), portsOf(words.remotePorts)];
  const icmp = icmpOf(words.icmp);
  const [local, remote] = [addressesOf(words.local), addressesOf(words.remote)];
  if (!descriptionPattern.test(description)) return "is described as segc describes none";
  if (!idPattern.test(id)) return "is not named as rules of segc are";
  if (direction === undefined || action === undefined) {
    return "says neither what it does nor in which direction";
  }
  if (words.protocol !== undefined && protocol === undefined) return "names no protocol";
  if (words.userList !== undefined && user === undefined) return "names no user";
  if (localPorts === "fault" || remotePorts === "fault") return "lists ports that are none";
  if (icmp === "fault") return "lists ICMP types that are none";
  if (local === "fault" || remote === "fault") return "lists addresses that are none";
  const hasPorts = localPorts !== undefined || remotePorts !== undefined;
  if (hasPorts && protocol !== protocols.tcp && protocol !== protocols.udp) {
    return "lists ports of a protocol that has none";
  }
  if (icmp !== undefined && protocol !== protocols.icmp4 && protocol !== protocols.icmp6) {
    return "lists ICMP types of another protocol";
  }
  const rest = { program, service, user, description, until };
  return { id, direction, action, protocol, localPorts, remotePorts, icmp, local, remote, ...rest };
}

/** Who may be the user of the process: this one ([MS-DTYP] 2.5.1, the right is CC). */
export const userList = (sid: string) => `D:(A;;CC;;;${sid})`;

const userOfList = (text: string) => /^D:\(A;;CC;;;(S-1-[0-9-]+)\)$/.exec(text)?.[1];

type Read<T> = T | "fault" | undefined;

function numberUpTo(max: number, text: string): number | undefined {
  return /^(0|[1-9][0-9]{0,4})$/.test(text) && Number(text) <= max ? Number(text) : undefined;
}

/** Sorted and apart, as sets of services give them. */
function portsOf(texts: readonly string[]): Read<NumberRanges> {
  const ranges: NumberRange[] = [];
  for (const text of texts) {
    const [from = "", to = from, ...more] = text.split("-");
    const [first, last] = [numberUpTo(65535, from), numberUpTo(65535, to)];
    if (first === undefined || last === undefined || first > last || more.length > 0) {
      return "fault";
    }
    ranges.push({ first, last });
  }
  ranges.sort((a, b) => a.first - b.first);
  const isApart = ranges.every(({ first }, at) => first > (ranges[at - 1]?.last ?? -2) + 1);
  if (!isApart) return "fault";
  return ranges.length === 0 ? undefined : ranges;
}

function icmpOf(texts: readonly string[]): Read<readonly IcmpKind[]> {
  const kinds: IcmpKind[] = [];
  for (const text of texts) {
    const [typeText = "", codeText = "*", ...more] = text.split(":");
    const type = numberUpTo(255, typeText);
    const code = codeText === "*" ? undefined : numberUpTo(255, codeText);
    if (type === undefined || more.length > 0 || (codeText !== "*" && code === undefined)) {
      return "fault";
    }
    kinds.push({ type, code });
  }
  return kinds.length === 0 ? undefined : kinds;
}

function addressesOf(texts: readonly string[]): Read<AddressSet> {
  if (texts.length === 0) return undefined;
  // Every file of an artefact says the same addresses.
  const key = texts.join();
  const before = known.get(key);
  if (before !== undefined) return before;
  const found = readRanges(texts) ?? "fault";
  if (known.size >= knownMax) known.clear();
  known.set(key, found);
  return found;
}

const known = new Map<string, AddressSet | "fault">();
const knownMax = 50_000;
