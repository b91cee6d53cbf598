// The file of an artefact back as a plan. Descriptions and the rules named beside them carry nothing
// that is enforced; what is not known is refused.
import type { OutputFile, Parsed } from "../../compiler/plan/target.ts";
import { type Cidr, formatCidr, parsePrefix } from "../../compiler/sets/address.ts";
import { isDate } from "../../grammar/date.ts";
import type { Attachment, AwsPlan, GroupRule, Peer, PrefixList, SecurityGroup } from "./groups.ts";
import { serviceOf } from "./permissions.ts";
import { formatVersion, planPath } from "./render.ts";
import { ruleKey } from "./rules.ts";

/** Something in the file that segc does not write; `key` finds its line: the nth that has this key. */
class Fault extends Error {
  readonly key: string;
  readonly nth: number;

  constructor(message: string, key: string, nth: number) {
    super(message);
    this.key = key;
    this.nth = nth;
  }
}

export function parseAws(files: readonly OutputFile[]): Parsed<AwsPlan> {
  const strange = files.find(({ path }) => path !== planPath);
  if (strange !== undefined) return problem(strange.path, 1, "is no file of segc's");
  const [file, ...more] = files;
  if (file === undefined || more.length > 0) return problem(planPath, 1, "must be there once");
  let value: unknown;
  try {
    value = JSON.parse(file.text);
  } catch (error) {
    return problem(planPath, syntaxLine(file.text, error), "is no JSON");
  }
  // A key twice is read by some as the first and by others as the last.
  if (withoutBlanks(file.text) !== JSON.stringify(value)) {
    return problem(planPath, 1, "says something twice, or otherwise than JSON is written");
  }
  try {
    return { ok: true, plan: planOf(value) };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return problem(planPath, lineOf(file.text, fault), fault.message);
  }
}

const problem = (path: string, line: number, message: string) =>
  ({ ok: false, problems: [{ path, line, message }] }) as const;

const withoutBlanks = (text: string): string =>
  text.replace(/("(?:[^"\\]|\\.)*")|[ \t\r\n]+/g, (_, quoted?: string) => quoted ?? "");

function syntaxLine(text: string, error: unknown): number {
  const [, position] = /position (\d+)/.exec(String(error)) ?? [];
  return text.slice(0, Number(position ?? 0)).split("\n").length;
}

function lineOf(text: string, { key, nth }: Fault): number {
  const lines = text.split("\n");
  let seen = -1;
  const index = lines.findIndex((line) => {
    if (line.includes(`"${key}":`)) seen++;
    return seen === nth;
  });
  return Math.max(index, 0) + 1;
}

function planOf(value: unknown): AwsPlan {
  const keys = ["formatVersion", "groups", "prefixLists", "attachments"];
  const fields = fieldsOf(value, keys, "formatVersion", 0);
  const { groups, prefixLists = [], attachments } = fields;
  if (fields.formatVersion !== formatVersion) {
    throw new Fault(`expected \`formatVersion\` ${formatVersion}`, "formatVersion", 0);
  }
  let rules = 0;
  const plan = {
    groups: listOf(groups, "groups", 0).map((group, nth) => {
      const found = groupOf(group, nth, rules);
      rules += found.ingress.length + found.egress.length;
      return found;
    }),
    lists: listOf(prefixLists, "prefixLists", 0).map(prefixListOf),
    attachments: listOf(attachments, "attachments", 0).map(attachmentOf),
  };
  checkNames(plan);
  return plan;
}

function fieldsOf(
  value: unknown,
  keys: readonly string[],
  key: string,
  nth: number,
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Fault("expected a mapping", key, nth);
  }
  const strange = Object.keys(value).find((one) => !keys.includes(one));
  if (strange !== undefined) throw new Fault(`there is no key \`${strange}\` here`, key, nth);
  return Object(value);
}

function listOf(value: unknown, key: string, nth: number): readonly unknown[] {
  if (!Array.isArray(value)) throw new Fault(`expected a list under \`${key}\``, key, nth);
  return value;
}

function textOf(value: unknown, key: string, nth: number): string {
  if (typeof value !== "string" || value === "") throw new Fault(`expected a \`${key}\``, key, nth);
  return value;
}

