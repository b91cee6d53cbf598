// Small projects in which a workload that is not there yet can matter: few labels of every kind,
// requirements, two modules with delegations, networks, programs, machines that see no programs.
import fc from "fast-check";

interface Schema {
  readonly labels: string;
  readonly predicates: readonly string[];
  /** Every value of every label; undefined: absent. Open labels have one that nobody mentions. */
  readonly values: Readonly<Record<string, readonly (string | readonly string[] | undefined)[]>>;
  /** A label that `when` can compare. */
  readonly compared: string;
}

const env = ["prod", "staging"];
const role = ["web", "api", "db"];
const roleTree = "label role: enum { app { web, api }, db }";

const schemas: readonly Schema[] = [
  {
    labels: `label env: enum { prod, staging }\n${roleTree}`,
    predicates: ["env is prod", "role is app", "role is db", "role is not web and env is staging"],
    values: { env, role },
    compared: "env",
  },
  {
    labels: "label env: enum { prod, staging }\nlabel app: name optional",
    predicates: ["env is prod", "app is crm", "not (has app)", "app in { crm, erp }", "has app"],
    values: { env, app: ["crm", "erp", "zzz", undefined] },
    compared: "env",
  },
  {
    labels: `${roleTree}\nlabel handles: set { pii, payment } optional`,
    predicates: ["role is app", "handles has pii", "has handles", "handles has payment"],
    values: { role, handles: [undefined, [], ["pii"], ["payment"], ["payment", "pii"]] },
    compared: "role",
  },
  {
    labels: "label env: enum { prod, staging }\nlabel rack: string\nlabel tags: set { a, b }",
    predicates: ['rack is "r 1"', "tags has a", "env is staging", 'rack is not "r 1"'],
    values: { env, rack: ["r 1", "zzz"], tags: [[], ["a"], ["b"], ["a", "b"]] },
    compared: "env",
  },
  {
    labels: `label env: enum { prod, staging } optional\n${roleTree}\nlabel site: enum { hq, plant }`,
    predicates: ["env is prod", "not (has env)", "role is app and site is hq", "site is plant"],
    values: { env: [...env, undefined], role, site: ["hq", "plant"] },
    compared: "site",
  },
];

const services = ["tcp/443", "tcp/5432", "any-service", "{ tcp/443, udp/53 }", "icmp/echo"];
const days = ["", "", "2026-11-22", "2026-12-01"];

export interface LabellingsLab {
  /** Path to text. */
  readonly files: ReadonlyMap<string, string>;
  readonly values: Schema["values"];
  readonly platforms: readonly ("linux" | "other")[];
}

export const labellingsLab: fc.Arbitrary<LabellingsLab> = fc
  .constantFrom(...schemas)
  .chain((schema) => {
    const where = fc.constantFrom(...schema.predicates).map((each) => `workloads where ${each}`);
    const workloads = fc.oneof({ weight: 3, arbitrary: where }, fc.constant("workloads"));
    const set = fc.oneof(
      { weight: 5, arbitrary: workloads },
      workloads.map((each) => `report@${each.replace(/^workloads(.+)$/, "(workloads$1)")}`),
      fc.tuple(workloads, where).map(([a, b]) => `(${a}) except (${b})`),
      fc.tuple(where, where).map(([a, b]) => `{ ${a}, nightly@(${b}) }`),
      where.map((each) => `workloads except nightly@(${each})`),
      fc.constantFrom("outside", "anywhere", "internet", "networks { 10.0.0.0/30 }"),
      fc.constantFrom("networks { 0.0.0.0/0 }", "networks { 203.0.113.0/24, 10.0.0.2 }"),
      where.map((each) => `{ ${each}, networks { 10.0.0.0/31, 2001:db8::/64 } }`),
    );
    const flow = fc
      .tuple(set, set, fc.constantFrom(...services), fc.constantFrom("", "", "same", "different"))
      .map(([from, to, what, when]) => {
        const joins = [from, to].every((side) => !/net|side|where\?/.test(side));
        const plain = joins && [from, to].every((side) => !/anywhere/.test(side));
        return `${from} -> ${to} : ${what}${when && plain ? ` when ${when} ${schema.compared}` : ""}`;
      });
    const rule = fc.record({
      effect: fc.constantFrom("allow", "allow", "allow", "deny", "staged deny"),
      flow,
      until: fc.constantFrom(...days),
      falls: fc.boolean(),
      family: fc.constantFrom("", "", "", "v4", "v6"),
    });
    const exception = fc.tuple(flow, fc.constantFrom(...days));
    return fc
      .record({
        rules: fc.array(rule, { minLength: 1, maxLength: 4 }),
        guardrails: fc.array(
          fc.record({
            verb: fc.constantFrom("never", "never", "only", "always"),
            flow,
            /** The flow of the first rule instead, so that one of `always` may hold. */
            isOfRule: fc.boolean(),
            exception: fc.option(exception, { nil: undefined }),
          }),
          { minLength: 1, maxLength: 3 },
        ),
        requires: fc.array(fc.tuple(workloads, fc.constantFrom(...schema.predicates)), {
          maxLength: 2,
        }),
        owns: where,
        delegations: fc.array(fc.tuple(workloads, fc.constantFrom("", "outside"), workloads), {
          maxLength: 2,
        }),
        machines: fc.array(
          fc.record({
            values: fc.record(
              Object.fromEntries(
                Object.entries(schema.values).map(([name, values]) => [
                  name,
                  fc.constantFrom(...values),
                ]),
              ),
            ),
            kind: fc.constantFrom("nftables", "aws-sg", "none"),
            address: fc.constantFrom("10.0.0.", "10.9.0.", "none"),
          }),
          { maxLength: 3 },
        ),
        others: fc.boolean(),
      })
      .map((drawn) => projectOf(schema, drawn));
  });

