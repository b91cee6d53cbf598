// What is live as one number: a plan holds for this and nothing else.
import { sha256 } from "../../../compiler/model/sha256.ts";
import { formatAddress, formatCidr } from "../../../compiler/sets/address.ts";
import type { LiveAccount } from "../account/account.ts";
import { liveRuleKey } from "../account/read.ts";

/** Of everything that a transition looks at; ids of rules and descriptions are not among it. */
export function accountDigest({ groups, interfaces, templates, prefixLists }: LiveAccount): string {
  return sha256(
    JSON.stringify([
      groups.map(({ id, name, vpc, tags, ingress, egress }) => [
        id,
        name,
        vpc,
        [...tags].sort(([a], [b]) => (a < b ? -1 : 1)),
        ingress.map(liveRuleKey),
        egress.map(liveRuleKey),
      ]),
      interfaces.map(({ id, vpc, addresses, groups: carried, service }) => [
        id,
        vpc,
        addresses.map(formatAddress),
        carried,
        service ?? null,
      ]),
      templates,
      [...prefixLists].map(([id, cidrs]) => [id, cidrs.map(formatCidr)]),
    ]),
  );
}
