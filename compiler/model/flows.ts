// Flow expressions, `web -> api : https when same env`: what every rule, guardrail and test
// assertion is made of. Types of both peers, the service and the condition (SEG308, SEG310).
import { diagnose } from "../../diagnostics/registry.ts";
import { type Span, textOf } from "../../diagnostics/source.ts";
import type { FlowCondition, FlowExpression } from "../../grammar/ast.ts";
import type { Cidr } from "../sets/address.ts";
import { type CheckedSet, type Context, report } from "./context.ts";
import { checkService } from "./services.ts";
import { checkSet } from "./sets.ts";
import type { EndpointSet, FlowSet, Meta } from "./types.ts";
import { findLabel } from "./vocabulary.ts";

export interface CheckedFlow {
  /** Without family; the host names of the destination without addresses. */
  readonly flow: FlowSet;
  readonly source: CheckedSet;
  readonly destination: CheckedSet;
  readonly key: string;
}

/** What a flow expression is for decides where host names and replies may stand in it. */
export type FlowPurpose = "allow" | "other";

/** The flows meant; undefined where something is wrong, which is reported. */
export function checkFlow(
  context: Context,
  tree: FlowExpression,
  purpose: FlowPurpose,
): CheckedFlow | undefined {
  const place = { machinesOnly: undefined, names: false };
  const source = checkSet(context, tree.source, place);
  const names = purpose === "allow";
  const destination = checkSet(context, tree.destination, { ...place, names });
  const service = checkService(context, tree.service);
  const peers = { source, destination };
  const condition = tree.condition && checkCondition(context, tree.condition, peers);
  if (purpose === "allow" && service?.reply !== undefined) {
    report(context, diagnose("SEG310", tree.service.span, { service: service.reply }));
    return undefined;
  }
  if (source === undefined || destination === undefined || service === undefined) return undefined;
  if (tree.condition !== undefined && condition === undefined) return undefined;
  const when = condition === undefined ? "" : ` when ${condition.relation} ${condition.label.name}`;
  const flow: FlowSet = {
    source: source.set,
    destination: destination.set,
    service: service.service,
    condition,
    family: undefined,
    span: tree.span,
    sourceSpan: tree.source.span,
    destinationSpan: tree.destination.span,
    serviceSpan: tree.service.span,
    text: oneLine(tree.span),
  };
  const key = `${source.key} -> ${destination.key} : ${service.key}${when}`;
  return { flow, source, destination, key };
}

type Peers = Readonly<Record<"source" | "destination", CheckedSet | undefined>>;

function checkCondition(
  context: Context,
  { relation, label: name, span }: FlowCondition,
  peers: Peers,
): FlowSet["condition"] {
  const label = findLabel(context, name);
  if (label === undefined) return undefined;
  if (label.kind !== "enum" || label.optional) {
    const { kind, optional } = label;
    const parameters = { why: "label", relation, label: label.name, kind, optional } as const;
    report(context, diagnose("SEG308", span, parameters));
    return undefined;
  }
  const isExternal = (peer: CheckedSet | undefined) => peer?.sort === "endpoints";
  if (isExternal(peers.source) || isExternal(peers.destination)) {
    report(context, diagnose("SEG308", span, { why: "peer", relation, label: label.name }));
    return undefined;
  }
  return { relation, label };
}

/** The flow of a rule, with what its meta says of families and of host names. */
export function completed(
  { flow, destination }: CheckedFlow,
  meta: Meta,
  family: FlowSet["family"],
): FlowSet {
  const { fallbackCidr } = meta;
  if (!destination.hasNames || fallbackCidr === undefined) return { ...flow, family };
  return { ...flow, family, destination: withAddresses(flow.destination, fallbackCidr) };
}

/**
 * The same set with addresses for its host names, which stand in unions only. The nesting is
 * flattened with a stack of its own: segments may nest as deep as the user likes.
 */
function withAddresses(set: EndpointSet, addresses: readonly Cidr[]): EndpointSet {
  const parts: EndpointSet[] = [];
  const seen = new Set<EndpointSet>();
  const open = [set];
  for (let part = open.pop(); part !== undefined; part = open.pop()) {
    if (seen.has(part)) continue;
    seen.add(part);
    if (part.kind === "union") for (const one of part.of) open.push(one);
    else parts.push(part.kind === "names" ? { ...part, addresses } : part);
  }
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : { kind: "union", of: parts.reverse() };
}

/** The text of a span on one line, without comments. Strings hold no line ends. */
function oneLine(span: Span): string {
  const text = textOf(span);
  if (!/[#\t\r\n]| {2}/.test(text)) return text;
  const words: string[] = [];
  let joined = true;
  for (let at = 0, end = 0; at < text.length; at = end) {
    end = Math.max(endOf(/#[^\n]*/y, text, at), endOf(/\s+/y, text, at));
    if (end > at) {
      if (!joined) words.push(" ");
      joined = true;
      continue;
    }
    end = text.charAt(at) === '"' ? endOfString(text, at) : endOf(/[^"#\s]+/y, text, at);
    words.push(text.slice(at, end));
    joined = false;
  }
  return words.join("").trim();
}

/** Where the match at that place ends; the place itself where there is none. */
function endOf(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

/** Behind the closing quote of a string that was parsed. */
function endOfString(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === "\\" ? 2 : 1;
  return end + 1;
}
