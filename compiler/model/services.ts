// Service expressions as sets of services. What can never be a flow is left out of every set; a
// reply or error type that is named outright is remembered for the `allow` that uses it (SEG310).
import { textOf } from "../../diagnostics/source.ts";
import type { ServiceExpression, ServiceItem, ServiceLiteral } from "../../grammar/ast.ts";
import {
  anyService,
  type Interval,
  icmpInterval,
  isServiceSubset,
  neverFlows,
  noService,
  portInterval,
  protocolInterval,
  protocols,
  type ServiceSet,
  serviceSet,
  subtractServices,
  unionOfServices,
} from "../sets/service-set.ts";
import { serviceKey } from "./canonical.ts";
import type { CheckedService, Context } from "./context.ts";
import { reportOtherKind, resolveName } from "./names.ts";
import { argumentFor, reportParameterType } from "./values.ts";

/** The services an expression means; undefined where something in it is wrong. */
export function checkService(
  context: Context,
  expression: ServiceExpression,
): CheckedService | undefined {
  const parts = expression.items.map((item) => checkItem(context, item));
  const known = parts.filter((part) => part !== undefined);
  if (known.length < parts.length) return undefined;
  const [only] = known;
  if (known.length === 1) return only;
  const service = unionOfServices(known.map((part) => part.service));
  return {
    service,
    reply: known.find((part) => part.reply !== undefined)?.reply,
    key: serviceKey(service),
  };
}

function checkItem(context: Context, item: ServiceItem): CheckedService | undefined {
  if (item.kind === "parameter") {
    const argument = argumentFor(context, item);
    if (argument === undefined) return undefined;
    if (argument.kind === "service") return context.build.services.get(argument.item);
    const wanted =
      argument.kind === "value" ? `value of label \`${argument.label.name}\`` : "segment";
    reportParameterType(context, item, wanted, "service");
    return undefined;
  }
  if (item.kind === "name") {
    const meaning = resolveName(context, item);
    if (meaning === undefined) return undefined;
    if (meaning.kind === "service") return context.build.services.get(meaning);
    reportOtherKind(context, item, meaning, "service");
    return undefined;
  }
  return checkLiteral(item);
}

const anyKey = serviceKey(anyService);
const repliesAndErrors = [
  ...[0, 3, 11, 12, 14].map((type) => icmpInterval(4, type, undefined)),
  ...[1, 2, 3, 4, 129].map((type) => icmpInterval(6, type, undefined)),
];
const replies = serviceSet(repliesAndErrors);

/** The flows that a service written out names. */
export function literalService(literal: ServiceLiteral): ServiceSet {
  if (literal.kind === "any-service") return anyService;
  const named = serviceSet(intervalsOf(literal));
  return isPlainPort(literal) ? named : subtractServices(named, neverFlows);
}

function checkLiteral(literal: ServiceLiteral): CheckedService {
  if (literal.kind === "any-service") return { service: anyService, reply: undefined, key: anyKey };
  const named = serviceSet(intervalsOf(literal));
  const service = literalService(literal);
  const isReply =
    literal.kind === "icmp" && literal.type !== undefined && isServiceSubset(named, replies);
  return {
    service: service.intervals.length === 0 ? noService : service,
    reply: isReply ? textOf(literal.span) : undefined,
    key: serviceKey(service),
  };
}

const isPlainPort = (literal: ServiceLiteral) => literal.kind === "ports";

function intervalsOf(literal: Exclude<ServiceLiteral, { kind: "any-service" }>): Interval[] {
  switch (literal.kind) {
    case "ports": {
      const protocol = protocols[literal.protocol];
      const { range } = literal;
      if (range === undefined) return [protocolInterval(protocol)];
      return [portInterval(protocol, range.first, range.last)];
    }
    case "icmp-echo":
      return [icmpInterval(4, 8, undefined), icmpInterval(6, 128, undefined)];
    case "icmp":
      if (literal.type === undefined) {
        return [protocolInterval(literal.family === 4 ? protocols.icmp4 : protocols.icmp6)];
      }
      return [icmpInterval(literal.family, literal.type, literal.code)];
    case "protocol":
      return [protocolInterval(literal.number)];
  }
}
