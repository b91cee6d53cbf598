// What a host needs beside rules and sets: the loader, the service that runs it at boot, and the
// slices and drop-ins that put units into their cgroups.
import type { OutputFile } from "../../compiler/plan/target.ts";
import { bootServiceText, type LoaderNames, slicesOf, unitFiles } from "../linux/unit-files.ts";
import { loaderText } from "./loader.ts";
import type { IptPlan } from "./ruleset.ts";

export const loaderPath = "load.sh";
export const servicePath = "systemd/segc-iptables.service";

/** Where the README tells people to put the artefact; systemd's files name it. */
const installFolder = "/etc/segc";
const command = (verb: string) => `${installFolder}/${loaderPath} ${verb}`;

const names: LoaderNames = {
  service: "segc-iptables.service",
  dropIn: "50-segc-iptables.conf",
  fill: command("fill"),
};

export function sideFiles(plan: Pick<IptPlan, "units" | "launches">): readonly OutputFile[] {
  return [
    { path: loaderPath, text: loaderText, executable: true },
    { path: servicePath, text: bootServiceText(slicesOf(plan), command("load")) },
    ...unitFiles(plan, names),
  ];
}
