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

/** The local store calls the private profile standard. */
const profileKeys: Readonly<Record<string, ProfileName>> = {
  domainprofile: "Domain",
  privateprofile: "Private",
  standardprofile: "Private",
  publicprofile: "Public",
};

export function hostOf(values: readonly RegistryValue[], unread: readonly string[] = []): LiveHost {
  const settings = new Map<string, number>();
  const rules: LiveRule[] = [];
  const odd: string[] = [...unread];
  for (const { key, name, data } of values) {
    const [store, place] = placeOf(key) ?? [];
    if (store === undefined || place === undefined) continue;
    const profile = profileKeys[place];
    if (profile !== undefined && typeof data === "number") {
      settings.set(`${store} ${profile} ${name.toLowerCase()}`, data);
    }
    if (place !== "firewallrules" || typeof data !== "string") continue;
    const rule = readTokens(name, data, store);
    if (rule === undefined) odd.push(`${name}: ${data}`);
    else rules.push(rule);
  }
  const profileOf = (profile: ProfileName): LiveProfile => {
    const setting = (name: string) =>
      settings.get(`policy ${profile} ${name}`) ?? settings.get(`local ${profile} ${name}`);
    return {
      enabled: (setting("enablefirewall") ?? 1) !== 0,
      inbound: setting("defaultinboundaction") === 0 ? "allow" : "block",
      outbound: setting("defaultoutboundaction") === 1 ? "block" : "allow",
      localMerge: settings.get(`policy ${profile} allowlocalpolicymerge`) !== 0,
      shielded: setting("donotallowexceptions") === 1,
    };
  };
  const [domain, priv, pub] = profileNames.map(profileOf);
  if (domain === undefined || priv === undefined || pub === undefined)
    throw new Error("bug in segc (windows): three profiles");
  return { profiles: { Domain: domain, Private: priv, Public: pub }, rules, unread: odd };
}

/** `ControlSet001` is what `CurrentControlSet` points to in an export of another system. */
function placeOf(key: string): readonly [Store, string] | undefined {
  const lower = key
    .toLowerCase()
    .replace(/^system\\controlset\d+\\/, "system\\currentcontrolset\\");
  for (const store of ["policy", "local"] as const) {
    if (lower.startsWith(roots[store])) return [store, lower.slice(roots[store].length)];
  }
  return undefined;
}
