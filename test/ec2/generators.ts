// Small fleets and policies at random.
import fc from "fast-check";
import { type Machine, policyOf, roles } from "./fleet.ts";

export const ports = [22, 80, 443];
const side = fc.constantFrom(...roles, "outside", "networks { 198.51.100.0/24 }", "anywhere");
const rule = fc
  .tuple(side, fc.constantFrom(...roles, "networks { 203.0.113.0/24 }"), fc.constantFrom(...ports))
  .filter(([from, to]) => roles.some((role) => role === from || role === to));
export const rules = fc
  .array(rule, { minLength: 1, maxLength: 5 })
  .map((list) =>
    list.map(([from, to, port], at) => `allow r${at} = ${from} -> ${to} : tcp/${port}`),
  );
export const policy = rules.map(policyOf);
const role = fc.constantFrom(...roles);
export const fleet = fc.array(fc.tuple(role, role, fc.boolean()), { minLength: 2, maxLength: 5 });

export const machinesOf = (rolesOf: readonly (readonly [string, boolean])[]): readonly Machine[] =>
  rolesOf.map(([own, isDual], at) => ({
    role: own,
    addresses: [`10.0.0.${at + 1}`, ...(isDual ? [`fd00::${at + 1}`] : [])],
  }));
