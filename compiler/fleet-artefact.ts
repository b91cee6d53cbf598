// A whole fleet to one artefact, for kinds of enforcers that share what they hold. As for a slice, the
// bytes are read back at once and proved, at every member, to do what its slice says.
import { type Artefact, artefactOf, type Digest, ownFiles } from "./artefact-files.ts";
import { heldBackFrom, type Leaning } from "./held-back.ts";
import type { EnforcerKind } from "./inventory/types.ts";
import type { UtcDate } from "./model/types.ts";
import { type Fleet, type FleetMember, familiesOf } from "./plan/fleet.ts";
import type { FleetMeaning, FleetOptions, FleetProblem, FleetTarget } from "./plan/fleet-target.ts";
import type { DirectionMeaning, PacketRule } from "./plan/packet-list.ts";
import type { EnforcerSlice } from "./plan/slice.ts";
import type { MeaningOf, OutputFile, TargetName } from "./plan/target.ts";
import { isAddressSubset, unionOfAddresses } from "./sets/address-set.ts";
import { describeDiscrepancy } from "./verify/describe.ts";
import { type Discrepancy, discrepancies } from "./verify/verify-slice.ts";

/** Its folder under that of the target: there is one, so its path stays. */
const fleetId = "fleet";

export interface FleetProduceOptions extends FleetOptions {
  readonly sha256?: Digest;
  /** Of an earlier compile, as files of its own folder. */
  readonly previous?: readonly OutputFile[];
}

export type FleetProduced =
  | {
      readonly ok: true;
      readonly artefact: Artefact;
      /** Rules for which it leans on artefacts of other kinds (compiler/plan/elsewhere.ts), sorted. */
      readonly leansFor: readonly string[];
    }
  | { readonly ok: false; readonly problems: readonly FleetProblem[] };

/** A way in which an artefact is not what the policy says, and who is concerned. */
export interface FleetFinding {
  /** Names, sorted; none where it is about no member. */
  readonly workloads: readonly string[];
  readonly discrepancy: Discrepancy;
}

/** A fleet target with its plan type closed over. */
export interface FleetRunner {
  readonly name: TargetName;
  readonly kind: EnforcerKind;
  readonly format: number;
  /** Proved: throws, as a bug in segc, where the bytes do not do what the slices say. */
  readonly produce: (fleet: Fleet, options: FleetProduceOptions) => FleetProduced;
  readonly verify: (fleet: Fleet, artefact: Artefact, now: UtcDate) => readonly FleetFinding[];
  /** Undefined when the files are not what this target writes. */
  readonly expire: (artefact: Artefact, now: UtcDate) => Artefact | undefined;
}

export function fleetRunnerOf<Plan>(target: FleetTarget<Plan>): FleetRunner {
  const { name, format } = target;
  return {
    name,
    kind: target.capabilities.kind,
    format,
    produce: (fleet, options) => produce(target, fleet, options),
    verify: (fleet, artefact, now) => {
      const parsed = target.parse(ownFiles(artefact));
      return parsed.ok
        ? compared(fleet, target.meaning(parsed.plan, fleet), now).findings
        : parsed.problems.map(({ path, line, message }) => ({
            workloads: [],
            discrepancy: { kind: "fault", message: `${path}:${line}: ${message}` },
          }));
    },
    expire: (artefact, now) => {
      const parsed = target.parse(ownFiles(artefact));
      if (!parsed.ok) return undefined;
      const files = target.render(target.expire(parsed.plan, now));
      const again = target.parse(files);
      if (!again.ok) throw new Error(`bug in segc (${name}): what was left is not read`);
      return artefactOf(target, again.plan, { ...artefact.entry, files });
    },
  };
}

function produce<Plan>(
  target: FleetTarget<Plan>,
  fleet: Fleet,
  options: FleetProduceOptions,
): FleetProduced {
  const previous = options.previous === undefined ? undefined : target.parse(options.previous);
  const planned = target.plan(fleet, options, previous?.ok === true ? previous.plan : undefined);
  if (!planned.ok) return planned;
  const files = target.render(planned.plan);
  const parsed = target.parse(files);
  if (!parsed.ok) {
    throw new Error(`bug in segc (${target.name}): ${JSON.stringify(parsed.problems)}`);
  }
  const { findings, leaning } = compared(fleet, target.meaning(parsed.plan, fleet), undefined);
  const [first] = findings;
  if (first !== undefined) {
    const [local] = first.workloads;
    const names = local === undefined ? {} : { local };
    const what = describeDiscrepancy(first.discrepancy, names);
    throw new Error(`bug in segc (${target.name}): not what the policy says: ${what}`);
  }
  const artefact = artefactOf(target, parsed.plan, {
    id: fleetId,
    workloads: fleet.members.map(({ name }) => name),
    files,
    minimised: planned.minimised ?? null,
    ...(options.sha256 === undefined ? {} : { sha256: options.sha256 }),
  });
  return { ok: true, artefact, leansFor: openRules(fleet, leaning) };
}

