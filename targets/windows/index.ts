// The Windows Firewall: everything the compiler needs of it, in one value.
import type { Target } from "../../compiler/plan/target.ts";
import { windowsCapabilities } from "./capabilities.ts";
import { expireWindows, measureWindows, windowsExpiries } from "./expire.ts";
import { windowsMeaning } from "./meaning.ts";
import { parseWindows } from "./parse.ts";
import { beyondWindows, planWindows, prepareWindows } from "./plan.ts";
import { renderWindows } from "./render.ts";
import type { WindowsPlan } from "./rules.ts";
import { seenByWindows } from "./seen.ts";

export const windows: Target<WindowsPlan> = {
  name: "windows",
  format: 1,
  capabilities: windowsCapabilities,
  asSeen: seenByWindows,
  beyond: beyondWindows,
  prepare: prepareWindows,
  mixesFamilies: true,
  plan: planWindows,
  render: renderWindows,
  parse: parseWindows,
  meaning: windowsMeaning,
  measure: measureWindows,
  expiries: windowsExpiries,
  expire: expireWindows,
};
