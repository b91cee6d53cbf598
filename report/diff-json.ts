// A diff as data; schemas/output.schema.json, `diffOutput`.
import type { Change, PolicyDiff } from "../compiler/diff/changes.ts";
import type { NamedEnd } from "../compiler/diff/names.ts";
import { formatServices } from "../compiler/sets/service-text.ts";
import { placeJson } from "../diagnostics/render-json.ts";

export function diffJson({ changes, totals, workloads }: PolicyDiff) {
  return { changes: changes.map(changeJson), totals, workloads };
}

function changeJson({ change, layer, causes, ...rest }: Change) {
  const { source, destination, service, serviceText, family, pairs, example, dangers, notes } =
    rest;
  return {
    change,
    layer,
    causes,
    source: endJson(source),
    destination: endJson(destination),
    service: serviceText,
    services: formatServices(service),
    ...(family === undefined ? {} : { family }),
    pairs,
    example,
    dangers,
    rules: rest.rules.map(({ id, text, effect, status, of, span, use }) => ({
      id,
      text,
      effect,
      status,
      of,
      place: placeJson(span),
      ...(use === undefined ? {} : { use: placeJson(use) }),
    })),
    notes,
  };
}

const endJson = ({ text, workloads, outside }: NamedEnd) => ({ text, workloads, outside });
