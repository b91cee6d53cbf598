// The braces behind a rule: because, ticket, until, log, family, fallback. The grammar has seen to
// what is legal anywhere; here stands what only the effect and the types of a rule can tell.
import { diagnose } from "../../diagnostics/registry.ts";
import type { MetaItem, Meta as MetaTree } from "../../grammar/ast.ts";
import type { Cidr, Family } from "../sets/address.ts";
import { networksKey } from "./canonical.ts";
import { type Context, report } from "./context.ts";
import type { CheckedFlow } from "./flows.ts";
import { cidrsOf } from "./sets.ts";
import type { Meta } from "./types.ts";

export interface CheckedMeta {
  readonly meta: Meta;
  readonly family: Family | undefined;
  readonly key: string;
}

type Item<Kind extends MetaItem["kind"]> = MetaItem & { readonly kind: Kind };

/** The first item of this kind; the parser refuses a second. */
function itemOf<Kind extends MetaItem["kind"]>(
  tree: MetaTree | undefined,
  kind: Kind,
): Item<Kind> | undefined {
  return tree?.items.find((item): item is Item<Kind> => item.kind === kind);
}

/** What the meta block says; undefined where an address in it is none. */
export function readMeta(tree: MetaTree | undefined): CheckedMeta | undefined {
  const fallback = itemOf(tree, "fallback-cidr");
  const cidrs = fallback && cidrsOf(fallback.cidrs);
  if (fallback !== undefined && cidrs === undefined) return undefined;
  const meta: Meta = {
    because: itemOf(tree, "because")?.value.value,
    ticket: itemOf(tree, "ticket")?.value.value,
    until: itemOf(tree, "until")?.date.value,
    log: itemOf(tree, "log")?.mode,
    fallbackNetwork: itemOf(tree, "fallback-network") !== undefined,
    fallbackCidr: cidrs,
  };
  const family = itemOf(tree, "family")?.family;
  return { meta, family, key: metaKey(meta, family, cidrs) };
}

function metaKey(meta: Meta, family: Family | undefined, cidrs: readonly Cidr[] | undefined) {
  const { because, ticket, until, log, fallbackNetwork } = meta;
  const fallback = cidrs === undefined ? undefined : networksKey(cidrs);
  return JSON.stringify({ because, ticket, until, log, family, fallbackNetwork, fallback });
}

/** Whether the meta block fits an `allow` of this flow (SEG118, SEG502). */
export function checkAllowMeta(
  context: Context,
  tree: MetaTree | undefined,
  checked: CheckedFlow,
): boolean {
  const { source, destination, flow } = checked;
  const network = itemOf(tree, "fallback-network");
  const cidr = itemOf(tree, "fallback-cidr");
  const isOpen = destination.isOpen;
  let fits = true;
  if (network !== undefined && !source.hasProgram && !destination.hasProgram) {
    const parameters = { item: "fallback network", place: "on a rule without a program" };
    report(context, diagnose("SEG118", network.span, parameters));
    fits = false;
  }
  if (cidr !== undefined && !destination.hasNames && !isOpen) {
    const parameters = { item: "fallback cidr", place: "on a rule without host names" };
    report(context, diagnose("SEG118", cidr.span, parameters));
    fits = false;
  }
  if (cidr === undefined && destination.hasNames) {
    report(context, diagnose("SEG502", flow.destinationSpan, { why: "missing" }));
    fits = false;
  }
  return fits;
}

/** Whether the meta block fits a `deny`: nothing in it may open access (SEG312, SEG314). */
export function checkDenyMeta(context: Context, tree: MetaTree | undefined): boolean {
  const until = itemOf(tree, "until");
  const network = itemOf(tree, "fallback-network");
  if (until !== undefined) {
    report(context, diagnose("SEG312", until.span, { date: until.date.value }));
  }
  if (network !== undefined) report(context, diagnose("SEG314", network.span, {}));
  return until === undefined && network === undefined;
}
