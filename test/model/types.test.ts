// Types: language.md 6.2 and 11, "Types"; a failing and a passing text for every code.
import { describe, expect, test } from "vitest";
import { build, codes, fixed, modelOf, onlyDiagnostic, rooted } from "./project.ts";

const names = 'segment site = fqdn { "a.example" }\n';
const job = 'program job { unit "job.service" }\n';
const rule = (text: string) => codes(rooted(`${names}${job}${text}`));
const where = (predicate: string) => codes(rooted(`segment s = workloads where ${predicate}`));

describe("SEG301", () => {
  test("a declared value, a node, or any value of an open label", () => {
    expect(where("env is prod")).toEqual([]);
    expect(where("role in { data, web }")).toEqual([]);
    expect(where('app is anything or app is "Any thing"')).toEqual([]);
    expect(where("handles has pii")).toEqual([]);
  });
  test("anything else, with the nearest value as a fix", () => {
    expect(where("env in { stagin, x }")).toEqual(["SEG301 stagin", "SEG301 x"]);
    const diagnostic = onlyDiagnostic(rooted("segment s = workloads where env is stagin"));
    expect(diagnostic.message).toBe("`env` has no value `stagin`; did you mean `staging`?");
    expect(fixed(diagnostic)).toContain("env is staging");
  });
  test("values are those of the label on the left", () => {
    expect(where("env is web")).toEqual(["SEG301 web"]);
  });
});

describe("SEG304", () => {
  test("`is` and `in` on a set, with the fix", () => {
    expect(where("handles is payment")).toEqual(["SEG304 handles is payment"]);
    expect(where("has handles and handles not in { pii }")).toEqual([
      "SEG304 handles not in { pii }",
    ]);
    expect(
      fixed(onlyDiagnostic(rooted("segment s = workloads where handles is payment"))),
    ).toContain("where handles has payment");
  });
  test("`has` value on what is no set", () => {
    expect(where("role has db")).toEqual(["SEG304 role has db"]);
    expect(where("app has crm")).toEqual(["SEG304 app has crm"]);
  });
  test("`has` label on every kind", () => {
    expect(where("has handles and has app and has env")).toEqual([]);
  });
  test("NAME against string, STRING against enum and set; both against name", () => {
    expect(where("note is abc")).toEqual(["SEG304 abc"]);
    expect(where('note is "abc"')).toEqual([]);
    expect(where('env is "prod"')).toEqual(['SEG304 "prod"']);
    expect(where('handles has "pii"')).toEqual(['SEG304 "pii"']);
  });
});

describe("SEG305", () => {
  test("a rule, guardrail or test may name a program", () => {
    expect(rule("allow job@workloads -> workloads : tcp/1")).toEqual([]);
    expect(rule("never job@workloads -> { job@workloads, outside } : tcp/1")).toEqual([]);
  });
  test("segment, team, require, delegate and observe may not", () => {
    expect(rule("segment s = job@workloads")).toEqual(["SEG305 job@workloads"]);
    expect(rule('segment s = { workloads, program { unit "a" }@workloads }')).toHaveLength(1);
    expect(rule("team t owns job@workloads")).toEqual(["SEG305 job@workloads"]);
    expect(rule("require r = job@workloads have env is prod")).toEqual(["SEG305 job@workloads"]);
    expect(rule("delegate egress of job@workloads with job@workloads : tcp/1 to { org }")).toEqual([
      "SEG305 job@workloads",
      "SEG305 job@workloads",
    ]);
    expect(rule("observe egress of job@workloads until 2027-01-01")).toEqual([
      "SEG305 job@workloads",
    ]);
  });
  test("a program alone is no peer", () => {
    expect(rule("segment s = job")).toEqual(["SEG305 job"]);
    expect(rule("allow job -> workloads : tcp/1")).toEqual(["SEG305 job"]);
  });
});

describe("SEG306", () => {
  test("left of `@` stands one program", () => {
    expect(rule('allow program { unit "a" }@workloads -> workloads : tcp/1')).toEqual([]);
    expect(rule("segment web = workloads\nallow web@workloads -> workloads : tcp/1")).toEqual([
      "SEG306 web",
    ]);
    expect(rule("allow { job, job }@workloads -> workloads : tcp/1")).toEqual([
      "SEG306 { job, job }",
    ]);
    expect(rule("allow outside@workloads -> workloads : tcp/1")).toEqual(["SEG306 outside"]);
    expect(rule("allow jbo@workloads -> workloads : tcp/1")).toEqual(["SEG201 jbo"]);
    expect(rule("segment web = workloads\nallow web@job -> workloads : tcp/1")).toEqual([
      "SEG306 web", // swapped sides are one mistake
    ]);
  });
  test("right of `@` stand workloads and nothing else", () => {
    expect(
      rule("allow job@(workloads & workloads where env is prod) -> workloads : tcp/1"),
    ).toEqual([]);
    expect(rule("allow job@outside -> workloads : tcp/1")).toEqual(["SEG306 outside"]);
    expect(
      rule("allow job@{ workloads, networks { 10.0.0.0/8 } } -> workloads : tcp/1"),
    ).toHaveLength(1);
    expect(rule("allow job@(workloads except outside) -> workloads : tcp/1")).toHaveLength(1);
    expect(rule("allow job@(job@workloads) -> workloads : tcp/1")).toEqual([
      "SEG306 (job@workloads)",
    ]);
  });
});

