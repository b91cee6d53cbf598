// Services as permissions and back, with the values that the EC2 API takes.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anyService,
  equalServices,
  type Interval,
  icmpInterval,
  intersectServices,
  portInterval,
  protocolInterval,
  type ServiceSet,
  serviceSet,
  subtractServices,
  unionOfServices,
} from "../../compiler/sets/service-set.ts";
import { permissionsOf, serviceOf } from "../../targets/aws/permissions.ts";

const intervals: fc.Arbitrary<Interval> = fc.oneof(
  fc
    .tuple(fc.constantFrom(6, 17), fc.nat(65535), fc.nat(65535))
    .map(([protocol, a, b]) => portInterval(protocol, Math.min(a, b), Math.max(a, b))),
  fc
    .tuple(fc.constantFrom(4 as const, 6 as const), fc.nat(255), fc.option(fc.nat(255)))
    .map(([family, type, code]) => icmpInterval(family, type, code ?? undefined)),
  fc.constantFrom(1, 6, 17, 58, 132, 0, 47, 50, 255).map(protocolInterval),
);
const services: fc.Arbitrary<ServiceSet> = fc
  .tuple(fc.array(intervals, { maxLength: 5 }), fc.boolean())
  .map(([list, isRest]) => {
    const some = intersectServices(serviceSet(list), anyService);
    // Whoever takes SCTP out takes all of it out: groups do not know its ports.
    return isRest ? subtractServices(anyService, some) : some;
  });

const said = (service: ServiceSet) =>
  unionOfServices(permissionsOf(service).map((one) => serviceOf(one) ?? serviceSet([])));

const sizeOf = ({ intervals: list }: ServiceSet) =>
  list.reduce((sum, { first, last }) => sum + last - first + 1, 0);

describe("permissions", () => {
  test("say exactly what can be a flow of the service, each part once", () => {
    fc.assert(
      fc.property(services, (service) => {
        expect(equalServices(said(service), service)).toBe(true);
        // As many points as all parts together have: no part is said twice.
        const parts = permissionsOf(service).map((one) => serviceOf(one) ?? serviceSet([]));
        expect(parts.reduce((sum, part) => sum + sizeOf(part), 0)).toBe(sizeOf(service));
      }),
      { numRuns: 200 },
    );
  });

  test.each([
    ["everything", anyService, [{ protocol: "-1", from: -1, to: -1 }]],
    ["a port", serviceSet([portInterval(6, 443, 443)]), [{ protocol: "tcp", from: 443, to: 443 }]],
    ["all of udp", serviceSet([protocolInterval(17)]), [{ protocol: "udp", from: 0, to: 65535 }]],
    [
      "echo requests of both families",
      serviceSet([icmpInterval(4, 8, undefined), icmpInterval(6, 128, undefined)]),
      [
        { protocol: "icmp", from: 8, to: -1 },
        { protocol: "icmpv6", from: 128, to: -1 },
      ],
    ],
    ["one code", serviceSet([icmpInterval(4, 5, 1)]), [{ protocol: "icmp", from: 5, to: 1 }]],
    [
      "a protocol by number",
      serviceSet([protocolInterval(50)]),
      [{ protocol: "50", from: -1, to: -1 }],
    ],
    [
      "all ICMP that can be a flow",
      intersectServices(anyService, serviceSet([protocolInterval(1)])),
      [{ protocol: "icmp", from: -1, to: -1 }],
    ],
  ])("of %s", (_, service, wanted) => {
    expect(permissionsOf(service)).toEqual(wanted);
  });

  test.each([
    { protocol: "6", from: 80, to: 80 },
    { protocol: "tcp", from: 81, to: 80 },
    { protocol: "tcp", from: -1, to: -1 },
    { protocol: "udp", from: 0, to: 65536 },
    { protocol: "icmp", from: -1, to: 3 },
    { protocol: "icmp", from: 256, to: -1 },
    { protocol: "-1", from: 80, to: 80 },
    { protocol: "256", from: -1, to: -1 },
    { protocol: "047", from: -1, to: -1 },
    { protocol: "50", from: 1, to: 1 },
    { protocol: "TCP", from: 80, to: 80 },
  ])("no permission of the API: $protocol $from $to", (permission) => {
    expect(serviceOf(permission)).toBeUndefined();
  });
});
