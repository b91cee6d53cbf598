// A plan as one JSON file, a rule to a line, so that a difference between two versions is one of rules.
// All text goes through JSON.stringify; what AWS takes as a description is cut down to what it allows.
import type { OutputFile } from "../../compiler/plan/target.ts";
import { formatCidr } from "../../compiler/sets/address.ts";
import type { Attachment, AwsPlan, GroupRule, PrefixList, SecurityGroup } from "./groups.ts";
import { peerText } from "./rules.ts";

export const planPath = "groups.json";
/** Of the file, for whatever else reads it; `parse.ts` reads no other. */
export const formatVersion = 1;

export function renderAws({ groups, lists, attachments }: AwsPlan): readonly OutputFile[] {
  const text = [
    "{",
    `  "formatVersion": ${formatVersion},`,
    `  "groups": ${list(groups.map(groupText), "  ")},`,
    ...(lists.length === 0 ? [] : [`  "prefixLists": ${list(lists.map(listText), "  ")},`]),
    `  "attachments": ${list(attachments.map(attachmentText), "  ")}`,
    "}",
    "",
  ].join("\n");
  return [{ path: planPath, text }];
}

const list = (items: readonly string[], indent: string): string =>
  items.length === 0
    ? "[]"
    : `[\n${items.map((item) => `${indent}  ${item}`).join(",\n")}\n${indent}]`;

const groupText = ({ name, network, ingress, egress }: SecurityGroup): string => {
  const rules = (one: readonly GroupRule[]) =>
    list(
      one.map((rule) => ruleText(rule, network)),
      "      ",
    );
  return [
    "{",
    `      "name": ${JSON.stringify(name)},`,
    `      "network": ${JSON.stringify(network)},`,
    `      "ingress": ${rules(ingress)},`,
    `      "egress": ${rules(egress)}`,
    "    }",
  ].join("\n");
};

const ruleText = (rule: GroupRule, network: string): string => {
  const { protocol, from, to, peer, rules, until } = rule;
  return JSON.stringify({
    protocol,
    from,
    to,
    [peer.kind]: peerText(peer),
    ...(peer.kind === "group" && peer.network !== network ? { network: peer.network } : {}),
    description: descriptionOf(rules),
    rules,
    ...(until === undefined ? {} : { until }),
  });
};

const listText = ({ name, network, family, entries }: PrefixList): string =>
  JSON.stringify({ name, network, family, entries: entries.map(formatCidr) });

const attachmentText = ({ interface: id, workload, network, groups }: Attachment): string =>
  JSON.stringify({ interface: id, workload, network, groups: groups ?? null });

const descriptionMax = 255;

/** Of letters, digits and signs that AWS takes in the description of every kind of rule (A.2). */
export function descriptionOf(rules: readonly string[]): string {
  const text = rules.length === 0 ? "not enforced" : rules.join(", ");
  return text.replace(/[^a-zA-Z0-9 ._\-:/()#,@[\]+=;{}!$*]/g, "_").slice(0, descriptionMax);
}
