// Services written out where a name that is known there says the same.

import { literalService } from "../../compiler/model/services.ts";
import type { Model } from "../../compiler/model/types.ts";
import type { ServiceSet } from "../../compiler/sets/service-set.ts";
import { equalServices, isNoService, unionOfServices } from "../../compiler/sets/service-set.ts";
import type { ModuleTree, ServiceItem } from "../../grammar/ast.ts";
import { exampleHeader } from "../example-project.ts";
import { defineRule } from "../rule.ts";
import { serviceDeclarations, serviceExpressions } from "../service-items.ts";

export const unnamedService = defineRule("SEG712", {
  rationale: `The module has a name for this service and writes it out all the same. When the service gets another port, this
place is forgotten. Guardrails, delegations and tests are left alone: what they promise must not follow a name.`,
  fix: "keeps the meaning",
  invalid: [
    {
      policy: `${exampleHeader}
service postgres = tcp/5432
allow web-to-db = workloads where role is web -> workloads where role is db : tcp/5432
allow admin-to-db = workloads where role is admin -> workloads where role is db : { tcp/22, tcp/5432 }
`,
      reports: [5, 6],
    },
    {
      policy: `${exampleHeader}
service dns = { udp/53, tcp/53 }
allow use-dns = workloads -> workloads where role is admin : { tcp/53, udp/53 }
`,
      reports: [5],
    },
  ],
  valid: [
    {
      policy: `${exampleHeader}
service telnet = tcp/23
allow consoles = workloads where role is admin -> workloads where role is db : telnet
never exposed = outside -> workloads where role is db : tcp/23
`,
    },
    {
      policy: `${exampleHeader}
service postgres = tcp/5432
allow web-to-db = workloads where role is web -> workloads where role is db : postgres
`,
    },
  ],
  seeAlso: [
    "[Services](../language.md#services)",
    "[SEG714](SEG714.md): two services that say the same",
  ],
  check({ model, trees }, report) {
    const services = new Map(model.services.map((one) => [one.qualified, one.service]));
    for (const tree of trees) {
      const known = namesKnownIn(tree, model, services);
      if (known.length === 0) continue;
      const nameFor = (service: ServiceSet | undefined) =>
        service === undefined || isNoService(service)
          ? undefined
          : known.find(([, named]) => equalServices(named, service))?.[0];
      for (const { items, braced, span } of serviceExpressions(tree)) {
        const whole = braced ? nameFor(meaningOf(items)) : undefined;
        if (whole !== undefined && items.every((item) => item.kind !== "name")) {
          report(span, { service: whole }, { fix: [{ span, text: whole }] });
          continue;
        }
        for (const item of items) {
          const name = nameFor(meaningOf([item]));
          if (name === undefined || item.kind === "name") continue;
          report(item.span, { service: name }, { fix: [{ span: item.span, text: name }] });
        }
      }
    }
  },
});

/** What literals mean; undefined where a name or a parameter is among them. */
function meaningOf(items: readonly ServiceItem[]): ServiceSet | undefined {
  const values = items.map((item) =>
    item.kind === "name" || item.kind === "parameter" || item.kind === "any-service"
      ? undefined
      : literalService(item),
  );
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? unionOfServices(known) : undefined;
}

/** Names of services that stand on their own in the module, its own before those it imports. */
function namesKnownIn(
  tree: ModuleTree,
  { modules }: Model,
  services: ReadonlyMap<string, ServiceSet>,
): readonly (readonly [string, ServiceSet])[] {
  const module = modules.find(({ name }) => name === tree.name?.text);
  if (module === undefined) return [];
  const own = serviceDeclarations(tree).map(({ name }) => [
    name.text,
    `${module.name}.${name.text}`,
  ]);
  const imported = tree.declarations.flatMap((one) =>
    one.kind === "import" ? one.names.map(({ text }) => [text, `${one.from.text}.${text}`]) : [],
  );
  return [...own, ...imported].flatMap(([name = "", qualified = ""]) => {
    const service = services.get(qualified);
    return service === undefined ? [] : [[name, service] as const];
  });
}
