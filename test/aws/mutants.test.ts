// Artefacts bent on purpose: `verify` refuses every one that lets through something else, with a packet
// to show for it, and takes every one that does not, as the evaluator judges.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { FleetFinding } from "../../compiler/fleet-artefact.ts";
import { planContext } from "../../compiler/plan/context.ts";
import { fleetOf } from "../../compiler/plan/fleet.ts";
import { isFlow } from "../../compiler/semantics/semantics.ts";
import { formatAddress } from "../../compiler/sets/address.ts";
import { servicePoint } from "../../compiler/sets/service-set.ts";
import { capabilityTable } from "../../targets/capabilities.ts";
import { fleetTargets } from "../../targets/index.ts";
import { estateOf, flowsOf } from "../kernel/estate.ts";
import { type AwsPacket, asOf, type GroupsDocument, passes, type RuleRecord } from "./evaluator.ts";
import { awsProject, compiledAws, documentOf, hostKinds } from "./projects.ts";

/** The exhaustive version goes new ways each time; every build goes the same. */
const isFull = process.env.SEGC_FULL === "1";
const chance = isFull ? { numRuns: 200 } : { numRuns: 12, seed: 20261127 };
const mutantsEach = 40;
const now = "2026-11-24";

type Mutable<Value> = Value extends object
  ? { -readonly [Key in keyof Value]: Mutable<Value[Key]> }
  : Value;
type Draft = Mutable<GroupsDocument>;
type Side = "ingress" | "egress";

/** Each bends one thing, chosen by `at`; undefined where there is nothing of the kind. */
const mutations: readonly ((draft: Draft, at: number) => boolean)[] = [
  (draft, at) => withRule(draft, at, (rules, index) => rules.splice(index, 1)),
  (draft, at) => withRule(draft, at, (_, __, rule) => bendPort(rule)),
  (draft, at) => withRule(draft, at, (_, __, rule) => bendPrefix(rule, 1)),
  (draft, at) => withRule(draft, at, (_, __, rule) => bendPrefix(rule, -1)),
  (draft, at) =>
    withRule(draft, at, (rules, index) => rules.reverse().push(...rules.splice(index, 1))),
  (draft, at) => withRule(draft, at, (_, __, rule) => Object.assign(rule, { description: "else" })),
  (draft, at) =>
    withRule(draft, at, (_, __, rule) => {
      if (rule.group === undefined) return;
      rule.group = draft.groups[(at * 7) % draft.groups.length]?.name ?? rule.group;
    }),
  (draft, at) => withCarried(draft, at, (groups) => groups.splice(at % groups.length, 1)),
  (draft, at) =>
    withCarried(draft, at, (groups) => {
      const name = draft.groups[at % draft.groups.length]?.name;
      if (name !== undefined && !groups.includes(name)) groups.push(name);
    }),
  (draft, at) => draft.attachments.splice(at % draft.attachments.length, 1).length > 0,
];

function withRule(
  draft: Draft,
  at: number,
  bend: (rules: Mutable<RuleRecord>[], index: number, rule: Mutable<RuleRecord>) => unknown,
): boolean {
  const lists = draft.groups.flatMap((group) =>
    (["ingress", "egress"] as const satisfies readonly Side[]).map((side) => group[side]),
  );
  const places = lists.flatMap((rules) => rules.map((rule, index) => ({ rules, index, rule })));
  const place = places[at % Math.max(places.length, 1)];
  if (place === undefined) return false;
  bend(place.rules, place.index, place.rule);
  return true;
}

function withCarried(draft: Draft, at: number, bend: (groups: string[]) => unknown): boolean {
  const carriers = draft.attachments.filter(({ groups }) => (groups?.length ?? 0) > 0);
  const groups = carriers[at % Math.max(carriers.length, 1)]?.groups ?? null;
  if (groups === null) return false;
  bend(groups);
  return true;
}

function bendPort(rule: Mutable<RuleRecord>): void {
  if (rule.protocol !== "tcp" && rule.protocol !== "udp") return;
  if (rule.from > 0) rule.from--;
  else if (rule.to > rule.from) rule.from++;
}

/** One bit wider or narrower, host bits cleared as they must be. */
function bendPrefix(rule: Mutable<RuleRecord>, by: number): void {
  const [, address = "", length = ""] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(rule.cidr ?? "") ?? [];
  const bits = Number(length) + by;
  if (address === "" || bits < 0 || bits > 32) return;
  const word = address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);
  const base = bits === 0 ? 0 : Math.floor(word / 2 ** (32 - bits)) * 2 ** (32 - bits);
  const octets = [24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256);
  rule.cidr = `${octets.join(".")}/${bits}`;
}

