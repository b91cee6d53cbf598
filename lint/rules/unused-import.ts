// Imports whose names occur nowhere in their module.

import type { Edit } from "../../diagnostics/diagnostic.ts";
import { textOf } from "../../diagnostics/source.ts";
import type { ImportDeclaration, Name } from "../../grammar/ast.ts";
import { namesUsed } from "../names-used.ts";
import { defineRule } from "../rule.ts";
import { removal } from "../statements.ts";

const org = `module org root
label role: enum { web, db, admin }
export service https = tcp/443
export service postgres = tcp/5432
`;

export const unusedImport = defineRule("SEG206", {
  rationale: `An import that nothing uses says that modules depend on each other where they do not.`,
  fix: "keeps the meaning",
  invalid: [
    {
      policy: {
        "org.seg": `${org}team app owns workloads writes { app }\n`,
        "app.seg": `module app by app
import { https, postgres } from org
allow workloads where role is web -> workloads where role is db : postgres
`,
      },
      reports: ["app.seg:2"],
    },
    {
      policy: {
        "org.seg": `${org}team app owns workloads writes { app }\n`,
        "app.seg": `module app by app
import { https } from org
`,
      },
      reports: ["app.seg:2"],
    },
  ],
  valid: [
    {
      policy: {
        "org.seg": `${org}team app owns workloads writes { app }\n`,
        "app.seg": `module app by app
import { postgres } from org
allow workloads where role is web -> workloads where role is db : postgres
`,
      },
    },
  ],
  seeAlso: [
    "[Modules](../language.md#modules-and-names)",
    "[SEG207](SEG207.md): a declaration that nothing uses",
  ],
  check({ trees }, report) {
    for (const tree of trees) {
      const imports = tree.declarations.filter((one) => one.kind === "import");
      if (imports.length === 0) continue;
      const used = namesUsed(tree);
      for (const declaration of imports) {
        const unused = declaration.names.filter(({ text }) => !used.has(text));
        const isWhole = unused.length === declaration.names.length;
        for (const [index, name] of unused.entries()) {
          const fix = isWhole ? removal(declaration.span) : withoutName(declaration, name);
          report(name.span, { name: name.text }, isWhole && index > 0 ? {} : { fix });
        }
      }
    }
  },
});

/** The braces without the name and the comma that goes with it. */
function withoutName(declaration: ImportDeclaration, name: Name): readonly Edit[] {
  const { source, start, end } = name.span;
  const behind = /^\s*,[^\S\n]*/.exec(source.text.slice(end));
  if (behind !== null) return [{ span: { source, start, end: end + behind[0].length }, text: "" }];
  const before = /,\s*$/.exec(textOf({ source, start: declaration.span.start, end: start }));
  return [{ span: { source, start: start - (before?.[0].length ?? 0), end }, text: "" }];
}
