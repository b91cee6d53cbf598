// Small projects full of guardrails, exceptions, end dates, programs, observation and machines that
// nobody enforces.
import fc from "fast-check";

const header = `module lab root
label env: enum { prod, staging }
label role: enum { web, db, batch }
program report { linux { unit "report.service" } }
`;

const set = fc.constantFrom(
  ...["workloads", "outside", "anywhere", "workloads where role is web", "internet"],
  ...["workloads where role is db", "workloads where role is batch and env is prod"],
  ...["networks { 10.0.0.0/30, 203.0.113.0/24 }", "report@workloads where role is batch"],
  ...["{ workloads where env is prod, outside }", "workloads except workloads where role is db"],
);
const service = fc.constantFrom("tcp/443", "tcp/5432", "any-service", "{ tcp/443, udp/53 }");
const until = fc.constantFrom("", "2026-11-22", "2026-11-23", "2026-12-01");

/** `when` joins workloads only. */
const flow = fc
  .tuple(set, set, service, fc.constantFrom("", "", "same", "different"))
  .map(([from, to, what, when]) => {
    const joins = [from, to].every((side) => /^(report@)?workloads/.test(side));
    return `${from} -> ${to} : ${what}${when !== "" && joins ? ` when ${when} env` : ""}`;
  });

const rule = fc.tuple(fc.constantFrom("allow", "allow", "deny"), flow, until).map(
  ([effect, what, day]) =>
    (name: string) =>
      `${effect} ${name} = ${what}${effect === "deny" || day === "" ? "" : ` { until ${day} }`}`,
);

const exception = fc
  .tuple(flow, until)
  .map(([what, day]) => `  except e = ${what}${day === "" ? "" : ` { until ${day} }`}`);

const guardrail = fc
  .tuple(fc.constantFrom("never", "only", "always"), flow, fc.option(exception, { nil: undefined }))
  .map(
    ([verb, what, except]) =>
      (name: string) =>
        `${verb} ${name} = ${what}${except === undefined ? "" : ` {\n${except}\n}`}`,
  );

const machine = fc.record({
  env: fc.constantFrom("prod", "staging"),
  role: fc.constantFrom("web", "db", "batch"),
  enforced: fc.constantFrom([], ["ingress"], ["ingress", "egress"], ["ingress", "egress"]),
  family: fc.constantFrom(4, 6, 46),
});

/** Path to text. */
export const lab: fc.Arbitrary<ReadonlyMap<string, string>> = fc
  .record({
    rules: fc.array(rule, { maxLength: 5 }),
    guardrails: fc.array(guardrail, { minLength: 1, maxLength: 3 }),
    machines: fc.array(machine, { minLength: 1, maxLength: 5 }),
    observes: fc.boolean(),
  })
  .map(({ rules, guardrails, machines, observes }) => {
    const workloads = machines.map(({ env, role, enforced, family }, index) => ({
      name: `host-${index}`,
      platform: "linux",
      labels: { env, role },
      addresses: [
        ...(family === 6 ? [] : [`10.0.0.${index + 1}`]),
        ...(family === 4 ? [] : [`2001:db8::${index + 1}`]),
      ],
      enforcers:
        enforced.length === 0
          ? []
          : [{ kind: "nftables", id: `host-${index}`, directions: enforced }],
    }));
    const statements = [
      ...rules.map((make, index) => make(`r${index}`)),
      ...guardrails.map((make, index) => make(`g${index}`)),
      ...(observes
        ? ["observe ingress, egress of (workloads where role is web) until 2026-12-20"]
        : []),
    ];
    return new Map([
      ["segc.yaml", "edition: 1\nmodules: { lab: lab.seg }\ninventory: [inventory.json]\n"],
      ["lab.seg", `${header}${statements.join("\n")}\n`],
      ["inventory.json", JSON.stringify({ workloads })],
    ]);
  });
