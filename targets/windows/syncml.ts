// The nodes of the Firewall CSP as a SyncML document: one atomic command for all, so a device has all
// rules of a part or none ([Firewall CSP]: rules must be in an Atomic block). In it is a command for each
// rule, with a line for each leaf.
import type { CspPart, Nodes, NodeValue } from "./csp.ts";
import type { CspRead } from "./csp-json.ts";

export const syncmlPath = (part: number) => `csp/firewall-${String(part + 1).padStart(3, "0")}.xml`;

const store = "./Vendor/MSFT/Firewall/MdmStore";
const profiles = ["DomainProfile", "PrivateProfile", "PublicProfile"];
const head = ['<SyncML xmlns="SYNCML:SYNCML1.2"><SyncBody>', "<Atomic><CmdID>1</CmdID>"];
const tail = ["</Atomic>", "<Final/></SyncBody></SyncML>"];

export function syncmlText(part: CspPart): string {
  const owners: readonly (readonly [owner: string, nodes: Nodes])[] = [
    ...profiles.flatMap((profile) =>
      part.profiles === undefined ? [] : [[profile, part.profiles] as const],
    ),
    ...part.rules.map(({ id, nodes }) => [`FirewallRules/${id}`, nodes] as const),
  ];
  const lines = owners.flatMap(([owner, nodes], at) => [
    commandText(at),
    ...nodes.map(([path, value]) => itemText(`${owner}/${path}`, value)),
    commandEnd,
  ]);
  return [...head, ...lines, ...tail].map((line) => `${line}\n`).join("");
}

/** The atomic command is the first. */
const commandText = (at: number) => `<Replace><CmdID>${at + 2}</CmdID>`;
const commandEnd = "</Replace>";

function itemText(path: string, value: NodeValue): string {
  const target = `<Target><LocURI>${store}/${path}</LocURI></Target>`;
  const meta = `<Meta><Format xmlns="syncml:metinf">${formatOf(value)}</Format></Meta>`;
  return `<Item>${target}${meta}<Data>${escaped(String(value))}</Data></Item>`;
}

const formatOf = (value: NodeValue) =>
  typeof value === "string" ? "chr" : typeof value === "number" ? "int" : "bool";

/** ASCII: whatever else is a reference to its number. */
const escaped = (text: string) =>
  text.replaceAll(/[^ !#-%(-;=?-~]/gu, (one) => `&#x${one.codePointAt(0)?.toString(16)};`);

const item =
  /^<Item><Target><LocURI>\.\/Vendor\/MSFT\/Firewall\/MdmStore\/([A-Za-z]+Profile|FirewallRules\/[a-z0-9-]+)\/([A-Za-z/]+)<\/LocURI><\/Target><Meta><Format xmlns="syncml:metinf">(chr|int|bool)<\/Format><\/Meta><Data>([^<>]*)<\/Data><\/Item>$/;

/** Strictly what `syncmlText` writes; a number is the line that is something else. */
export function readSyncml(text: string): CspRead | number {
  const lines = text.split("\n");
  const isFramed =
    lines.pop() === "" &&
    [head, tail].every((frame, end) =>
      frame.every((one, at) => lines.at(end === 0 ? at : at - frame.length) === one),
    );
  if (!isFramed) return 1;
  const leaves = new Map<string, Map<string, NodeValue>>();
  let open: Map<string, NodeValue> | undefined;
  let holder = "";
  for (let at = head.length; at < lines.length - tail.length; at++) {
    const line = lines[at] ?? "";
    if (open === undefined) {
      if (line !== commandText(leaves.size)) return at + 1;
      [open, holder] = [new Map(), ""];
    } else if (line === commandEnd) {
      if (holder === "") return at + 1;
      open = undefined;
    } else {
      const [, owner = "", leaf = "", format = "", data = ""] = item.exec(line) ?? [];
      const value = readData(format, data);
      if (holder === "" && owner !== "" && !leaves.has(owner)) leaves.set(owner, open);
      else if (owner !== holder) return at + 1;
      if (value === undefined || open.has(leaf)) return at + 1;
      holder = owner;
      open.set(leaf, value);
    }
  }
  if (open !== undefined) return lines.length - tail.length + 1;
  return partOf(leaves) ?? 1;
}

/** Undefined where the three profiles are not the same. */
function partOf(leaves: ReadonlyMap<string, ReadonlyMap<string, NodeValue>>): CspRead | undefined {
  const texts = profiles.map((profile) => JSON.stringify([...(leaves.get(profile) ?? [])]));
  const rules = [...leaves].filter(([owner]) => owner.startsWith("FirewallRules/"));
  const owners = leaves.size - rules.length;
  const isSound = new Set(texts).size === 1 && (owners === 0 || owners === profiles.length);
  if (!isSound) return undefined;
  return {
    profiles: leaves.get(profiles[0] ?? ""),
    rules: rules.map(([owner, nodes]) => ({ id: owner.slice("FirewallRules/".length), nodes })),
  };
}

function readData(format: string, data: string): NodeValue | undefined {
  const text = data.replaceAll(/&#x([0-9a-f]{1,6});/g, (whole, hex: string) => {
    const point = Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
  if (escaped(text) !== data) return undefined;
  if (format === "chr") return text;
  if (format === "int") return /^(0|[1-9][0-9]{0,9})$/.test(text) ? Number(text) : undefined;
  return text === "true" || text === "false" ? text === "true" : undefined;
}
