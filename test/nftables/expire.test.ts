// Taking out of a table what the kernel has stopped matching anyway changes nothing it does.
import fc from "fast-check";
import { expect, test } from "vitest";
import { nftables } from "../../targets/nftables/index.ts";
import { meaningOf } from "../../targets/nftables/meaning.ts";
import { directionSlice, entry, packet, slice, someSlice, tcp } from "./slices.ts";

test("expiring keeps the meaning from that day on, and leaves nothing that has ended", () => {
  fc.assert(
    fc.property(
      someSlice,
      fc.constantFrom("2026-11-23", "2026-11-24", "2026-12-16", "2027-01-01"),
      fc.array(packet, { minLength: 30, maxLength: 50 }),
      (of, now, packets) => {
        const plan = nftables.plan(of);
        const expired = nftables.expire(plan, now);
        const [before, after] = [meaningOf(plan), meaningOf(expired)];
        const start = Date.parse(`${now}T00:00:00Z`) / 1000;
        for (const one of packets) {
          if (one.now >= start) expect([one, after(one)]).toEqual([one, before(one)]);
        }
        expect(nftables.expiries(expired).filter(({ until }) => until < now)).toEqual([]);
        const parsed = nftables.parse(nftables.render(expired));
        expect(parsed).toEqual({ ok: true, plan: expired });
      },
    ),
    { numRuns: 150 },
  );
});

test("a rule with an end date is listed by its id, once, and counted with its elements", () => {
  const allows = ["10.0.0.1/32", "2001:db8::1/128"].map((peer) =>
    entry("crm.vendor-db", [peer], tcp(22), { until: "2026-12-15", log: "new" }),
  );
  const plan = nftables.plan(slice(directionSlice("ingress", { allows })));
  expect(nftables.expiries(plan)).toEqual([{ rule: "crm.vendor-db", until: "2026-12-15" }]);
  expect(nftables.measure(plan).elements).toBe(0);
  expect(nftables.expire(plan, "2026-12-15")).toEqual(plan);
  const rules =
    nftables.measure(plan).rules - nftables.measure(nftables.expire(plan, "2026-12-16")).rules;
  expect(rules).toBe(4);
});
