// One `match` of nft's JSON as a condition. Names of types, codes and protocols come back as
// numbers; a written time is in the time zone of the listing, which is UTC.

import { RulesetFault } from "../../compiler/plan/ruleset-fault.ts";
import type { Family } from "../../compiler/sets/address.ts";
import {
  addressesOfJson,
  type JsonObject,
  type Levels,
  numberOf,
  objectOf,
  rangesOf,
  textOf,
} from "./json-values.ts";
import type { AddressOperand, ConntrackState, Match } from "./ruleset.ts";
import { icmpCodes, icmpTypes, protocolNumbers } from "./symbols.ts";

export function matchOfJson(match: JsonObject, levels: Levels): Match {
  const [[kind, left] = ["", undefined]] = [...objectOf(match.get("left"))];
  const body = objectOf(left);
  const right = match.get("right");
  const op = textOf(match.get("op"));
  const key = body.get("key");
  if (op === "!=" && kind === "meta" && key === "l4proto") {
    return { kind: "not-protocol", ranges: rangesOf(right, protocolNumbers) };
  }
  if (op === "<" && kind === "meta" && key === "time") {
    return { kind: "before", seconds: secondsOf(right) };
  }
  if (op === "in" && kind === "ct" && key === "state")
    return { kind: "state", state: stateOf(right) };
  if (op !== "==") throw new RulesetFault(1, `unknown comparison \`${op}\``);
  if (kind === "meta") return metaOf(key, right);
  if (kind === "ct" && key === "direction" && (right === "original" || right === "reply")) {
    return { kind: "tracked-direction", direction: right };
  }
  if (kind === "socket" && key === "cgroupv2") return cgroupOf(right, levels);
  if (kind === "payload") return payloadOf(body, right);
  throw new RulesetFault(1, `unknown condition on \`${kind}\``);
}

function metaOf(key: unknown, right: unknown): Match {
  switch (key) {
    case "iif":
    case "oif":
      if (right !== "lo") throw new RulesetFault(1, "only the loopback interface may be named");
      return { kind: "loopback", end: key };
    case "nfproto":
      return { kind: "family", family: numberOf(right, { ipv4: 4, ipv6: 6 }) === 4 ? 4 : 6 };
    case "l4proto":
      return { kind: "protocol", ranges: rangesOf(right, protocolNumbers) };
    case "skuid":
      return { kind: "uid", id: numberOf(right) };
    case "skgid":
      return { kind: "gid", id: numberOf(right) };
    default:
      throw new RulesetFault(1, `unknown condition on \`meta ${String(key)}\``);
  }
}

function payloadOf(body: JsonObject, right: unknown): Match {
  const protocol = textOf(body.get("protocol"));
  const field = textOf(body.get("field"));
  if (protocol === "ip6" && field === "hoplimit") {
    return { kind: "hop-limit", value: numberOf(right) };
  }
  if ((protocol === "ip" || protocol === "ip6") && (field === "saddr" || field === "daddr")) {
    const family = protocol === "ip" ? 4 : 6;
    return { kind: "address", family, end: field, of: operandOf(right, family) };
  }
  if (protocol === "icmp" || protocol === "icmpv6") {
    const family = protocol === "icmp" ? 4 : 6;
    if (field === "type") {
      return { kind: "icmp-type", family, ranges: rangesOf(right, icmpTypes(family)) };
    }
    if (field === "code") {
      return { kind: "icmp-code", family, ranges: rangesOf(right, icmpCodes(family)) };
    }
  }
  if (
    (protocol === "tcp" || protocol === "udp" || protocol === "sctp") &&
    (field === "sport" || field === "dport")
  ) {
    return { kind: "ports", protocol, end: field, ranges: rangesOf(right) };
  }
  throw new RulesetFault(1, `unknown condition on \`${protocol} ${field}\``);
}

function operandOf(right: unknown, family: Family): AddressOperand {
  return typeof right === "string" && right.startsWith("@")
    ? { kind: "set", name: right.slice(1) }
    : { kind: "addresses", addresses: addressesOfJson(right, family) };
}

function cgroupOf(right: unknown, levels: Levels): Match {
  const set = textOf(right).replace(/^@/, "");
  return { kind: "cgroup", level: levels.get(set) ?? 2, set };
}

function stateOf(right: unknown): ConntrackState {
  const states = ["new", "established", "related", "invalid", "untracked"] as const;
  const state = states.find((known) => known === right);
  if (state === undefined) throw new RulesetFault(1, "unknown state");
  return state;
}

function secondsOf(right: unknown): number {
  const [, date, time] = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(textOf(right)) ?? [];
  if (date === undefined) throw new RulesetFault(1, "expected a time");
  return Date.parse(`${date}T${time}Z`) / 1000;
}
