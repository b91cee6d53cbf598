// One small fleet, and its artefact.
import { compile } from "../../index.ts";
import { memoryFiles } from "../generated/memory-files.ts";
import type { GroupsDocument } from "./evaluator.ts";
import { awsText, documentOf } from "./projects.ts";

export const now = "2026-11-24";

export interface Host {
  readonly name: string;
  readonly role: string;
  readonly addresses: readonly string[];
  readonly directions?: readonly string[];
  readonly id?: string;
}

export const hosts: readonly Host[] = [
  { name: "web-1", role: "web", addresses: ["10.0.0.1", "fd00::1"] },
  { name: "web-2", role: "web", addresses: ["10.0.0.2", "fd00::2"] },
  { name: "api-1", role: "api", addresses: ["10.0.1.1", "fd00::1:1"] },
  { name: "db-1", role: "db", addresses: ["10.0.2.1"] },
];

export const policy = `module shop root
label role: enum { web, api, db }
segment web = workloads where role is web
segment api = workloads where role is api
segment db = workloads where role is db
allow public = anywhere -> web : tcp/443
allow web-to-api = web -> api : tcp/8443
allow api-to-db = api -> db : tcp/5432
`;

export const record = ({
  name,
  role,
  addresses,
  directions = ["ingress", "egress"],
  id,
}: Host) => ({
  name,
  platform: "linux",
  labels: { role },
  addresses,
  enforcers: [{ kind: "aws-sg", id: id ?? `eni-${name}`, directions }],
});

export const filesOf = (list: readonly Host[], text = policy, settings = "") =>
  memoryFiles(
    new Map([
      ["segc.yaml", `edition: 1\nmodules: { shop: shop.seg }\ninventory: hosts.json\n${settings}`],
      ["shop.seg", text],
      ["hosts.json", JSON.stringify(list.map(record))],
    ]),
  );

export function compiled(list = hosts, text = policy, settings = "") {
  const { compiled: found, checked, diagnostics } = compile(filesOf(list, text, settings), { now });
  const artefact = awsText(found?.artefacts ?? []);
  if (found === undefined || artefact === undefined) throw new Error(JSON.stringify(diagnostics));
  return { ...found, checked, text: artefact, document: documentOf(artefact) };
}

export const codesOf = (list: readonly Host[], text: string, settings = "") =>
  compile(filesOf(list, text, settings), { now }).diagnostics.flatMap(
    ({ code, severity, message }) => (severity === "error" ? [`${code} ${message}`] : []),
  );

export const groupsOf = ({ attachments }: GroupsDocument, workload: string) =>
  attachments.find((one) => one.workload === workload)?.groups;