/** Rules by which some address that no workload has may come in. */
function openRules({ managed }: Fleet, members: readonly FleetMember[]): readonly string[] {
  const ids = members.flatMap(({ slice, addresses }) => {
    const own = unionOfAddresses([...addresses.keys()].flatMap((one) => managed.get(one) ?? []));
    return slice.directions
      .filter(({ direction }) => direction === "ingress")
      .flatMap(({ allows }) => allows)
      .filter(({ remote }) => !isAddressSubset(remote, own))
      .flatMap(({ ruleId, alsoRules }) => [ruleId, ...alsoRules]);
  });
  return [...new Set(ids)].sort();
}

/** @param now undefined at a compile: nothing in it is over */
function compared(fleet: Fleet, meaning: FleetMeaning, now: UtcDate | undefined): Compared {
  const leaning: FleetMember[] = [];
  const heldBack = heldBackFrom(fleet, meaning);
  const faults = meaning.faults.map(
    (message): FleetFinding => ({ workloads: [], discrepancy: { kind: "fault", message } }),
  );
  const found = alike(fleet, meaning).flatMap(({ members, own }) => {
    const [first] = members;
    if (first === undefined) return [];
    const families = familiesOf(first);
    const told = asOf(now, own);
    const exact = discrepancies(first.slice, told, { families });
    // What is let in beyond the policy may be held back where it comes from: looked at only then.
    const leantOn = (on: Leaning) =>
      discrepancies(first.slice, told, { families, heldBack: heldBack(members, on) });
    const within = exact.some(isLetIn) ? leantOn("members") : exact;
    const needsOthers = fleet.elsewhere.length > 0 && within.some(isLetIn);
    const left = needsOthers ? leantOn("anybody") : within;
    if (needsOthers) leaning.push(...members);
    const workloads = members.map(({ name }) => name);
    return left.map((discrepancy): FleetFinding => ({ workloads, discrepancy }));
  });
  return { findings: [...faults, ...found], leaning };
}

interface Compared {
  readonly findings: readonly FleetFinding[];
  /** Members that are right only because others are held back elsewhere. */
  readonly leaning: readonly FleetMember[];
}

const isLetIn = (one: Discrepancy) =>
  one.kind === "packet" && one.direction === "ingress" && one.found === "accept";

interface Alike {
  readonly members: FleetMember[];
  readonly own: MeaningOf;
}

/** Members of one slice that are given the same, and have addresses of the same families. */
function alike({ members }: Fleet, meaning: FleetMeaning): readonly Alike[] {
  const groups: Alike[] = [];
  const known = new Map<EnforcerSlice, Map<string, Alike>>();
  const numbers = new Map<DirectionMeaning, number>();
  const numberOf = (one: DirectionMeaning) => {
    const number = numbers.get(one) ?? numbers.size;
    numbers.set(one, number);
    return number;
  };
  for (const member of members) {
    const own = meaning.of(member);
    if (own === undefined) continue;
    const key = JSON.stringify([
      familiesOf(member),
      [...member.addresses.keys()],
      own.directions.map(numberOf),
    ]);
    const bySlice = known.get(member.slice) ?? new Map<string, Alike>();
    known.set(member.slice, bySlice);
    const before = own.faults.length === 0 ? bySlice.get(key) : undefined;
    if (before !== undefined) before.members.push(member);
    else {
      const group = { members: [member], own };
      groups.push(group);
      if (own.faults.length === 0) bySlice.set(key, group);
    }
  }
  return groups;
}

/**
 * What the enforcers do on that day and later: a rule whose last day is over is there all the same until
 * somebody takes it out.
 */
function asOf(now: UtcDate | undefined, own: MeaningOf): MeaningOf {
  if (now === undefined) return own;
  const start = Date.parse(`${now}T00:00:00Z`) / 1000;
  const lasting = (rule: PacketRule): PacketRule =>
    rule.before !== undefined && rule.before <= start ? { ...rule, before: undefined } : rule;
  return {
    ...own,
    directions: own.directions.map((one) => ({ ...one, rules: one.rules.map(lasting) })),
  };
}
