// The kernel takes every artefact, whatever text stood in the policy, and gives the same meaning
// back. Rootless: a user and a network namespace of our own for every load.
import { spawnSync } from "node:child_process";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { nftables } from "../../targets/nftables/index.ts";
import { meaningOf } from "../../targets/nftables/meaning.ts";
import { parseListing } from "../../targets/nftables/parse-json.ts";
import { directionSlice, entry, packet, slice, someSlice, tcp } from "./slices.ts";

const runs = process.env.SEGC_FULL === "1" ? 500 : 40;

/** Loads twice, as a reload does, and lists; throws with nft's own words where it refuses. */
function loadAndList(ruleset: string): string {
  const script =
    'set -e; text=$(cat); printf "%s\\n" "$text" | nft -f -; printf "%s\\n" "$text" | nft -f -; nft -j list ruleset';
  const result = spawnSync("unshare", ["-Urn", "sh", "-c", script], {
    input: ruleset,
    encoding: "utf8",
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", TZ: "UTC" },
  });
  if (result.status !== 0) throw new Error(`${result.stderr}${String(result.error ?? "")}`);
  return result.stdout;
}

describe("the kernel", () => {
  test("loads every artefact and lists the same meaning", () => {
    fc.assert(
      fc.property(someSlice, fc.array(packet, { minLength: 40, maxLength: 60 }), (of, packets) => {
        const plan = nftables.plan(of);
        const [ruleset, ...side] = nftables.render(plan);
        const listed = parseListing(loadAndList(ruleset?.text ?? ""), side);
        if (!listed.ok) throw new Error(JSON.stringify(listed.problems));
        const [own, kernel] = [meaningOf(plan), meaningOf(listed.plan)];
        for (const one of packets) expect([one, kernel(one)]).toEqual([one, own(one)]);
      }),
      { numRuns: runs },
    );
  });

  test("holds ranges up to the last address and port", () => {
    const plan = nftables.plan(
      slice(
        directionSlice("ingress", {
          allows: [
            entry("a", ["0.0.0.0/1", "128.0.0.0/2", "255.255.255.255/32"], tcp(1, 65535)),
            entry("b", ["::/1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128"], tcp(65535)),
          ],
        }),
      ),
    );
    const [ruleset, ...side] = nftables.render(plan);
    const listed = parseListing(loadAndList(ruleset?.text ?? ""), side);
    expect(listed.ok && listed.plan.addressSets).toEqual(plan.addressSets);
  });
});
