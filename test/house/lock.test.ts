// `npm ci` refuses a lock that lacks a package some other one names, be it for a machine nobody
// here has. A registry that does not carry such a package leaves it out of the lock silently.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

interface LockedPackage {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

test("the lock names every optional package of every platform", () => {
  const text = readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8");
  // npm's own format, version 3.
  const { packages } = JSON.parse(text) as { packages: Readonly<Record<string, LockedPackage>> };
  const named = Object.values(packages).flatMap((each) =>
    Object.keys(each.optionalDependencies ?? {}),
  );
  const missing = named.filter((name) => packages[`node_modules/${name}`]?.version === undefined);
  expect(named.length).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});
