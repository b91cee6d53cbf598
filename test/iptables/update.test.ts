// An update leaves the sets alone that are there, and ends in the state that loading everything ends in.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { EnforcerSlice } from "../../compiler/plan/slice.ts";
import type { OutputFile } from "../../compiler/plan/target.ts";
import { portInterval, serviceSet } from "../../compiler/sets/service-set.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { directionSlice, entry, slice, tcp } from "../nftables/slices.ts";
import { backends, onHost } from "./host.ts";
import { pairSlice } from "./pair-slices.ts";
import { someIptSlice } from "./slices.ts";

const runs = process.env.SEGC_FULL === "1" ? 60 : 5;

const artefact = (of: EnforcerSlice): readonly OutputFile[] =>
  iptables.render(iptables.plan(of, { minimise: true }));

/** All that the kernel holds of ours, without what each set is made with anew. */
const state =
  "{ ipt4 -S; ipt6 -S; ipset save | sed -e 's/ bucketsize.*//' -e 's/ initval.*//' | sort; }";

/** Two versions, of which the later has other members in some sets. */
const versions = fc.oneof(
  fc.tuple(pairSlice, pairSlice),
  fc.tuple(someIptSlice, someIptSlice),
  pairSlice.map((of) => {
    const withoutLast = <One>(list: readonly One[]) => list.slice(0, -1);
    const directions = of.directions.map((one) => ({ ...one, allows: withoutLast(one.allows) }));
    return [{ ...of, directions }, of] as const;
  }),
);

describe.each(backends)("updates by iptables-%s", (backend) => {
  test("end where loading everything ends", () => {
    fc.assert(
      fc.property(versions, ([before, after]) => {
        const done = onHost(
          { a: artefact(before), b: artefact(after) },
          backend,
          `set -e
           a/load.sh load; b/load.sh update; ${state} >updated
           b/load.sh update; ${state} >again
           b/load.sh load; ${state} >loaded
           cmp updated loaded; cmp again loaded`,
        );
        expect(done.stdout).toBe("");
        expect(done.status).toBe(0);
      }),
      { numRuns: runs, endOnFailure: true },
    );
  });

  const blocks = Array.from({ length: 40 }, (_, at) =>
    entry(`r${at}`, [`10.1.${at}.1/32`], serviceSet([portInterval(17, at * 9 + 1, at * 9 + 3)])),
  );
  const of = (many: readonly string[]) =>
    artefact({
      ...slice(
        directionSlice("egress", {
          allows: [...blocks, entry("same", ["10.3.0.0/24", "10.4.0.0/20"], tcp(22))],
        }),
        directionSlice("ingress", {
          allows: [...blocks.slice(1), entry("other", many, tcp(443))],
        }),
      ),
      kind: "iptables",
    });
  const many = Array.from(
    { length: 3000 },
    (_, at) => `10.${9 + (at >> 11)}.${(at >> 4) & 127}.${(at & 15) * 16}/32`,
  );
  const [first, second] = [of(many), of(many.slice(1))];
  const setsIn = (files: readonly OutputFile[]) =>
    [
      ...(files.find(({ path }) => path === "segc.ipset")?.text ?? "").matchAll(
        /^create (SEG-4\S+)/gm,
      ),
    ]
      .map(([, name = ""]) => name)
      .sort();

  test("touch no set that is there already", () => {
    const kept = setsIn(second).filter((name) => setsIn(first).includes(name));
    expect(kept.length).toBeGreaterThan(0);
    expect(setsIn(second).length).toBeGreaterThan(kept.length);
    const done = onHost(
      { a: first, b: second },
      backend,
      `set -e
       real=$(command -v ipset); mkdir bin
       printf '#!/bin/sh\\nif [ "$1" = restore ]; then tee -a %s/restored | %s "$@"; else %s "$@"; fi\\n' "$PWD" "$real" "$real" >bin/ipset
       chmod +x bin/ipset
       sed -i "s|^PATH=.*|PATH=$PWD/bin:/usr/sbin:/usr/bin:/sbin:/bin|" a/load.sh b/load.sh
       a/load.sh load; : >restored; b/load.sh update
       sed -n 's/^create \\(SEG-4[^ ]*\\) .*/\\1/p' restored`,
    );
    expect(done).toMatchObject({ status: 0, stderr: "" });
    const restored = done.stdout.split("\n").filter((line) => line !== "");
    expect(restored.sort()).toEqual(setsIn(second).filter((name) => !kept.includes(name)));
  });

  test("make whole again what is there with other members", () => {
    const names = setsIn(first);
    const done = onHost(
      { a: first },
      backend,
      `set -e
       a/load.sh load; ${state} >loaded
       for set in ${names.join(" ")}; do
         ipset del $set $(ipset save $set | sed -n 's/^add [^ ]* //p' | head -n 1)
       done
       a/load.sh update; ${state} >updated; cmp updated loaded
       for set in ${names.join(" ")}; do ipset flush $set; done
       a/load.sh update; ${state} >updated; cmp updated loaded`,
    );
    expect(done).toMatchObject({ status: 0, stdout: "", stderr: "" });
  });

  test("keep the rules that are loaded where sets were cut short", () => {
    const cut = second.map((file) =>
      file.path === "segc.ipset"
        ? { ...file, text: file.text.slice(0, file.text.lastIndexOf("swap ")) }
        : file,
    );
    const done = onHost(
      { a: first, b: cut },
      backend,
      `a/load.sh load; ipt4 -S >loaded; b/load.sh update 2>/dev/null; echo $?; ipt4 -S | cmp - loaded`,
    );
    expect(done).toMatchObject({ stdout: "1\n", stderr: "" });
  });
});
