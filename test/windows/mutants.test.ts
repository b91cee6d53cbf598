// The verifier against mutants: plans changed in one small way, and bytes changed anywhere. What an
// evaluator that shares nothing with the compiler decides otherwise must be rejected, and bytes that are
// accepted must say the same to all readers.
import fc from "fast-check";
import { expect, test } from "vitest";
import { runnerOf } from "../../compiler/artefact.ts";
import type { Artefact } from "../../compiler/artefact-files.ts";
import type { EnforcerSlice } from "../../compiler/plan/slice.ts";
import type { OutputFile } from "../../compiler/plan/target.ts";
import { prefixes, unionAddresses } from "../../compiler/sets/address-set.ts";
import { windows } from "../../targets/windows/index.ts";
import type { FirewallRule, WindowsPlan } from "../../targets/windows/rules.ts";
import { isBeyondRules } from "./beyond-rules.ts";
import { someWindowsSlice } from "./slices.ts";
import { boundaryPackets } from "./witness/boundaries.ts";
import { decide } from "./witness/evaluate.ts";
import type { FirewallPolicy } from "./witness/policy.ts";
import { readAll } from "./witness/read.ts";

const runs = process.env.SEGC_FULL === "1" ? 3000 : 400;
const runner = runnerOf(windows);
const settings = { blockRules: true };

const textsOf = (files: readonly OutputFile[]) =>
  new Map(files.map(({ path, text }) => [path, text]));

function artefactOf(slice: EnforcerSlice, files: readonly OutputFile[]): Artefact {
  const made = runner.produce(slice, { minimise: false, settings });
  if ("why" in made) throw new Error("only what can be made is changed");
  const { target, id } = made.entry;
  return {
    entry: made.entry,
    files: files.map((file) => ({ ...file, path: `${target}/${id}/${file.path}` })),
  };
}

type Change = (rule: FirewallRule) => Partial<FirewallRule>;
const widened = (set: FirewallRule["remote"]) =>
  set === undefined ? prefixes("10.0.0.1/32") : unionAddresses(set, prefixes("203.0.113.7/32"));

const changes: Readonly<Record<string, Change>> = {
  action: ({ action }) => ({ action: action === "allow" ? "block" : "allow" }),
  remote: ({ remote }) => ({ remote: widened(remote) }),
  anyone: () => ({ remote: undefined }),
  local: ({ local }) => ({ local: widened(local) }),
  direction: ({ direction }) => ({ direction: direction === "egress" ? "ingress" : "egress" }),
  program: ({ program }) => ({ program: program === undefined ? "C:\\other.exe" : undefined }),
  service: ({ service }) => ({
    service: service === undefined ? "Other" : undefined,
    user: undefined,
  }),
  ports: () => ({ localPorts: undefined, remotePorts: undefined }),
  protocol: () => ({
    protocol: 47,
    localPorts: undefined,
    remotePorts: undefined,
    icmp: undefined,
  }),
  everything: () => ({
    protocol: undefined,
    localPorts: undefined,
    remotePorts: undefined,
    icmp: undefined,
  }),
};

function mutated(plan: WindowsPlan, kind: string, at: number): WindowsPlan | undefined {
  if (kind === "defaults") {
    return { ...plan, defaults: { ...plan.defaults, egress: "allow" } };
  }
  const place = plan.rules.length === 0 ? -1 : at % plan.rules.length;
  const rule = plan.rules[place];
  if (rule === undefined) return undefined;
  if (kind === "lost") return { ...plan, rules: plan.rules.filter((one) => one !== rule) };
  const changed = { ...rule, ...changes[kind]?.(rule) };
  return { ...plan, rules: plan.rules.map((one) => (one === rule ? changed : one)) };
}

const tells = (a: FirewallPolicy, b: FirewallPolicy): boolean =>
  boundaryPackets([a, b], { packetsMax: 1500, seed: 3 }).some(
    (packet) =>
      !isBeyondRules(packet) && decide(a, packet, "Private") !== decide(b, packet, "Private"),
  );

const scriptOf = (files: readonly OutputFile[]) => {
  const policy = readAll(textsOf(files)).get("script");
  if (policy === undefined) throw new Error("there is a script");
  return policy;
};

const planOf = (slice: EnforcerSlice) =>
  windows.beyond(slice, settings) === undefined
    ? windows.plan(windows.prepare?.(slice, settings) ?? slice)
    : undefined;

test("a plan that decides something otherwise is rejected", () => {
  const seen = { differing: 0, alike: 0, kinds: new Set<string>() };
  const kinds = [...Object.keys(changes), "lost", "defaults"];
  fc.assert(
    fc.property(someWindowsSlice, fc.constantFrom(...kinds), fc.nat(1000), (slice, kind, at) => {
      const plan = planOf(slice);
      const other = plan === undefined ? undefined : mutated(plan, kind, at);
      if (plan === undefined || other === undefined) return;
      const files = windows.render(other);
      const found = runner.verify(slice, artefactOf(slice, files), "2026-11-01");
      if (!tells(scriptOf(windows.render(plan)), scriptOf(files))) {
        seen.alike++;
        return;
      }
      seen.differing++;
      seen.kinds.add(kind);
      if (found.length === 0) expect([kind, at, files[0]?.text]).toBe("rejected");
    }),
    { numRuns: runs },
  );
  expect(seen.differing).toBeGreaterThan(20);
  expect(seen.kinds.size).toBeGreaterThan(5);
});

/** What the readers make of all files; undefined where one of them refuses. */
function heard(files: readonly OutputFile[]): string | undefined {
  try {
    return JSON.stringify(
      [...readAll(textsOf(files)).values()].map(({ profiles, rules }) => [
        profiles,
        rules
          .map(({ description: _, ...rest }) =>
            JSON.stringify(rest, (_key, value) => (typeof value === "bigint" ? `${value}` : value)),
          )
          .sort(),
      ]),
    );
  } catch {
    return undefined;
  }
}

test("bytes that are accepted say what they said", () => {
  const seen = { accepted: 0, rejected: 0 };
  fc.assert(
    fc.property(
      someWindowsSlice,
      fc.nat(10),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      fc.constantFrom("delete", "double", "space", "digit", "quote", "line", "twice"),
      (slice, which, where, kind) => {
        const plan = planOf(slice);
        if (plan === undefined) return;
        const files = windows.render(plan);
        const place = which % files.length;
        const changed = files.map((file, index) =>
          index === place ? { ...file, text: edited(file.text, where, kind) } : file,
        );
        if (changed[place]?.text === files[place]?.text) return;
        const found = runner.verify(slice, artefactOf(slice, changed), "2026-11-01");
        if (found.length > 0) {
          seen.rejected++;
          return;
        }
        seen.accepted++;
        expect(heard(changed)).toBe(heard(files));
      },
    ),
    { numRuns: runs * 2 },
  );
  expect(seen.rejected).toBeGreaterThan(100);
});

function edited(text: string, where: number, kind: string): string {
  const at = Math.floor(where * text.length);
  const [before, one = "", after] = [text.slice(0, at), text[at], text.slice(at + 1)];
  if (kind === "delete") return before + after;
  if (kind === "double") return before + one + one + after;
  if (kind === "space") return `${before} ${after}`;
  if (kind === "digit") return `${before}7${after}`;
  if (kind === "quote") return `${before}'${one}${after}`;
  const lines = text.split("\n");
  const line = Math.floor(where * lines.length);
  if (kind === "line") return lines.filter((_, index) => index !== line).join("\n");
  return lines.flatMap((each, index) => (index === line ? [each, each] : [each])).join("\n");
}
