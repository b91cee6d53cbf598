// Two hosts at a time: where packets tell them apart by the witness, drift has a flow for it.
import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesOfText } from "../../compiler/file-bytes.ts";
import type { EnforcerSlice } from "../../compiler/plan/slice.ts";
import { windows } from "../../targets/windows/index.ts";
import { driftOfHost } from "../../targets/windows/live/drift.ts";
import { readLive } from "../../targets/windows/live/read-live.ts";
import { directionSlice, entry, program, slice, tcp } from "../nftables/slices.ts";
import { someWindowsSlice } from "./slices.ts";
import { boundaryPackets } from "./witness/boundaries.ts";
import { decide } from "./witness/evaluate.ts";
import { readAll } from "./witness/read.ts";

const runs = process.env.SEGC_FULL === "1" ? 2000 : 100;
const from = "2026-11-23";
const options = { blockRules: true };

function filesOf(of: EnforcerSlice): ReadonlyMap<string, string> {
  const files = windows.render(windows.plan(windows.prepare?.(of, options) ?? of));
  return new Map(files.map(({ path, text }) => [path, text]));
}

function driftsOf(of: EnforcerSlice, reg: string) {
  const read = readLive([{ path: "a.reg", bytes: bytesOfText("a.txt", reg) }]);
  if (!read.ok) throw new Error(read.problem);
  return driftOfHost(of, read.host, { from, names: { local: "here" } });
}

/** No rule can name them, so what comes from there is nobody's. */
const isNamed = (address: string) =>
  !["::", "::1", "0:0:0:0:0:0:0:0", "0:0:0:0:0:0:0:1"].includes(address);

test("every way in which two hosts differ is told", () => {
  const told = { opened: 0, closed: 0, both: 0 };
  fc.assert(
    fc.property(someWindowsSlice, someWindowsSlice, fc.nat(), (of, live, seed) => {
      if ([of, live].some((one) => windows.beyond(one, options) !== undefined)) return;
      const [ofFiles, liveFiles] = [filesOf(of), filesOf(live)];
      const drifts = driftsOf(of, liveFiles.get("rules.reg") ?? "");
      const kinds = new Set(
        drifts.map(({ kind, text }) => `${text.startsWith("here") ? "out" : "in"} ${kind}`),
      );
      const [policy, host] = [ofFiles, liveFiles].map((files) => readAll(files).get("reg"));
      if (policy === undefined || host === undefined) throw new Error("no registry file");
      for (const packet of boundaryPackets([policy, host], { seed, packetsMax: 1500 })) {
        if (!isNamed(packet.local) || !isNamed(packet.remote)) continue;
        const [wanted, found] = [policy, host].map((one) => decide(one, packet, "Domain"));
        if (wanted === found) continue;
        const kind = found === "allow" ? "opened" : "closed";
        expect([...kinds], JSON.stringify(packet)).toContain(`${packet.direction} ${kind}`);
        told[kind]++;
      }
      if (kinds.size > 2) told.both++;
    }),
    { numRuns: runs },
  );
  expect(Math.min(told.opened, told.closed)).toBeGreaterThan(100);
  expect(told.both).toBeGreaterThan(0);
});

const keeper = slice(
  directionSlice("ingress", {
    denies: [entry("no", ["10.0.0.9"], tcp(443), { programs: [program({ path: "C:\\bad.exe" })] })],
    allows: [entry("r", ["10.0.0.0/24"], tcp(443))],
  }),
  directionSlice("egress"),
);
const reg = filesOf(keeper).get("rules.reg") ?? "";
const lines = (change: (line: string) => readonly string[]) =>
  reg.split("\r\n").flatMap(change).join("\r\n");

test("a block that is gone opens, though another rule closes", () => {
  expect(reg).toMatch(/Action=Block.*bad\.exe/);
  const gone = (line: string) => line.includes("Action=Block");
  expect(
    driftsOf(
      keeper,
      lines((line) => (gone(line) ? [] : [line])),
    ),
  ).toEqual([
    {
      kind: "opened",
      text: '10.0.0.9 -> here (path "C:\\\\bad.exe") : tcp/443 is refused by the policy and accepted by the host',
    },
  ]);
  const narrow = lines((line) =>
    gone(line) ? [] : [line.replace(/RA4=10\.0\.0\.0[^|]*/, "RA4=10.0.0.8-10.0.0.9")],
  );
  expect(driftsOf(keeper, narrow).map(({ kind }) => kind)).toEqual(["opened", "closed"]);
});

test("what must pass whatever the policy says is looked at too", () => {
  const without = lines((line) => (line.includes("baseline: DHCP of IPv4") ? [] : [line]));
  expect(driftsOf(keeper, without)).toEqual([
    { kind: "other", text: "lacks the rule `baseline: DHCP of IPv4` for ingress" },
    { kind: "other", text: "lacks the rule `baseline: DHCP of IPv4` for egress" },
  ]);
  const shut = `${reg}"X"="v2.10|Action=Block|Active=TRUE|Dir=In|Protocol=17|RA4=10.9.0.0/255.255.0.0|"\r\n`;
  expect(driftsOf(keeper, shut)).toEqual([
    { kind: "other", text: "rule `X` blocks what must pass whatever the policy says" },
  ]);
});
