// Segments, services, programs, templates and uses that nothing names and nobody else may.
import type { Declaration, ModuleTree } from "../../grammar/ast.ts";
import { exampleHeader } from "../example-project.ts";
import { namesUsed } from "../names-used.ts";
import { defineRule } from "../rule.ts";

export const unusedDefinition = defineRule("SEG207", {
  rationale: `Nothing uses what is declared here, and no other module can, because it is not exported. Often it is what a
removed rule left behind, or the name in a rule was meant to be this one. A \`use\` counts as used: its
rules stand for themselves.`,
  settings: ["adminHosts"],
  invalid: [
    {
      policy: `${exampleHeader}
segment web = workloads where role is web
segment db = workloads where role is db
service https = tcp/443
allow web-to-db = web -> workloads where role is db : tcp/5432
`,
      reports: [5, 6],
    },
    {
      policy: `${exampleHeader}
template tier(r: role) {
  segment mine = workloads where role is $r
  segment rest = workloads except mine
}
use web = tier(r: web)
`,
      reports: [6],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
segment web = workloads where role is web
segment db = workloads where role is db
allow web-to-db = web -> db : tcp/5432
export service https = tcp/443
`,
    },
    {
      policy: `${exampleHeader}
segment administrators = workloads where role is admin
`,
      settings: "adminHosts: app.administrators\n",
    },
  ],
  seeAlso: [
    "[Modules](../language.md#modules-and-names)",
    "[SEG206](SEG206.md): an import that nothing uses",
  ],
  check({ trees, settings }, report) {
    for (const tree of trees) {
      const used = namesUsed(tree);
      const [module, segment] = settings.adminHosts?.segment.split(".") ?? [];
      for (const { kind, name, exported, span } of definitionsIn(tree)) {
        const isSetting = module === tree.name?.text && segment === name.text;
        if (exported || used.has(name.text) || isSetting) continue;
        report({ ...span, start: name.span.start, end: name.span.end }, { kind, name: name.text });
      }
    }
  },
});

type Definition = Extract<Declaration, { readonly exported: boolean }>;

function definitionsIn({ declarations }: ModuleTree): readonly Definition[] {
  return declarations.flatMap((declaration) => {
    if (declaration.kind === "use" || !("exported" in declaration)) return [];
    if (declaration.kind !== "template") return [declaration];
    return [declaration, ...declaration.body.filter((one) => one.kind !== "rule")];
  });
}
