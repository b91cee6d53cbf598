// The nftables target: everything the compiler needs of it, in one value.
import type { Target } from "../../compiler/plan/target.ts";
import { beyondSlices } from "../linux/slices.ts";
import { nftablesCapabilities } from "./capabilities.ts";
import { expireNftables, measureNftables, nftablesExpiries } from "./expire.ts";
import { nftablesMeaning } from "./packet-list.ts";
import { parseNftables } from "./parse.ts";
import { planNftables } from "./plan.ts";
import { renderNftables } from "./render.ts";
import type { NftPlan } from "./ruleset.ts";
import { updateNftables, updateNftablesFiles } from "./update.ts";

export const nftables: Target<NftPlan> = {
  name: "nftables",
  format: 3,
  capabilities: nftablesCapabilities,
  beyond: beyondSlices,
  plan: planNftables,
  render: renderNftables,
  parse: parseNftables,
  meaning: nftablesMeaning,
  measure: measureNftables,
  expiries: nftablesExpiries,
  expire: expireNftables,
  update: updateNftables,
  updateFiles: updateNftablesFiles,
};