describe("SEG307", () => {
  const to = " : tcp/1 { fallback cidr { 192.0.2.0/24 } }";
  test("the destination of an allow, braces around it, and segments", () => {
    expect(rule(`allow workloads -> site${to}`)).toEqual([]);
    expect(rule(`allow workloads -> { site, (fqdn { "b.example" }), workloads }${to}`)).toEqual([]);
    expect(
      rule(`segment more = { site, workloads }\nstaged allow x = workloads -> more${to}`),
    ).toEqual([]);
  });
  test("never with `&`, `except`, `@`", () => {
    expect(rule(`allow workloads -> site & outside${to}`)).toEqual(["SEG307 site"]);
    expect(rule(`allow workloads -> outside except site${to}`)).toEqual(["SEG307 site"]);
    expect(rule(`segment s = outside except fqdn { "a.example" }`)).toEqual([
      'SEG307 fqdn { "a.example" }',
    ]);
    expect(rule(`allow job@site -> workloads : tcp/1`)).toEqual(["SEG307 site"]);
  });
  test("never as a source, in deny, guardrails, tests, ownership", () => {
    expect(rule("allow site -> workloads : tcp/1")).toEqual(["SEG307 site"]);
    expect(rule("deny workloads -> site : tcp/1")).toEqual(["SEG307 site"]);
    expect(rule("never workloads -> site : tcp/1")).toEqual(["SEG307 site"]);
    expect(rule('test "t" { denied workloads -> site : tcp/1 }')).toEqual(["SEG307 site"]);
    expect(rule("team t owns { workloads, site }")).toEqual(["SEG307 site"]);
    expect(rule("delegate egress of workloads with site : tcp/1 to { org }")).toEqual([
      "SEG307 site",
    ]);
  });
});

describe("names and addresses", () => {
  test("SEG502: names need `fallback cidr`", () => {
    expect(rule("allow workloads -> site : tcp/1")).toEqual(["SEG502 site"]);
    expect(rule("allow workloads -> { site, workloads } : tcp/1")).toHaveLength(1);
  });
  test("the addresses replace only the names", () => {
    const files = rooted(
      `${names}segment both = { site, workloads }\nallow workloads -> both : tcp/1 { fallback cidr { 192.0.2.7/32 } }`,
    );
    const destination = modelOf(files).rules[0]?.flow.destination;
    expect(destination).toMatchObject({
      kind: "union",
      of: [{ kind: "names", addresses: [{ length: 32 }] }, { kind: "workloads" }],
    });
  });
  test("SEG118: a fallback without what it is for; both where both apply", () => {
    expect(
      rule("allow workloads -> workloads : tcp/1 { fallback cidr { 192.0.2.0/24 } }"),
    ).toHaveLength(1);
    expect(rule("allow workloads -> workloads : tcp/1 { fallback network }")).toEqual([
      "SEG118 fallback network",
    ]);
    expect(
      rule(
        "allow job@workloads -> site : tcp/1 { fallback network fallback cidr { 192.0.2.0/24 } }",
      ),
    ).toEqual([]);
    expect(rule("allow workloads -> job@workloads : tcp/1 { fallback network }")).toEqual([]);
  });
  test("a template's parameter may bring the names", () => {
    const text = `template t(s: segment) { allow r = workloads -> $s : tcp/1 { fallback cidr { 192.0.2.0/24 } } }\n`;
    expect(rule(`${text}use u = t(s: site)`)).toEqual([]);
    expect(rule(`${text}use u = t(s: workloads)`)).toEqual([
      "SEG118 fallback cidr { 192.0.2.0/24 }",
    ]);
  });
});

describe("SEG308", () => {
  const same = (peers: string, label = "env") => rule(`allow ${peers} : tcp/1 when same ${label}`);
  test("a required enum label and workloads at both ends", () => {
    expect(same("workloads -> workloads")).toEqual([]);
    expect(same("{ workloads, workloads where env is prod } -> job@workloads")).toEqual([]);
    expect(same("workloads except workloads where env is prod -> workloads")).toEqual([]);
    expect(rule("never workloads -> workloads : tcp/1 when different role")).toEqual([]);
  });
  test("optional, or of another kind", () => {
    expect(same("workloads -> workloads", "tier")).toEqual(["SEG308 when same tier"]);
    expect(same("workloads -> workloads", "app")).toEqual(["SEG308 when same app"]);
    expect(same("workloads -> workloads", "handles")).toEqual(["SEG308 when same handles"]);
  });
  test("a peer that is not Workloads", () => {
    expect(same("workloads -> outside")).toEqual(["SEG308 when same env"]);
    expect(same("{ workloads, anywhere } -> workloads")).toEqual(["SEG308 when same env"]);
    expect(same("workloads & networks { 10.0.0.0/8 } -> workloads")).toEqual([
      "SEG308 when same env",
    ]);
  });
});

