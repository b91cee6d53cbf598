// Any slice, minimised or not, in every kind of artefact: proved, read back, and judged by an evaluator
// of Windows' documented precedence that shares nothing with the product.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { runnerOf } from "../../compiler/artefact.ts";
import type { EnforcerSlice, SliceEntry } from "../../compiler/plan/slice.ts";
import type { OutputFile, TargetSettings } from "../../compiler/plan/target.ts";
import { isFault, parseAddress } from "../../compiler/sets/address.ts";
import { hasAddress } from "../../compiler/sets/address-set.ts";
import { hasService } from "../../compiler/sets/service-set.ts";
import { windows } from "../../targets/windows/index.ts";
import { isBeyondRules } from "./beyond-rules.ts";
import { settings, someWindowsSlice } from "./slices.ts";
import { boundaryPackets } from "./witness/boundaries.ts";
import { decide } from "./witness/evaluate.ts";
import type { Packet } from "./witness/policy.ts";
import { readAll } from "./witness/read.ts";

const runs = process.env.SEGC_FULL === "1" ? 3000 : 300;
const runner = runnerOf(windows);

function filesOf(slice: EnforcerSlice, minimise: boolean, wanted: TargetSettings) {
  const made = runner.produce(slice, { minimise, settings: wanted });
  if ("why" in made) return undefined;
  const files = made.files.map((file) => ({
    ...file,
    path: file.path.slice(`windows/${slice.id}/`.length),
  }));
  return { files, entry: made.entry };
}

const textsOf = (files: readonly OutputFile[]) =>
  new Map(files.map(({ path, text }) => [path, text]));

/** What the slice says: denies before allows, and the rest by whether it is observed. */
function required(slice: EnforcerSlice, packet: Packet): "allow" | "block" | undefined {
  const direction = packet.direction === "in" ? "ingress" : "egress";
  const half = slice.directions.find((one) => one.direction === direction);
  if (half === undefined) return undefined;
  const holds = (entry: SliceEntry) => entryHolds(entry, packet);
  if (half.denies.some(holds)) return "block";
  if (half.allows.some(holds)) return "allow";
  return half.observed === undefined ? "block" : "allow";
}

function entryHolds(entry: SliceEntry, packet: Packet): boolean {
  const [remote, local] = [parseAddress(packet.remote), parseAddress(packet.local)];
  if (isFault(remote) || isFault(local) || entry.family !== packet.family) return false;
  const port = packet.direction === "in" ? packet.localPort : packet.remotePort;
  const { icmp } = packet;
  const detail = icmp === undefined ? (port ?? 0) : icmp.type * 256 + icmp.code;
  const isOf = ({ fields, sid }: SliceEntry["programs"][number]) =>
    [...fields].every(([field, value]) => {
      if (field === "path") return packet.program?.toLowerCase() === value.toLowerCase();
      return field === "service" ? packet.service === value : packet.user === sid;
    });
  return (
    hasAddress(entry.remote, remote) &&
    (entry.local === undefined || hasAddress(entry.local, local)) &&
    hasService(entry.service, packet.protocol * 65536 + detail) &&
    entry.programs.every(isOf) &&
    !entry.notPrograms.some(isOf)
  );
}

const link = { local: "fe80::1", remote: "fe80::2", family: 6 } as const;
const wide = { local: "10.0.0.1", remote: "10.0.0.2", family: 4 } as const;
/** What passes whatever the policy says (language.md section 7, B), by whichever process. */
const baseline: readonly Packet[] = (["in", "out"] as const)
  .flatMap((direction): readonly Packet[] => [
    ...[133, 134, 135, 136].map((type) => ({
      ...link,
      direction,
      protocol: 58,
      icmp: { type, code: 0 },
    })),
    ...[1, 2, 3, 4].map((type) => ({ ...link, direction, protocol: 58, icmp: { type, code: 0 } })),
    ...[3, 11, 12].map((type) => ({ ...wide, direction, protocol: 1, icmp: { type, code: 1 } })),
    ...[130, 131, 132, 143].map((type) => ({
      ...link,
      ...(direction === "in" ? { local: "ff02::16" } : { remote: "ff02::16" }),
      direction,
      protocol: 58,
      icmp: { type, code: 0 },
    })),
    { ...wide, direction, protocol: 17, localPort: 68, remotePort: 67 },
    { ...link, direction, protocol: 17, localPort: 546, remotePort: 547 },
  ])
  .flatMap((packet) => [packet, { ...packet, program: "C:\\c.exe", service: "Batch" }]);

