// Two services of a module that are one set, whatever their order and overlaps.
import { equalServices } from "../../compiler/sets/service-set.ts";
import { positionAt } from "../../diagnostics/source.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import { serviceDeclarations } from "../service-items.ts";

export const sameServiceTwice = defineRule("SEG714", {
  rationale: `Two services differ in the order of their ports, or in overlaps, and are the same. When one of them changes, the
other one stays, and nobody knows which of them a rule should have used. The fix lets the later one be the
first one by name, so that both stay the same from now on.`,
  fix: "keeps the meaning",
  invalid: [
    {
      policy: `${exampleHeader}
export service web-ports = { tcp/80, tcp/443 }
export service public = { tcp/443, tcp/80 }
`,
      reports: [5],
    },
    {
      policy: `${exampleHeader}
export service low = tcp/1-1023
export service system = { tcp/1-600, tcp/500-1023 }
`,
      reports: [5],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
export service web-ports = { tcp/80, tcp/443 }
export service public = web-ports
`,
    },
  ],
  seeAlso: [
    "[Services](../language.md#services)",
    "[SEG712](SEG712.md): a service written out that has a name",
  ],
  check({ model, trees }, report) {
    const services = new Map(model.services.map((one) => [one.qualified, one.service]));
    for (const tree of trees) {
      // One that is another by name says so itself.
      const declared = serviceDeclarations(tree)
        .filter(({ service }) => service.items.length > 1 || service.items[0]?.kind !== "name")
        .flatMap((declaration) => {
          const service = services.get(`${tree.name?.text}.${declaration.name.text}`);
          return service === undefined ? [] : [{ declaration, service }];
        });
      for (const [index, { declaration, service }] of declared.entries()) {
        const first = declared.slice(0, index).find((one) => equalServices(one.service, service));
        if (first === undefined) continue;
        const { name, service: written } = declaration;
        const other = first.declaration.name;
        const { line } = positionAt(tree.source, other.span.start);
        report(
          name.span,
          { service: name.text, other: other.text, line },
          {
            related: [{ message: "the same as this one", span: first.declaration.span }],
            fix: [{ span: written.span, text: other.text }],
          },
        );
      }
    }
  },
});
