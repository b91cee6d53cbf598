// One entry of an ipset -> its fields as ranges, and what the kernel refuses of them.
import { bitsOf, parseAddresses } from "../address.ts";
import { LoadFault } from "../fault.ts";
import { type Range, range } from "../ranges.ts";
import { type IpSet, type Member, portsInSets } from "./sets.ts";
import { numberOf, protocolOf } from "./words.ts";

/** The members that one entry adds: a range of addresses is several networks. */
export function readMembers(
  entry: string,
  set: IpSet,
  exempt: boolean,
  line: number,
  isKnownSet: (name: string) => boolean,
): readonly Member[] {
  if (set.type === "list:set") {
    if (!isKnownSet(entry)) throw new LoadFault(`no set "${entry}" to list`, line);
    return [{ fields: [], exempt, set: entry }];
  }
  if (set.type === "bitmap:port") {
    const ports = portRange(entry.replace(/^(tcp|udp):/, ""), line);
    const [low, high] = set.ports;
    if (ports.low < BigInt(low) || ports.high > BigInt(high)) {
      throw new LoadFault(`"${entry}" lies outside the range of the set`, line);
    }
    return [{ fields: [ports], exempt }];
  }
  const kinds = set.type.slice("hash:".length).split(",");
  const parts = entry.split(",");
  if (parts.length !== kinds.length) throw new LoadFault(`"${entry}" has a wrong length`, line);
  let members: readonly Member[] = [{ fields: [], exempt }];
  for (const [index, kind] of kinds.entries()) {
    const choices = readField(parts[index] ?? "", kind, set, index === 0, line);
    members = members.flatMap((member) =>
      choices.map(({ field, ...key }) => ({
        ...member,
        ...key,
        fields: [...member.fields, field],
      })),
    );
  }
  return members;
}

type Field = { readonly field: Range } & Pick<Member, "protocol" | "prefix">;

function readField(
  part: string,
  kind: string,
  set: IpSet,
  isFirst: boolean,
  line: number,
): readonly Field[] {
  if (kind === "port") {
    const { protocol, ports } = portField(part, line);
    return [{ protocol, field: ports }];
  }
  const addresses = addressField(part, set, kind === "net", isFirst, line);
  if (kind !== "net") return [{ field: addresses }];
  const bits = bitsOf(set.family ?? 4);
  return networks(addresses, bits).map((field) => {
    const prefix = bits - ((field.high - field.low + 1n).toString(2).length - 1);
    if (prefix === 0) throw new LoadFault("a network of length 0 cannot be stored", line);
    return { field, prefix };
  });
}

/**
 * Version 6 knows no ranges, and among hosts no networks; neither does the second host of an entry
 * (tried with ipset 7.17). Zero is no host.
 */
function addressField(
  part: string,
  set: IpSet,
  isNet: boolean,
  isFirst: boolean,
  line: number,
): Range {
  const found = parseAddresses(part, set.family ?? 4);
  if (found === undefined) throw new LoadFault(`no address of the set's family: ${part}`, line);
  const isWide = found.low !== found.high;
  const mayBeWide = set.family === 6 ? isNet && !part.includes("-") : isFirst;
  if ((isWide && !mayBeWide) || (!isNet && found.low === 0n)) {
    throw new LoadFault(`"${part}" cannot be stored`, line);
  }
  return found;
}

/** The fewest networks that make up a range. */
function networks({ low, high }: Range, bits: number): readonly Range[] {
  const list: Range[] = [];
  for (let start = low; start <= high; ) {
    let size = 1n << BigInt(bits);
    while (start % size !== 0n || start + size - 1n > high) size >>= 1n;
    list.push(range(start, start + size - 1n));
    start += size;
  }
  return list;
}

/** `[proto:]port[-port]`, `icmp:type/code`, `proto:0`; TCP where no protocol is named. */
function portField(part: string, line: number): { protocol: number; ports: Range } {
  const [first = "", second] = part.split(":");
  const protocol = second === undefined ? 6 : protocolOf(first, line);
  const text = second ?? first;
  if (protocol === 0) throw new LoadFault("protocol 0 cannot be stored", line);
  if (protocol === 1 || protocol === 58) {
    const [type, code] = (icmpNames[`${protocol} ${text}`] ?? text).split("/");
    const value = numberOf(type, 255, line) * 256 + numberOf(code, 255, line);
    return { protocol, ports: range(value) };
  }
  const ports = portRange(text, line);
  if (!portsInSets.includes(protocol) && ports.high !== 0n) {
    throw new LoadFault(`protocol ${protocol} has no ports in a set`, line);
  }
  return { protocol, ports };
}

/** What `ipset save` writes for the commonest. */
const icmpNames: Readonly<Record<string, string>> = {
  "1 echo-request": "8/0",
  "1 echo-reply": "0/0",
  "58 echo-request": "128/0",
  "58 echo-reply": "129/0",
};

function portRange(text: string, line: number): Range {
  const [first, last = first, ...more] = text.split("-");
  const [low, high] = [numberOf(first, 65535, line), numberOf(last, 65535, line)];
  if (low > high || more.length > 0) throw new LoadFault(`no range of ports: ${text}`, line);
  return range(low, high);
}
