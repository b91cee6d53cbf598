// A flow in the user's words: `batch-1 (unit "crm-report.service") -> db-1 : tcp/5432`.
import type { Endpoint } from "../semantics/denotation.ts";
import type { Flow } from "../semantics/semantics.ts";
import { formatAddress } from "../sets/address.ts";
import { formatServicePoint } from "../sets/service-text.ts";

export function describeFlow(flow: Flow): string {
  const service = formatServicePoint(flow.service);
  return `${describeEndpoint(flow.source)} -> ${describeEndpoint(flow.destination)} : ${service}`;
}

/** The workload's name, or the address of what is in no inventory; the process where it matters. */
export function describeEndpoint({ workload, address, process }: Endpoint): string {
  if (workload === undefined) return formatAddress(address);
  const fields = [...process].map(([field, value]) => `${field} ${JSON.stringify(value)}`);
  return fields.length === 0 ? workload.name : `${workload.name} (${fields.join(", ")})`;
}
