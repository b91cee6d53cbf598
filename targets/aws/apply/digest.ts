// What is live as one number: a plan holds for this and nothing else.

import { sha256 } from "../../../compiler/model/sha256.ts";
import { type NetworkLinks, noLinks } from "../../../compiler/plan/network-links.ts";
import { formatAddress, formatCidr } from "../../../compiler/sets/address.ts";
import { groupTag, type LiveAccount, ownerTag } from "../account/account.ts";
import { liveRuleKey } from "../account/read.ts";

/** The same without launch templates and links. */
export const networksDigest = (live: LiveAccount): string =>
  accountDigest({ ...live, templates: [], links: noLinks });

/** Of everything that a transition looks at; ids of rules and descriptions are not among it. */
export function accountDigest(live: LiveAccount): string {
  const { groups, interfaces, templates, prefixLists, links } = live;
  return sha256(
    JSON.stringify([
      groups.map(({ id, name, vpc, tags, ingress, egress }) => [
        id,
        name,
        vpc,
        [ownerTag, groupTag].map((tag) => tags.get(tag) ?? null),
        ingress.map(liveRuleKey),
        egress.map(liveRuleKey),
      ]),
      interfaces.map(({ id, vpc, addresses, prefixes, groups: carried, service }) => [
        id,
        vpc,
        addresses.map(formatAddress).sort(),
        prefixes.map(formatCidr).sort(),
        carried,
        service ?? null,
      ]),
      templates
        .map(({ id, version, groups: named }) => [id, version, JSON.stringify(named)])
        .sort(),
      [...prefixLists]
        .map(([id, { tags, weight, entries }]) => [
          id,
          ...[ownerTag, groupTag].map((tag) => tags.get(tag) ?? ""),
          String(weight),
          ...entries.map(formatCidr).sort(),
        ])
        .sort(byFirst),
      linksDigest(links),
    ]),
  );
}

/** Whatever the order. */
export const linksDigest = ({ peerings, transitGateways }: NetworkLinks): string =>
  JSON.stringify(
    [peerings, transitGateways].map((list) => list.map((one) => one.toSorted().join()).sort()),
  );

const byFirst = ([a = ""]: readonly string[], [b = ""]: readonly string[]) =>
  a < b ? -1 : Number(a > b);
