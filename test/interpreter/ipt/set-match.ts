// `-m set --match-set NAME src,dst` -> a formula.
import type { Family } from "../address.ts";
import { LoadFault } from "../fault.ts";
import { all, any, type Formula, is, never, not, within } from "../formula.ts";
import type { Range } from "../ranges.ts";
import { dimensions, type IpSet, type IpSets, type Member, portsInSets } from "./sets.ts";

type Side = "source" | "destination";

export function setFormula(
  sets: IpSets,
  name: string,
  flags: string,
  family: Family,
  line: number,
): Formula {
  const set = sets.get(name);
  if (set === undefined) throw new LoadFault(`no set "${name}"`, line);
  if (set.family !== undefined && set.family !== family) {
    throw new LoadFault(`"${name}" is of the other family`, line);
  }
  const sides = flags.split(",").map((flag): Side => {
    if (flag !== "src" && flag !== "dst") throw new LoadFault(`neither src nor dst: ${flag}`, line);
    return flag === "src" ? "source" : "destination";
  });
  if (sides.length > 6) throw new LoadFault("more than six of src and dst", line);
  return inSet(sets, set, sides, family);
}

/** A set of more dimensions than the match has sides holds nothing; spare sides are not looked at. */
function inSet(sets: IpSets, set: IpSet, sides: readonly Side[], family: Family): Formula {
  if (sides.length < (dimensions[set.type] ?? 0)) return never;
  if (set.family !== undefined && set.family !== family) return never;
  if (set.type === "list:set") {
    return any(
      ...set.members.map((member) => {
        const listed = sets.get(member.set ?? "");
        return listed === undefined ? never : inSet(sets, listed, sides, family);
      }),
    );
  }
  if (set.type === "bitmap:port") {
    const ranges = set.members.flatMap(({ fields }) => fields);
    return all(is("protocol", 6, 17), portTest(sides[0], ranges));
  }
  const kinds = set.type.slice("hash:".length).split(",");
  const formulaOf = (members: readonly Member[]) => anyMember(members, kinds, sides, family);
  if (!set.members.some((member) => member.exempt)) return formulaOf(set.members);
  return byPrefix(set.members, formulaOf);
}

/** From the most specific network to the least: the first that holds the packet decides. */
function byPrefix(
  members: readonly Member[],
  formulaOf: (members: readonly Member[]) => Formula,
): Formula {
  const lengths = [...new Set(members.map(({ prefix = 0 }) => prefix))].sort((a, b) => a - b);
  let formula: Formula = never;
  for (const length of lengths) {
    const here = members.filter(({ prefix }) => prefix === length);
    const found = formulaOf(here.filter((member) => !member.exempt));
    const exempted = formulaOf(here.filter((member) => member.exempt));
    formula = any(found, all(not(exempted), formula));
  }
  return formula;
}

/** Members that differ in their first field only are one test of it. */
function anyMember(
  members: readonly Member[],
  kinds: readonly string[],
  sides: readonly Side[],
  family: Family,
): Formula {
  const keyOf = ({ protocol, fields }: Member) =>
    `${protocol} ${fields.slice(1).map(({ low, high }) => `${low}-${high}`)}`;
  const groups = [...Map.groupBy(members, keyOf).values()];
  return any(
    ...groups.map((group) => {
      const [first] = group;
      return all(
        ...kinds.map((kind, index) => {
          const ranges = (index === 0 ? group : [first]).flatMap(
            (each) => each?.fields[index] ?? [],
          );
          return kind === "port"
            ? portField(first?.protocol ?? 0, sides[index], ranges)
            : addressTest(sides[index], family, ranges);
        }),
      );
    }),
  );
}

const addressTest = (side: Side | undefined, family: Family, ranges: readonly Range[]) =>
  within(side === "source" ? `source${family}` : `destination${family}`, ranges);
const portTest = (side: Side | undefined, ranges: readonly Range[]) =>
  within(side === "source" ? "sourcePort" : "destinationPort", ranges);

function portField(protocol: number, side: Side | undefined, ranges: readonly Range[]): Formula {
  const known = is("protocol", protocol);
  if (protocol === 1 || protocol === 58) {
    const pairs = ranges.map(({ low }) =>
      all(is("icmpType", low >> 8n), is("icmpCode", low & 255n)),
    );
    return all(known, any(...pairs));
  }
  return portsInSets.includes(protocol) ? all(known, portTest(side, ranges)) : known;
}
