// Generated projects with iptables wherever a host has nftables.
import type fc from "fast-check";
import { pairsProjectOf } from "../generated/pairs-project.ts";
import { type GeneratedProject, generatedProject } from "../generated/project.ts";

const withIptables = (project: GeneratedProject): GeneratedProject => ({
  ...project,
  files: new Map(
    [...project.files].map(([path, text]) => [path, text.replaceAll("nftables", "iptables")]),
  ),
});

export const iptablesProject: fc.Arbitrary<GeneratedProject> = generatedProject.map(withIptables);
export const iptablesPairsProject = (areHosts: boolean): fc.Arbitrary<GeneratedProject> =>
  pairsProjectOf(areHosts).map(withIptables);
