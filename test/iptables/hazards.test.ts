// The ways in which the nearest compilers fail open or do not load (reference: hazards), each tried on
// this target.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  anyService,
  icmpInterval,
  intersectServices,
  protocolInterval,
  type ServiceSet,
  serviceSet,
  servicesOfFamily,
} from "../../compiler/sets/service-set.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { meaningOf } from "../../targets/iptables/meaning.ts";
import { directionSlice, entry, program, slice, tcp } from "../nftables/slices.ts";
import { someIptSlice } from "./slices.ts";

type File = "rules.v4" | "rules.v6" | "programs.v4" | "segc.ipset";

/** Lines of one file for one allow on input, or another direction. */
function linesOf(
  file: File,
  entries: readonly ReturnType<typeof entry>[],
  direction: "ingress" | "egress" = "ingress",
): readonly string[] {
  const plan = iptables.plan(slice(directionSlice(direction, { allows: entries })));
  const text = iptables.render(plan).find(({ path }) => path === file)?.text ?? "";
  return text.trimEnd().split("\n");
}
const rulesWith = (comment: string, lines: readonly string[]) =>
  lines.filter((line) => line.includes(`--comment "${comment}`));
const named = (...parameters: Parameters<typeof entry>) =>
  (["rules.v4", "rules.v6"] as const).flatMap((file) =>
    rulesWith("r", linesOf(file, [entry(...parameters)])),
  );