test("verify and the evaluator agree on every mutant", () => {
  const seen = { refused: 0, taken: 0, unread: 0 };
  fc.assert(
    fc.property(
      awsProject,
      fc.array(fc.nat(), { minLength: mutantsEach, maxLength: mutantsEach }),
      (project, places) => {
        const result = compiledAws(project, now);
        const artefact = result?.compiled?.artefacts.find(({ entry }) => entry.target === "aws");
        const [file] = artefact?.files ?? [];
        const [runner] = fleetTargets;
        if (result === undefined || artefact === undefined || file === undefined) return;
        if (runner === undefined) throw new Error("no target");
        const { model, expansion, inventory } = result.checked;
        const { links } = result.checked.project.config;
        const context = planContext(model, expansion, capabilityTable, now);
        const fleet = fleetOf(context, "aws-sg", { others: hostKinds, links });
        const addresses = new Map(
          inventory.workloads.map((one) => [
            one.name,
            one.addresses.map(({ ip }) => formatAddress(ip)),
          ]),
        );
        const addressesOf = (name: string) => addresses.get(name) ?? [];
        const flows = [...flowsBetween(result.checked, addressesOf)];
        const original = documentOf(file.text);
        for (const [index, at] of places.entries()) {
          const draft: Draft = structuredClone(original) as Draft; // plain data
          if (mutations[index % mutations.length]?.(draft, at) !== true) continue;
          const text = JSON.stringify(draft);
          const findings = runner.verify(fleet, { ...artefact, files: [{ ...file, text }] }, now);
          const differs = flows.some((flow) => arrives(draft, flow) !== arrives(original, flow));
          if (differs) expect(findings, text).not.toEqual([]);
          const [first] = findings;
          if (first === undefined) seen.taken++;
          else if (findings.some(({ discrepancy }) => discrepancy.kind !== "packet")) {
            seen.unread++; // and whoever leans on it is told of too
          } else {
            seen.refused++;
            const { flow, packet } = flowOf(first, addressesOf, [...addresses.keys()]);
            const [bent, whole] = [draft, original].map((one) => asOf(one, dayOf(first)));
            if (bent === undefined || whole === undefined) throw new Error("two documents");
            const isBent = passes(bent, packet) !== passes(whole, packet);
            expect(isBent || arrives(bent, flow) !== arrives(whole, flow), text).toBe(true);
          }
        }
      },
    ),
    { ...chance, endOnFailure: true },
  );
  expect(seen.refused).toBeGreaterThan(50);
  expect(seen.taken).toBeGreaterThan(20);
  expect(seen.unread).toBeGreaterThan(5);
});

/** A first packet at both ends; an end that is no workload holds nothing back. */
type Ends = readonly [egress: AwsPacket | undefined, ingress: AwsPacket | undefined];

const arrives = (document: GroupsDocument, ends: Ends): boolean =>
  ends.every((packet) => packet === undefined || passes(document, packet) !== false);

type Checked = NonNullable<ReturnType<typeof compiledAws>>["checked"];

function* flowsBetween(
  { model, inventory }: Checked,
  addressesOf: AwsPacket["addressesOf"],
): Generator<Ends> {
  for (const { flow } of flowsOf(estateOf(model, inventory, []), 0)) {
    if (!isFlow(flow)) continue;
    const { source, destination, service } = flow;
    const at = (direction: Side, own: typeof source, peer: typeof source) =>
      own.workload === undefined
        ? undefined
        : {
            direction,
            workload: own.workload.name,
            addressesOf,
            peer: formatAddress(peer.address),
            ...servicePoint(service),
          };
    yield [at("egress", source, destination), at("ingress", destination, source)];
  }
}

/** The day of the packet that a finding shows. */
const dayOf = ({ discrepancy }: FleetFinding): string => {
  const seconds = discrepancy.kind === "packet" ? discrepancy.witness.seconds : undefined;
  return seconds === undefined ? now : new Date(seconds * 1000).toISOString().slice(0, 10);
};

/** The packet of a finding, and with it the other end where that is a workload. */
function flowOf(
  { workloads, discrepancy }: FleetFinding,
  addressesOf: AwsPacket["addressesOf"],
  names: readonly string[],
): { readonly packet: AwsPacket; readonly flow: Ends } {
  if (discrepancy.kind !== "packet") throw new Error("no packet");
  const { direction, witness } = discrepancy;
  const [workload = ""] = workloads;
  const peer = formatAddress(witness.remote);
  const point = servicePoint(witness.service);
  const packet = { direction, workload, addressesOf, peer, ...point };
  const other = names.find((name) => addressesOf(name).includes(peer));
  const family = peer.includes(":");
  const own = addressesOf(workload).find((address) => address.includes(":") === family) ?? "";
  const back: AwsPacket | undefined =
    other === undefined
      ? undefined
      : {
          direction: direction === "egress" ? "ingress" : "egress",
          workload: other,
          addressesOf,
          peer: own,
          ...point,
        };
  return { packet, flow: direction === "egress" ? [packet, back] : [back, packet] };
}
