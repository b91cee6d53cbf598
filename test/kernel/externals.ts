// The addresses outside the inventory worth a host: of every network the policy names the first,
// the last and one just outside; and two that it never names.
import type { EndpointSet, Model } from "../../compiler/model/types.ts";
import {
  type Cidr,
  formatCidr,
  type IpAddress,
  parseAddress,
} from "../../compiler/sets/address.ts";

/** One list for each network, and one for the unnamed. */
export function externalAtoms(model: Model): readonly (readonly IpAddress[])[] {
  const named = new Map<string, Cidr>();
  const flows = [
    ...model.rules.map(({ flow }) => flow),
    ...model.guardrails.flatMap(({ flow, exceptions }) => [flow, ...exceptions.map((e) => e.flow)]),
  ];
  for (const cidr of flows.flatMap((flow) => [
    ...cidrsIn(flow.source),
    ...cidrsIn(flow.destination),
  ])) {
    named.set(formatCidr(cidr), cidr);
  }
  const atoms = [...named.keys()].sort().flatMap((key) => {
    const cidr = named.get(key);
    return cidr === undefined || cidr.length === 0 ? [] : [edges(cidr)];
  });
  return [...atoms, ["9.9.9.9", "2620:fe::9"].map(addressOf)];
}

function cidrsIn(set: EndpointSet): readonly Cidr[] {
  switch (set.kind) {
    case "networks":
      return set.cidrs;
    case "names":
      return set.addresses ?? [];
    case "union":
    case "intersection":
      return set.of.flatMap(cidrsIn);
    case "difference":
      return [...cidrsIn(set.of), ...cidrsIn(set.except)];
    case "program":
      return cidrsIn(set.of);
    default:
      return [];
  }
}

function edges({ address, length }: Cidr): readonly IpAddress[] {
  const bits = address.family === 4 ? 32 : 128;
  const first = numberOf(address);
  const size = 1n << BigInt(bits - length);
  const after = first + size < 1n << BigInt(bits) ? first + size : first - 1n;
  return [...new Set([first, first + size - 1n, after])].map((n) => fromNumber(n, address));
}

const numberOf = ({ words }: IpAddress): bigint =>
  words.reduce<bigint>((sum, word) => (sum << 32n) | BigInt(word), 0n);

function fromNumber(value: bigint, like: IpAddress): IpAddress {
  const words = like.words.map((_, i) =>
    Number((value >> BigInt(32 * (like.words.length - 1 - i))) & 0xffffffffn),
  );
  // As many words as `like` has, so the family's tuple.
  return { family: like.family, words } as unknown as IpAddress;
}

function addressOf(text: string): IpAddress {
  const address = parseAddress(text);
  if (typeof address === "string") throw new Error(`${text} is no address`);
  return address;
}
