// Templates: language.md 6.1, 6.2 "Templates" and 11.
import { describe, expect, test } from "vitest";
import { build, codes, modelOf, onlyDiagnostic, rooted } from "./project.ts";

const tiers = `template tiers(e: env, s: segment, front: service) {
  export segment web = workloads where env is $e
  segment hidden = $s & web
  service both = { $front, tcp/1 }
  export program job { unit "job.service" }
  allow inner = web -> hidden : both
  deny $s -> web : $front
}
service https = tcp/443
segment all = workloads
`;
const use = "use prod = tiers(e: prod, s: all, front: https)\n";

describe("a use", () => {
  test("makes segments, services, programs and rules of its own", () => {
    const model = modelOf(
      rooted(`${tiers}${use}use staging = tiers(e: staging, s: workloads, front: https)`),
    );
    expect(model.segments.map(({ qualified }) => qualified)).toEqual([
      "org.all",
      "org.prod.hidden",
      "org.prod.web",
      "org.staging.hidden",
      "org.staging.web",
    ]);
    expect(model.services.map(({ qualified }) => qualified)).toContain("org.prod.both");
    expect(model.programs.map(({ key }) => key)).toEqual(["org.prod.job", "org.staging.job"]);
    expect(model.rules.filter(({ named }) => named).map(({ id }) => id)).toEqual([
      "org.prod.inner",
      "org.staging.inner",
    ]);
    expect(model.rules).toHaveLength(4);
  });
  test("rules keep the place in the template and that of the use", () => {
    const [rule] = modelOf(rooted(`${tiers}${use}`)).rules;
    const text = rule?.use?.source.text ?? "";
    expect(text.slice(rule?.use?.start, rule?.use?.end)).toBe(use.trim());
    expect(text.slice(rule?.span.start, rule?.span.end)).toBe("allow inner = web -> hidden : both");
    expect(rule?.flow.text).toBe("web -> hidden : both");
  });
  test("a segment parameter is the argument's own object", () => {
    const model = modelOf(rooted(`${tiers}${use}segment other = all`));
    const set = (name: string) => model.segments.find(({ qualified }) => qualified === name)?.set;
    const deny = model.rules.find(({ effect }) => effect === "deny");
    expect(deny?.flow.source).toBe(set("org.all"));
    expect(deny?.flow.destination).toBe(set("org.prod.web"));
  });
  test("its exported members are visible, the others are not (SEG203)", () => {
    expect(codes(rooted(`${tiers}${use}allow prod.web -> all : https`))).toEqual([]);
    expect(codes(rooted(`${tiers}${use}allow prod.job@prod.web -> all : https`))).toEqual([]);
    expect(codes(rooted(`${tiers}${use}allow prod.hidden -> all : https`))).toEqual([
      "SEG203 hidden",
    ]);
    expect(codes(rooted(`${tiers}${use}allow prod.wbe -> all : https`))).toEqual(["SEG201 wbe"]);
    expect(codes(rooted(`${tiers}${use}allow prod -> all : https`))).toEqual(["SEG201 prod"]);
  });
  test("SEG205-free: a template body may name its module, and the module its instance", () => {
    const text =
      "segment a = workloads\ntemplate t(e: env) { export segment m = a & workloads where env is $e }\nuse u = t(e: prod)\nsegment b = u.m";
    expect(codes(rooted(text))).toEqual([]);
  });
});

describe("scopes", () => {
  const org = `module org root
label env: enum { prod, staging }
team a owns workloads writes { lib }
team b owns workloads writes { crm }
`;
  const lib = `module lib by a
segment own = workloads where env is prod
export template t(s: segment) {
  export segment web = own & $s
  allow r = web -> own : tcp/1
}
`;
  test("the body resolves where it is declared, arguments where they are given", () => {
    const files = {
      "org.seg": org,
      "lib.seg": lib,
      "crm.seg":
        "module crm by b\nimport { t } from lib\nsegment mine = workloads\nexport use u = t(s: mine)\nuse v = t(s: mine)",
    };
    const model = modelOf(files);
    expect(model.rules.map(({ id, module }) => `${id} ${module.name}`)).toEqual([
      "crm.u.r crm",
      "crm.v.r crm",
    ]);
    const exported = model.segments.filter((one) => one.exported).map(({ qualified }) => qualified);
    expect(exported).toEqual(["crm.u.web"]);
    expect(
      codes({ ...files, "crm.seg": "module crm by b\nimport { t } from lib\nuse u = t(s: own)" }),
    ).toEqual(["SEG201 own"]);
  });
  test("importers see members only of an exported use", () => {
    const user = (exported: string) => ({
      "org.seg": `${org}import { u } from crm\nallow u.web -> workloads : tcp/1`,
      "lib.seg": lib,
      "crm.seg": `module crm by b\nimport { t } from lib\n${exported}use u = t(s: workloads)`,
    });
    expect(codes(user("export "))).toEqual([]);
    expect(codes(user(""))).toEqual(["SEG203 u"]);
  });
  test("SEG202: a body may not redeclare a name of its module, once for all uses", () => {
    const text = `segment web = workloads\ntemplate t(e: env) { segment web = workloads where env is $e }
use a = t(e: prod)\nuse b = t(e: staging)`;
    expect(codes(rooted(text))).toEqual(["SEG202 web"]);
    expect(codes(rooted("template t(e: env) { segment t = workloads where env is $e }"))).toEqual([
      "SEG202 t",
    ]);
    expect(
      codes(rooted("template t(e: env) { segment x = workloads\nservice x = tcp/1 }")),
    ).toEqual(["SEG202 x"]);
  });
  test("SEG202: parameters and rules of a body", () => {
    expect(
      codes(rooted("template t(e: env, e: role) { segment x = workloads where env is $e }")),
    ).toEqual(["SEG202 e"]);
    expect(
      codes(
        rooted(
          "template t(e: env) { allow x = workloads -> workloads : tcp/1\nallow x = workloads -> workloads : tcp/2 }",
        ),
      ),
    ).toEqual(["SEG202 x"]);
    expect(
      codes(
        rooted(
          "template t(e: env) { allow x = workloads -> workloads : tcp/1 }\nallow x = workloads -> workloads : tcp/2",
        ),
      ),
    ).toEqual([]);
  });
});

