// Terms as boxes: their holders, peers and services. Two that are alike in one of the three can be put together
// in another and apart in the last, with the same meaning.
import {
  equalAddressSets,
  intersectAddresses,
  isAddressSubset,
  isNoAddress,
  subtractAddresses,
  unionAddresses,
} from "../../compiler/sets/address-set.ts";
import {
  equalServices,
  intersectServices,
  isNoService,
  isServiceSubset,
  subtractServices,
  unionServices,
} from "../../compiler/sets/service-set.ts";
import type { Box } from "./term.ts";

type Sides = Pick<Box, "holders" | "remote" | "service">;

/** One of the three sides of a box. */
interface Axis {
  readonly isEqual: (a: Sides, b: Sides) => boolean;
  readonly isWithin: (a: Sides, b: Sides) => boolean;
  readonly union: (a: Sides, b: Sides) => Partial<Sides>;
  readonly common: (a: Sides, b: Sides) => Partial<Sides> | undefined;
  /** What the first has and not the second. Undefined: nothing. */
  readonly rest: (a: Sides, b: Sides) => Partial<Sides> | undefined;
}

const holders: Axis = {
  isEqual: (a, b) => a.holders.join() === b.holders.join(),
  isWithin: (a, b) => a.holders.every((one) => b.holders.includes(one)),
  union: (a, b) => ({
    holders: [...new Set([...a.holders, ...b.holders])].sort((one, other) => one - other),
  }),
  common: (a, b) => someHolders(a.holders.filter((one) => b.holders.includes(one))),
  rest: (a, b) => someHolders(a.holders.filter((one) => !b.holders.includes(one))),
};

const remote: Axis = {
  isEqual: (a, b) => equalAddressSets(a.remote, b.remote),
  isWithin: (a, b) => isAddressSubset(a.remote, b.remote),
  union: (a, b) => ({ remote: unionAddresses(a.remote, b.remote) }),
  common: (a, b) => somePeers(intersectAddresses(a.remote, b.remote)),
  rest: (a, b) => somePeers(subtractAddresses(a.remote, b.remote)),
};

const service: Axis = {
  isEqual: (a, b) => equalServices(a.service, b.service),
  isWithin: (a, b) => isServiceSubset(a.service, b.service),
  union: (a, b) => ({ service: unionServices(a.service, b.service) }),
  common: (a, b) => someServices(intersectServices(a.service, b.service)),
  rest: (a, b) => someServices(subtractServices(a.service, b.service)),
};

const someHolders = (all: Sides["holders"]) => (all.length === 0 ? undefined : { holders: all });
const somePeers = (all: Sides["remote"]) => (isNoAddress(all) ? undefined : { remote: all });
const someServices = (all: Sides["service"]) => (isNoService(all) ? undefined : { service: all });

const axes = [holders, remote, service];

/** Every way to say two boxes, which may be put together, with other ones. */
export function otherwise(a: Box, b: Box): readonly (readonly Box[])[] {
  const both = { ...a, rules: [...new Set([...a.rules, ...b.rules])].sort() };
  return axes
    .filter((alike) => alike.isEqual(a, b))
    .flatMap((alike) => {
      const [one, other] = axes.filter((axis) => axis !== alike);
      if (one === undefined || other === undefined) return [];
      return [
        { joined: one, split: other },
        { joined: other, split: one },
      ];
    })
    .flatMap(({ joined, split }) => {
      const common = split.common(a, b);
      if (common === undefined) return [];
      const [restOfA, restOfB] = [split.rest(a, b), split.rest(b, a)];
      return [
        [
          { ...both, ...joined.union(a, b), ...common },
          ...(restOfA === undefined ? [] : [{ ...a, ...restOfA }]),
          ...(restOfB === undefined ? [] : [{ ...b, ...restOfB }]),
        ],
      ];
    });
}

/** The first box without what the second one says as well, where that leaves one box or none. */
export function without(a: Box, b: Box): readonly (readonly Box[])[] {
  return axes.flatMap((cut) => {
    const others = axes.filter((one) => one !== cut);
    if (!others.every((one) => one.isWithin(a, b)) || cut.common(a, b) === undefined) return [];
    const rest = cut.rest(a, b);
    return [rest === undefined ? [] : [{ ...a, ...rest }]];
  });
}
