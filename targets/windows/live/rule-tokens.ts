// Rule strings of any version and origin ([MS-GPFAS] 2.2.2.19): what a host has, not what segc writes.
import {
  type IpAddress,
  isFault,
  parseAddress,
  parsePrefix,
} from "../../../compiler/sets/address.ts";
import {
  type AddressSet,
  addressSet,
  addressSetOfRanges,
  unionOfAddresses,
} from "../../../compiler/sets/address-set.ts";
import { mergeRanges, type NumberRange } from "../../../compiler/sets/service-parts.ts";
import type { IcmpKind } from "../rules.ts";
import { type LiveRule, profileNames, type Store } from "./live-rule.ts";

/** They name a rule, or widen nothing: no condition. */
const silent = new Set(["Name", "Desc", "EmbedCtxt"]);
/** They let in more than the rest says, and are off where they say so. */
const widening = new Set(["Edge", "Defer", "LSM", "LOM", "PCross"]);

/** Undefined where the text is no rule string. */
export function readTokens(name: string, text: string, store: Store): LiveRule | undefined {
  const [version = "", ...fields] = text.split("|");
  if (!/^v\d+\.\d+$/.test(version) || fields.length === 0) return undefined;
  const tokens = new Map<string, string[]>();
  for (const field of fields.filter((one) => one !== "")) {
    const at = field.indexOf("=");
    const [key, value] = [field.slice(0, Math.max(at, 0)), field.slice(at + 1)];
    const list = tokens.get(key);
    if (list === undefined) tokens.set(key, [value]);
    else list.push(value);
  }
  return ruleOf(name, store, new Reading(tokens));
}

/** Takes tokens one after another; what nobody takes is unknown. */
class Reading {
  readonly unknown: string[] = [];
  readonly #tokens: Map<string, string[]>;
  constructor(tokens: Map<string, string[]>) {
    this.#tokens = tokens;
  }
  list(...keys: readonly string[]): readonly (readonly [string, string])[] {
    return keys.flatMap((key) => {
      const values = this.#tokens.get(key) ?? [];
      this.#tokens.delete(key);
      return values.map((value) => [key, value] as const);
    });
  }
  /** The first of several, and the others unknown. */
  one(key: string): string | undefined {
    const [first, ...more] = this.list(key);
    for (const [, value] of more) this.unknown.push(`${key}=${value}`);
    return first?.[1];
  }
  /** A value that is not read makes no condition. */
  word<T>(key: string, read: (value: string) => T | undefined): T | undefined {
    const value = this.one(key);
    const found = value === undefined ? undefined : read(value);
    if (value !== undefined && found === undefined) this.unknown.push(`${key}=${value}`);
    return found;
  }
  /** A list of which each value is read; one that is not makes the whole list no condition we know. */
  all<T>(
    keys: readonly string[],
    read: (value: string) => T | undefined,
  ): readonly T[] | undefined {
    const found: T[] = [];
    let isKnown = true;
    for (const [key, value] of this.list(...keys)) {
      const one = read(value);
      if (one !== undefined) found.push(one);
      else {
        isKnown = false;
        this.unknown.push(`${key}=${value}`);
      }
    }
    return isKnown && found.length > 0 ? found : undefined;
  }
  rest(): readonly string[] {
    const left = [...this.#tokens].filter(
      ([key, values]) => !silent.has(key) && !(widening.has(key) && values.every(isOff)),
    );
    return [
      ...this.unknown,
      ...left.flatMap(([key, values]) => values.map((value) => `${key}=${value}`)),
    ];
  }
}

const isOff = (value: string) => /^false$/i.test(value);

