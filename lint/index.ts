// The list of rules: one line for each, by code. Docs, configuration, the showcase and the tests of
// examples iterate over it.
import type { LintRule } from "./rule.ts";
import { anyServiceAllowed } from "./rules/any-service-allowed.ts";
import { dnsWithoutTcp } from "./rules/dns-without-tcp.ts";
import { everythingToOutside } from "./rules/everything-to-outside.ts";
import { guardrailMatchesNothing } from "./rules/guardrail-matches-nothing.ts";
import { idleDeny } from "./rules/idle-deny.ts";
import { idleSuppressionRule } from "./rules/idle-suppression.ts";
import { internetInGuardrail } from "./rules/internet-in-guardrail.ts";
import { longObservation } from "./rules/long-observation.ts";
import { oldInventory } from "./rules/old-inventory.ts";
import { oneFamily } from "./rules/one-family.ts";
import { openAdministration } from "./rules/open-administration.ts";
import { redundantRule } from "./rules/redundant-rule.ts";
import { ruleEnds } from "./rules/rule-ends.ts";
import { sameServiceTwice } from "./rules/same-service-twice.ts";
import { stagedForLong } from "./rules/staged-for-long.ts";
import { unexplainedRule } from "./rules/unexplained-rule.ts";
import { unnamedService } from "./rules/unnamed-service.ts";
import { unownedWorkloads } from "./rules/unowned-workloads.ts";
import { unpromisedAdministration } from "./rules/unpromised-administration.ts";
import { unusedDefinition } from "./rules/unused-definition.ts";
import { unusedDelegation } from "./rules/unused-delegation.ts";
import { unusedImport } from "./rules/unused-import.ts";

/** Every rule, by code. */
export const lintRules: readonly LintRule[] = [
  unusedImport,
  unusedDefinition,
  unusedDelegation,
  unownedWorkloads,
  guardrailMatchesNothing,
  internetInGuardrail,
  redundantRule,
  oneFamily,
  dnsWithoutTcp,
  anyServiceAllowed,
  everythingToOutside,
  ruleEnds,
  idleDeny,
  stagedForLong,
  unexplainedRule,
  unnamedService,
  openAdministration,
  sameServiceTwice,
  unpromisedAdministration,
  longObservation,
  idleSuppressionRule,
  oldInventory,
];
