// What a sound policy says that is most likely not meant: values, programs, segments and addresses
// that select less than they seem to (SEG302, 311, 702, 715), and workloads without an address
// (SEG806). Warnings only; none changes what is enforced.
import type { Diagnostic } from "../../diagnostics/diagnostic.ts";
import { diagnose } from "../../diagnostics/registry.ts";
import type { Span } from "../../diagnostics/source.ts";
import { nearest } from "../../diagnostics/suggest.ts";
import type { Platform } from "../inventory/types.ts";
import type { OpenValue } from "../model/context.ts";
import type { EndpointSet, Model, Program, Rule } from "../model/types.ts";
import { isNoAddress } from "../sets/address-set.ts";
import { type Bitset, intersection, isEmpty, union } from "../sets/bitset.ts";
import { platformRows } from "./extent.ts";
import { nameWorkloads } from "./named-workloads.ts";
import type { Expansion } from "./types.ts";

/** Every such warning. Where there is no inventory yet, nothing is called empty. */
export function checkSelections(
  model: Model,
  expansion: Expansion,
  openValues: readonly OpenValue[],
): readonly Diagnostic[] {
  if (expansion.universe.workloads.length === 0) return [];
  const context = { model, expansion, platforms: platformRows(expansion.universe) };
  const values = valuesOfNobody(expansion, openValues);
  return [
    ...values,
    ...model.rules.flatMap((rule) => unmatchedPrograms(context, rule)),
    ...model.rules.flatMap((rule) => removedByAddress(context, rule)),
    ...model.rules.flatMap((rule) => emptiedByFamily(context, rule)),
    ...emptySegments(context, values),
    ...withoutAddress(expansion),
  ];
}

interface Context {
  readonly model: Model;
  readonly expansion: Expansion;
  readonly platforms: ReadonlyMap<Platform, Bitset>;
}

/** SEG302, once for each place, whatever the template is used for. */
function valuesOfNobody(
  { universe }: Expansion,
  openValues: readonly OpenValue[],
): readonly Diagnostic[] {
  const known = new Map<string, ReadonlySet<string>>();
  const valuesOf = (label: string) => {
    const values =
      known.get(label) ??
      new Set(universe.workloads.flatMap(({ labels }) => labels.get(label) ?? []));
    known.set(label, values);
    return values;
  };
  const missing = openValues.filter(({ label, value }) => !valuesOf(label.name).has(value));
  return oncePerPlace(missing).map(({ label: { name: label }, value, span }, index) => {
    const [best] = index < suggestionsMax ? nearest(value, valuesOf(label), 1) : [];
    const fix = best === undefined ? {} : { fix: [{ span, text: written(best, span) }] };
    return diagnose("SEG302", span, { label, value, nearest: best }, fix);
  });
}

/** In quotes where the other value was, or where it is no name. */
function written(value: string, span: Span): string {
  const isQuoted = span.source.text[span.start] === '"';
  return isQuoted || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(value) ? JSON.stringify(value) : value;
}

/** WHY: each looks at every value that a large inventory has. */
const suggestionsMax = 100;

function oncePerPlace<T extends { readonly span: Span }>(found: readonly T[]): readonly T[] {
  const places = new Map(found.map((one) => [`${one.span.start} ${one.span.source.path}`, one]));
  return [...places.values()];
}

