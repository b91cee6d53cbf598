// Classes of ends against looking at every address of a small range by itself.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Cidr,
  type IpAddress,
  isFault,
  knownPrefix,
  parseAddress,
} from "../../compiler/sets/address.ts";
import type { LiveAccount, LiveInterface } from "../../targets/aws/account/account.ts";
import { endsOf } from "../../targets/aws/transition/ends.ts";
import { stateOf } from "../../targets/aws/transition/state.ts";

const size = 32;
const textOf = (at: number) => `10.0.0.${at}`;

interface Range {
  readonly first: number;
  readonly length: number;
}

const range: fc.Arbitrary<Range> = fc
  .tuple(fc.integer({ min: 0, max: size - 1 }), fc.integer({ min: 27, max: 32 }))
  .map(([at, length]) => ({ first: at - (at % 2 ** (32 - length)), length }));

const has = ({ first, length }: Range, at: number) =>
  at >= first && at < first + 2 ** (32 - length);
const cidrOf = ({ first, length }: Range): Cidr => knownPrefix(`${textOf(first)}/${length}`);

function ipOf(at: number): IpAddress {
  const found = parseAddress(textOf(at));
  if (isFault(found)) throw new Error("no address");
  return found;
}

const holder = fc.record({
  addresses: fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { maxLength: 3 }),
  prefixes: fc.array(range, { maxLength: 2 }),
  group: fc.constantFrom("sg-1", "sg-2"),
  vpc: fc.constantFrom("vpc-1", "vpc-1", "vpc-1", "vpc-2"),
});

describe("classes of ends", () => {
  it("are those of every address", () => {
    fc.assert(
      fc.property(
        fc.array(holder, { maxLength: 4 }),
        fc.array(range, { maxLength: 6 }),
        (holders, ranges) => {
          const interfaces = holders.map(
            ({ addresses, prefixes, group, vpc }, at): LiveInterface => ({
              id: `eni-${at}`,
              vpc,
              addresses: addresses.map(ipOf),
              prefixes: prefixes.map(cidrOf),
              groups: [group],
              service: undefined,
            }),
          );
          const live: LiveAccount = {
            groups: [],
            interfaces,
            templates: [],
            prefixLists: new Map(),
            links: { peerings: [], transitGateways: [] },
          };
          const whole = knownPrefix(`10.0.0.0/27`);
          const { classes, inside } = endsOf(live, [stateOf(live)], [whole, ...ranges.map(cidrOf)]);
          const networks = new Set(holders.map(({ vpc }) => vpc)).size;
          const expected = new Set<string>();
          for (let at = 0; at < size; at++) {
            const named = ranges.flatMap((one, index) => (has(one, at) ? [index] : []));
            const owners = holders.filter(
              ({ addresses, prefixes }) =>
                addresses.includes(at) || prefixes.some((one) => has(one, at)),
            );
            for (const { group } of owners) expected.add(JSON.stringify([group, named]));
            if (owners.length === 0 || networks > 1) expected.add(JSON.stringify(["", named]));
          }
          const found = new Set(
            inside(whole).map((number) => {
              const named = ranges.flatMap((one, index) =>
                inside(cidrOf(one)).includes(number) ? [index] : [],
              );
              return JSON.stringify([classes[number]?.carried[0]?.[0] ?? "", named]);
            }),
          );
          expect([...found].sort()).toEqual([...expected].sort());
        },
      ),
      { numRuns: process.env.SEGC_FULL === undefined ? 500 : 20_000 },
    );
  });
});