describe("nothing widens on its way to a rules file", () => {
  test("an entry without peers is a bug, never `from anywhere`", () => {
    expect(() => named("r", [], tcp(22))).toThrow("has no peer");
  });

  test("a source of one family does not open the other", () => {
    const comment = '-m comment --comment "r" -j ACCEPT';
    expect(named("r", ["2001:db8::/32"], tcp(22))).toEqual([
      `-A SEG-IN -s 2001:db8::/32 -p 6 -m multiport --dports 22 ${comment}`,
    ]);
    expect(linesOf("rules.v4", [entry("r", ["::/0"], tcp(22))]).join()).not.toContain("dports 22");
    expect(named("r", ["::/0"], tcp(22))).toEqual([
      `-A SEG-IN -p 6 -m multiport --dports 22 ${comment}`,
    ]);
  });

  test("a service without a point in the family leaves no rule", () => {
    expect(named("r", ["10.0.0.1/32"], serviceSet([icmpInterval(6, 128, undefined)]))).toEqual([]);
  });

  test("every rule of the policy says less than its chain, unless it is all of a family", () => {
    fc.assert(
      fc.property(someIptSlice, (of) => {
        for (const { name, rules } of iptables.plan(of).chains[4]) {
          if (name !== "SEG-IN" && name !== "SEG-OUT") continue;
          for (const { matches, target, comment } of rules) {
            if (comment !== undefined)
              expect(matches.length + Number("chain" in target)).not.toBe(0);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  const services: readonly (readonly [string, ServiceSet])[] = [
    ["any service", anyService],
    ["protocol 0", serviceSet([protocolInterval(0)])],
    ["protocols 0 and 47", serviceSet([protocolInterval(0), protocolInterval(47)])],
    ["ICMP type 255", serviceSet([icmpInterval(4, 255, undefined)])],
    ["ICMP type 255, code 3", serviceSet([icmpInterval(4, 255, 3)])],
    ["all but one ICMP code", serviceSet([{ first: 65_792, last: 131_071 - 300 }])],
    ["every port", tcp(0, 65_535)],
    ["every port but 22", serviceSet([...tcp(0, 21).intervals, ...tcp(23, 65_535).intervals])],
  ];
  test.each(services)("%s is said exactly", (_, service) => {
    const plan = iptables.plan(
      slice(directionSlice("ingress", { allows: [entry("r", ["10.0.0.1/32"], service)] })),
    );
    const [list] = meaningOf(plan);
    const said = serviceSet((list?.rules ?? []).flatMap((rule) => rule.service.intervals));
    const flows = intersectServices(service, servicesOfFamily(4));
    expect(said).toEqual(serviceSet(flows.intervals));
    expect(list?.rules.every(({ verdict }) => verdict === "accept")).toBe(true);
  });

  test("a rule never holds more ports than iptables lets it", () => {
    const odd = (count: number) =>
      serviceSet(Array.from({ length: count }, (_, i) => tcp(2 * i + 1).intervals).flat());
    const ranges = (count: number) =>
      serviceSet(
        Array.from({ length: count }, (_, i) => tcp(9 * i + 1, 9 * i + 4).intervals).flat(),
      );
    expect(named("r", ["10.0.0.1/32"], odd(15))).toHaveLength(1);
    expect(named("r", ["10.0.0.1/32"], odd(16))).toHaveLength(2);
    expect(named("r", ["10.0.0.1/32"], ranges(7))).toHaveLength(1);
    expect(named("r", ["10.0.0.1/32"], ranges(8))).toHaveLength(2);
  });
});

describe("sets", () => {
  const create = (...peers: readonly string[]) =>
    linesOf("segc.ipset", [entry("r", peers, tcp(22))]).filter((line) => line.endsWith("-exist"));

  test("hold hosts as hosts and prefixes as prefixes, with room", () => {
    expect(create("10.0.0.1/32")).toEqual([]);
    expect(create("10.0.0.1/32", "10.0.0.3/32")[0]).toMatch(
      /^create SEG-4-[0-9a-f]{20} hash:ip family inet hashsize 64 maxelem 64 -exist$/,
    );
    expect(create("10.0.0.1/32", "10.2.0.0/16")[0]).toContain(" hash:net family inet ");
    expect(create("2001:db8::1/128", "2001:db8::3/128")[0]).toMatch(/^create SEG-6-.* inet6 /);
  });

  test("hold more members than a call has arguments", () => {
    const peers = Array.from(
      { length: 150_000 },
      (_, index) => `10.${index >> 15}.${(index >> 7) & 255}.${(index * 2) & 255}/32`,
    );
    const of = slice(directionSlice("ingress", { allows: [entry("r", peers, tcp(22))] }));
    const plan = iptables.plan(of);
    expect(iptables.parse(iptables.render(plan))).toEqual({ ok: true, plan });
  });

  test("never hold the null address as a host", () => {
    expect(create("0.0.0.0/32", "10.0.0.1/32")[0]).toContain(" hash:net ");
    expect(create("::/128", "2001:db8::1/128")[0]).toContain(" hash:net ");
  });

  test("change their name with their content, and only then", () => {
    const name = (...peers: readonly string[]) => create(...peers)[0]?.split(" ")[1];
    expect(name("10.0.0.1/32", "10.0.0.3/32")).not.toBe(name("10.0.0.1/32", "10.0.0.4/32"));
    const lines = linesOf("segc.ipset", [
      entry("r", ["10.0.0.1/32", "10.0.0.3/32"], tcp(22)),
      entry("other", ["10.0.0.1/32", "10.0.0.3/32"], tcp(23)),
    ]);
    expect(lines.filter((line) => line.endsWith("-exist"))).toHaveLength(1);
  });
});

describe("user text", () => {
  test.each([
    ['a"; -j ACCEPT', "r: a'; -j ACCEPT"],
    ["a\\", "r: a'"],
    ["line\nCOMMIT\r\n*nat", "r: line COMMIT *nat"],
    ["it\u2019s $(reboot) `x`", "r: it's $(reboot) `x`"],
    ["\u001b[31mred\u0000", "r: [31mred"],
    ["\u00e9t\u00e9", "r: ?t?"],
  ])("%j stays a comment", (because, comment) => {
    const rules = rulesWith(
      "r:",
      linesOf("rules.v4", [entry("r", ["10.0.0.1/32"], tcp(22), { because })]),
    );
    expect(rules).toEqual([
      `-A SEG-IN -s 10.0.0.1/32 -p 6 -m multiport --dports 22 -m comment --comment "${comment}" -j ACCEPT`,
    ]);
  });

  test("a cgroup that a rules file cannot name lets nobody in, and refuses everybody", () => {
    for (const cgroup of [
      '/a"b',
      "/a b",
      "/a\nb",
      "/a/../b",
      `/${"x".repeat(300)}/${"y".repeat(300)}`,
    ]) {
      const programs = [program({ cgroup })];
      const allows = [entry("r", ["10.0.0.1/32"], tcp(22), { programs })];
      const denies = [entry("d", ["10.0.0.1/32"], tcp(22), { programs })];
      const of = (rest: Parameters<typeof directionSlice>[1]) =>
        meaningOf(iptables.plan(slice(directionSlice("egress", rest))))[0]?.rules ?? [];
      expect(of({ allows })).toEqual([]);
      expect(of({ denies })).toMatchObject([{ verdict: "drop", processes: [] }]);
    }
  });

  test("a program of a listener is a bug, not a rule that never matches", () => {
    const programs = [program({ unit: "a.service" })];
    expect(() => named("r", ["10.0.0.1/32"], tcp(22), { programs })).toThrow("asks for a listener");
  });

  test("the base of a table asks for no cgroup", () => {
    const programs = [program({ unit: "a.service" })];
    const entries = [entry("r", ["10.0.0.1/32"], tcp(22), { programs })];
    expect(linesOf("rules.v4", entries, "egress").join("\n")).not.toContain("cgroup");
    expect(linesOf("programs.v4", entries, "egress").slice(2)).toEqual([
      expect.stringMatching(/^:SEG-[0-9a-f]{12} - \[0:0\]$/),
      expect.stringMatching(
        /^-A SEG-[0-9a-f]{12} -m cgroup --path \/segc\.slice\/segc-[0-9a-f]{12}\.slice -j ACCEPT$/,
      ),
      "COMMIT",
    ]);
  });
});
