// Two packet lists of one direction -> a proof that they do the same to every packet, or a packet
// to which they do not. Each family is compared on its own, over elementary intervals of addresses,
// services and time and over enough processes; the rest is compare-lists.ts.
import type { PacketList, PacketRule, PacketVerdict, ProcessRecord } from "../plan/packet-list.ts";
import type { Family, IpAddress } from "../sets/address.ts";
import type { AddressClasses, ClassesByFamily } from "../sets/address-classes.ts";
import { edgesIn } from "../sets/address-set.ts";
import { type AddressAxis, addressAxis } from "./address-axis.ts";
import { type AtomSet, atomSet } from "./atoms.ts";
import { classAxis } from "./class-axis.ts";
import { compareLists, type ListComparison } from "./compare-lists.ts";
import { type ProcessAxis, processAxis } from "./process-axis.ts";
import type { RuleList } from "./rule-lists.ts";
import { isSameRules } from "./same-rules.ts";
import { serviceAxis } from "./service-axis.ts";

export interface PacketWitness {
  readonly family: Family;
  readonly remote: IpAddress;
  /** Undefined where no rule asks for it: whichever. */
  readonly local: IpAddress | undefined;
  /** A point of the line in service-set.ts. */
  readonly service: number;
  /** Has the fields given and, of those that rules name, no others. */
  readonly process: ProcessRecord;
  /** Since 1970 UTC; undefined where no rule asks for it: whenever. */
  readonly seconds: number | undefined;
}

export type PacketComparison =
  | { readonly equal: true }
  | {
      readonly equal: false;
      readonly witness: PacketWitness;
      readonly a: PacketVerdict;
      readonly b: PacketVerdict;
    }
  /** Cannot be decided: to be treated as a failure, never as equality. */
  | { readonly equal: undefined; readonly why: string };

const verdicts: readonly PacketVerdict[] = ["drop", "accept"];

export interface CompareOptions {
  /** With these the same is found more quickly where the lists are equal. */
  readonly classes?: ClassesByFamily | undefined;
  /** Of packets that there are; default: both. */
  readonly families?: readonly Family[] | undefined;
}

export function comparePackets(
  a: PacketList,
  b: PacketList,
  { classes, families = [4, 6] }: CompareOptions = {},
): PacketComparison {
  if (a.direction !== b.direction) {
    return { equal: undefined, why: "the lists are of different directions" };
  }
  if (a.otherwise === b.otherwise && isSameRules(a.rules, b.rules)) return { equal: true };
  const processes = processAxis([...a.rules, ...b.rules]);
  if (processes === undefined) {
    return { equal: undefined, why: "the rules name too many combinations of process fields" };
  }
  for (const family of families) {
    const found = compareFamily(family, { a, b, processes, classes: classes?.[family] });
    if (!found.equal) return found;
  }
  return { equal: true };
}

interface Compared {
  readonly a: PacketList;
  readonly b: PacketList;
  readonly processes: ProcessAxis;
  readonly classes: AddressClasses | undefined;
}

/** Axes: remote, local, service, process, time. */
function compareFamily(family: Family, { a, b, processes, classes }: Compared): PacketComparison {
  const ofFamily = ({ remote, local }: PacketRule) =>
    edgesIn(remote, family).length > 0 &&
    (local === undefined || edgesIn(local, family).length > 0);
  const inA = a.rules.filter(ofFamily);
  const inB = b.rules.filter(ofFamily);
  const rules = [...inA, ...inB];
  const peers = new Set(rules.map(({ remote }) => remote));
  const locals = addressAxis(
    family,
    rules.map(({ local }) => local),
  );
  const services = serviceAxis(
    family,
    rules.map(({ service }) => service),
  );
  const times = timeAxis(rules);
  const comparedBy = ({ setOf, atoms }: Pick<AddressAxis, "setOf" | "atoms">) => {
    const listOf = (list: PacketList, own: readonly PacketRule[]): RuleList => ({
      rules: own.map((rule) => ({
        sets: [
          setOf(rule.remote),
          locals.setOf(rule.local),
          services.setOf(rule.service),
          processes.setOf(rule),
          times.setOf(rule),
        ],
        verdict: verdicts.indexOf(rule.verdict),
      })),
      otherwise: verdicts.indexOf(list.otherwise),
    });
    const axes = [atoms, locals.atoms, services.atoms, processes.atoms, times.atoms];
    return compareLists(axes, listOf(a, inA), listOf(b, inB));
  };
  const byClass = classes === undefined ? undefined : classAxis(classes, family, peers);
  if (byClass !== undefined && comparedBy(byClass).equal) return { equal: true };
  const remotes = addressAxis(family, peers);
  const found = comparedBy(remotes);
  return found.equal
    ? found
    : {
        equal: false,
        witness: witnessOf(found),
        a: verdictOf(found.a),
        b: verdictOf(found.b),
      };

  function witnessOf({ atoms }: Extract<ListComparison, { readonly equal: false }>): PacketWitness {
    const [remote = 0, local = 0, service = 0, process = 0, time = 0] = atoms;
    const asksForLocal = rules.some((rule) => rule.local !== undefined);
    return {
      family,
      remote: remotes.lowestOf(remote),
      local: asksForLocal ? locals.lowestOf(local) : undefined,
      service: services.lowestOf(service),
      process: processes.processOf(process),
      seconds: times.lowestOf(time),
    };
  }
}

function verdictOf(number: number): PacketVerdict {
  return number === 1 ? "accept" : "drop";
}

interface TimeAxis {
  readonly atoms: number;
  readonly setOf: (rule: PacketRule) => AtomSet | undefined;
  /** The first second of the atom; the last one before any instant that is named. */
  readonly lowestOf: (atom: number) => number | undefined;
}

/** The atoms are what lies before, between and after the instants that the rules name. */
function timeAxis(rules: readonly PacketRule[]): TimeAxis {
  const instants = [...new Set(rules.flatMap(({ before }) => before ?? []))].sort((x, y) => x - y);
  const sets = new Map(instants.map((instant, index) => [instant, atomSet([[0, index]])]));
  return {
    atoms: instants.length + 1,
    setOf: ({ before }) => (before === undefined ? undefined : sets.get(before)),
    lowestOf: (atom) => {
      const [earliest] = instants;
      if (earliest === undefined) return undefined;
      return atom === 0 ? earliest - 1 : instants[atom - 1];
    },
  };
}
