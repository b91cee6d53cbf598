// The match modules of iptables: their options -> formulas (man iptables-extensions).
import type { Family } from "../address.ts";
import { LoadFault } from "../fault.ts";
import { all, always, any, depthOf, type Formula, is, within } from "../formula.ts";
import { type Range, range } from "../ranges.ts";
import { conntrack, icmp, multiport, owner, portRange, time } from "./fields.ts";
import { type Context, type Option, signed, textOf } from "./options.ts";
import { setFormula } from "./set-match.ts";
import { numberOf } from "./words.ts";

export interface Module {
  /** Names of options, with the number of their values. */
  readonly options: Readonly<Record<string, number>>;
  readonly formula: (options: readonly Option[], context: Context) => Formula;
}

const ports = (protocol: number): Module => ({
  options: { "--sport": 1, "--dport": 1, "--source-port": 1, "--destination-port": 1 },
  formula: (options, context) => {
    needProtocol(context, [protocol]);
    return all(
      ...options.map((option) => {
        const axis = option.name.startsWith("--s") ? "sourcePort" : "destinationPort";
        return signed(option, within(axis, [portRange(textOf(option), context.line)]));
      }),
    );
  },
});

const icmpModule = (option: string, family: Family, protocol: number): Module => ({
  options: { [option]: 1 },
  formula: (options, context) => {
    needProtocol(context, [protocol]);
    if (context.family !== family)
      throw new LoadFault(`${option} in the other family`, context.line);
    return all(...options.map((each) => signed(each, icmp(textOf(each), family, context.line))));
  },
});

/** Logging and comments match always, and so does a limit: nothing may hang on it. */
const inert = (options: Readonly<Record<string, number>>): Module => ({
  options,
  formula: () => always,
});

const icmp6 = icmpModule("--icmpv6-type", 6, 58);

export const modules: Readonly<Record<string, Module>> = {
  tcp: ports(6),
  udp: ports(17),
  sctp: ports(132),
  dccp: ports(33),
  icmp: icmpModule("--icmp-type", 4, 1),
  icmp6,
  icmpv6: icmp6,
  "ipv6-icmp": icmp6,
  conntrack: { options: { "--ctstate": 1, "--ctdir": 1 }, formula: conntrack },
  state: {
    options: { "--state": 1 },
    formula: (options, context) =>
      conntrack(
        options.map((option) => ({ ...option, name: "--ctstate" })),
        context,
      ),
  },
  multiport: {
    options: {
      "--dports": 1,
      "--destination-ports": 1,
      "--sports": 1,
      "--source-ports": 1,
      "--ports": 1,
    },
    formula: (options, context) => {
      needProtocol(context, [6, 17, 33, 132, 136]);
      return multiport(options, context);
    },
  },
  set: {
    options: { "--match-set": 2 },
    formula: (options, { sets, family, line }) =>
      all(
        ...options.map((option) => {
          const [name = "", flags = ""] = option.values;
          return signed(option, setFormula(sets, name, flags, family, line));
        }),
      ),
  },
  owner: { options: { "--uid-owner": 1, "--gid-owner": 1 }, formula: owner },
  cgroup: {
    options: { "--path": 1 },
    // A packet without a socket matches neither way; the path stands for all below it, too.
    formula: (options) =>
      all(
        is("owned", 1),
        ...options.map((option) => {
          const path = textOf(option).replace(/^\/+|\/+$/g, "");
          const paths = new Set([path]);
          return signed(option, { kind: "cgroup", level: depthOf(path), paths });
        }),
      ),
  },
  time: { options: { "--datestart": 1, "--datestop": 1 }, formula: time },
  hl: {
    options: { "--hl-eq": 1, "--hl-lt": 1, "--hl-gt": 1 },
    formula: (options, { family, line }) => {
      if (family === 4) throw new LoadFault("hl is for IPv6", line);
      return all(...options.map((option) => signed(option, hopLimit(option, line))));
    },
  },
  comment: inert({ "--comment": 1 }),
  limit: inert({ "--limit": 1, "--limit-burst": 1 }),
};

/** The options of targets, which decide nothing. */
export const targetOptions: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  LOG: {
    "--log-prefix": 1,
    "--log-level": 1,
    "--log-uid": 0,
    "--log-tcp-options": 0,
    "--log-tcp-sequence": 0,
    "--log-ip-options": 0,
  },
  NFLOG: { "--nflog-prefix": 1, "--nflog-group": 1, "--nflog-size": 1, "--nflog-threshold": 1 },
  REJECT: { "--reject-with": 1 },
};

function hopLimit(option: Option, line: number): Formula {
  const value = numberOf(textOf(option), 255, line);
  const ranges: Range[] = [];
  if (option.name === "--hl-eq") ranges.push(range(value));
  else if (option.name === "--hl-lt" && value > 0) ranges.push(range(0, value - 1));
  else if (option.name === "--hl-gt" && value < 255) ranges.push(range(value + 1, 255));
  return ranges.length === 0 ? any() : within("hopLimit", ranges);
}

function needProtocol({ protocol, line }: Context, wanted: readonly number[]): void {
  if (protocol === undefined || !wanted.includes(protocol)) {
    throw new LoadFault(`needs -p with one of the protocols ${wanted.join(", ")}`, line);
  }
}
