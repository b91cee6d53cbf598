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
/** So many that they are a list where two rules name them; none can be joined to a shorter prefix. */
export const networksOf = (hosts: readonly number[]): string =>
  `networks { ${hosts.map((host) => `192.0.2.${host}/32`).join(", ")} }`;
export const many = [1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23];
const otherwise = [many, many.slice(1), [...many.slice(1), 25], [...many, 27, 29], [1, 3]];

/** Two rules that let some of them in, or out. */
export const partners = fc
  .tuple(
    fc.constantFrom(...otherwise),
    fc.uniqueArray(fc.tuple(fc.constantFrom(...roles), fc.constantFrom(...ports)), {
      minLength: 2,
      maxLength: 2,
    }),
    fc.boolean(),
  )
  .map(([hosts, uses, isOut]) =>
    uses
      .map(([own, port], at) => {
        const [from, to] = isOut ? [own, networksOf(hosts)] : [networksOf(hosts), own];
        return `allow partner${at} = ${from} -> ${to} : tcp/${port}\n`;
      })
      .join(""),
  );
const role = fc.constantFrom(...roles);
export const fleet = fc.array(fc.tuple(role, role, fc.boolean()), { minLength: 2, maxLength: 5 });

export const machinesOf = (rolesOf: readonly (readonly [string, boolean])[]): readonly Machine[] =>
  rolesOf.map(([own, isDual], at) => ({
    role: own,
    addresses: [`10.0.0.${at + 1}`, ...(isDual ? [`fd00::${at + 1}`] : [])],
  }));
