// The nodes of the Firewall CSP as a SyncML document: one atomic command for all, so a device has all
// rules of a part or none ([Firewall CSP]: rules must be in an Atomic block). A line for each leaf.
import type { CspPart, Nodes, NodeValue } from "./csp.ts";
import type { CspRead } from "./csp-json.ts";

export const syncmlPath = (part: number) => `csp/firewall-${String(part + 1).padStart(3, "0")}.xml`;

const store = "./Vendor/MSFT/Firewall/MdmStore";
const profiles = ["DomainProfile", "PrivateProfile", "PublicProfile"];
const head = ['<SyncML xmlns="SYNCML:SYNCML1.2"><SyncBody>', "<Atomic><CmdID>1</CmdID>"];
const tail = ["</Atomic>", "<Final/></SyncBody></SyncML>"];

export function syncmlText(part: CspPart): string {
  const leaves = [
    ...profiles.flatMap((profile) => below(profile, part.profiles ?? [])),
    ...part.rules.flatMap(({ id, nodes }) => below(`FirewallRules/${id}`, nodes)),
  ];
  const lines = leaves.map(([path, value], at) => replaceText(at + 2, path, value));
  return [...head, ...lines, ...tail].map((line) => `${line}\n`).join("");
}

const below = (under: string, nodes: Nodes): Nodes =>
  nodes.map(([path, value]) => [`${under}/${path}`, value]);

function replaceText(command: number, path: string, value: NodeValue): string {
  const meta = `<Meta><Format xmlns="syncml:metinf">${formatOf(value)}</Format></Meta>`;
  const item = `<Item><Target><LocURI>${store}/${path}</LocURI></Target>${meta}<Data>${escaped(String(value))}</Data></Item>`;
  return `<Replace><CmdID>${command}</CmdID>${item}</Replace>`;
}

const formatOf = (value: NodeValue) =>
  typeof value === "string" ? "chr" : typeof value === "number" ? "int" : "bool";

/** ASCII: whatever else is a reference to its number. */
const escaped = (text: string) =>
  text.replaceAll(/[^ !#-%(-;=?-~]/gu, (one) => `&#x${one.codePointAt(0)?.toString(16)};`);

const line =
  /^<Replace><CmdID>([0-9]+)<\/CmdID><Item><Target><LocURI>\.\/Vendor\/MSFT\/Firewall\/MdmStore\/([A-Za-z0-9/-]+)<\/LocURI><\/Target><Meta><Format xmlns="syncml:metinf">(chr|int|bool)<\/Format><\/Meta><Data>([^<>]*)<\/Data><\/Item><\/Replace>$/;

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
  for (const [at, one] of lines.slice(head.length, -tail.length).entries()) {
    const number = at + head.length + 1;
    const [, command, path = "", format, data = ""] = line.exec(one) ?? [];
    const value = readData(format ?? "", data);
    const [, owner = "", leaf = ""] =
      /^([A-Za-z]+Profile|FirewallRules\/[^/]+)\/(.+)$/.exec(path) ?? [];
    if (Number(command) !== at + 2 || value === undefined || leaf === "") return number;
    const nodes = leaves.get(owner) ?? new Map<string, NodeValue>();
    if (nodes.has(leaf)) return number;
    leaves.set(owner, nodes.set(leaf, value));
  }
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
