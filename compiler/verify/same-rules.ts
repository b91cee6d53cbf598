// Whether two lists of packet rules are the same word for word: the usual outcome where an artefact
// is read back, found without laying out any axis.
import type { PacketRule, ProcessTest } from "../plan/packet-list.ts";
import { equalServices } from "../sets/service-set.ts";
import { hasSameAddresses } from "./address-axis.ts";
import { keyOf } from "./process-axis.ts";

/** False says nothing: other rules may mean the same. */
export function isSameRules(a: readonly PacketRule[], b: readonly PacketRule[]): boolean {
  return a.length === b.length && a.every((rule, index) => isSameRule(rule, b[index]));
}

function isSameRule(a: PacketRule, b: PacketRule | undefined): boolean {
  return (
    b !== undefined &&
    a.verdict === b.verdict &&
    a.before === b.before &&
    isSameLocal(a, b) &&
    hasSameServices(a, b) &&
    isSameTests(a.processes, b.processes) &&
    isSameTests(a.notProcesses, b.notProcesses) &&
    hasSameAddresses(a.remote, b.remote, 4) &&
    hasSameAddresses(a.remote, b.remote, 6)
  );
}

function hasSameServices({ service }: PacketRule, { service: other }: PacketRule): boolean {
  return service === other || equalServices(service, other);
}

function isSameLocal({ local }: PacketRule, { local: other }: PacketRule): boolean {
  if (local === undefined || other === undefined) return local === other;
  return hasSameAddresses(local, other, 4) && hasSameAddresses(local, other, 6);
}

function isSameTests(a: readonly ProcessTest[], b: readonly ProcessTest[]): boolean {
  return (
    a.length === b.length &&
    a.every((test, index) => {
      const other = b[index];
      return (
        test === other ||
        (test.length === other?.length &&
          test.every((record, at) => keyOf(record) === keyOf(other[at] ?? new Map())))
      );
    })
  );
}