function ruleOf(name: string, store: Store, reading: Reading): LiveRule | undefined {
  const [action, dir] = [reading.one("Action"), reading.one("Dir")];
  if (action === undefined || (dir !== "In" && dir !== "Out")) return undefined;
  // One that passes authenticated peers by blocks opens, if for fewer than it says.
  const isBypass = /^bypass$/i.test(action);
  if (isBypass) reading.unknown.push(`Action=${action}`);
  const active = reading.one("Active");
  const isUnclear = active !== undefined && !/^(true|false)$/i.test(active);
  if (isUnclear) reading.unknown.push(`Active=${active}`);
  const enabled = isUnclear || /^true$/i.test(active ?? "");
  const named = reading.all(["Profile"], (value) =>
    profileNames.find((one) => one.toLowerCase() === value.toLowerCase()),
  );
  const protocol = reading.word("Protocol", (value) =>
    /^\d{1,3}$/.test(value) && Number(value) <= 255 ? Number(value) : undefined,
  );
  const ports = (...keys: readonly string[]) => {
    const found = reading.all(keys, portRange);
    return found === undefined ? undefined : mergeRanges(found);
  };
  const addresses = (...keys: readonly string[]) => {
    const found = reading.all(keys, addressesIn);
    return found === undefined ? undefined : unionOfAddresses(found);
  };
  const user = reading.all(
    ["LUAuth"],
    (value) => /^(?:O:LS)?D:\(A;;CC;;;(S-1-[0-9-]+)\)$/.exec(value)?.[1],
  );
  const rule = {
    name,
    store,
    enabled,
    direction: dir === "In" ? ("ingress" as const) : ("egress" as const),
    action: action === "Block" ? ("block" as const) : ("allow" as const),
    profiles: named ?? profileNames,
    protocol,
    localPorts: ports("LPort", "LPort2_10", "LPort2_20", "LPort2_24"),
    remotePorts: ports("RPort", "RPort2_10"),
    icmp: reading.all(["ICMP4", "ICMP6"], icmpKind),
    local: addresses("LA4", "LA6"),
    remote: addresses("RA4", "RA6", "RA42", "RA62"),
    program: reading.one("App"),
    service: reading.all(["Svc"], (value) => (value === "*" ? undefined : value))?.[0],
    user: user?.[0],
  };
  if (action !== "Allow" && action !== "Block" && !isBypass) return undefined;
  const asksPorts = rule.localPorts !== undefined || rule.remotePorts !== undefined;
  if (asksPorts && protocol !== 6 && protocol !== 17)
    reading.unknown.push("ports without TCP or UDP");
  if (rule.icmp !== undefined && protocol !== 1 && protocol !== 58) {
    reading.unknown.push("ICMP types without ICMP");
  }
  return { ...rule, unknown: reading.rest() };
}

export function portRange(text: string): NumberRange | undefined {
  const [, from = "", to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const [first, last] = [Number(from), Number(to)];
  return from !== "" && first <= last && last <= 65535 ? { first, last } : undefined;
}

export function icmpKind(text: string): IcmpKind | undefined {
  const [, type = "", code] = /^(\d{1,3})(?::(\d{1,3}|\*))?$/.exec(text) ?? [];
  if (type === "" || Number(type) > 255) return undefined;
  return {
    type: Number(type),
    code: code === undefined || code === "*" ? undefined : Number(code),
  };
}

/** An address, a range, a prefix, or an IPv4 network with its mask. */
export function addressesIn(text: string): AddressSet | undefined {
  const [from = "", to, ...more] = text.split("-");
  if (more.length > 0) return undefined;
  if (to !== undefined) {
    const [first, last] = [parseAddress(from), parseAddress(to)];
    if (isFault(first) || isFault(last) || first.family !== last.family) return undefined;
    return isBefore(last, first) ? undefined : addressSetOfRanges([{ first, last }]);
  }
  const masked = /^([0-9.]+)\/([0-9.]*\.[0-9.]*)$/.exec(text);
  const length = masked === null ? undefined : lengthOf(masked[2] ?? "");
  if (masked !== null && length === undefined) return undefined;
  const parsed = parsePrefix(masked === null ? text : `${masked[1]}/${length}`);
  return parsed.kind === "fault" ? undefined : addressSet([parsed.cidr]);
}

function isBefore(a: IpAddress, b: IpAddress): boolean {
  const at = a.words.findIndex((word, index) => word !== b.words[index]);
  return at >= 0 && (a.words[at] ?? 0) < (b.words[at] ?? 0);
}

/** Of a mask such as 255.255.255.0. */
function lengthOf(mask: string): number | undefined {
  const parsed = parseAddress(mask);
  if (isFault(parsed) || parsed.family !== 4) return undefined;
  const bits = parsed.words[0].toString(2).padStart(32, "0");
  return /^1*0*$/.test(bits) ? bits.replace(/0+$/, "").length : undefined;
}
