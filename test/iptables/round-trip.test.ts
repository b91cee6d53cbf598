// The bytes of an artefact carry its whole meaning, and nothing else does.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { OutputFile } from "../../compiler/plan/target.ts";
import { iptables } from "../../targets/iptables/index.ts";
import { meaningOf } from "../../targets/iptables/meaning.ts";
import { packet } from "../nftables/slices.ts";
import { listsDecide, someIptSlice } from "./slices.ts";

const runs = process.env.SEGC_FULL === "1" ? 2000 : 150;

function parsed(files: readonly OutputFile[]) {
  const result = iptables.parse(files);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.plan;
}

describe("an artefact of iptables", () => {
  test("parses back to the plan it was rendered from", () => {
    fc.assert(
      fc.property(someIptSlice, (slice) => {
        const plan = iptables.plan(slice);
        expect(parsed(iptables.render(plan))).toEqual(plan);
      }),
      { numRuns: runs },
    );
  });

  test("keeps its meaning without comments and under other names", () => {
    fc.assert(
      fc.property(
        someIptSlice,
        fc.array(packet, { minLength: 30, maxLength: 60 }),
        (slice, packets) => {
          const plan = iptables.plan(slice);
          const other = meaningOf(parsed(iptables.render(plan).map(stripped)));
          const own = meaningOf(plan);
          for (const one of packets) expect(listsDecide(other, one)).toBe(listsDecide(own, one));
        },
      ),
      { numRuns: runs },
    );
  });

  test("is the same whatever the order of its entries", () => {
    fc.assert(
      fc.property(someIptSlice, (slice) => {
        const unique = slice.directions.every((direction) => {
          const ids = [...direction.allows, ...direction.denies].map(
            ({ ruleId, family }) => `${ruleId} ${family}`,
          );
          return new Set(ids).size === ids.length;
        });
        fc.pre(unique);
        const turned = {
          ...slice,
          directions: [...slice.directions].reverse().map((direction) => ({
            ...direction,
            allows: [...direction.allows].reverse(),
            denies: [...direction.denies].reverse(),
          })),
        };
        expect(iptables.render(iptables.plan(turned))).toEqual(
          iptables.render(iptables.plan(slice)),
        );
      }),
      { numRuns: runs },
    );
  });

  test("has no line that user text could have begun, and no word it could have ended", () => {
    const known =
      /^(\*filter|COMMIT|:SEG-[0-9A-Za-z-]{1,24} - \[0:0\]|-A SEG-[0-9A-Za-z-]{1,24} .*)$/;
    fc.assert(
      fc.property(someIptSlice, (slice) => {
        for (const { path, text } of iptables.render(iptables.plan(slice))) {
          if (!/^(rules|programs)\./.test(path)) continue;
          expect(text).toMatch(/^[ -~\n]*$/);
          for (const line of text.trimEnd().split("\n")) {
            if (line.startsWith("# Written by segc.")) continue;
            expect(line).toMatch(known);
            const bare = line.replaceAll(/ --(comment|log-prefix|u32) "[^"\\]*"/g, "");
            expect(bare).toMatch(/^[^"'`$;|<>\\]*$/);
            for (const [, quoted = ""] of line.matchAll(/ --comment "([^"]*)"/g)) {
              expect(quoted.length).toBeLessThanOrEqual(255);
            }
            for (const [, quoted = ""] of line.matchAll(/ --log-prefix "([^"]*)"/g)) {
              expect(quoted.length).toBeLessThanOrEqual(29);
            }
          }
        }
      }),
      { numRuns: runs },
    );
  });
});

