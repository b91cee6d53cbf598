// The text of `segc explain A -> B : service` to the flows it asks about. Beyond the language, an
// end may be a bare address, or a workload whose name the language could not spell.
import type { Inventory } from "../compiler/inventory/types.ts";
import type { EndpointSet, FlowSet, Model } from "../compiler/model/types.ts";
import { parsePrefix } from "../compiler/sets/address.ts";
import type { Diagnostic } from "../diagnostics/diagnostic.ts";
import type { SourceFile } from "../diagnostics/source.ts";
import { parseFlow } from "../grammar/parse.ts";

export interface Asked {
  readonly flow: FlowSet | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

export function askQuestion(model: Model, inventory: Inventory, text: string): Asked {
  const ends = splitEnds(text);
  const source = ends && literalEnd(ends.source, inventory);
  const destination = ends && literalEnd(ends.destination, inventory);
  const readable =
    ends === undefined
      ? text
      : [
          source ? "outside" : ends.source,
          "->",
          destination ? "outside" : ends.destination,
          ends.rest,
        ].join(" ");
  const typed: SourceFile = { path: "the question", text: readable };
  const parsed = parseFlow(typed);
  if (parsed.flow === undefined) return { flow: undefined, diagnostics: parsed.diagnostics };
  const { flow, diagnostics } = model.scope.flow(parsed.flow, inventory.byName.keys());
  if (flow === undefined) return { flow, diagnostics };
  return {
    flow: {
      ...flow,
      source: source ?? flow.source,
      destination: destination ?? flow.destination,
      text: text.trim(),
    },
    diagnostics,
  };
}

interface Ends {
  readonly source: string;
  readonly destination: string;
  /** From the colon before the service. */
  readonly rest: string;
}

/** The service holds no colon, an IPv6 address does: the last one divides. */
function splitEnds(text: string): Ends | undefined {
  const arrow = text.indexOf("->");
  const colon = text.lastIndexOf(":");
  if (arrow < 0 || colon < arrow) return undefined;
  return {
    source: text.slice(0, arrow).trim(),
    destination: text.slice(arrow + 2, colon).trim(),
    rest: text.slice(colon),
  };
}

/** An address, a prefix or a workload that stands for itself; undefined: read it as policy. */
function literalEnd(text: string, inventory: Inventory): EndpointSet | undefined {
  if (inventory.byName.has(text) && !/^[a-z][a-z0-9-]*$/.test(text)) {
    return { kind: "workload", name: text };
  }
  const parsed = parsePrefix(text);
  return parsed.kind === "prefix" ? { kind: "networks", cidrs: [parsed.cidr] } : undefined;
}
