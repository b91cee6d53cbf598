// Checks 6.3 of language.md on expanded sets: rules (SEG401, 402, 406, 313), guardrails (SEG401)
// and delegations (SEG403). What a rule may not write was cut out in `rule-flows.ts`; here it is
// put into words, one diagnostic per rule and cause.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import type { NamedWorkloads } from "../../diagnostics/messages/authority.ts";
import { type Details, diagnose } from "../../diagnostics/registry.ts";
import { compareSpans } from "../../diagnostics/source.ts";
import type { Direction } from "../inventory/types.ts";
import type { Delegation, Guardrail, Model, Module, Rule } from "../model/types.ts";
import { unionAddresses } from "../sets/address-set.ts";
import { type Bitset, difference, isEmpty, isSubset, union } from "../sets/bitset.ts";
import { nameWorkloads } from "./named-workloads.ts";
import { addressesText, peerText, serviceText } from "./peer-text.ts";
import { endOf, restrict } from "./rule-flows.ts";
import type { Expansion, FlowsAtEnd } from "./types.ts";
import { checkNames } from "./unnamed-rules.ts";

/** Every breach of authority, in source order. */
export function checkAuthority(model: Model, expansion: Expansion): readonly Diagnostic[] {
  const context = { model, expansion, named: namer(model, expansion) };
  return [
    ...model.rules.flatMap((rule) => checkRule(context, rule)),
    ...model.guardrails.flatMap((guardrail) => checkGuardrail(context, guardrail)),
    ...model.delegations.flatMap((delegation) => checkDelegation(context, delegation)),
    ...checkNames(model, expansion),
  ].sort((a, b) => (a.span && b.span ? compareSpans(a.span, b.span) : 0));
}

interface Context {
  readonly model: Model;
  readonly expansion: Expansion;
  readonly named: (row: Bitset) => NamedWorkloads;
}

/** WHY: where the team itself is unknown (SEG201), what it may write is not the question. */
function isTeamKnown(model: Model, { by }: Module): boolean {
  return by === undefined || model.teams.has(by);
}

function checkRule(context: Context, rule: Rule): readonly Diagnostic[] {
  if (rule.module.isRoot || !isTeamKnown(context.model, rule.module)) return [];
  const { trespasses } = context.expansion.flowsOf(rule);
  if (trespasses.length === 0) return [];
  // A deny needs no delegation for a peer outside, so for it every trespass is one of owners.
  const peers = rule.effect === "allow" ? ({ peer: "managed" } as const) : undefined;
  return [
    ...ownersPassedOver(context, rule, at(context, trespasses, { direction: "egress", ...peers })),
    ...ownersPassedOver(context, rule, at(context, trespasses, { direction: "ingress", ...peers })),
    ...(rule.effect === "allow" ? peersNotDelegated(context, rule, trespasses) : []),
  ];
}

/** The trespasses at one end, those whose peer is of one kind, without what holds no flow. */
function at(
  { expansion }: Context,
  trespasses: readonly FlowsAtEnd[],
  { direction, peer }: { readonly direction: Direction; readonly peer?: "managed" | "external" },
): readonly FlowsAtEnd[] {
  const peerEnd = direction === "egress" ? "ingress" : "egress";
  return trespasses
    .filter((trespass) => trespass.direction === direction)
    .map(({ product }) => ({
      direction,
      product:
        peer === undefined ? product : restrict(expansion.universe, product, { [peerEnd]: peer }),
    }))
    .filter(({ product }) => expansion.search.hasFlow(product));
}

function ownersPassedOver(
  context: Context,
  rule: Rule,
  trespasses: readonly FlowsAtEnd[],
): readonly Diagnostic[] {
  const [first] = trespasses;
  if (first === undefined) return [];
  const workloads = context.named(endpointsIn(context, trespasses));
  const module = rule.module.name;
  const effect = rule.effect === "allow" ? "opens" : "refuses";
  const ask = workloads.teams.length === 1 ? `ask \`${workloads.teams[0]}\`` : "ask the owners";
  const line = `delegate ${first.direction} of ${peerText(rule, first.direction)} : ${serviceText(rule)} to { ${module} }`;
  const details = { help: `${ask} for \`${line}\``, ...provenance(rule) };
  const subject = (verb: string) => `rule \`${nameOf(rule)}\` ${verb}`;
  return first.direction === "ingress"
    ? [
        diagnose(
          "SEG401",
          rule.flow.destinationSpan,
          { subject: subject(`${effect} ingress to`), workloads, module },
          details,
        ),
      ]
    : [
        diagnose(
          "SEG402",
          rule.flow.sourceSpan,
          { subject: subject(`${effect} egress of`), workloads, module },
          details,
        ),
      ];
}

