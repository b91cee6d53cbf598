// The matches of iptables whose options depend on each other, as the kernel's modules decide them.
import type { Family } from "../address.ts";
import { LoadFault } from "../fault.ts";
import { all, always, any, type Formula, is, not, within } from "../formula.ts";
import { type Range, range } from "../ranges.ts";
import { type Context, type Option, signed, textOf } from "./options.ts";
import { numberOf } from "./words.ts";

/** `a`, `a:b`, `:b` or `a:`. */
export function portRange(text: string, line: number): Range {
  const [first = "", last] = text.split(":");
  const low = first === "" && last !== undefined ? 0 : numberOf(first, 65535, line);
  const high = last === undefined ? low : last === "" ? 65535 : numberOf(last, 65535, line);
  if (low > high || text.split(":").length > 2) throw new LoadFault(`no ports: ${text}`, line);
  return range(low, high);
}

const stateNumbers: Readonly<Record<string, number>> = {
  NEW: 0,
  ESTABLISHED: 1,
  RELATED: 2,
  INVALID: 3,
  UNTRACKED: 4,
};

/** xt_conntrack: a packet without a connection has a state and no direction, which is not asked then. */
export function conntrack(options: readonly Option[], { line }: Context): Formula {
  const state = options.find((option) => option.name === "--ctstate");
  const direction = options.find((option) => option.name === "--ctdir");
  const hasConnection = is("state", 0, 1, 2);
  let asked: Formula = always;
  if (state !== undefined) {
    const numbers = textOf(state)
      .split(",")
      .map((name) => {
        const number = Object.hasOwn(stateNumbers, name) ? stateNumbers[name] : undefined;
        if (number === undefined) throw new LoadFault(`an unknown state: ${name}`, line);
        return number;
      });
    asked = signed(state, is("state", ...numbers));
  }
  if (direction === undefined) return asked;
  const text = textOf(direction);
  if (direction.inverted || (text !== "ORIGINAL" && text !== "REPLY")) {
    throw new LoadFault("--ctdir is ORIGINAL or REPLY", line);
  }
  const right = all(hasConnection, is("ctDirection", text === "ORIGINAL" ? 0 : 1));
  return all(asked, state === undefined ? right : any(not(hasConnection), right));
}

/** Up to 15 slots, of which a range takes two. */
export function multiport(options: readonly Option[], { line }: Context): Formula {
  const [option, ...more] = options;
  if (option === undefined || more.length > 0) throw new LoadFault("one list of ports", line);
  const parts = textOf(option).split(",");
  const slots = parts.reduce((sum, part) => sum + (part.includes(":") ? 2 : 1), 0);
  if (slots > 15) throw new LoadFault("too many ports specified", line);
  const ranges = parts.map((part) => portRange(part, line));
  const source = within("sourcePort", ranges);
  const destination = within("destinationPort", ranges);
  if (option.name === "--ports") return signed(option, any(source, destination));
  return signed(option, option.name.startsWith("--s") ? source : destination);
}

/** xt_owner: a packet without a socket matches where all that is asked is asked inverted. */
export function owner(options: readonly Option[], { line }: Context): Formula {
  const tests = options.map((option) => {
    const [first = "", last = first, ...more] = textOf(option).split("-");
    const [low, high] = [numberOf(first, 0xfffffffe, line), numberOf(last, 0xfffffffe, line)];
    if (low > high || more.length > 0) throw new LoadFault("no range of owners", line);
    return signed(
      option,
      within(option.name === "--uid-owner" ? "uid" : "gid", [range(low, high)]),
    );
  });
  if (tests.length === 0) throw new LoadFault("an owner that asks nothing", line);
  const ownerless = options.every((option) => option.inverted) ? [is("owned", 0)] : [];
  return any(...ownerless, all(is("owned", 1), ...tests));
}

/** Both ends belong to it; without a day or an hour they are the first. UTC. */
export function time(options: readonly Option[], { line }: Context): Formula {
  const instant = (name: string, otherwise: number): number => {
    const option = options.find((each) => each.name === name);
    if (option === undefined) return otherwise;
    const pattern = /^(\d{4})(?:-(\d\d?)(?:-(\d\d?)(?:T(\d\d?)(?::(\d\d?)(?::(\d\d?))?)?)?)?)?$/;
    const found = pattern.exec(textOf(option));
    if (found === null || option.inverted) throw new LoadFault(`no date: ${textOf(option)}`, line);
    const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = found
      .slice(1)
      .map((part) => (part === undefined ? undefined : Number(part)));
    return Date.UTC(year, month - 1, day, hour, minute, second) / 1000;
  };
  const [start, stop] = [instant("--datestart", 0), instant("--datestop", 0x7fffffff)];
  return start > stop ? any() : within("now", [range(start, stop)]);
}

const icmpNames: Readonly<Record<string, string>> = {
  "4 echo-reply": "0",
  "4 pong": "0",
  "4 destination-unreachable": "3",
  "4 fragmentation-needed": "3/4",
  "4 redirect": "5",
  "4 echo-request": "8",
  "4 ping": "8",
  "4 time-exceeded": "11",
  "4 ttl-exceeded": "11",
  "4 parameter-problem": "12",
  "6 destination-unreachable": "1",
  "6 packet-too-big": "2",
  "6 time-exceeded": "3",
  "6 ttl-exceeded": "3",
  "6 parameter-problem": "4",
  "6 echo-request": "128",
  "6 ping": "128",
  "6 echo-reply": "129",
  "6 pong": "129",
  "6 router-solicitation": "133",
  "6 router-advertisement": "134",
  "6 neighbour-solicitation": "135",
  "6 neighbor-solicitation": "135",
  "6 neighbour-advertisement": "136",
  "6 neighbor-advertisement": "136",
  "6 redirect": "137",
};

/** A type with all codes, or `type/code`. In version 4 the type 255 stands for any. */
export function icmp(text: string, family: Family, line: number): Formula {
  const [type, code] = (icmpNames[`${family} ${text}`] ?? text).split("/");
  if (family === 4 && (text === "any" || type === "255")) return always;
  const isType = is("icmpType", numberOf(type, 255, line));
  return code === undefined ? isType : all(isType, is("icmpCode", numberOf(code, 255, line)));
}
