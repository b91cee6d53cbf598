// Holds one record of an inventory against its JSON Schema.
import type { RawRecord } from "./raw.ts";
import { type FoundFault, faultsOf } from "./schema-fault.ts";
import { validateRecord } from "./validate.gen.ts";

/** True when the record is as the schema says; `recordFaults` tells what is wrong otherwise. */
export function isRecord(value: unknown): value is RawRecord {
  return validateRecord(value);
}

/** Everything that the schema has against the record. */
export function recordFaults(value: unknown): readonly FoundFault[] {
  return faultsOf(validateRecord, value);
}
