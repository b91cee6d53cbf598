// Sets as text in a suggested line: what the user wrote where that stands in another module as
// well, "…" where it does not (a program, a template parameter).
import { type Span, textOf } from "../../diagnostics/source.ts";
import type { Direction } from "../inventory/types.ts";
import type { Rule } from "../model/types.ts";
import { formatCidr } from "../sets/address.ts";
import {
  type AddressSet,
  cidrsOf,
  equalAddressSets,
  everyAddress,
  internetAddresses,
} from "../sets/address-set.ts";

/** The end of a rule as the `of` of a delegation. */
export function peerText({ flow }: Rule, direction: Direction): string {
  const text = writtenAs(direction === "egress" ? flow.sourceSpan : flow.destinationSpan);
  if (/[@$#]/.test(text)) return "…";
  return / where /.test(text) && !text.startsWith("{") ? `(${text})` : text;
}

export function serviceText({ flow }: Rule): string {
  const text = writtenAs(flow.serviceSpan);
  return /[$#]/.test(text) ? "…" : text;
}

/** "203.0.113.0/24", "outside", "10.0.0.0/8, 172.16.0.0/12 and 3 more". */
export function addressesText(addresses: AddressSet): string {
  if (equalAddressSets(addresses, everyAddress)) return "`outside`";
  if (equalAddressSets(addresses, internetAddresses)) return "`internet`";
  const cidrs = cidrsOf(addresses);
  const shown = cidrs.slice(0, 3).map(formatCidr).join(", ");
  return cidrs.length > 3 ? `${shown} and ${cidrs.length - 3} more` : shown;
}

/** On one line. */
function writtenAs(span: Span): string {
  return textOf(span).replace(/\s+/g, " ").trim();
}
