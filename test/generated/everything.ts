// The flow set that holds every flow: what a test asks about when it asks about all of a policy.
import type { FlowSet } from "../../compiler/model/types.ts";
import { anyService } from "../../compiler/sets/service-set.ts";

const span = { source: { path: "", text: "" }, start: 0, end: 0 };

export const everything: FlowSet = {
  source: { kind: "anywhere" },
  destination: { kind: "anywhere" },
  service: anyService,
  condition: undefined,
  family: undefined,
  ...{ span, sourceSpan: span, destinationSpan: span, serviceSpan: span, text: "everything" },
};
