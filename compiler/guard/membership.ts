// Which named segments an endpoint belongs to, for whoever asks about one of its flows.
import { programsIn } from "../model/programs-in.ts";
import type { Model } from "../model/types.ts";
import { type Endpoint, selects } from "../semantics/denotation.ts";
import { describeEndpoint } from "./describe-flow.ts";

export interface ExplainedEnd {
  /** The workload, or the address; the process where it matters. */
  readonly text: string;
  /** Qualified names, sorted. */
  readonly segments: readonly string[];
}

export function explainedEnd(model: Model, end: Endpoint): ExplainedEnd {
  return {
    text: describeEndpoint(end),
    segments: model.segments
      .filter(({ set }) => programsIn(set).length === 0 && selects(set, end))
      .map(({ qualified }) => qualified),
  };
}
