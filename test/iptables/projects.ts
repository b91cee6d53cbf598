// Generated projects with iptables wherever a host has nftables.
import type fc from "fast-check";
import { type GeneratedProject, generatedProject } from "../generated/project.ts";

export const iptablesProject: fc.Arbitrary<GeneratedProject> = generatedProject.map((project) => ({
  ...project,
  files: new Map(
    [...project.files].map(([path, text]) => [path, text.replaceAll("nftables", "iptables")]),
  ),
}));
