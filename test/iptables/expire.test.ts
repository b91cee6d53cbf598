// Taking out of the files what the kernel has stopped matching anyway changes nothing they do.
import fc from "fast-check";
import { expect, test } from "vitest";
import { iptables } from "../../targets/iptables/index.ts";
import { meaningOf } from "../../targets/iptables/meaning.ts";
import { directionSlice, entry, packet, slice, tcp } from "../nftables/slices.ts";
import { listsDecide, someIptSlice } from "./slices.ts";

test("expiring keeps the meaning from that day on, and leaves nothing that has ended", () => {
  fc.assert(
    fc.property(
      someIptSlice,
      fc.constantFrom("2026-11-23", "2026-11-24", "2026-12-16", "2027-01-01"),
      fc.array(packet, { minLength: 30, maxLength: 50 }),
      (of, now, packets) => {
        const plan = iptables.plan(of);
        const expired = iptables.expire(plan, now);
        const [before, after] = [meaningOf(plan), meaningOf(expired)];
        const start = Date.parse(`${now}T00:00:00Z`) / 1000;
        for (const one of packets) {
          if (one.now < start) continue;
          expect([one, listsDecide(after, one)]).toEqual([one, listsDecide(before, one)]);
        }
        expect(iptables.expiries(expired).filter(({ until }) => until < now)).toEqual([]);
        expect(iptables.parse(iptables.render(expired))).toEqual({ ok: true, plan: expired });
      },
    ),
    { numRuns: 100 },
  );
});

test("a rule with an end date is listed by its id, once, and goes with its sets", () => {
  const peers = [["10.0.0.1/32", "10.0.0.3/32"], ["2001:db8::1/128"]];
  const allows = peers.map((peer) =>
    entry("crm.vendor-db", peer, tcp(22), { until: "2026-12-15", log: "new" }),
  );
  const plan = iptables.plan(slice(directionSlice("ingress", { allows })));
  expect(iptables.expiries(plan)).toEqual([{ rule: "crm.vendor-db", until: "2026-12-15" }]);
  expect(iptables.measure(plan).elements).toBe(2);
  expect(iptables.expire(plan, "2026-12-15")).toEqual(plan);
  const later = iptables.expire(plan, "2026-12-16");
  expect(iptables.measure(plan).rules - iptables.measure(later).rules).toBe(4);
  expect(later.sets).toEqual([]);
});

test("access that should outlast what iptables can say ends with it", () => {
  const allows = [entry("late", ["10.0.0.1/32"], tcp(22), { until: "2100-01-01" })];
  const plan = iptables.plan(slice(directionSlice("ingress", { allows })));
  expect(iptables.expiries(plan)).toEqual([{ rule: "late", until: "2038-01-18" }]);
});
