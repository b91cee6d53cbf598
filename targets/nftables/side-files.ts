// What a host needs beside the table: which cgroup fills which set, the slices and drop-ins that put
// units into those cgroups, and the loader.
import type { OutputFile } from "../../compiler/plan/target.ts";
import { bootServiceText, slicesOf, unitFiles } from "../linux/unit-files.ts";
import { identitiesPath, loaderPath, loaderText } from "./loader.ts";
import type { NftPlan } from "./ruleset.ts";

/** Only where an earlier artefact differs in members alone. */
export const updatePath = "update.nft";
export const servicePath = "systemd/segc-nftables.service";

/** Where the README tells people to put the artefact; systemd's files name it. */
export const installFolder = "/etc/segc";

export function sideFiles(plan: NftPlan): readonly OutputFile[] {
  return [
    { path: identitiesPath, text: identitiesText(plan) },
    { path: loaderPath, text: loaderText, executable: true },
    { path: servicePath, text: bootServiceText(slicesOf(plan), command("load")) },
    ...unitFiles(plan, {
      service: "segc-nftables.service",
      dropIn: "50-segc.conf",
      fill: command("fill"),
    }),
  ];
}

const command = (verb: string) => `${installFolder}/${loaderPath} ${verb}`;

/** One set and one cgroup per line; a path has no space before its first character. */
const identitiesText = ({ identitySets, members }: NftPlan) =>
  [
    "# set, then a cgroup that belongs to it",
    ...identitySets.map((set) => `set ${set}`),
    ...members.map(({ set, path }) => `member ${set} ${path}`),
    "",
  ].join("\n");