describe("SEG309", () => {
  const one = (argument: string) => rooted(`${tiers}use u = tiers(${argument})`);
  const good = "e: prod, s: all, front: https";
  test("unknown, missing, twice", () => {
    expect(codes(one(`${good}, environment: prod`))).toEqual(["SEG309 environment"]);
    expect(codes(one("e: prod, s: all"))).toEqual(["SEG309 tiers"]);
    expect(codes(one(`${good}, e: staging`))).toEqual(["SEG309 e"]);
  });
  test("ill-typed", () => {
    expect(codes(one("e: workloads, s: all, front: https"))).toEqual(["SEG309 workloads"]);
    expect(codes(one('e: "prod", s: all, front: https'))).toEqual(['SEG309 "prod"']);
    expect(codes(one("e: prod, s: https, front: https"))).toEqual(["SEG309 https"]);
    expect(codes(one("e: prod, s: all, front: all"))).toEqual(["SEG309 all"]);
    expect(codes(one("e: prod, s: all, front: outside"))).toEqual(["SEG309 outside"]);
    expect(codes(one('e: prod, s: "x", front: https'))).toEqual(['SEG309 "x"']);
  });
  test("an argument that is no value of its label is SEG301", () => {
    expect(codes(one("e: prdo, s: all, front: https"))).toEqual(["SEG301 prdo"]);
  });
  test("a node may be an argument, an unknown name may not (SEG201)", () => {
    expect(
      codes(
        rooted(
          "template t(r: role) { segment x = workloads where role is $r }\nuse u = t(r: data)",
        ),
      ),
    ).toEqual([]);
    expect(codes(one("e: prod, s: nothing, front: https"))).toEqual(["SEG201 nothing"]);
  });
  test("$p outside a template, and of another template", () => {
    expect(codes(rooted("segment a = workloads where env is $e"))).toEqual(["SEG309 $e"]);
    expect(codes(rooted("allow $a -> $b : $c"))).toEqual(["SEG309 $a", "SEG309 $b", "SEG309 $c"]);
    expect(codes(rooted("template t(e: env) { segment x = workloads where env is $f }"))).toEqual([
      "SEG309 $f",
    ]);
    expect(codes(rooted(`${tiers}use u = tiers(e: prod, s: $x, front: https)`))).toEqual([
      "SEG309 $x",
    ]);
  });
  test("$p in a place of another type, in the body, once for all uses", () => {
    const text = `template t(e: env, s: segment, p: service) {
  segment a = $e
  segment b = $p
  service c = $s
  segment d = workloads where role is $e
  segment f = workloads where env is $s
  allow $s@workloads -> workloads : tcp/1
}
service q = tcp/1
use u = t(e: prod, s: workloads, p: q)
use v = t(e: prod, s: workloads, p: q)`;
    expect(codes(rooted(text))).toEqual([
      "SEG309 $e",
      "SEG309 $p",
      "SEG309 $s",
      "SEG309 $e",
      "SEG309 $s",
      "SEG309 $s",
    ]);
  });
  test("what is no template cannot be used", () => {
    expect(codes(rooted("segment a = workloads\nuse u = a(e: prod)"))).toEqual(["SEG309 a"]);
    expect(codes(rooted("use u = nothing(e: prod)\nallow u.x -> workloads : tcp/1"))).toEqual([
      "SEG201 nothing",
    ]);
    expect(codes(rooted(`${tiers}${use}use u = prod.web(e: prod)`))).toEqual(["SEG309 prod.web"]);
  });
  test("a parameter's type is a label, segment or service", () => {
    expect(
      codes(
        rooted("template t(e: evn) { segment x = workloads where env is $e }\nuse u = t(e: prod)"),
      ),
    ).toEqual(["SEG201 evn"]);
  });
});

describe("a body", () => {
  test("is checked even where nothing uses it", () => {
    expect(
      codes(
        rooted("template t(e: env) { segment x = workloads where env is prdo\nallow x -> y : $e }"),
      ),
    ).toEqual(["SEG301 prdo", "SEG201 y", "SEG309 $e"]);
  });
  test("faults of its own are reported once, not for each use", () => {
    const text =
      "template t(e: env) { segment x = workloads where role is not nothing and env is $e }\nuse a = t(e: prod)\nuse b = t(e: staging)";
    expect(codes(rooted(text))).toEqual(["SEG301 nothing"]);
  });
  test("what only certain arguments cause names the use", () => {
    const text = `template t(s: segment) { allow r = workloads -> $s : tcp/1 when same env }
use good = t(s: workloads)
use bad = t(s: outside)`;
    const { related, code } = onlyDiagnostic(rooted(text));
    expect(code).toBe("SEG308");
    expect(related?.[0]?.message).toBe("with the arguments of `bad`");
    expect(build(rooted(text)).model.rules.map(({ id }) => id)).toEqual(["org.good.r"]);
  });
  test("a program argument has no type: `@` in a segment argument is SEG305", () => {
    const text =
      'program job { unit "a" }\ntemplate t(s: segment) { allow r = $s -> workloads : tcp/1 }\nuse u = t(s: job@workloads)';
    expect(codes(rooted(text))).toEqual(["SEG305 job@workloads"]);
  });
});
