// What a host has in force, from its registry: settings of policy come before local ones, and local rules
// count only where policy merges them ([MS-GPFAS] 2.2.3, platforms.md C.2 and C.4).
import type { RegistryValue } from "../registry.ts";
import {
  type LiveHost,
  type LiveProfile,
  type LiveRule,
  type ProfileName,
  profileNames,
  type Store,
} from "./live-rule.ts";
import { readTokens } from "./rule-tokens.ts";

const roots: Readonly<Record<Store, string>> = {
  policy: "software\\policies\\microsoft\\windowsfirewall\\",
  local: "system\\currentcontrolset\\services\\sharedaccess\\parameters\\firewallpolicy\\",
};

const profileKeys: Readonly<Record<string, ProfileName>> = {
  domainprofile: "Domain",
  privateprofile: "Private",
  publicprofile: "Public",
};
/** The local store calls the private profile standard; of policy that is a setting of long ago. */
const localKeys: Readonly<Record<string, ProfileName>> = {
  ...profileKeys,
  standardprofile: "Private",
};

/** What opens and closes nothing, beside what is read here. */
const harmless =
  /^(?:policyversion|.*\\logging\\.*|.*\\(?:disablenotifications|disableunicastresponsestomulticastbroadcast|allowlocalipsecpolicymerge|disablestealthmode|disablestealthmodeipsecsecuredpacketexemption))$/;
const settingNames = new Set([
  ...["enablefirewall", "defaultinboundaction", "defaultoutboundaction"],
  ...["allowlocalpolicymerge", "donotallowexceptions"],
]);

export function hostOf(values: readonly RegistryValue[], unread: readonly string[] = []): LiveHost {
  const settings = new Map<string, number>();
  const rules: LiveRule[] = [];
  const odd: string[] = [...unread];
  for (const { key, name, data } of values) {
    const [store, place] = placeOf(key) ?? [];
    if (store === undefined || place === undefined) continue;
    const own = place.startsWith("mdm\\") ? place.slice("mdm\\".length) : place;
    const keys = store === "local" ? localKeys : profileKeys;
    const profile = Object.hasOwn(keys, own) ? keys[own] : undefined;
    const setting = name.toLowerCase();
    if (profile !== undefined && settingNames.has(setting) && typeof data === "number") {
      settings.set(`${place === own ? store : "mdm"} ${profile} ${setting}`, data);
    } else if (own === "firewallrules") {
      // What a device management sets counts as policy does.
      const rule =
        typeof data === "string"
          ? readTokens(name, data, place === own ? store : "policy")
          : undefined;
      if (rule === undefined) odd.push(`${name}: ${data}`);
      else rules.push(rule);
    } else if (store === "policy" && !harmless.test(`${own}\\${setting}`)) {
      odd.push(`${key}\\${name}`);
    }
  }
  const profileOf = (profile: ProfileName): LiveProfile => {
    const setting = (name: string) =>
      ["policy", "mdm", "local"]
        .map((store) => settings.get(`${store} ${profile} ${name}`))
        .find((value) => value !== undefined);
    return {
      enabled: (setting("enablefirewall") ?? 1) !== 0,
      inbound: setting("defaultinboundaction") === 0 ? "allow" : "block",
      outbound: setting("defaultoutboundaction") === 1 ? "block" : "allow",
      localMerge: setting("allowlocalpolicymerge") !== 0,
      shielded: setting("donotallowexceptions") === 1,
    };
  };
  const [domain, priv, pub] = profileNames.map(profileOf);
  if (domain === undefined || priv === undefined || pub === undefined)
    throw new Error("bug in segc (windows): three profiles");
  return { profiles: { Domain: domain, Private: priv, Public: pub }, rules, unread: odd };
}

function placeOf(key: string): readonly [Store, string] | undefined {
  const lower = key.toLowerCase();
  for (const store of ["policy", "local"] as const) {
    if (lower.startsWith(roots[store])) return [store, lower.slice(roots[store].length)];
  }
  return undefined;
}
