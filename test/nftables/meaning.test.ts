// What a planned table does to packets is what its slice says, and the baseline besides.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nftables } from "../../targets/nftables/index.ts";
import { meaningOf, type Packet } from "../../targets/nftables/meaning.ts";
import {
  cidr,
  directionSlice,
  entry,
  packet,
  program,
  slice,
  sliceDecides,
  someSlice,
  tcp,
  udp,
} from "./slices.ts";

const runs = process.env.SEGC_FULL === "1" ? 3000 : 300;

/** Traffic that no rule speaks of: replies, the baseline, and ICMP that is never a flow. */
function isBeyondRules({ family, protocol, detail, sourcePort, state, ...rest }: Packet): boolean {
  const type = detail >> 8;
  if (state !== "new" && !(state === "invalid" && (protocol === 1 || protocol === 58))) return true;
  if (protocol === 17) {
    const pair = `${rest.direction} ${sourcePort}-${detail}`;
    return ["egress 68-67", "egress 546-547", "ingress 67-68", "ingress 547-546"].includes(pair);
  }
  return family === 6 && protocol === 58 && ((type >= 130 && type <= 136) || type === 143);
}

describe("the meaning of a planned table", () => {
  test("is the slice's for every packet that begins a flow", () => {
    fc.assert(
      fc.property(someSlice, fc.array(packet, { minLength: 40, maxLength: 80 }), (of, packets) => {
        const meaning = meaningOf(nftables.plan(of));
        for (const one of packets) {
          if (isBeyondRules(one)) continue;
          expect([one, meaning(one)]).toEqual([one, sliceDecides(of, one)]);
        }
      }),
      { numRuns: runs },
    );
  });

  const base: Packet = {
    direction: "ingress",
    loopback: false,
    family: 6,
    source: cidr("fe80::1").address,
    destination: cidr("ff02::16").address,
    protocol: 58,
    sourcePort: 0,
    detail: 135 * 256,
    hopLimit: 255,
    state: "untracked",
    reply: false,
    owner: undefined,
    now: 0,
  };
  const closed = meaningOf(
    nftables.plan(slice(directionSlice("ingress"), directionSlice("egress"))),
  );
  const watched = meaningOf(
    nftables.plan(slice(directionSlice("ingress", { observed: { until: "2027-01-01" } }))),
  );

  test.each([133, 134, 135, 136])("neighbour discovery %i needs hop limit 255", (type) => {
    for (const direction of ["ingress", "egress"] as const) {
      const one = { ...base, direction, detail: type * 256 };
      expect(closed(one)).toBe("accept");
      expect(closed({ ...one, hopLimit: 254 })).toBe("drop");
    }
    expect(watched({ ...base, hopLimit: 254 })).toBe("drop");
  });

  test.each([130, 131, 132, 143])("listener discovery %i stays within the link", (type) => {
    const one = { ...base, detail: type * 256, hopLimit: 1 };
    expect(closed(one)).toBe("accept");
    expect(closed({ ...one, source: cidr("::").address })).toBe("accept");
    expect(closed({ ...one, source: cidr("2001:db8::1").address })).toBe("drop");
    expect(closed({ ...one, destination: cidr("ff05::2").address })).toBe("drop");
  });

  test("only errors are let in as related", () => {
    const one: Packet = { ...base, state: "related", hopLimit: 64 };
    for (const type of [1, 2, 3, 4]) expect(closed({ ...one, detail: type * 256 })).toBe("accept");
    expect(closed({ ...one, detail: 128 * 256 })).toBe("drop");
    expect(closed({ ...one, protocol: 6, detail: 20 })).toBe("drop");
  });

  test("the DHCP client asks and is answered; a server is no client", () => {
    const one: Packet = {
      ...base,
      family: 4,
      source: cidr("10.0.0.9").address,
      destination: cidr("10.0.0.1").address,
      protocol: 17,
      state: "new",
    };
    expect(closed({ ...one, direction: "egress", sourcePort: 68, detail: 67 })).toBe("accept");
    expect(closed({ ...one, direction: "ingress", sourcePort: 67, detail: 68 })).toBe("accept");
    expect(closed({ ...one, direction: "ingress", sourcePort: 68, detail: 67 })).toBe("drop");
    expect(closed({ ...one, direction: "egress", sourcePort: 67, detail: 68 })).toBe("drop");
    expect(closed({ ...one, direction: "egress", sourcePort: 69, detail: 67 })).toBe("drop");
  });

  test("a UDP socket that changes hands is asked again, a TCP connection is not", () => {
    const only = (service: ReturnType<typeof udp>) =>
      meaningOf(
        nftables.plan(
          slice(
            directionSlice("egress", {
              allows: [
                entry("a", ["10.0.0.1/32"], service, {
                  programs: [program({ unit: "a.service" })],
                }),
              ],
            }),
          ),
        ),
      );
    const later: Packet = {
      ...base,
      direction: "egress",
      family: 4,
      source: cidr("10.0.0.9").address,
      destination: cidr("10.0.0.1").address,
      protocol: 17,
      detail: 53,
      sourcePort: 5000,
      state: "established",
      owner: { fields: new Map([["unit", "b.service"]]), uid: 0, gid: 0 },
    };
    const mine = { fields: new Map([["unit", "a.service"]] as const), uid: 0, gid: 0 };
    expect(only(udp(53))(later)).toBe("drop");
    expect(only(udp(53))({ ...later, owner: mine })).toBe("accept");
    expect(only(udp(53))({ ...later, reply: true })).toBe("accept");
    expect(only(tcp(53))({ ...later, protocol: 6 })).toBe("accept");
  });

  test("a unit bound to another slice is another meaning", () => {
    const of = slice(
      directionSlice("egress", {
        allows: [
          entry("a", ["10.0.0.1/32"], tcp(1), { programs: [program({ unit: "a.service" })] }),
        ],
      }),
    );
    const files = nftables.render(nftables.plan(of)).map((file) => ({
      ...file,
      path: file.path.replace("a.service.d", "b.service.d"),
    }));
    const result = nftables.parse(files);
    const one: Packet = {
      ...base,
      direction: "egress",
      family: 4,
      source: cidr("10.0.0.9").address,
      destination: cidr("10.0.0.1").address,
      protocol: 6,
      detail: 1,
      state: "new",
      owner: { fields: new Map([["unit", "a.service"]]), uid: 0, gid: 0 },
    };
    expect(meaningOf(nftables.plan(of))(one)).toBe("accept");
    expect(result.ok && meaningOf(result.plan)(one)).toBe("drop");
  });
});
