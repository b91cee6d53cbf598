// `internet` where a guardrail means everything outside.
import type { EndpointSet } from "../../compiler/model/types.ts";
import { type Span, textOf } from "../../diagnostics/source.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";

export const internetInGuardrail = defineRule("SEG608", {
  rationale: `\`internet\` is what is outside without private ranges. A guardrail with it says nothing of a network in 10.0.0.0/8
that is not in the inventory: a forgotten office, a partner, a lab. \`outside\` is everything that is not in the
inventory, which is nearly always what a guardrail means.`,
  fix: "changes the meaning",
  invalid: [
    {
      policy: `${exampleHeader}
never data = internet -> workloads where role is db : any-service
`,
      reports: [4],
    },
    {
      policy: `${exampleHeader}
segment world = internet
never data = world -> workloads where role is db : any-service
`,
      reports: [5],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
never data = outside -> workloads where role is db : any-service
allow downloads = workloads where role is web -> internet : tcp/443
`,
    },
    {
      policy: `${exampleHeader}
only visitors = { internet, workloads } -> workloads where role is web : tcp/443
`,
    },
  ],
  seeAlso: ["[Guardrails](../language.md#guardrails)", "[Sets](../language.md#sets)"],
  check({ model }, report) {
    for (const { verb, flow } of model.guardrails) {
      if (verb === "always") continue;
      // Who `only` lets in stands left: less there is more of the guardrail.
      const ends = [
        ...(verb === "only" ? [] : [{ set: flow.source, span: flow.sourceSpan }]),
        { set: flow.destination, span: flow.destinationSpan },
      ];
      for (const { set, span } of ends) {
        if (!hasInternet(set)) continue;
        const written = writtenIn(span);
        const fix = written.map((place) => ({ span: place, text: "outside" }));
        report(written[0] ?? span, { verb }, fix.length === 0 ? {} : { fix });
      }
    }
  },
});

/** Where it is taken away, less of it is more of the guardrail. */
function hasInternet(set: EndpointSet): boolean {
  switch (set.kind) {
    case "internet":
      return true;
    case "union":
    case "intersection":
      return set.of.some(hasInternet);
    case "difference":
      return hasInternet(set.of);
    default:
      return false;
  }
}

/** The word itself, where it stands in the end: it is reserved, so it is no name. */
function writtenIn(span: Span): readonly Span[] {
  const text = textOf(span).replace(/#.*|"[^"\n]*"/g, (skipped) => " ".repeat(skipped.length));
  return [...text.matchAll(/(?<![\w.-])internet(?![\w.-])/g)].map(({ index }) => ({
    ...span,
    start: span.start + index,
    end: span.start + index + "internet".length,
  }));
}