describe("a slice of the Windows Firewall", () => {
  test("is proved, and each kind of artefact decides as it says", () => {
    const seen = { made: 0, beyond: 0, packets: 0, allowed: 0 };
    fc.assert(
      fc.property(someWindowsSlice, fc.boolean(), settings, (slice, minimise, wanted) => {
        const made = filesOf(slice, minimise, wanted);
        if (made === undefined) {
          seen.beyond++;
          return;
        }
        seen.made++;
        const policies = readAll(textsOf(made.files));
        expect([...policies.keys()]).toEqual(["script", "reg", "pol", "csp", "syncml"]);
        for (const [kind, policy] of policies) {
          const blocked = baseline.filter((one) => decide(policy, one, "Domain") === "block");
          expect([kind, blocked]).toEqual([kind, []]);
        }
        const packets = boundaryPackets([...policies.values()], { packetsMax: 400, seed: 1 });
        for (const packet of packets) {
          const wantedVerdict = isBeyondRules(packet) ? undefined : required(slice, packet);
          if (wantedVerdict === undefined) continue;
          seen.packets++;
          if (wantedVerdict === "allow") seen.allowed++;
          for (const [kind, policy] of policies) {
            const verdict = decide(policy, packet, "Domain");
            if (verdict !== wantedVerdict) expect([kind, packet, verdict]).toBe(wantedVerdict);
          }
        }
      }),
      { numRuns: runs },
    );
    expect(Math.min(seen.made, seen.packets - seen.allowed, seen.allowed)).toBeGreaterThan(20);
  });

  test("has counts that bound each other", () => {
    fc.assert(
      fc.property(someWindowsSlice, settings, (slice, wanted) => {
        const entry = filesOf(slice, true, wanted)?.entry;
        if (entry?.minimised == null) return;
        const { before, after, lowerBound, optimal } = entry.minimised;
        expect(lowerBound).toBeLessThanOrEqual(after);
        expect(after).toBeLessThanOrEqual(before);
        expect(optimal).toBe(after === lowerBound);
        // Rules of the plan: the counted ones, once where two do the same, and the baseline.
        // Rules that block are cut around the baseline besides.
        if (slice.directions.some(({ denies }) => denies.length > 0)) return;
        expect(entry.rules).toBeLessThanOrEqual(after + 24);
      }),
      { numRuns: runs },
    );
  });

  test("parses back to the plan that was rendered", () => {
    fc.assert(
      fc.property(someWindowsSlice, (slice) => {
        if (windows.beyond(slice, { blockRules: true }) !== undefined) return;
        const plan = windows.plan(windows.prepare?.(slice, { blockRules: true }) ?? slice);
        expect(windows.parse(windows.render(plan))).toEqual({ ok: true, plan });
      }),
      { numRuns: runs },
    );
  });

  test("keeps its meaning under other names and without descriptions", () => {
    fc.assert(
      fc.property(someWindowsSlice, (slice) => {
        if (windows.beyond(slice, { blockRules: true }) !== undefined) return;
        const plan = windows.plan(windows.prepare?.(slice, { blockRules: true }) ?? slice);
        const renamed = {
          ...plan,
          rules: plan.rules.map((rule, at) => ({ ...rule, id: `segc-x${at}`, description: "x" })),
        };
        const parsed = windows.parse(windows.render(renamed));
        if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
        const key = (meaning: ReturnType<typeof windows.meaning>) =>
          JSON.stringify(
            meaning.directions.map(({ rules, ...rest }) => [
              rest,
              rules
                .map((rule) =>
                  JSON.stringify([rule, rule.processes.map((p) => p.map((r) => [...r]))]),
                )
                .sort(),
            ]),
          );
        expect(key(windows.meaning(parsed.plan))).toBe(key(windows.meaning(plan)));
        expect(windows.meaning(parsed.plan).faults).toEqual([]);
      }),
      { numRuns: runs },
    );
  });
});
