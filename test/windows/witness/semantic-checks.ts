// What Windows refuses in a rule that is written well: the semantic checks of [MS-FASP] 2.2.37, the
// statuses of 2.2.24 and the sizes of 2.2.4 to 2.2.17. A refused rule is not enforced at all, so a
// block or an allow that fails here is one that silently is not there.
import type { AddressRange, Family } from "./addresses.ts";
import type { FirewallPolicy, Rule } from "./policy.ts";

/** Of ports, of ICMP types, and of address ranges of one family ([MS-FASP] 2.2.9 to 2.2.17). */
export const listEntriesMax = 1000;

/** One sentence for every rule and thing that Windows would refuse. */
export function semanticFaults(policy: FirewallPolicy): readonly string[] {
  const named = new Set<string>();
  return policy.rules.flatMap((rule) => {
    // One overwrites the other: names of registry values do not tell capitals apart.
    const key = rule.name.toLowerCase();
    const twice = named.has(key) ? ["another rule has the name"] : [];
    named.add(key);
    return [...twice, ...ruleFaults(rule)].map((fault) => `rule ${rule.name}: ${fault}`);
  });
}

function ruleFaults(rule: Rule): readonly string[] {
  const { name, title, description, program, service } = rule;
  return [
    ...textFaults("the name", name, { lengthMax: 511, without: /\|/ }),
    ...textFaults("the title", title, { lengthMax: 9999, without: /\||^all$/i }),
    ...textFaults("the description", description, { lengthMax: 9999, without: /\|/ }),
    ...textFaults("the program", program, { lengthMax: 259, without: /[/*?"<>|]/ }),
    ...textFaults("the service", service, { lengthMax: 259, without: /[/\\|]/ }),
    ...protocolFaults(rule),
    ...sizeFaults(rule),
    ...addressFaults(rule),
    // FW_RULE_STATUS_SEMANTIC_ERROR_LOCAL_USER_LIST
    ...when(rule.users !== undefined && service !== undefined, "a user list beside a service"),
    // FW_RULE_STATUS_SEMANTIC_ERROR_ALLOW_BYPASS: no reader here knows the IPsec tokens it needs.
    ...when(rule.action === "bypass", "a bypass without authentication"),
  ];
}

const when = (isFault: boolean, fault: string) => (isFault ? [fault] : []);

function textFaults(
  what: string,
  text: string | undefined,
  { lengthMax, without }: { lengthMax: number; without: RegExp },
): readonly string[] {
  if (text === undefined) return [];
  return [
    ...when(text.length === 0, `${what} is empty`),
    ...when(text.length > lengthMax, `${what} has more than ${lengthMax} characters`),
    ...when(without.test(text), `${what} has what it must not have`),
  ];
}

/** FW_RULE_STATUS_SEMANTIC_ERROR_PROT_PROP */
function protocolFaults({ protocol = 256, localPorts, remotePorts, icmp }: Rule) {
  const hasPorts = localPorts !== undefined || remotePorts !== undefined;
  return [
    ...when(hasPorts && ![6, 17].includes(protocol), "ports without TCP or UDP"),
    ...when(icmp !== undefined && ![1, 58].includes(protocol), "ICMP types without ICMP"),
  ];
}

function sizeFaults({ localPorts, remotePorts, icmp, localAddresses, remoteAddresses }: Rule) {
  const ofFamily = (ranges: readonly AddressRange[] | undefined, family: Family) =>
    ranges?.filter((range) => range.family === family);
  const lists: readonly (readonly unknown[] | undefined)[] = [
    localPorts,
    remotePorts,
    icmp,
    ...([4, 6] as const).flatMap((family) => [
      ofFamily(localAddresses, family),
      ofFamily(remoteAddresses, family),
    ]),
  ];
  const isLong = lists.some((list) => list !== undefined && list.length > listEntriesMax);
  return when(isLong, `a list of more than ${listEntriesMax}`);
}

/** [MS-FASP] 2.2.10: neither end of an IPv6 range is `::` or `::1`. */
function addressFaults({ localAddresses = [], remoteAddresses = [] }: Rule) {
  const isOdd = [...localAddresses, ...remoteAddresses].some(
    ({ family, first, last }) => family === 6 && (first <= 1n || last <= 1n),
  );
  return when(isOdd, "an IPv6 range that ends at :: or ::1");
}
