// What a change lets through that was refused before, and the other way round, for people: flows between
// interfaces by their workloads' names.
import { formatAddress } from "../../../compiler/sets/address.ts";
import {
  anyService,
  intersectServices,
  isServiceSubset,
  servicesOfFamily,
  subtractServices,
} from "../../../compiler/sets/service-set.ts";
import { formatServices } from "../../../compiler/sets/service-text.ts";
import type { LiveAccount } from "../account/account.ts";
import type { AwsPlan } from "../groups.ts";
import { prefixesOf } from "./attempt.ts";
import { at, type Flows, type Joint, jointOf, told } from "./bounds.ts";
import { type EndClass, type Ends, endsOf } from "./ends.ts";
import { reachOf } from "./reach.ts";
import { nothing, type ServiceTable, serviceTable } from "./services.ts";
import type { State } from "./state.ts";

export interface Effect {
  readonly opened: readonly Flows[];
  readonly closed: readonly Flows[];
}

/** What passes in the second state and not in the first, and the other way round. */
export function effectOf(live: LiveAccount, before: State, then: State): Effect {
  const states = [before, then];
  const ends = endsOf(live, states, prefixesOf(states));
  const services = serviceTable();
  const joint = jointOf(ends, reachOf({ links: live.links, states, ends, services }), services);
  return {
    opened: more(joint, ends, services, { from: 0, to: 1 }),
    closed: more(joint, ends, services, { from: 1, to: 0 }),
  };
}

function more(
  joint: Joint,
  ends: Ends,
  services: ServiceTable,
  { from, to }: { readonly from: number; readonly to: number },
): readonly Flows[] {
  const found: Flows[] = [];
  for (const flows of joint.all(at(to))) {
    const passed = joint.between(at(from), flows.from, flows.to);
    const rest = services.subtract(flows.services, passed);
    if (rest !== nothing) found.push(told(ends, services, { ...flows, services: rest }));
  }
  return found;
}

/** One line for flows that differ only in which addresses of nobody they come from, or go to. */
export function flowTexts(flows: readonly Flows[], names: InterfaceNames): readonly string[] {
  const lines = new Map<string, { readonly flows: Flows; strangers: number }>();
  for (const one of flows) {
    const text = serviceText(one);
    const key = JSON.stringify([nearText(one.from, names), nearText(one.to, names), text]);
    const before = lines.get(key);
    if (before === undefined) lines.set(key, { flows: one, strangers: 1 });
    else before.strangers++;
  }
  return [...lines.values()].map(({ flows: one, strangers }) => {
    const end = (side: EndClass) =>
      nearText(side, names) ??
      `${formatAddress(side.example)}${strangers === 1 ? "" : " and other addresses"}`;
    return `${end(one.from)} -> ${end(one.to)} : ${serviceText(one)}`;
  });
}

const itemsShown = 8;

/** Everything is one word in either family, and nearly everything is said by what is missing. */
function serviceText({ from, services }: Flows): string {
  const whole = intersectServices(anyService, servicesOfFamily(from.family));
  if (isServiceSubset(whole, services)) return "any-service";
  const text = formatServices(services);
  const items = text.split(", ");
  if (items.length <= itemsShown) return text;
  const rest = formatServices(subtractServices(whole, services));
  return rest.split(", ").length <= itemsShown
    ? `any-service but ${rest}`
    : `${items.slice(0, itemsShown).join(", ")} and ${items.length - itemsShown} more }`;
}

/** Names of workloads by the interfaces they have. */
export type InterfaceNames = ReadonlyMap<string, string>;

export const namesIn = ({ attachments }: AwsPlan): InterfaceNames =>
  new Map(attachments.map((one) => [one.interface, one.workload]));

/** Undefined for addresses that no interface has. */
function nearText({ interface: id, interfaces, stranger }: EndClass, names: InterfaceNames) {
  if (id === undefined) return stranger === undefined ? undefined : `members of ${stranger}`;
  const name = names.get(id) ?? id;
  return interfaces === 1 ? name : `${name} and ${interfaces - 1} more`;
}
