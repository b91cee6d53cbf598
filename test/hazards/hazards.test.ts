// Every numbered hazard on every target of hosts, from policy text to file text; the files are read by
// interpreters that share nothing with the compiler.
import { describe, expect, test } from "vitest";
import { readArtefact } from "../interpreter/artefact.ts";
import { jumping } from "../interpreter/loaded.ts";
import { decide } from "../interpreter/program.ts";
import { decide as decideWindows } from "../windows/witness/evaluate.ts";
import { readAll } from "../windows/witness/read.ts";
import { type Hazard, hazards, largeHazard } from "./cases.ts";
import {
  compileHazard,
  type LinuxTarget,
  linuxTargets,
  packetOf,
  serverFiles,
  windowsPacket,
} from "./policy.ts";

function programOf(target: LinuxTarget, files: ReturnType<typeof serverFiles>) {
  const textOf = (name: string) => files.find(({ path }) => path.endsWith(`/${name}`))?.text ?? "";
  return readArtefact(
    target === "nftables"
      ? { format: target, texts: { nft: textOf("segc.nft") } }
      : {
          format: target,
          texts: {
            v4: jumping(textOf("rules.v4")),
            v6: jumping(textOf("rules.v6")),
            ipset: textOf("segc.ipset"),
          },
        },
  );
}

describe.each(linuxTargets)("%s", (target) => {
  test.each(hazards)("$numbers: $what", (hazard) => {
    const program = programOf(target, serverFiles(compileHazard(hazard, target)));
    const answers = (texts: readonly string[]) =>
      texts.map((text) => `${decide(program, packetOf(text))} ${text}`);
    expect(hazard.passes.length * hazard.refused.length).toBeGreaterThan(0);
    expect(answers(hazard.passes)).toEqual(hazard.passes.map((text) => `accept ${text}`));
    expect(answers(hazard.refused)).toEqual(hazard.refused.map((text) => `drop ${text}`));
  });

  test("10: a deny cannot end, and an allow that ended is gone", () => {
    const deny = {
      numbers: [10],
      what: "",
      policy: "deny d = web -> server : tcp/22 { until 2026-11-22 }",
      passes: [],
      refused: [],
    };
    const { compiled, diagnostics } = compileHazard(deny, target);
    expect([compiled, diagnostics[0]?.code]).toEqual([undefined, "SEG312"]);
    const ended = compileHazard({ ...deny, policy: deny.policy.replace("deny", "allow") }, target);
    expect(decide(programOf(target, serverFiles(ended)), packetOf("10.0.0.2 tcp/22"))).toBe("drop");
  });
});

describe("windows", () => {
  const policiesOf = (hazard: Hazard) =>
    readAll(
      new Map(
        serverFiles(compileHazard(hazard, "windows")).map(({ path, text }) => [
          path.split("/").slice(2).join("/"),
          text,
        ]),
      ),
    );

  test.each(hazards)("$numbers: $what", (hazard) => {
    const policies = policiesOf(hazard);
    expect(policies.size).toBe(5);
    for (const policy of policies.values()) {
      const answers = (texts: readonly string[]) =>
        texts.map((text) => `${decideWindows(policy, windowsPacket(text), "Domain")} ${text}`);
      expect(answers(hazard.passes)).toEqual(hazard.passes.map((text) => `allow ${text}`));
      expect(answers(hazard.refused)).toEqual(hazard.refused.map((text) => `block ${text}`));
    }
  });

  test("13: no rule blocks, however many denies there are", () => {
    const hazard = hazards.find(({ numbers }) => numbers.includes(13)) ?? largeHazard;
    for (const { rules } of policiesOf(hazard).values()) {
      expect(new Set(rules.map(({ action }) => action))).toEqual(new Set(["allow"]));
    }
  });
});

describe("the cases", () => {
  test("every number of the reference has a policy", () => {
    const covered = new Set([10, ...[...hazards, largeHazard].flatMap(({ numbers }) => numbers)]);
    expect([...covered].sort((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
  });
});
