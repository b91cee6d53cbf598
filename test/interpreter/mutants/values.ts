// Mutations of the addresses and ports within a line.
import { bitsOf, type Family, formatAddress, parseAddress, prefixRange } from "../address.ts";
import type { Chance } from "./chance.ts";
import { type Document, replaced, type Site, sitesOf, textAt, unquoted } from "./document.ts";
import type { Mutation } from "./mutation.ts";

export interface Prefix {
  readonly site: Site;
  readonly family: Family;
  readonly base: bigint;
  readonly length: number;
}

const addressPattern =
  /(?<![\w.:/-])(?:\d+\.\d+\.\d+\.\d+|[0-9a-f]*:[0-9a-f:]*:[0-9a-f:]*)(?:\/\d+)?(?![\w.:/-])/g;

export function prefixesOf(document: Document): readonly Prefix[] {
  return sitesOf(document, ["rule", "elements"], addressPattern).flatMap((site) => {
    const [host = "", length] = textAt(document, site).split("/");
    const family = host.includes(":") ? 6 : 4;
    const base = parseAddress(host, family);
    if (base === undefined) return [];
    return [{ site, family, base, length: length === undefined ? bitsOf(family) : Number(length) }];
  });
}

export function prefixText(base: bigint, length: number, family: Family): string {
  const { low } = prefixRange(base, length, family);
  return `${formatAddress(low, family)}${length === bitsOf(family) ? "" : `/${length}`}`;
}

export const widenPrefix: Mutation = (document, chance) => {
  const found = chance.pick(prefixesOf(document).filter(({ length }) => length > 1));
  if (found === undefined) return undefined;
  const { site, base, length, family } = found;
  return {
    index: site.index,
    artefact: replaced(document, site, prefixText(base, length - 1, family)),
  };
};

export const narrowPrefix: Mutation = (document, chance) => {
  const prefixes = prefixesOf(document).filter(({ length, family }) => length < bitsOf(family));
  const found = chance.pick(prefixes);
  if (found === undefined) return undefined;
  const { site, base, length, family } = found;
  const upper = chance.below(2) === 0 ? 0n : 1n << BigInt(bitsOf(family) - length - 1);
  const text = prefixText(base | upper, length + 1, family);
  return { index: site.index, artefact: replaced(document, site, text) };
};

/** Where ports stand, in all formats; each match is one port or one range. */
function portsOf(document: Document): readonly Site[] {
  const lists = sitesOf(
    document,
    ["rule"],
    /\b[sd]port (?:!= )?(?:\{[^}]*\}|[\d-]+)|--(?:[sd]ports?|ports|(?:source|destination)-ports?) [\d:,]+/g,
  );
  const inLists = lists.flatMap((site) =>
    within(document, site, /(?<![\w.])\d+(?:[-:]\d+)?(?![\w.])/g),
  );
  const isNft = document.artefact.format === "nftables";
  const pattern = isNft
    ? /(?<= \. )\d+(?:-\d+)?(?=[,\s]|$)/g
    : /(?<=,(?:\w+:)?)\d+(?:-\d+)?(?=[,\s]|$)/g;
  return [...inLists, ...sitesOf(document, ["elements"], pattern)];
}

export function within(document: Document, site: Site, pattern: RegExp): readonly Site[] {
  const text = unquoted(document.lines[site.index]?.text ?? "").slice(site.start, site.end);
  return [...text.matchAll(pattern)].map(({ index, 0: { length } }) => {
    const start = site.start + index;
    return { index: site.index, start, end: start + length };
  });
}

function changePort(
  document: Document,
  chance: Chance,
  change: (low: number, high: number) => readonly [number, number],
) {
  const site = chance.pick(portsOf(document));
  if (site === undefined) return undefined;
  const text = textAt(document, site);
  const isRuleOfIptables =
    document.artefact.format === "iptables" && document.lines[site.index]?.role.kind === "rule";
  const [low = 0, high = low] = text.split(/[-:]/).map(Number);
  const [first, last] = change(low, high);
  const joined = first === last ? `${first}` : `${first}${isRuleOfIptables ? ":" : "-"}${last}`;
  return { index: site.index, artefact: replaced(document, site, joined) };
}

export const shiftPort: Mutation = (document, chance) =>
  changePort(document, chance, (low, high) =>
    high < 65535 ? [low + 1, high + 1] : [low - 1, high - 1],
  );

export const widenPort: Mutation = (document, chance) =>
  changePort(document, chance, (low, high) => (high < 65535 ? [low, high + 1] : [low - 1, high]));
