// Texts of addresses to numbers, and the rule that an address says whose it is: those who share
// one must be alike in all that a policy can tell apart (SEG803).
import { diagnose } from "../../diagnostics/registry.ts";
import {
  type AddressFault,
  compareAddresses,
  formatAddress,
  type IpAddress,
  isFault,
  parseAddress,
} from "../sets/address.ts";
import { addFault, type Claim, type Faults, type Place, placeIn } from "./faults.ts";
import type { RawAddress } from "./raw.ts";
import { textFault } from "./text.ts";
import type { Enforcer, Workload, WorkloadAddress } from "./types.ts";

/** The sound addresses of the claims, sorted by realm, then address; each once. */
export function readAddresses(
  claims: readonly Claim[],
  faults: Faults,
): readonly WorkloadAddress[] {
  const addresses: WorkloadAddress[] = [];
  for (const claim of claims) {
    for (const [index, raw] of (claim.record.addresses ?? []).entries()) {
      const address = readAddress(claim, raw);
      if (typeof address !== "string") addresses.push(address);
      else {
        const text = ipOf(raw);
        addFault(faults, claim, placeOf(raw, index), (span) =>
          diagnose("SEG809", span, { why: "address", text, fault: address }),
        );
      }
      const realmFault = typeof raw === "string" ? undefined : textFault(raw.realm ?? "default");
      if (realmFault === undefined) continue;
      const place: Place = { path: ["addresses", index, "realm"], at: "value" };
      addFault(faults, claim, place, (span) =>
        diagnose("SEG809", span, { why: "text", key: "realm", fault: realmFault }),
      );
    }
  }
  return addresses.length < 2 ? addresses : addresses.sort(compareHeld).filter(isFirst);
}

type Fault = Exclude<AddressFault, "length-out-of-range"> | "prefix" | "nobodys";

/**
 * "This host" (0.0.0.0/8, ::), loopback (127.0.0.0/8, ::1), multicast (224.0.0.0/4, ff00::/8) and
 * broadcast: no packet comes from there, or only from oneself. By hand, for every address asks.
 */
function isNobodys(ip: IpAddress): boolean {
  const [first] = ip.words;
  const byte = first >>> 24;
  if (ip.family === 6) {
    const [, second, third, last] = ip.words;
    return byte === 0xff || (first + second + third === 0 && last <= 1);
  }
  return byte === 0 || byte === 127 || (byte >= 224 && byte < 240) || first === 0xffffffff;
}

function readAddress({ source }: Claim, raw: RawAddress): WorkloadAddress | Fault {
  const text = ipOf(raw);
  const ip = parseAddress(text);
  if (!isFault(ip)) {
    if (isNobodys(ip)) return "nobodys";
    return { ip, realm: typeof raw === "string" ? source.realm : (raw.realm ?? source.realm) };
  }
  if (/^[0-9a-fA-F.:]+\/\d+$/.test(text)) return "prefix";
  return ip === "length-out-of-range" ? "malformed" : ip;
}

const ipOf = (raw: RawAddress) => (typeof raw === "string" ? raw : raw.ip);

function placeOf(raw: RawAddress, index: number): Place {
  const path = typeof raw === "string" ? ["addresses", index] : ["addresses", index, "ip"];
  return { path, at: "value" };
}

function compareHeld(a: WorkloadAddress, b: WorkloadAddress): number {
  if (a.realm !== b.realm) return a.realm < b.realm ? -1 : 1;
  return compareAddresses(a.ip, b.ip);
}

function isFirst(address: WorkloadAddress, index: number, all: readonly WorkloadAddress[]) {
  const before = all[index - 1];
  return before === undefined || compareHeld(before, address) !== 0;
}

/** A workload and what was said about it. */
export interface Holder {
  readonly workload: Workload;
  readonly claims: readonly Claim[];
}

/** SEG803, at the later holder (by name) of each address. */
export function checkSharedAddresses(holders: readonly Holder[], faults: Faults): void {
  const realms = new Map<string, Map<number | string, Holder>>();
  for (const holder of holders) {
    for (const address of holder.workload.addresses) {
      const held = realms.get(address.realm) ?? new Map<number | string, Holder>();
      realms.set(address.realm, held);
      const key = keyOf(address.ip);
      const first = held.get(key);
      if (first === undefined) held.set(key, holder);
      else reportUnlike(first, holder, address, faults);
    }
  }
}

function keyOf(ip: IpAddress): number | string {
  if (ip.family === 4) return ip.words[0];
  const [a, b, c, d] = ip.words;
  return `${a},${b},${c},${d}`;
}

function reportUnlike(first: Holder, second: Holder, address: WorkloadAddress, faults: Faults) {
  const differ = difference(first.workload, second.workload);
  const found = findAddress(second, address);
  if (differ === undefined || found === undefined) return;
  const other = findAddress(first, address);
  const related = other && { message: "first here", span: placeIn(other.claim, other.place) };
  addFault(faults, found.claim, found.place, (span) =>
    diagnose(
      "SEG803",
      span,
      {
        address: formatAddress(address.ip),
        realm: address.realm,
        first: first.workload.name,
        second: second.workload.name,
        differ,
      },
      related === undefined ? {} : { related: [related] },
    ),
  );
}

/** Equal label maps are one object, so that identity decides. */
function difference(a: Workload, b: Workload): "labels" | "platform" | "enforcers" | undefined {
  if (a.labels !== b.labels) return "labels";
  if (a.platform !== b.platform) return "platform";
  return enforcementOf(a.enforcers) === enforcementOf(b.enforcers) ? undefined : "enforcers";
}

/** Kinds and directions; ids may differ. */
function enforcementOf(enforcers: readonly Enforcer[]): string {
  const texts = enforcers.map(
    ({ kind, directions, network = "" }) => `${kind} ${directions.join(" ")} ${network}`,
  );
  return [...new Set(texts)].sort().join(", ");
}

function findAddress({ claims }: Holder, wanted: WorkloadAddress) {
  for (const claim of claims) {
    for (const [index, raw] of (claim.record.addresses ?? []).entries()) {
      const address = readAddress(claim, raw);
      if (typeof address === "string" || compareHeld(address, wanted) !== 0) continue;
      return { claim, place: placeOf(raw, index) };
    }
  }
  return undefined;
}