function groupOf(value: unknown, nth: number, before: number): SecurityGroup {
  const fields = fieldsOf(value, ["name", "network", "ingress", "egress"], "name", nth);
  const ingress = listOf(fields.ingress, "ingress", nth);
  const egress = listOf(fields.egress, "egress", nth);
  const network = textOf(fields.network, "name", nth);
  const group = {
    name: nameOf(fields.name, nth),
    network,
    ingress: ingress.map((rule, index) => ruleOf(rule, network, before + index)),
    egress: egress.map((rule, index) => ruleOf(rule, network, before + ingress.length + index)),
  };
  for (const side of ["ingress", "egress"] as const) {
    const keys = group[side].map(ruleKey);
    const again = keys.findIndex((key, index) => keys.indexOf(key) !== index);
    const at = before + again + (side === "egress" ? ingress.length : 0);
    if (again >= 0) throw new Fault("a rule twice, which AWS refuses", "protocol", at);
  }
  return group;
}

/** What AWS takes as the name of a group, and reads as it is written (platforms.md A.2). */
function nameOf(value: unknown, nth: number): string {
  const name = textOf(value, "name", nth);
  const isName =
    /^[a-zA-Z0-9._\-:/()#,@[\]+=;{}!$*][a-zA-Z0-9 ._\-:/()#,@[\]+=;{}!$*]{0,254}$/.test(name) &&
    !name.startsWith("sg-") &&
    !name.endsWith(" ");
  if (!isName) throw new Fault(`\`${name.slice(0, 40)}\` is no name of a group`, "name", nth);
  return name;
}

const peerKeys = ["cidr", "list", "group", "network"];
const ruleKeys = ["protocol", "from", "to", ...peerKeys, "description", "rules", "until"];

function ruleOf(value: unknown, own: string, nth: number): GroupRule {
  const fields = fieldsOf(value, ruleKeys, "protocol", nth);
  const fail = (message: string): never => {
    throw new Fault(message, "protocol", nth);
  };
  const { from, to, until, rules, description } = fields;
  const protocol = textOf(fields.protocol, "protocol", nth);
  if (typeof from !== "number" || typeof to !== "number") return fail("expected `from` and `to`");
  if (serviceOf({ protocol, from, to }) === undefined) return fail("no permission that EC2 takes");
  if (until !== undefined && !(typeof until === "string" && isDate(until))) {
    return fail("expected a date under `until`");
  }
  if (
    typeof description !== "string" ||
    !/^[a-zA-Z0-9 ._\-:/()#,@[\]+=;{}!$*]{0,255}$/.test(description)
  ) {
    return fail("expected a `description` of signs that AWS takes");
  }
  const isNames = Array.isArray(rules) && rules.every((name) => typeof name === "string");
  if (!isNames) return fail("expected a list of names under `rules`");
  return { protocol, from, to, peer: peerOf(fields, own, nth), rules, until };
}

function peerOf(
  { cidr, list, group, network }: Readonly<Record<string, unknown>>,
  own: string,
  nth: number,
): Peer {
  const fail = (message: string): never => {
    throw new Fault(message, "protocol", nth);
  };
  if ([cidr, list, group].filter((one) => one !== undefined).length !== 1) {
    return fail("expected a `cidr`, a `list` or a `group`");
  }
  if (network !== undefined && (group === undefined || network === own)) {
    return fail("`network` is for a group of another one");
  }
  if (group !== undefined) {
    const other = network === undefined ? own : textOf(network, "protocol", nth);
    return { kind: "group", group: textOf(group, "protocol", nth), network: other };
  }
  if (list !== undefined) return { kind: "list", list: textOf(list, "protocol", nth) };
  return { kind: "cidr", cidr: cidrOf(textOf(cidr, "protocol", nth), "protocol", nth) };
}

/** AWS clears host bits and asks for the length of a single address: nothing is left for it to change. */
function cidrOf(text: string, key: string, nth: number): Cidr {
  const parsed = parsePrefix(text);
  if (parsed.kind !== "prefix" || formatCidr(parsed.cidr) !== text) {
    throw new Fault(`\`${text}\` is no prefix in its one form`, key, nth);
  }
  return parsed.cidr;
}

/** Shown at its family, which nothing else has. */
function prefixListOf(value: unknown, nth: number): PrefixList {
  const fields = fieldsOf(value, ["name", "network", "family", "entries"], "family", nth);
  const fail = (message: string): never => {
    throw new Fault(message, "family", nth);
  };
  const { name, family } = fields;
  if (typeof name !== "string" || !/^(?!com\.amazonaws)[a-zA-Z0-9._-]{1,255}$/.test(name)) {
    return fail("expected the `name` of a prefix list");
  }
  if (family !== 4 && family !== 6) return fail("expected 4 or 6 as `family`");
  const entries = listOf(fields.entries, "family", nth).map((entry) =>
    cidrOf(textOf(entry, "family", nth), "family", nth),
  );
  if (entries.length === 0 || entries.length > 1000) return fail("expected 1 to 1000 `entries`");
  if (entries.some(({ address }) => address.family !== family)) {
    return fail(`a list of IPv${family} has an entry that is none`);
  }
  if (new Set(entries.map(formatCidr)).size < entries.length) return fail("an entry twice");
  return { name, network: textOf(fields.network, "family", nth), family, entries };
}

function attachmentOf(value: unknown, nth: number): Attachment {
  const keys = ["interface", "workload", "network", "groups"];
  const { interface: id, workload, network, groups } = fieldsOf(value, keys, "interface", nth);
  const names =
    groups === null
      ? undefined
      : listOf(groups, "interface", nth).map((name) => textOf(name, "interface", nth));
  if (names !== undefined && new Set(names).size !== names.length) {
    throw new Fault("a group twice", "interface", nth);
  }
  return {
    interface: textOf(id, "interface", nth),
    workload: textOf(workload, "workload", nth),
    network: networkOf(network, nth),
    groups: names,
  };
}

/** Shown at the interface: groups have a `network` too. */
function networkOf(value: unknown, nth: number): string {
  if (typeof value !== "string" || value === "") {
    throw new Fault("expected a `network`", "interface", nth);
  }
  return value;
}

/** Every group that is named is there, in the network that names it. */
function checkNames({ groups, lists, attachments }: AwsPlan): void {
  const listed = new Map(lists.map(({ name, network }) => [name, network]));
  const used = new Set<string>();
  const again = lists.findIndex(({ name }, at) => lists.findIndex((one) => one.name === name) < at);
  if (again >= 0) throw new Fault("two lists have this name", "family", again);
  const keyOf = (network: string, name: string) => JSON.stringify([network, name]);
  const known = new Set<string>();
  for (const [nth, { network, name }] of groups.entries()) {
    const key = keyOf(network, name.toLowerCase());
    if (known.has(key)) throw new Fault(`two groups are called \`${name}\``, "name", nth);
    known.add(key);
  }
  const missing = (name: string, network: string) =>
    `there is no group \`${name}\` in network \`${network}\``;
  const names = new Set(groups.map(({ network, name }) => keyOf(network, name)));
  let nth = 0;
  for (const { network, ingress, egress } of groups) {
    for (const { peer } of [...ingress, ...egress]) {
      if (peer.kind === "group" && !names.has(keyOf(peer.network, peer.group))) {
        throw new Fault(missing(peer.group, peer.network), "protocol", nth);
      }
      if (peer.kind === "list") {
        used.add(peer.list);
        if (listed.get(peer.list) !== network) {
          throw new Fault(`there is no list \`${peer.list}\` in this network`, "protocol", nth);
        }
      }
      nth++;
    }
  }
  const idle = lists.findIndex(({ name }) => !used.has(name));
  if (idle >= 0) throw new Fault("no rule names this list", "family", idle);
  const interfaces = new Set<string>();
  for (const [at, { interface: id, network, groups: carried = [] }] of attachments.entries()) {
    if (interfaces.has(id)) throw new Fault(`interface \`${id}\` stands twice`, "interface", at);
    interfaces.add(id);
    const stranger = carried.find((name) => !names.has(keyOf(network, name)));
    if (stranger !== undefined) throw new Fault(missing(stranger, network), "interface", at);
  }
}
