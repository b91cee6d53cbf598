// The iptables target: everything the compiler needs of it, in one value.
import type { Target } from "../../compiler/plan/target.ts";
import { beyondSlices } from "../linux/slices.ts";
import { iptablesCapabilities } from "./capabilities.ts";
import { expireIptables, iptablesExpiries, measureIptables } from "./expire.ts";
import { iptablesMeaning } from "./meaning.ts";
import { parseIptables } from "./parse.ts";
import { planIptables } from "./plan.ts";
import { renderIptables } from "./render.ts";
import type { IptPlan } from "./ruleset.ts";

export const iptables: Target<IptPlan> = {
  name: "iptables",
  format: 2,
  capabilities: iptablesCapabilities,
  beyond: beyondSlices,
  plan: planIptables,
  render: renderIptables,
  parse: parseIptables,
  meaning: iptablesMeaning,
  measure: measureIptables,
  expiries: iptablesExpiries,
  expire: expireIptables,
};
