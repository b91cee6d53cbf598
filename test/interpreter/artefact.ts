// The texts of one enforcer, in either format -> a program.
import { type IptablesTexts, readIptables } from "./iptables.ts";
import { readNftables } from "./nftables.ts";
import type { Program } from "./program.ts";

/** nftables: `nft`. iptables: `v4`, `v6` and `ipset`, each of which may be absent. */
export interface Artefact {
  readonly format: "nftables" | "iptables";
  readonly texts: Readonly<Record<string, string>>;
}

/** Throws a `LoadFault` where a text does not load. */
export function readArtefact({ format, texts }: Artefact): Program {
  if (format === "nftables") return readNftables(texts.nft ?? "");
  const known: IptablesTexts = texts;
  return readIptables(known);
}
