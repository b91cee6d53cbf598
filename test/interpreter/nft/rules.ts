// The words of one nft rule -> rules of the common form: none where it only logs or counts, several
// where a verdict map has several verdicts.

import { boundaries } from "../classes.ts";
import { LoadFault } from "../fault.ts";
import { all, type Formula, testsOf, truth } from "../formula.ts";
import { portProtocols } from "../packet.ts";
import type { Action, Rule } from "../program.ts";
import { holds } from "../ranges.ts";
import { type Match, readMatch, type SetFinder } from "./matches.ts";
import type { Selector } from "./selectors.ts";
import { readVerdict } from "./sets.ts";
import { Cursor, type Word } from "./words.ts";

export function readRule(words: readonly Word[], sets: SetFinder): readonly Rule[] {
  const cursor = new Cursor(words);
  const { line } = cursor;
  const headers = new Headers(line);
  const conditions: Formula[] = [];
  let cases: Match["cases"];
  let isLimited = false;
  let isRaw = false;
  while (!cursor.done) {
    if (cursor.take("comment")) {
      cursor.quoted();
      if (!cursor.done) cursor.fail("a comment ends the rule");
    } else if (cases !== undefined) cursor.fail("nothing can follow a verdict");
    else if (isVerdict(cursor)) cases = readAction(cursor);
    else if (cursor.take("limit")) {
      skipLimit(cursor);
      isLimited = true;
    } else if (!skipStatement(cursor)) {
      const match = readMatch(cursor, sets);
      for (const selector of match.selectors) {
        headers.add(selector);
        isRaw ||= selector.raw === true;
      }
      conditions.push(match.when);
      cases = match.cases;
    }
  }
  if (isLimited && cases !== undefined)
    throw new LoadFault("a verdict that depends on a rate", line);
  const rules = (cases ?? []).map(({ when, action }) => {
    return { line, when: all(...conditions, when), action };
  });
  if (isRaw && rules.some(({ when }) => readsForeignBytes(when))) {
    throw new LoadFault("th of a protocol that may have no ports", line);
  }
  return rules;
}

/**
 * Whether a rule may match a protocol without ports, when nothing else of the packet is known. Such
 * a rule would look into its other fields (seen: `th dport != 7000` accepts an echo request), of which
 * the packets of this model have none.
 */
function readsForeignBytes(when: Formula): boolean {
  const tests = [...testsOf(when)];
  const others = portProtocols.map((protocol) => BigInt(protocol + 1));
  return [...boundaries(tests).protocol, ...others].some((protocol) => {
    if (portProtocols.includes(Number(protocol))) return false;
    const answer = truth(when, (test) =>
      test.kind === "within" && test.axis === "protocol" ? holds(test.ranges, protocol) : undefined,
    );
    return answer !== false;
  });
}

/** The protocols that a rule has named: two different ones are a mistake that does not load. */
class Headers {
  private readonly line: number;
  private network: number | undefined;
  private transport: number | undefined;

  constructor(line: number) {
    this.line = line;
  }

  add({ network, transport }: Selector): void {
    const clash =
      (network !== undefined && this.network !== undefined && network !== this.network) ||
      (transport !== undefined && this.transport !== undefined && transport !== this.transport);
    if (clash) throw new LoadFault("conflicting protocols in one rule", this.line);
    this.network ??= network;
    this.transport ??= transport;
  }
}

const verdicts = new Set(["accept", "drop", "return", "jump", "goto", "continue", "reject"]);
const isVerdict = (cursor: Cursor) => verdicts.has(cursor.peek() ?? "");

function readAction(cursor: Cursor): readonly { when: Formula; action: Action }[] {
  if (cursor.take("reject")) {
    if (cursor.take("with")) {
      while (!cursor.done && cursor.peek() !== "comment") cursor.next();
    }
    return [{ when: all(), action: { kind: "drop" } }];
  }
  const action = readVerdict(cursor);
  return action === "continue" ? [] : [{ when: all(), action }];
}

/** `rate [over] N/unit [burst N packets]`: taken to match always, as far as nothing hangs on it. */
function skipLimit(cursor: Cursor): void {
  cursor.expect("rate");
  cursor.take("over");
  const rate = cursor.next();
  if (!/^\d+\/(second|minute|hour|day)$/.test(rate)) cursor.fail("a rate in packets");
  if (!cursor.take("burst")) return;
  if (!/^\d+$/.test(cursor.next())) cursor.fail("a number of packets");
  cursor.expect("packets");
}

/** Counters and logs; false if there is none here. */
function skipStatement(cursor: Cursor): boolean {
  if (cursor.take("counter")) {
    if (cursor.take("packets")) {
      cursor.next();
      cursor.expect("bytes");
      cursor.next();
    }
    return true;
  }
  if (!cursor.take("log")) return false;
  for (;;) {
    if (cursor.take("prefix")) cursor.quoted();
    else if (["level", "group", "snaplen", "queue-threshold"].some((each) => cursor.take(each))) {
      cursor.next();
    } else if (cursor.take("flags")) cursor.expect("all");
    else return true;
  }
}
