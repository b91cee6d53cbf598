// Policies whose prefix lists change while hosts change places, in the stand-in: at every moment within the bounds.
import fc from "fast-check";
import { expect, it } from "vitest";
import { isProved } from "../../targets/aws/transition/transition.ts";
import { Account } from "./account.ts";
import { change, expectWithin } from "./changing.ts";
import { packetsOf, place, planFor, policyOf, roles, somePartners } from "./fleet.ts";
import { machinesOf, many, networksOf } from "./generators.ts";

const lists = [many, many.slice(1), [...many.slice(1), 25], [...many.slice(2), 25, 27], [1, 25]];
const ports = [80, 443];

const list = fc.constantFrom(...lists);
const order = fc.shuffledSubarray(roles.slice(0, 3), { minLength: 3 });
const role = fc.constantFrom(...roles.slice(0, 3));
/** Two rules of one list, and one between hosts. */
const shape = fc
  .tuple(
    fc.tuple(role, role),
    fc.constantFrom(80, 443, 443, 443),
    fc.boolean(),
    fc.tuple(role, role, fc.constantFrom(...ports)),
  )
  .map(([[one, other], port, isOut, [from, to, between]]) => (hosts: readonly number[]) => {
    const rule = (name: string, own: string, at: number) => {
      const ends = isOut ? `${own} -> ${networksOf(hosts)}` : `${networksOf(hosts)} -> ${own}`;
      return `allow ${name} = ${ends} : tcp/${at}`;
    };
    return policyOf([
      rule("a", one, 80),
      rule("b", other, one === other ? 443 : port),
      `allow c = ${from} -> ${to} : tcp/${between}`,
    ]);
  });

it("a list that changes opens and closes nothing on the way", { timeout: 600_000 }, async () => {
  const seen = { proved: 0, all: 0, moments: 0, extended: 0, shortened: 0, made: 0, deleted: 0 };
  await fc.assert(
    fc.asyncProperty(
      // A host of each role, which change places.
      fc.tuple(order, order).map(([own, then]) => own.map((one, at) => [one, then[at] ?? one])),
      fc.tuple(shape, shape),
      fc.tuple(list, list, list),
      fc.nat(1000),
      async (hosts, [first, last], [one, other, third], seed) => {
        const policies = [first(one), first(other), last(third)];
        const account = new Account();
        const vpc = account.createVpc();
        const before = place(account, vpc, machinesOf(hosts.map(([own = ""]) => [own, false])));
        const moved = before.map((host, at) => ({ ...host, role: hosts[at]?.[1] ?? host.role }));
        const packets = packetsOf(before, ports, somePartners);
        const snapshot = () => packets.map((packet) => account.dataPlane.passes(packet));
        account.dataPlane.settle();
        for (const [turn, text] of policies.entries()) {
          const start = snapshot();
          const passed: boolean[][] = [];
          const { transition } = await change(
            account,
            [vpc],
            planFor(vpc, turn === 1 ? moved : before, text),
            () => passed.push(snapshot()),
            { seed, foreign: "exclusive" },
          );
          seen.all++;
          seen.moments += passed.length;
          for (const { kind } of transition.phases.flatMap(({ steps }) => steps)) {
            if (kind === "extend-list") seen.extended++;
            if (kind === "shorten-list") seen.shortened++;
            if (kind === "create-list") seen.made++;
            if (kind === "delete-list") seen.deleted++;
          }
          if (!isProved(transition)) continue;
          seen.proved++;
          expectWithin(packets, { start, end: snapshot(), seen: passed });
        }
      },
    ),
    { numRuns: process.env.SEGC_FULL === undefined ? 80 : 300, seed: 20261128 },
  );
  console.log(JSON.stringify(seen));
  expect(seen.proved / seen.all).toBeGreaterThan(0.9);
  expect(Math.min(seen.extended, seen.shortened, seen.made, seen.deleted)).toBeGreaterThan(3);
});

it("is not extended while a rule names it that is to go", async () => {
  const policy = (hosts: readonly number[], more: readonly string[]) =>
    policyOf([
      `allow a = ${networksOf(hosts)} -> web : tcp/80`,
      `allow b = ${networksOf(hosts)} -> db : tcp/443`,
      ...more,
    ]);
  const account = new Account();
  const vpc = account.createVpc();
  const hosts = place(
    account,
    vpc,
    machinesOf([
      ["web", false],
      ["db", false],
      ["api", false],
    ]),
  );
  const packets = packetsOf(hosts, [22, 80, 443], somePartners);
  const snapshot = () => packets.map((packet) => account.dataPlane.passes(packet));
  account.dataPlane.settle();
  const texts = [
    policy(many, [`allow c = ${networksOf(many)} -> api : tcp/22`]),
    policy([...many, 25], []),
  ];
  for (const text of texts) {
    const start = snapshot();
    const seen: boolean[][] = [];
    const { transition } = await change(
      account,
      [vpc],
      planFor(vpc, hosts, text),
      () => seen.push(snapshot()),
      { seed: 1, foreign: "exclusive" },
    );
    expect(isProved(transition)).toBe(true);
    expectWithin(packets, { start, end: snapshot(), seen });
    if (text !== texts[1]) continue;
    const kinds = transition.phases.flatMap(({ steps }) => steps.map(({ kind }) => kind));
    expect(kinds).toContain("create-list");
    expect(kinds).not.toContain("extend-list");
  }
});
