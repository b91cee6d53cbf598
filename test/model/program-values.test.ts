// What the fields of a program can hold at all.
import { describe, expect, test } from "vitest";
import { normalised, valueFault } from "../../compiler/model/program-values.ts";

describe("units", () => {
  test.each([
    ["crm-report", "crm-report.service"],
    ["crm-report.service", "crm-report.service"],
    ["a@1.socket", "a@1.socket"],
    ["x.y", "x.y.service"],
  ])("%s is %s, as systemctl has it", (written, meant) => {
    expect(normalised("unit", written)).toBe(meant);
    expect(valueFault("unit", written)).toBeUndefined();
  });

  test.each(["a b", "a;b", "", ".service", "../x", 'x"', "x\n", "\u2019", "x".repeat(241)])(
    "%j is no name that systemd gives",
    (name) => {
      expect(valueFault("unit", name)).toBeDefined();
    },
  );

  // systemctl leaves these as they are, so a rule about one would silently never hold.
  test.each(["backup.timer", "multi-user.target", "x.path", "user.slice", "dev-sda.device"])(
    "%s has no processes",
    (name) => {
      expect(valueFault("unit", name)).toContain("has no processes");
    },
  );

  test.each(["a@", "a@.service", "@.socket"])("%s runs only with an instance", (name) => {
    expect(valueFault("unit", name)).toBeDefined();
  });

  test.each(["a@b", "a@b.c", "x.timer.service", "-.mount", "a.b@c.service", ".a.service"])(
    "%s runs",
    (name) => {
      expect(valueFault("unit", name)).toBeUndefined();
    },
  );
});

describe("cgroups", () => {
  test.each(["/system.slice/cron.service", "a/b", "//a//b/", "user@1000.service/x\\x2dy"])(
    "%s is a path",
    (path) => {
      expect(valueFault("cgroup", path)).toBeUndefined();
      expect(normalised("cgroup", path)).not.toMatch(/^\/|\/\/|\/$/);
    },
  );

  test.each([
    "",
    "/",
    "a/../b",
    "a/./b",
    'a"b',
    "a\nb",
    "a\u0000",
    "\u00e9",
    "a/".repeat(256),
    "a b",
    `${"a".repeat(255)}/${"b".repeat(255)}`,
  ])("%j is none that a rule can name", (path) => {
    expect(valueFault("cgroup", path)).toBeDefined();
  });
});

test("other fields hold what they hold", () => {
  expect(valueFault("path", "/opt/a b")).toBeUndefined();
  expect(normalised("user", "crm")).toBe("crm");
});
