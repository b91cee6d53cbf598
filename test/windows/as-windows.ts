// A generated project of Linux hosts as one of Windows hosts: the same policy and addresses, programs
// told by what Windows sees.
import type { GeneratedProject } from "../generated/project.ts";

export const sid = "S-1-5-21-7-8-9-1001";

const programs: readonly (readonly [string, string])[] = [
  ['linux { unit "job.service" }', 'windows { service "Job" }'],
  ['linux { cgroup "/batch.slice/jobs" }', 'windows { path "C:\\\\Jobs\\\\jobs.exe" }'],
  ['linux { unit "mixed.service" user "jobs" }', 'windows { path "C:\\\\mixed.exe" user "jobs" }'],
  ['path "/opt/job"', 'windows { path "C:\\\\opt\\\\job.exe" }'],
];

export function asWindows({ files, statements }: GeneratedProject): GeneratedProject {
  const policy = programs.reduce(
    (text, [linux, windows]) => text.replace(linux, () => windows),
    files.get("lab.seg") ?? "",
  );
  const inventory = (files.get("inventory.json") ?? "")
    .replaceAll('"platform": "linux"', '"platform": "windows"')
    .replaceAll('"nftables"', '"windows-firewall"')
    // One direction alone there cannot be.
    .replaceAll(/"directions": \[[^\]]*\]/g, '"directions": ["ingress", "egress"]')
    .replaceAll('"jobs": 4242', `"jobs": "${sid}"`);
  const config = `${files.get("segc.yaml") ?? ""}expiry: { schedule: daily }\ntargets: { windows: { blockRules: true } }\n`;
  return {
    statements,
    files: new Map([
      ["segc.yaml", config],
      ["lab.seg", policy],
      ["inventory.json", inventory],
    ]),
  };
}
