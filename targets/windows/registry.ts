// The registry values of group policy that make the firewall do a plan ([MS-GPFAS] 2.2.2.19, 2.2.3):
// one for each rule, and of each profile the firewall on, exceptions in force, rules of others out of
// force and the default actions. `rules.reg` and `registry.pol` say the same values.

import { readRuleString, ruleString } from "./rule-string.ts";
import type { DefaultAction, FirewallRule, WindowsPlan } from "./rules.ts";
import { idPattern } from "./rules.ts";

export interface RegistryValue {
  /** Under `HKEY_LOCAL_MACHINE\`. */
  readonly key: string;
  readonly name: string;
  /** A number is a DWORD, a text a string. */
  readonly data: number | string;
}

const root = "SOFTWARE\\Policies\\Microsoft\\WindowsFirewall";
export const rulesKey = `${root}\\FirewallRules`;
const profiles = ["Domain", "Private", "Public"] as const;

/** In the order of keys and names. */
export function registryValues({ defaults, rules }: WindowsPlan): readonly RegistryValue[] {
  const settings = profiles.flatMap((profile) =>
    settingsOf(defaults).map(([name, data]) => ({ key: `${root}\\${profile}Profile`, name, data })),
  );
  const values = rules.map((rule) => ({ key: rulesKey, name: rule.id, data: ruleString(rule) }));
  return [...settings, ...values];
}

const settingsOf = ({ ingress, egress }: WindowsPlan["defaults"]): readonly [string, number][] => [
  ["AllowLocalPolicyMerge", 0],
  ...action("DefaultInboundAction", ingress),
  ...action("DefaultOutboundAction", egress),
  ["DoNotAllowExceptions", 0],
  ["EnableFirewall", 1],
];

const action = (name: string, of: DefaultAction): readonly [string, number][] =>
  of === undefined ? [] : [[name, of === "block" ? 1 : 0]];

export type RegistryRead =
  | { readonly ok: true; readonly plan: WindowsPlan }
  | { readonly ok: false; readonly problem: string; readonly value?: RegistryValue };

/** Strictly values of segc: what else a key may hold is refused, and not passed over. */
export function readRegistry(
  values: readonly RegistryValue[],
  read: typeof readRuleString = readRuleString,
): RegistryRead {
  const rules: FirewallRule[] = [];
  const settings = new Map<string, number>();
  const seen = new Set<string>();
  for (const value of values) {
    const { key, name, data } = value;
    const place = `${key}\\${name}`.toLowerCase();
    if (seen.has(place)) return { ok: false, problem: `\`${name}\` stands there twice`, value };
    seen.add(place);
    if (typeof data === "number") settings.set(`${key}\\${name}`, data);
    else if (key !== rulesKey || !idPattern.test(name)) {
      return { ok: false, problem: `\`${name}\` is no rule of segc`, value };
    } else {
      const rule = read(name, data);
      if (typeof rule === "string") return { ok: false, problem: `\`${name}\` ${rule}`, value };
      rules.push(rule);
    }
  }
  const defaults = defaultsIn(settings);
  return typeof defaults === "string"
    ? { ok: false, problem: defaults }
    : { ok: true, plan: { defaults, rules } };
}

function defaultsIn(settings: ReadonlyMap<string, number>): WindowsPlan["defaults"] | string {
  const [first = ""] = profiles;
  const actionOf = (name: string): DefaultAction => {
    const value = settings.get(`${root}\\${first}Profile\\${name}`);
    return value === undefined ? undefined : value === 1 ? "block" : "allow";
  };
  const defaults = {
    ingress: actionOf("DefaultInboundAction"),
    egress: actionOf("DefaultOutboundAction"),
  };
  const wanted = new Map(
    profiles.flatMap((profile) =>
      settingsOf(defaults).map(([name, data]) => [`${root}\\${profile}Profile\\${name}`, data]),
    ),
  );
  for (const [name, data] of wanted) {
    const found = settings.get(name);
    if (found !== data) return `\`${name}\` is ${found ?? "missing"}, and not ${data}`;
  }
  const strange = [...settings.keys()].find((name) => !wanted.has(name));
  return strange === undefined ? defaults : `\`${strange}\` is no setting of segc`;
}
