// The registry keys of Group Policy's firewall settings ([MS-GPFAS] 2.2.1.8, 2.2.2.19 and 2.2.3).
import {
  type FirewallPolicy,
  type Profile,
  type ProfileName,
  profileNames,
  type Verdict,
} from "./policy.ts";
import { readRuleString } from "./rule-string.ts";
import { quoted, refuse } from "./strict.ts";

export type RegistryValue =
  | { readonly type: "dword"; readonly value: number }
  | { readonly type: "text"; readonly text: string };

/** The values of one key by name. */
export type RegistryValues = ReadonlyMap<string, RegistryValue>;

const base = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall";
const rulesKey = `${base}\\FirewallRules`;
const profileKey = (name: ProfileName) => `${base}\\${name}Profile`;
const knownKeys = [base, rulesKey, ...profileNames.map(profileKey)];

const settings = [
  "EnableFirewall",
  "DoNotAllowExceptions",
  "AllowLocalPolicyMerge",
  "DefaultInboundAction",
  "DefaultOutboundAction",
] as const;
type Setting = (typeof settings)[number];

export function policyOfRegistry(keys: ReadonlyMap<string, RegistryValues>): FirewallPolicy {
  const unknown = [...keys.keys()].find((key) => !knownKeys.includes(key));
  if (unknown !== undefined) refuse(`unknown key ${quoted(unknown)}`);
  const profile = (name: ProfileName) =>
    profileOf(keys.get(profileKey(name)) ?? refuse(`no ${name}Profile`));
  const read = [...(keys.get(rulesKey) ?? [])].map(([name, value]) =>
    readRuleString(name, value.type === "text" ? value.text : refuse(`rule ${name} is no text`)),
  );
  checkGlobal(keys.get(base) ?? new Map(), Math.max(0, ...read.map(({ minor }) => minor)));
  return {
    profiles: {
      Domain: profile("Domain"),
      Private: profile("Private"),
      Public: profile("Public"),
    },
    rules: read.map(({ rule }) => rule),
  };
}

/** `PolicyVersion`, if it is there, is the highest version that any rule uses ([MS-GPFAS] 1.7). */
function checkGlobal(values: RegistryValues, minorMax: number): void {
  for (const [name, value] of values) {
    if (name !== "PolicyVersion" || value.type !== "dword") refuse(`unknown value ${quoted(name)}`);
    else if (value.value < 0x0200 + minorMax || value.value > 0x02ff) {
      refuse(`PolicyVersion is 0x${value.value.toString(16)}, rules have v2.${minorMax}`);
    }
  }
}

function profileOf(values: RegistryValues): Profile {
  const unknown = [...values.keys()].find((name) => !settings.some((known) => known === name));
  if (unknown !== undefined) refuse(`unknown setting ${quoted(unknown)}`);
  const flag = (name: Setting) => switchOf(values, name);
  const must = (name: Setting) => flag(name) ?? refuse(`no ${name}`);
  return {
    enabled: must("EnableFirewall"),
    inbound: actionOf(flag("DefaultInboundAction")),
    outbound: actionOf(flag("DefaultOutboundAction")),
    localMerge: must("AllowLocalPolicyMerge"),
    shielded: must("DoNotAllowExceptions"),
  };
}

function switchOf(values: RegistryValues, name: Setting): boolean | undefined {
  const value = values.get(name);
  if (value === undefined) return undefined;
  if (value.type !== "dword" || value.value > 1) return refuse(`${name} is neither 0 nor 1`);
  return value.value === 1;
}

/** 1 blocks and 0 allows ([MS-GPFAS] 2.2.3.16 and 2.2.3.17). */
function actionOf(isBlock: boolean | undefined): Verdict | undefined {
  if (isBlock === undefined) return undefined;
  return isBlock ? "block" : "allow";
}
