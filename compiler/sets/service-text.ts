// Services as the user writes them: `tcp/443`, `icmp4/8/0`, `{ tcp/80-89, udp/53 }`.
import {
  anyService,
  equalServices,
  type Interval,
  protocolInterval,
  protocols,
  type ServiceSet,
  servicePoint,
} from "./service-set.ts";

const names = new Map<number, string>([
  [protocols.tcp, "tcp"],
  [protocols.udp, "udp"],
  [protocols.sctp, "sctp"],
  [protocols.icmp4, "icmp4"],
  [protocols.icmp6, "icmp6"],
]);

/** One service of one packet. */
export function formatServicePoint(point: number): string {
  const { protocol, detail } = servicePoint(point);
  const name = names.get(protocol);
  if (name === undefined) return `proto/${protocol}`;
  if (!name.startsWith("icmp")) return `${name}/${detail}`;
  if (isEcho(protocol, detail)) return "icmp/echo";
  return `${name}/${detail >> 8}/${detail & 255}`;
}

/** A whole set, one line; braces only where there is more than one item. */
export function formatServices(set: ServiceSet): string {
  if (equalServices(set, anyService)) return "any-service";
  const items = set.intervals.flatMap(formatInterval);
  const [only] = items;
  return items.length === 1 && only !== undefined ? only : `{ ${items.join(", ")} }`;
}

const isEcho = (protocol: number, detail: number) =>
  detail === (protocol === protocols.icmp4 ? 8 : 128) * 256;

/** An interval may run over several protocols: one item for each. */
function formatInterval({ first, last }: Interval): string[] {
  const items: string[] = [];
  for (let protocol = first >> 16; protocol <= last >> 16; protocol++) {
    const whole = protocolInterval(protocol);
    const from = Math.max(first, whole.first);
    const to = Math.min(last, whole.last);
    if (from <= to) items.push(...formatPart(protocol, from - whole.first, to - whole.first));
  }
  return items;
}

function formatPart(protocol: number, first: number, last: number): string[] {
  const name = names.get(protocol);
  if (name === undefined) return [`proto/${protocol}`];
  if (first === 0 && last === 65535) return [`${name}/*`];
  if (name.startsWith("icmp")) return formatIcmp(name, first, last);
  return [first === last ? `${name}/${first}` : `${name}/${first}-${last}`];
}

function formatIcmp(name: string, first: number, last: number): string[] {
  const items: string[] = [];
  for (let type = first >> 8; type <= last >> 8; type++) {
    const from = Math.max(first - type * 256, 0);
    const to = Math.min(last - type * 256, 255);
    if (from === 0 && to === 255) items.push(`${name}/${type}`);
    else for (let code = from; code <= to; code++) items.push(`${name}/${type}/${code}`);
  }
  return items;
}
