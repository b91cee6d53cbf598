// Is a set of (source process, destination process) pairs a product? Each end enforces its half
// without knowing the other's process, so only products can be enforced (language.md section 7,
// exactness). Decided on one process for each way in which the rules at hand tell processes apart.
import type { Process } from "../extent/program.ts";
import type { Product, Term } from "../extent/types.ts";
import type { Platform } from "../inventory/types.ts";
import type { Rule } from "../model/types.ts";
import { candidateProcesses, holdsFor } from "./local-process.ts";

/** A lowered product of an unstaged rule. */
export interface RuleProduct {
  readonly rule: Rule;
  readonly product: Product;
}

export interface PlatformPair {
  readonly source: Platform;
  readonly destination: Platform;
}

/**
 * The rules that together make the permitted pairs no product, as few as possible; empty where
 * they are one. All of `applying` hold for the same endpoints and service.
 */
export function rulesWithoutProduct(
  applying: readonly RuleProduct[],
  platforms: PlatformPair,
): readonly RuleProduct[] {
  if (isProduct(applying, platforms)) return [];
  let core = applying;
  for (const one of applying.toReversed()) {
    const without = core.filter((other) => other !== one);
    if (!isProduct(without, platforms)) core = without;
  }
  return core;
}

/** Every source process that reaches anything reaches the same destination processes. */
function isProduct(applying: readonly RuleProduct[], platforms: PlatformPair): boolean {
  const sources = processesOf(
    applying.map(({ product }) => product.source),
    platforms.source,
  );
  const destinations = processesOf(
    applying.map(({ product }) => product.destination),
    platforms.destination,
  );
  let shared: string | undefined;
  for (const from of sources) {
    const open = applying.filter(({ product }) => holdsFor(platforms.source, from, product.source));
    const row = destinations
      .map((to) => (isPermitted(open, platforms.destination, to) ? "1" : "0"))
      .join("");
    if (!row.includes("1")) continue;
    if (shared !== undefined && shared !== row) return false;
    shared = row;
  }
  return true;
}

function isPermitted(open: readonly RuleProduct[], platform: Platform, to: Process): boolean {
  const hits = open.filter(({ product }) => holdsFor(platform, to, product.destination));
  return (
    hits.some(({ rule }) => rule.effect === "allow") &&
    !hits.some(({ rule }) => rule.effect === "deny")
  );
}

function processesOf(terms: readonly Term[], platform: Platform): readonly Process[] {
  const programs = terms.flatMap(({ include, exclude }) => [...include, ...exclude]);
  const fields = programs.flatMap((program) => program.alternatives.get(platform) ?? []);
  return candidateProcesses(platform, [], fields);
}
