// What interfaces really let through. Each call reaches each interface by itself, late and in any order; what
// concerns one thing (a rule, an interface's groups) never goes back to what it was before. Every interface
// has its own idea of the rules of its groups and of who carries the groups that those rules name.
import { parseAddress, prefixRange } from "../interpreter/address.ts";
import type { StoredRule } from "./rule-values.ts";

export type Change =
  | {
      readonly kind: "rule";
      readonly group: string;
      readonly direction: Way;
      readonly rule: StoredRule;
      readonly isThere: boolean;
    }
  | { readonly kind: "carry"; readonly interface: string; readonly groups: readonly string[] }
  | { readonly kind: "list"; readonly list: string; readonly entries: readonly string[] };

export type Way = "ingress" | "egress";

export interface Packet {
  readonly from: string;
  readonly to: string;
  readonly protocol: number;
  /** Destination port, or type * 256 + code. */
  readonly detail: number;
}

interface View {
  readonly rules: Map<string, { version: number; change: Extract<Change, { kind: "rule" }> }>;
  readonly carries: Map<string, { version: number; groups: readonly string[] }>;
  readonly lists: Map<string, { version: number; entries: readonly string[] }>;
}

interface Message {
  readonly at: string;
  readonly version: number;
  readonly change: Change;
}

/** Whether a rule at an interface may name a group. */
type Reaches = (at: string, group: string, direction: Way) => boolean;

export class DataPlane {
  readonly #views = new Map<string, View>();
  readonly #addresses = new Map<string, readonly string[]>();
  readonly #pending: Message[] = [];
  readonly #reaches: Reaches;
  #version = 0;

  constructor(reaches: Reaches) {
    this.#reaches = reaches;
  }

  addInterface(id: string, addresses: readonly string[]): void {
    this.#addresses.set(id, addresses);
    this.#views.set(id, { rules: new Map(), carries: new Map(), lists: new Map() });
  }

  /** Is on its way to every interface from now on. */
  announce(change: Change): void {
    this.#version++;
    for (const at of this.#views.keys()) this.#pending.push({ at, version: this.#version, change });
  }

  get pending(): number {
    return this.#pending.length;
  }

  /** One message arrives; `pick` chooses among as many as there are. */
  deliver(pick: (count: number) => number): void {
    const [message] = this.#pending.splice(pick(this.#pending.length), 1);
    if (message === undefined) return;
    const view = this.#views.get(message.at);
    const { change, version } = message;
    if (view === undefined) return;
    if (change.kind === "carry") {
      const before = view.carries.get(change.interface);
      if (before === undefined || before.version < version) {
        view.carries.set(change.interface, { version, groups: change.groups });
      }
      return;
    }
    if (change.kind === "list") {
      const before = view.lists.get(change.list);
      if (before === undefined || before.version < version) {
        view.lists.set(change.list, { version, entries: change.entries });
      }
      return;
    }
    const { protocol, from, to, peer } = change.rule;
    const key = JSON.stringify([change.group, change.direction, protocol, from, to, peer]);
    const before = view.rules.get(key);
    if (before === undefined || before.version < version) view.rules.set(key, { version, change });
  }

  settle(): void {
    while (this.#pending.length > 0) this.deliver(() => 0);
  }

  /** Whether both ends let a first packet through; an end that no interface has lets everything. */
  passes(packet: Packet): boolean {
    const [sender, receiver] = [this.#holder(packet.from), this.#holder(packet.to)];
    return (
      (sender === undefined || this.#lets(sender, "egress", packet.to, packet)) &&
      (receiver === undefined || this.#lets(receiver, "ingress", packet.from, packet))
    );
  }

  #holder(address: string): string | undefined {
    return [...this.#addresses].find(([, own]) => own.includes(address))?.[0];
  }

  #lets(id: string, direction: Way, peer: string, packet: Packet): boolean {
    const view = this.#views.get(id);
    const carried = view?.carries.get(id)?.groups ?? [];
    return [...(view?.rules.values() ?? [])].some(
      ({ change }) =>
        change.isThere &&
        change.direction === direction &&
        carried.includes(change.group) &&
        saysService(change.rule, packet) &&
        this.#saysPeer(change.rule, peer, view) &&
        (change.rule.peer.kind !== "group" || this.#reaches(id, change.rule.peer.id, direction)),
    );
  }

  #saysPeer({ peer }: StoredRule, address: string, view: View | undefined): boolean {
    if (peer.kind === "cidr") return isInside(address, peer.text);
    if (peer.kind === "list") {
      const { entries = [] } = view?.lists.get(peer.id) ?? {};
      return entries.some((prefix) => isInside(address, prefix));
    }
    const holder = this.#holder(address);
    return holder !== undefined && view?.carries.get(holder)?.groups.includes(peer.id) === true;
  }
}

const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17, icmpv6: 58 };

function saysService({ protocol, from, to }: StoredRule, packet: Packet): boolean {
  if (protocol === "-1") return true;
  if ((numbers[protocol] ?? Number(protocol)) !== packet.protocol) return false;
  if (protocol === "tcp" || protocol === "udp") return from <= packet.detail && packet.detail <= to;
  if (protocol !== "icmp" && protocol !== "icmpv6") return true;
  const [type, code] = [packet.detail >> 8, packet.detail & 255];
  return from === -1 || (from === type && (to === -1 || to === code));
}

function isInside(address: string, prefix: string): boolean {
  const family = address.includes(":") ? 6 : 4;
  const [text = "", length = ""] = prefix.split("/");
  const [base, value] = [parseAddress(text, family), parseAddress(address, family)];
  if (base === undefined || value === undefined) return false;
  const { low, high } = prefixRange(base, Number(length), family);
  return low <= value && value <= high;
}
