// Tests with real packets never pass by not running: where they cannot run, they fail, unless the
// machine could not have run them in any state (no Linux) and is not the one that must.
import { describe, expect, test } from "vitest";
import { isRoot, obstacle } from "./lab.ts";

/** `describe` for tests that need namespaces; `needs: "root"` for cgroups and other users. */
export function describeKernel(
  name: string,
  options: { readonly needs: "namespaces" | "root" },
  body: () => void,
): void {
  const why =
    obstacle() ?? (options.needs === "root" && !isRoot ? "cgroups and users need root" : undefined);
  if (why === undefined) {
    describe(name, body);
    return;
  }
  test(`${name}: CANNOT RUN HERE: ${why}`, () => {
    process.stderr.write(`\n*** kernel test "${name}" did not run: ${why} ***\n`);
    const couldRun = process.platform === "linux" && !(options.needs === "root" && !isRoot);
    expect({ ran: false, why, tolerated: !couldRun && process.env.CI !== "true" }).toMatchObject({
      tolerated: true,
    });
  });
}
