// Whether the enforcers of the inventory can do what the rules ask (language.md 6.4): every
// SEG5xx, and SEG808. Rules whose last day has passed ask nothing.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { compareSpans } from "../../diagnostics/source.ts";
import { checkAccounts } from "./check-accounts.ts";
import { checkDoubtful } from "./check-doubtful.ts";
import { checkEnforced, checkExpiry, checkLog, checkServices } from "./check-enforcers.ts";
import { checkNames } from "./check-names.ts";
import { checkPairs } from "./check-pairs.ts";
import { checkPrograms } from "./check-programs.ts";
import { checkRealms } from "./check-realms.ts";
import { activeRules, type PlanContext } from "./context.ts";

export interface CapabilityOptions {
  /** `segc.yaml` declares who runs `segc expire`. */
  readonly hasExpirySchedule: boolean;
}

/** In source order. */
export function checkCapabilities(
  context: PlanContext,
  options: CapabilityOptions,
): readonly Diagnostic[] {
  const rules = activeRules(context);
  return [
    ...checkAccounts(context, rules),
    ...checkPairs(context),
    ...rules.flatMap((rule) => [
      ...checkPrograms(context, rule),
      ...checkDoubtful(context, rule),
      ...checkNames(context, rule),
      ...checkEnforced(context, rule),
      ...(options.hasExpirySchedule ? [] : checkExpiry(context, rule)),
      ...checkServices(context, rule),
      ...checkLog(context, rule),
      ...checkRealms(context, rule),
    ]),
  ].sort((a, b) =>
    a.span === undefined || b.span === undefined
      ? Number(a.span !== undefined) - Number(b.span !== undefined)
      : compareSpans(a.span, b.span),
  );
}