function peersNotDelegated(
  context: Context,
  rule: Rule,
  trespasses: readonly FlowsAtEnd[],
): readonly Diagnostic[] {
  const outward = at(context, trespasses, { direction: "egress", peer: "external" });
  const inward = at(context, trespasses, { direction: "ingress", peer: "external" });
  const direction = outward.length > 0 ? "egress" : "ingress";
  const reported = outward.length > 0 ? outward : inward;
  if (reported.length === 0) return [];
  const peerEnd = direction === "egress" ? "ingress" : "egress";
  const external = unionAddresses(
    ...reported.map(({ product }) => endOf(product, peerEnd).external),
  );
  const module = rule.module.name;
  const line = `delegate ${direction} of ${peerText(rule, direction)} with outside : ${serviceText(rule)} to { ${module} }`;
  return [
    diagnose(
      "SEG406",
      direction === "egress" ? rule.flow.destinationSpan : rule.flow.sourceSpan,
      { rule: nameOf(rule), peer: addressesText(external), module },
      {
        help: `ask for \`${line}\` in the root module; what only \`${module}\` names is said there by its labels`,
        ...provenance(rule),
      },
    ),
  ];
}

function checkGuardrail(context: Context, guardrail: Guardrail): readonly Diagnostic[] {
  const { module } = guardrail;
  if (module.isRoot || !isTeamKnown(context.model, module)) return [];
  const { managed } = context.expansion.extentOf(guardrail.flow.destination);
  const foreign = difference(managed, context.expansion.ownedByModule(module));
  if (isEmpty(foreign)) return [];
  const subject = `guardrail \`${guardrail.id}\` speaks for`;
  const workloads = context.named(foreign);
  return [
    diagnose(
      "SEG401",
      guardrail.flow.destinationSpan,
      { subject, workloads, module: module.name },
      {
        help: "narrow its destination to workloads this module owns, or move it to the root module",
      },
    ),
  ];
}

function checkDelegation(context: Context, delegation: Delegation): readonly Diagnostic[] {
  const { module, span } = delegation;
  if (module.isRoot || !isTeamKnown(context.model, module)) return [];
  const { expansion } = context;
  const { managed } = expansion.extentOf(delegation.of);
  const owned = expansion.ownedByModule(module);
  const found: Diagnostic[] = [];
  if (!isSubset(managed, owned)) {
    const workloads = context.named(difference(managed, owned));
    found.push(diagnose("SEG403", span, { module: module.name, reason: "workloads", workloads }));
  }
  if (expansion.search.hasExternal(expansion.extentOf(delegation.with).external)) {
    found.push(diagnose("SEG403", span, { module: module.name, reason: "outside" }));
  }
  return found;
}

/** The managed ends at which the flows given start (egress) or end (ingress). */
function endpointsIn({ expansion }: Context, trespasses: readonly FlowsAtEnd[]): Bitset {
  const { search, universe } = expansion;
  const [first = universe.none, ...rest] = trespasses.map(({ direction, product }) =>
    direction === "egress" ? search.startingAt(product) : search.endingAt(product),
  );
  return rest.reduce(union, first);
}

/** Many rules trespass on the same workloads: they are counted once. */
function namer(model: Model, expansion: Expansion): (row: Bitset) => NamedWorkloads {
  const known = new WeakMap<Bitset, NamedWorkloads>();
  return (row) => {
    const workloads = known.get(row) ?? nameWorkloads(model, expansion, row);
    known.set(row, workloads);
    return workloads;
  };
}

/** How messages call a rule: its name, or what it says. */
function nameOf(rule: Rule): string {
  return rule.named ? rule.id : rule.flow.text;
}

/** For a rule of a template: the `use` it came from. */
function provenance({ use }: Rule): Details {
  return use === undefined ? {} : { related: [{ message: "expanded from here", span: use }] };
}
