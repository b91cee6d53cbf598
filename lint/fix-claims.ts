// What fixes do to the meaning of a policy: rules say it of their own, and it is said here of warnings
// that the compiler finds.
import { lintRules } from "./index.ts";
import type { FixClaim } from "./rule.ts";

const ofCompiler: ReadonlyMap<string, FixClaim> = new Map([["SEG302", "changes the meaning"]]);

/** Undefined where there is no fix. */
export function fixClaim(code: string): FixClaim | undefined {
  return lintRules.find((rule) => rule.code === code)?.fix ?? ofCompiler.get(code);
}
