// `probe.ps1`: connections for a person to try on a host, a few that the plan lets through and their
// neighbours that it does not. A help for the first roll-out and no part of what is enforced.

import { isFault, parseAddress } from "../../compiler/sets/address.ts";
import { everyAddress, hasAddress } from "../../compiler/sets/address-set.ts";
import { protocols } from "../../compiler/sets/service-set.ts";
import { rangeTexts } from "./address-ranges.ts";
import { quoted } from "./apply-data.ts";
import { isBaseline } from "./baseline.ts";
import { probeHead, probeTail } from "./probe-script.ts";
import type { FirewallRule, WindowsPlan } from "./rules.ts";

export const probePath = "probe.ps1";
/** Rules that are tried. */
const triedMax = 20;

interface Probe {
  readonly expect: "Allowed" | "Refused";
  readonly address: string;
  readonly port: number;
  readonly text: string;
}

export function probeText(plan: WindowsPlan): string {
  const lines = probesOf(plan).map(
    ({ expect, address, port, text }) =>
      `  @{Direction='Outbound';Expect='${expect}';Protocol='TCP';Address=${quoted(address)};Port='${port}';Text=${quoted(text)}}`,
  );
  const data = ["# segc data begin", ...listOf(lines), "# segc data end"];
  return probeHead + data.map((line) => `${line}\n`).join("") + probeTail;
}

const listOf = (lines: readonly string[]) =>
  lines.length === 0 ? ["$SegcProbes = @()"] : ["$SegcProbes = @(", ...lines, ")"];

/** The first address of each rule, at its first port and at one that no rule there has. */
function probesOf({ defaults, rules }: WindowsPlan): readonly Probe[] {
  // What rules that block leave of others is more than a script for a first look should say.
  const isBlocked = rules.some(
    ({ direction, action }) => direction === "egress" && action === "block",
  );
  if (defaults.egress !== "block" || isBlocked) return [];
  const open = rules.filter((rule) => rule.direction === "egress" && rule.action === "allow");
  return open
    .filter(isTried)
    .slice(0, triedMax)
    .flatMap((rule): readonly Probe[] => {
      const listed = rule.remote === undefined ? [] : rangeTexts(rule.remote);
      const address = listed.map(firstHost).find((text) => text !== undefined);
      const port = rule.remotePorts?.[0]?.first;
      if (address === undefined || port === undefined) return [];
      const text = rule.description;
      const allowed: Probe = { expect: "Allowed", address, port, text };
      const closed = [port + 1, port + 2, port + 3].find(
        (other) => other < 65536 && !open.some((one) => mayPass(one, address, other)),
      );
      return closed === undefined
        ? [allowed]
        : [allowed, { expect: "Refused", address, port: closed, text: `beside ${text}` }];
    });
}

/** Of a few hosts next to each other the first; a network is nobody in particular. */
function firstHost(text: string): string | undefined {
  const [first = "", last = first] = text.split("-");
  const [from, to] = [parseAddress(first), parseAddress(last)];
  if (isFault(from) || isFault(to)) return undefined;
  const distance = (to.words.at(-1) ?? 0) - (from.words.at(-1) ?? 0);
  const isNear = from.words.slice(0, -1).every((word, at) => word === to.words[at]);
  return isNear && distance < 16 && first !== "0.0.0.0" ? first : undefined;
}

/** By any process: whoever runs the script is not the program of a rule. */
const isTried = (rule: FirewallRule): boolean =>
  !isBaseline(rule) &&
  rule.protocol === protocols.tcp &&
  rule.program === undefined &&
  rule.service === undefined &&
  rule.user === undefined &&
  rule.until === undefined;

/** Whether the rule lets that through, by some process. */
function mayPass(
  { protocol, remote = everyAddress, remotePorts }: FirewallRule,
  text: string,
  port: number,
): boolean {
  if (protocol !== undefined && protocol !== protocols.tcp) return false;
  const address = parseAddress(text);
  if (isFault(address) || !hasAddress(remote, address)) return false;
  return remotePorts?.some(({ first, last }) => first <= port && port <= last) ?? true;
}
