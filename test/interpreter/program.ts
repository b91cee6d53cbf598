// The common form of what both readers read, and how the kernel walks it.

import { LoadFault } from "./fault.ts";
import { type Formula, type Test, testsOf, truth, type View, viewOf } from "./formula.ts";
import { type Packet, pointOf } from "./packet.ts";

export type Verdict = "accept" | "drop";

export type Action =
  | { readonly kind: "accept" }
  | { readonly kind: "drop" }
  | { readonly kind: "return" }
  | { readonly kind: "jump" | "goto"; readonly chain: string };

/** A rule without an action (it logs or counts) is left out by the readers. */
export interface Rule {
  readonly line: number;
  readonly when: Formula;
  readonly action: Action;
}

/** A chain that the kernel itself calls, for the packets of `when`. */
export interface BaseChain {
  readonly chain: string;
  readonly when: Formula;
  readonly priority: number;
  readonly policy: Verdict;
}

export interface Program {
  readonly chains: ReadonlyMap<string, readonly Rule[]>;
  /** In the order of their priority, equal ones as they were registered. */
  readonly bases: readonly BaseChain[];
}

export function decide(program: Program, packet: Packet): Verdict {
  const outcome = run(program, viewOf(pointOf(packet)));
  if (typeof outcome === "object") throw new Error("a single packet left a test open");
  return outcome;
}

/**
 * The verdict on all packets of a view, or the first test in which they differ. `accept` ends a base
 * chain and goes on to the next of the same hook; `drop` is final (man nft, VERDICT STATEMENT).
 */
export function run(program: Program, view: View): Verdict | Test {
  for (const base of program.bases) {
    const applies = truth(base.when, view);
    if (typeof applies === "object") return applies;
    if (!applies) continue;
    const outcome = walk(program, base, view);
    if (outcome !== "accept") return outcome;
  }
  return "accept";
}

function walk(program: Program, base: BaseChain, view: View): Verdict | Test {
  const stack = [{ rules: rulesOf(program, base.chain), next: 0 }];
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const rule = frame.rules[frame.next++];
    if (rule === undefined) {
      stack.pop();
      continue;
    }
    const matches = truth(rule.when, view);
    if (typeof matches === "object") return matches;
    if (!matches) continue;
    const { action } = rule;
    if (action.kind === "accept" || action.kind === "drop") return action.kind;
    // A goto leaves nothing to come back to; a jump comes back to the next rule.
    if (action.kind !== "jump") stack.pop();
    if (action.kind !== "return") stack.push({ rules: rulesOf(program, action.chain), next: 0 });
  }
  return base.policy;
}

function rulesOf(program: Program, chain: string): readonly Rule[] {
  const rules = program.chains.get(chain);
  if (rules === undefined) throw new Error(`no chain ${chain}`);
  return rules;
}

/** Every test of every rule and base chain. */
export function* programTests(program: Program): Generator<Test> {
  for (const base of program.bases) yield* testsOf(base.when);
  for (const rules of program.chains.values()) for (const rule of rules) yield* testsOf(rule.when);
}

/** Refuses what the kernel refuses: missing chains, jumps to base chains, loops. */
export function checkJumps(program: Program): void {
  const bases = new Set(program.bases.map((base) => base.chain));
  const done = new Set<string>();
  const visit = (chain: string, open: ReadonlySet<string>): void => {
    if (done.has(chain)) return;
    const within = new Set([...open, chain]);
    for (const { action, line } of program.chains.get(chain) ?? []) {
      if (action.kind !== "jump" && action.kind !== "goto") continue;
      const target = action.chain;
      if (!program.chains.has(target)) throw new LoadFault(`no chain "${target}"`, line);
      if (bases.has(target)) throw new LoadFault(`"${target}" is a base chain`, line);
      if (within.has(target)) throw new LoadFault(`a loop through "${target}"`, line);
      visit(target, within);
    }
    done.add(chain);
  };
  for (const chain of program.chains.keys()) visit(chain, new Set());
}
