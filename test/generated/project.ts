// Random small projects as text, for properties and for real packets: every construct that has a
// meaning occurs. Statements are independent lines, so that shrinking removes them one by one.
import fc from "fast-check";

export interface GeneratedProject {
  /** Path to text, `segc.yaml` included. */
  readonly files: ReadonlyMap<string, string>;
  /** Statement lines of the module, for repair: a line with an error is dropped. */
  readonly statements: readonly string[];
}

export interface GeneratedWorkload {
  readonly env: "prod" | "staging";
  readonly role: "web" | "api" | "db" | "batch";
  readonly app: "crm" | "erp" | undefined;
  readonly handles: readonly ("pii" | "payment")[];
  readonly families: "both" | "v4" | "v6";
  readonly enforcers: "both" | "ingress" | "egress" | "none";
}

const oneOf = <const T>(...values: readonly T[]) => fc.constantFrom(...values);

const workload: fc.Arbitrary<GeneratedWorkload> = fc.record({
  env: oneOf("prod", "staging"),
  role: oneOf("web", "api", "db", "batch"),
  app: oneOf("crm", "erp", undefined),
  handles: fc.subarray(["pii", "payment"] as const),
  families: fc.oneof(
    { weight: 4, arbitrary: fc.constant("both" as const) },
    { weight: 1, arbitrary: oneOf("v4" as const, "v6" as const) },
  ),
  enforcers: fc.oneof(
    { weight: 6, arbitrary: fc.constant("both" as const) },
    { weight: 1, arbitrary: oneOf("ingress" as const, "egress" as const, "none" as const) },
  ),
});

const predicate = fc.oneof(
  oneOf("env is prod", "env is staging", "role is app", "role is data", "role is web"),
  oneOf("role in { api, db }", "handles has payment", "has app and app is not crm", "app is crm"),
  oneOf("env is prod and role is not db", "not (has app) or app is erp", "role is batch"),
);

const workloads = fc.oneof(
  { weight: 1, arbitrary: fc.constant("workloads") },
  { weight: 4, arbitrary: predicate.map((where) => `workloads where ${where}`) },
  { weight: 3, arbitrary: oneOf("seg-a", "seg-b", "pair.mine", "pair.others") },
);

const networks = oneOf(
  "networks { 192.0.2.0/24, 2001:db8:a::/48 }",
  "networks { 192.0.2.128/25 }",
  "networks { 2001:db8:a:1::/64 }",
  "networks { 10.9.0.0/30, fd09::/126 }", // holds some managed addresses
);

const compound = fc.oneof(
  { weight: 6, arbitrary: workloads },
  {
    weight: 1,
    arbitrary: fc.tuple(workloads, workloads).map(([a, b]) => `(${a}) except (${b})`),
  },
  { weight: 1, arbitrary: fc.tuple(workloads, workloads).map(([a, b]) => `(${a}) & (${b})`) },
  { weight: 1, arbitrary: fc.tuple(workloads, workloads).map(([a, b]) => `{ ${a}, ${b} }`) },
);

const program = oneOf("unit-job", "cgroup-job", "uid-job", "mixed-job");

const source = fc.oneof(
  { weight: 6, arbitrary: compound },
  { weight: 1, arbitrary: oneOf("outside", "internet", "anywhere") },
  { weight: 1, arbitrary: networks },
  { weight: 2, arbitrary: fc.tuple(program, workloads).map(([p, w]) => `${p}@(${w})`) },
  {
    weight: 1,
    arbitrary: fc.tuple(workloads, networks).map(([w, n]) => `{ ${w}, ${n} }`),
  },
);

const destination = fc.oneof(
  { weight: 8, arbitrary: compound },
  { weight: 1, arbitrary: networks },
  { weight: 1, arbitrary: oneOf("outside", "anywhere") },
  {
    weight: 1,
    arbitrary: fc.tuple(oneOf("unit-job", "cgroup-job"), workloads).map(([p, w]) => `${p}@(${w})`),
  },
);

const service = fc.oneof(
  { weight: 5, arbitrary: oneOf("tcp/443", "tcp/80-89", "udp/53", "svc-b", "tcp/8443") },
  { weight: 3, arbitrary: oneOf("icmp/echo", "{ tcp/22, icmp/echo }", "{ tcp/53, udp/53 }") },
  { weight: 2, arbitrary: oneOf("udp/*", "tcp/*", "any-service", "tcp/1-1023", "proto/47") },
);

const meta = fc.oneof(
  { weight: 6, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: oneOf(" { log new }", " { log all }", " { family v4 }") },
  { weight: 1, arbitrary: oneOf(" { family v6 }", ' { because "a reason" ticket "T-1" }') },
);
const until = fc.oneof(
  { weight: 5, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: oneOf(" { until 2030-01-01 }", " { until 2020-01-01 }") },
);