describe("what segc does not write is refused", () => {
  const files = iptables.render(
    iptables.plan({ kind: "iptables", id: "x", workloads: [], directions: [] }),
  );
  const edited = (path: string, edit: (text: string) => string) =>
    iptables.parse(
      files.map((file) => (file.path === path ? { ...file, text: edit(file.text) } : file)),
    );
  const withRule = (rule: string, path = "rules.v4") =>
    edited(path, (text) => text.replace("COMMIT", `${rule}\nCOMMIT`));

  test("while the artefact itself is read", () => {
    expect(iptables.parse(files).ok).toBe(true);
    expect(withRule("-A SEG-IN -s 10.0.0.0/8 -p 6 -j ACCEPT").ok).toBe(true);
  });

  test.each([
    ["another table", "COMMIT\n*nat\n-A SEG-IN -j ACCEPT"],
    ["a foreign chain", "-A INPUT -j ACCEPT"],
    ["a foreign target", "-A SEG-IN -j QUEUE"],
    ["a jump out of ours", "-A SEG-IN -j DOCKER"],
    ["a chain that is not there", "-A SEG-IN -j SEG-X"],
    ["a loop", "-A SEG-IN -j SEG-IN"],
    ["an unknown option", "-A SEG-IN -f -j ACCEPT"],
    ["an option after the target", "-A SEG-IN -j ACCEPT -p 6"],
    ["every protocol in disguise", "-A SEG-IN -p 0 -j ACCEPT"],
    ["every ICMP type in disguise", "-A SEG-IN -p 1 -m icmp --icmp-type 255 -j ACCEPT"],
    ["ICMP of the other family", "-A SEG-IN -p 1 -m icmp6 --icmpv6-type 128 -j ACCEPT"],
    ["an address of the other family", "-A SEG-IN -s ::1/128 -j ACCEPT"],
    ["host bits", "-A SEG-IN -s 10.0.0.1/8 -j ACCEPT"],
    ["a set that is not there", "-A SEG-IN -m set --match-set SEG-4-0 src -j ACCEPT"],
    ["sixteen ports", `-A SEG-IN -p 6 -m multiport --dports ${Array(16).fill("1").join()} -j DROP`],
    ["a descending range", "-A SEG-IN -p 6 -m multiport --dports 5:4 -j ACCEPT"],
    ["a limit that decides", "-A SEG-IN -m limit --limit 1/second --limit-burst 1 -j ACCEPT"],
    ["a sender on input", "-A SEG-IN -m owner --uid-owner 1 -j ACCEPT"],
    ["a cgroup in the base", "-A SEG-OUT -m cgroup --path /a -j ACCEPT"],
    ["an open quote", '-A SEG-IN -m comment --comment "x -j ACCEPT'],
    ["a half day", "-A SEG-IN -m time --datestop 2026-01-01T12:00:00 -j ACCEPT"],
    ["two blanks", "-A SEG-IN  -j ACCEPT"],
  ])("%s", (_, rule) => {
    expect(withRule(rule)).toMatchObject({ ok: false });
  });

  test("with the place where it stands", () => {
    expect(withRule("-A SEG-IN -j QUEUE")).toEqual({
      ok: false,
      problems: [{ path: "rules.v4", line: 5, message: "expected a chain of segc's" }],
    });
  });

  test("also in every other file", () => {
    expect(withRule("-A SEG-OUT -m cgroup --path /a -j ACCEPT", "programs.v4").ok).toBe(false);
    for (const { path } of files) {
      const rest = files.filter((file) => file.path !== path);
      expect([path, iptables.parse(rest).ok]).toEqual([path, false]);
      expect([path, edited(path, (text) => `${text}x\n`).ok]).toEqual([path, false]);
    }
    expect(iptables.parse([...files, { path: "systemd/x.service", text: "" }]).ok).toBe(false);
  });
});

/** No comments, and every name that segc chose exchanged for another, in all files alike. */
function stripped(file: OutputFile): OutputFile {
  const text = file.text
    .replaceAll(/^# Written by segc.*\n/gm, "")
    .replaceAll(/ -m comment --comment "[^"]*"/g, "")
    .replaceAll(/--log-prefix "[^"]*"/g, '--log-prefix "x"')
    .replaceAll(
      /\b(SEG-[46]-|SEG-)([0-9a-f]{12,24})\b/g,
      (_, prefix, hash) => `${prefix}${turn(hash)}`,
    );
  return { ...file, text };
}

const turn = (hash: string) => [...hash].reverse().join("");
