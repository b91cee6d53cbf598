// Slices of many small blocks, which no product of peers and services puts together: hosts, prefixes
// and the addresses at the ends of a family, with ports, runs of ports and ICMP types.
import fc from "fast-check";
import type { EnforcerSlice, SliceEntry } from "../../compiler/plan/slice.ts";
import type { Family } from "../../compiler/sets/address.ts";
import {
  icmpInterval,
  portInterval,
  protocolInterval,
  type ServiceSet,
  serviceSet,
} from "../../compiler/sets/service-set.ts";
import { directionSlice, entry, slice } from "../nftables/slices.ts";

const hosts = {
  4: [...Array.from({ length: 12 }, (_, at) => `10.0.${at}.${at + 1}/32`), "255.255.255.255/32"],
  6: Array.from({ length: 12 }, (_, at) => `2001:db8::${at}:1/128`),
};
const wide = {
  4: ["0.0.0.0/32", "10.0.0.0/30", "10.0.3.0/24", "192.0.2.0/25", "10.0.0.0/16", "128.0.0.0/1"],
  6: ["::/128", "2001:db8::/127", "2001:db8:1::/64", "2001:db8::/32", "8000::/1"],
};

const peers = (family: Family) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.subarray(hosts[family], { minLength: 1, maxLength: 3 }) },
    {
      weight: 1,
      arbitrary: fc.subarray([...hosts[family], ...wide[family]], { minLength: 1, maxLength: 4 }),
    },
  );

const port = fc.integer({ min: 1, max: 60 });
const service = (family: Family): fc.Arbitrary<ServiceSet> =>
  fc.oneof(
    { weight: 5, arbitrary: port.map((one) => serviceSet([portInterval(6, one, one)])) },
    { weight: 2, arbitrary: port.map((one) => serviceSet([portInterval(17, one, one + 2)])) },
    {
      weight: 1,
      arbitrary: fc.constantFrom(
        serviceSet([icmpInterval(family, family === 4 ? 8 : 128, 0), portInterval(132, 0, 0)]),
        serviceSet([icmpInterval(family, 13, 7), portInterval(6, 65535, 65535)]),
        serviceSet([protocolInterval(47)]),
        serviceSet([portInterval(6, 1, 65535)]),
      ),
    },
  );

const someEntry = (family: Family): fc.Arbitrary<(id: string) => SliceEntry> =>
  fc.tuple(peers(family), service(family), fc.nat(11)).map(
    ([remote, of, rare]) =>
      (id) =>
        entry(
          id,
          remote,
          of,
          rare === 0 ? { log: "new" } : rare === 1 ? { until: "2030-01-01" } : {},
        ),
  );

const entries = (maxLength: number) =>
  fc
    .tuple(
      fc.array(someEntry(4), { minLength: Math.min(maxLength, 15), maxLength }),
      fc.array(someEntry(6), { minLength: Math.min(maxLength, 15), maxLength }),
    )
    .map((lists) => lists.flat().map((make, index) => make(`r${index}`)));

export const pairSlice: fc.Arbitrary<EnforcerSlice> = fc
  .record({
    direction: fc.constantFrom("ingress" as const, "egress" as const),
    allows: entries(40),
    denies: fc.oneof(entries(3), entries(30)),
    stagedDenies: entries(1),
    isObserved: fc.nat(5),
  })
  .map(({ direction, isObserved, ...lists }) => ({
    ...slice(
      directionSlice(direction, {
        ...lists,
        observed: isObserved === 0 ? { until: "2030-01-01" } : undefined,
      }),
    ),
    kind: "iptables",
  }));