const condition = fc.oneof(
  { weight: 5, arbitrary: fc.constant("") },
  { weight: 1, arbitrary: oneOf(" when same env", " when different env", " when same role") },
);

const isWorkloads = (set: string) => !/outside|internet|anywhere|networks/.test(set);

const rule = fc
  .record({ source, destination, service, condition, meta, until, kind: fc.nat(11) })
  .map(({ kind, ...rest }) => (number: number) => {
    const { source: from, destination: to } = rest;
    const verb =
      kind < 8 ? "allow" : kind < 10 ? "deny" : kind === 10 ? "staged allow" : "staged deny";
    const when = isWorkloads(from) && isWorkloads(to) ? rest.condition : "";
    const ends = verb.endsWith("allow") && rest.until !== "" ? rest.until : rest.meta;
    return `${verb} rule-${number} = ${from} -> ${to} : ${rest.service}${when}${ends}`;
  });

const observation = oneOf(
  "observe ingress of (workloads where role is batch) until 2030-01-01",
  "observe ingress, egress of (workloads where app is erp) until 2030-01-01",
  "observe egress of (workloads where role is web) until 2020-01-01",
);

const names = oneOf(
  'allow names-1 = seg-a -> fqdn { "api.example.net" } : tcp/443 { fallback cidr { 198.51.100.0/28, 2001:db8:c::/64 } }',
  "allow open-1 = path-job@seg-b -> seg-a : tcp/8443 { fallback network }",
);

/** A project of three to nine Linux workloads and three to fourteen rules. */
export const generatedProject: fc.Arbitrary<GeneratedProject> = fc
  .record({
    workloads: fc.array(workload, { minLength: 3, maxLength: 9 }),
    rules: fc.array(rule, { minLength: 3, maxLength: 14 }),
    observations: fc.array(observation, { maxLength: 1 }),
    names: fc.array(names, { maxLength: 1 }),
    segments: fc.tuple(predicate, predicate),
  })
  .map(({ workloads: hosts, rules, observations, names: named, segments }) => {
    const statements = [
      `segment seg-a = workloads where ${segments[0]}`,
      `segment seg-b = workloads where ${segments[1]}`,
      ...rules.map((print, index) => print(index + 1)),
      ...new Set(named),
      ...new Set(observations),
    ];
    return projectOf(hosts, statements);
  });

/** The project with these statements. */
export function projectOf(
  hosts: readonly GeneratedWorkload[],
  statements: readonly string[],
): GeneratedProject {
  const inventory = JSON.stringify({ workloads: hosts.map(record) }, null, 1);
  const files = new Map([
    ["segc.yaml", "edition: 1\nmodules: { lab: lab.seg }\ninventory: [inventory.json]\n"],
    ["lab.seg", `${header}${statements.join("\n")}\n`],
    ["inventory.json", inventory],
  ]);
  return { files, statements };
}

/** The same project without some statements: how a generated project is made free of errors. */
export function withoutLines(
  project: GeneratedProject,
  lines: ReadonlySet<number>,
): GeneratedProject {
  const text = project.files.get("lab.seg") ?? "";
  const kept = text.split("\n").filter((_, index) => !lines.has(index + 1));
  const files = new Map(project.files).set("lab.seg", kept.join("\n"));
  return { files, statements: project.statements.filter((line) => kept.includes(line)) };
}

const header = `module lab root
label env: enum { prod, staging }
label role: enum { app { web, api, batch }, data { db } }
label app: name optional
label handles: set { pii, payment } optional
service svc-b = { tcp/8080-8090, udp/8080 }
program unit-job { linux { unit "job.service" } }
program cgroup-job { linux { cgroup "/batch.slice/jobs" } }
program uid-job { user "jobs" }
program mixed-job { linux { unit "mixed.service" user "jobs" } }
program path-job { path "/opt/job" }
template halves(e: env) {
  export segment mine = workloads where env is $e
  export segment others = workloads except mine
}
use pair = halves(e: prod)
`;

function record(host: GeneratedWorkload, index: number): unknown {
  const v4 = `10.9.0.${index + 1}`;
  const v6 = `fd09::${index + 1}`;
  const directions =
    host.enforcers === "both"
      ? ["ingress", "egress"]
      : [host.enforcers].filter((d) => d !== "none");
  return {
    name: `host-${index + 1}`,
    platform: "linux",
    labels: {
      env: host.env,
      role: host.role,
      ...(host.app === undefined ? {} : { app: host.app }),
      ...(host.handles.length === 0 ? {} : { handles: host.handles }),
    },
    addresses: host.families === "both" ? [v4, v6] : [host.families === "v4" ? v4 : v6],
    users: { jobs: 4242 },
    enforcers:
      directions.length === 0 ? [] : [{ kind: "nftables", id: `nft-${index + 1}`, directions }],
  };
}