/** SEG311: such a workload holds no process that matches (language.md 6.2, "Programs"). */
function unmatchedPrograms(context: Context, { flow }: Rule): readonly Diagnostic[] {
  const ends = [
    { set: flow.source, span: flow.sourceSpan },
    { set: flow.destination, span: flow.destinationSpan },
  ];
  return ends.flatMap(({ set, span }) =>
    programPeers(set).flatMap(({ program, of }) => {
      const { managed } = context.expansion.extentOf(of);
      const missing = [...context.platforms]
        .filter(([platform]) => !program.alternatives.has(platform))
        .map(([platform, row]) => ({ platform, row: intersection(managed, row) }))
        .filter(({ row }) => !isEmpty(row));
      const [first, ...others] = missing;
      if (first === undefined) return [];
      const row = others.reduce((all, each) => union(all, each.row), first.row);
      const { count, names } = nameWorkloads(context.model, context.expansion, row);
      const parameters = {
        program: program.name === undefined ? "the inline program" : `\`${program.name}\``,
        platforms: missing
          .map(({ platform }) => platform)
          .sort()
          .join(" and "),
        count,
        workloads: `${names.map((name) => `\`${name}\``).join(", ")}${count > names.length ? ", …" : ""}`,
      };
      return [diagnose("SEG311", span, parameters)];
    }),
  );
}

/** Every `program@set` in a set. */
function programPeers(
  set: EndpointSet,
): readonly { readonly program: Program; readonly of: EndpointSet }[] {
  switch (set.kind) {
    case "program":
      return [set];
    case "union":
    case "intersection":
      return set.of.flatMap(programPeers);
    case "difference":
      return [...programPeers(set.of), ...programPeers(set.except)];
    default:
      return [];
  }
}

/** SEG702: what 6.3 took out of the rule, at the end that met it through addresses. */
function removedByAddress(context: Context, rule: Rule): readonly Diagnostic[] {
  const { expansion, model } = context;
  const { removed } = expansion.flowsOf(rule);
  return (["egress", "ingress"] as const).flatMap((direction) => {
    const products = removed.filter((each) => each.direction === direction);
    const [first, ...others] = products.map(({ product }) =>
      direction === "egress"
        ? expansion.search.startingAt(product)
        : expansion.search.endingAt(product),
    );
    if (first === undefined) return [];
    const workloads = nameWorkloads(model, expansion, others.reduce(union, first));
    const span = direction === "egress" ? rule.flow.sourceSpan : rule.flow.destinationSpan;
    const peer = span.source.text.slice(span.start, span.end).replace(/\s+/g, " ");
    return [diagnose("SEG702", span, { peer, workloads, module: rule.module.name })];
  });
}

/** SEG715: the rule speaks of some flow, but of none of its family. */
function emptiedByFamily({ expansion }: Context, rule: Rule): readonly Diagnostic[] {
  const { family } = rule.flow;
  if (family === undefined || expansion.productsOf(rule.flow).length > 0) return [];
  if (expansion.productsOf({ ...rule.flow, family: undefined }).length === 0) return [];
  const subject = rule.named ? rule.id : rule.flow.text;
  return [diagnose("SEG715", rule.span, { why: "family", rule: subject, family: `v${family}` })];
}

/** SEG715 for segments, unless a value in it already says why. */
function emptySegments(
  { model, expansion }: Context,
  explained: readonly Diagnostic[],
): readonly Diagnostic[] {
  return model.segments.flatMap(({ qualified, set, span }) => {
    const { managed, external } = expansion.extentOf(set);
    if (hasNames(set) || !isEmpty(managed) || !isNoAddress(external)) return [];
    if (explained.some((each) => each.span !== undefined && isWithin(each.span, span))) return [];
    return [diagnose("SEG715", span, { why: "segment", segment: qualified })];
  });
}

const isWithin = (inner: Span, outer: Span) =>
  inner.source === outer.source && inner.start >= outer.start && inner.end <= outer.end;

/** Host names have addresses only where a rule gives them. */
function hasNames(set: EndpointSet): boolean {
  return set.kind === "names" || (set.kind === "union" && set.of.some(hasNames));
}

const withoutAddressMax = 100;

/** SEG806. */
function withoutAddress({ universe }: Expansion): readonly Diagnostic[] {
  const found = universe.workloads.filter(({ addresses }) => addresses.length === 0);
  const more = found.length - withoutAddressMax;
  return found.slice(0, withoutAddressMax).map(({ name, span }, index) => {
    const isLast = more > 0 && index === withoutAddressMax - 1;
    const notes = isLast ? { notes: [`${more} more have none`] } : {};
    return diagnose("SEG806", span, { workload: name }, notes);
  });
}