interface Drawn {
  readonly rules: readonly {
    readonly effect: string;
    readonly flow: string;
    readonly until: string;
    readonly falls: boolean;
    readonly family: string;
  }[];
  readonly guardrails: readonly {
    readonly verb: string;
    readonly flow: string;
    readonly isOfRule: boolean;
    readonly exception: readonly [string, string] | undefined;
  }[];
  readonly requires: readonly (readonly [string, string])[];
  readonly owns: string;
  readonly delegations: readonly (readonly [string, string, string])[];
  readonly machines: readonly {
    readonly values: Readonly<Record<string, string | readonly string[] | undefined>>;
    readonly kind: string;
    readonly address: string;
  }[];
  readonly others: boolean;
}

function projectOf(schema: Schema, drawn: Drawn): LabellingsLab {
  const rules = drawn.rules.map(({ effect, flow, until, falls, family }, index) => {
    const meta = [
      ...(until !== "" && effect === "allow" ? [`until ${until}`] : []),
      ...(family === "" ? [] : [`family ${family}`]),
      ...(falls && effect === "allow" && flow.includes("@") ? ["fallback network"] : []),
    ];
    return `${effect} r${index} = ${flow}${meta.length === 0 ? "" : ` { ${meta.join(" ")} }`}`;
  });
  const guardrails = drawn.guardrails.map(({ verb, flow, isOfRule, exception }, index) => {
    const except =
      exception === undefined
        ? ""
        : ` { except e = ${exception[0]}${exception[1] === "" ? "" : ` { until ${exception[1]} }`} }`;
    const own = verb === "always" && isOfRule ? drawn.rules[0]?.flow : undefined;
    return `${verb} g${index} = ${own ?? flow}${except}`;
  });
  const split = Math.ceil(rules.length / 2);
  const root = [
    "module lab root",
    schema.labels,
    'export program report { linux { unit "report.service" } }',
    'export program nightly { linux { user "root" unit "report.service" } }',
    ...drawn.requires.map(([of, have], index) => `require p${index} = ${of} have ${have}`),
    `team t owns ${drawn.owns} writes { side }`,
    ...drawn.delegations.map(
      ([of, outside, peers]) =>
        `delegate ingress, egress of (${of}) with ${outside || `(${peers})`} : any-service to { side }`,
    ),
    ...rules.slice(0, split),
    ...guardrails,
  ];
  const side = ["module side by t", "import { report, nightly } from lab", ...rules.slice(split)];
  const workloads = drawn.machines.map(({ values, kind, address }, index) => ({
    name: `host-${index}`,
    platform: "linux",
    labels: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)),
    addresses:
      address === "none" ? [] : [`${address}${index + 1}`, `2001:db8:${address.length}::${index}`],
    users: { root: 0 },
    enforcers:
      kind === "none" ? [] : [{ kind, id: `h${index}`, directions: ["ingress", "egress"] }],
  }));
  return {
    files: new Map([
      [
        "segc.yaml",
        "edition: 1\nroot: lab\nmodules: { lab: lab.seg, side: side.seg }\ninventory: [inventory.json]\n",
      ],
      ["lab.seg", `${root.join("\n")}\n`],
      ["side.seg", `${side.join("\n")}\n`],
      ["inventory.json", JSON.stringify({ workloads })],
    ]),
    values: schema.values,
    platforms: drawn.others ? ["linux", "other"] : ["linux"],
  };
}