describe("SEG310", () => {
  const allow = (service: string) => rule(`allow workloads -> workloads : ${service}`);
  test("replies and errors in an allow", () => {
    for (const type of [0, 3, 11, 12, 14])
      expect(allow(`icmp4/${type}`)).toEqual([`SEG310 icmp4/${type}`]);
    for (const type of [1, 2, 3, 4, 129])
      expect(allow(`icmp6/${type}`)).toEqual([`SEG310 icmp6/${type}`]);
    expect(allow("icmp4/3/4")).toEqual(["SEG310 icmp4/3/4"]);
    expect(allow("{ tcp/1, icmp4/3 }")).toHaveLength(1);
    expect(rule("service s = icmp4/3\nstaged allow x = workloads -> workloads : s")).toEqual([
      "SEG310 s",
    ]);
  });
  test("not elsewhere", () => {
    expect(rule("deny workloads -> workloads : icmp4/3")).toEqual([]);
    expect(rule("service s = icmp4/3")).toEqual([]);
    expect(
      allow("{ icmp4/8, icmp6/128, icmp/echo, proto/1, proto/58, any-service, icmp6/135 }"),
    ).toEqual([]);
  });
  test("they are in no service of the model", () => {
    const { rules } = modelOf(
      rooted(
        "deny workloads -> workloads : { proto/1, icmp4/3 }\nallow workloads -> workloads : any-service",
      ),
    );
    for (const { flow } of rules) {
      const hit = flow.service.intervals.some(
        ({ first, last }) => first <= 65536 + 3 * 256 && last >= 65536 + 3 * 256,
      );
      expect(hit).toBe(false);
    }
  });
});

describe("SEG312 and SEG314", () => {
  test("until and fallback network on a deny", () => {
    expect(rule("deny workloads -> workloads : tcp/1 { until 2027-01-01 }")).toEqual([
      "SEG312 until 2027-01-01",
    ]);
    expect(rule("staged deny x = job@workloads -> workloads : tcp/1 { fallback network }")).toEqual(
      ["SEG314 fallback network"],
    );
    expect(rule("allow x = workloads -> workloads : tcp/1 { until 2027-01-01 }")).toEqual([]);
    expect(rule("deny workloads -> workloads : tcp/1 { log all }")).toEqual([]);
  });
});

describe("programs", () => {
  const program = (body: string) => codes(rooted(`program p { ${body} }`));
  test("SEG504: scripts and interpreters, wherever the program stands", () => {
    for (const path of [
      "/opt/report.py",
      "/usr/bin/python3",
      "/usr/bin/python3.11",
      "/bin/sh",
      "/usr/lib/jvm/bin/java",
      "/opt/run.sh",
    ]) {
      expect(program(`path "${path}"`), path).toEqual([`SEG504 "${path}"`]);
    }
    expect(program('windows { path "C:\\\\Python\\\\python.exe" }')).toHaveLength(1);
    expect(
      program(
        'windows { path "C:\\\\Windows\\\\System32\\\\WindowsPowerShell\\\\v1.0\\\\powershell.exe" }',
      ),
    ).toHaveLength(1);
    expect(program('linux { unit "a.service" path "/usr/bin/perl" }')).toHaveLength(1);
    expect(rule('allow program { path "/x.sh" }@workloads -> workloads : tcp/1')).toHaveLength(1);
  });
  test("other programs are not", () => {
    for (const path of [
      "/usr/sbin/nginx",
      "/usr/bin/pythonista",
      "/opt/node-exporter/node_exporter",
      "/usr/bin/ssh",
      "/opt/sh/agent",
      "/usr/bin/rsync",
    ]) {
      expect(program(`path "${path}"`), path).toEqual([]);
    }
    expect(program('user "python3"')).toEqual([]);
  });
  test("the flat form stands for every platform with all its fields", () => {
    const platforms = (body: string) => [
      ...(modelOf(rooted(`program p { ${body} }`)).programs[0]?.alternatives.keys() ?? []),
    ];
    expect(platforms('path "/a" user "b"')).toEqual(["linux", "windows"]);
    expect(platforms('unit "a"')).toEqual(["linux"]);
    expect(platforms('service "A"')).toEqual(["windows"]);
    expect(platforms('linux { unit "a" }')).toEqual(["linux"]);
  });
  test("a cgroup's leading slash is optional", () => {
    const cgroup = (text: string) =>
      modelOf(rooted(`program p { cgroup "${text}" }`))
        .programs[0]?.alternatives.get("linux")
        ?.get("cgroup");
    expect(cgroup("/system.slice/a.service")).toBe("system.slice/a.service");
    expect(cgroup("system.slice/a.service")).toBe("system.slice/a.service");
  });
});

test("several faults of one rule are all reported", () => {
  const { diagnostics } = build(
    rooted("deny workloads where env is x -> y : z { until 2027-01-01 }"),
  );
  expect(diagnostics.map(({ code }) => code)).toEqual(["SEG301", "SEG201", "SEG201", "SEG312"]);
});
