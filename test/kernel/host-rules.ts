// The artefact of one host, of whatever target: its files, and what a lab must know to give the host
// processes that its rules can tell apart.
import type { Artefact } from "../../compiler/artefact-files.ts";
import type { OutputFile, Parsed } from "../../compiler/plan/target.ts";
import { iptables } from "../../targets/iptables/index.ts";
import type { IptPlan } from "../../targets/iptables/ruleset.ts";
import { components, type UnitBinding } from "../../targets/linux/slices.ts";
import { nftables } from "../../targets/nftables/index.ts";
import type { NftPlan } from "../../targets/nftables/ruleset.ts";

export interface HostRules {
  /** With paths as on the host. */
  readonly files: readonly OutputFile[];
  /** Whether some rule asks for a process, or for the process that listens. */
  readonly asksProcess: boolean;
  readonly asksListener: boolean;
  /** Under the mount point: what is there when the rules are loaded, if there are cgroups at all. */
  readonly cgroups: readonly string[];
  readonly units: readonly UnitBinding[];
  readonly nft: NftPlan | undefined;
}

const kinds: readonly string[] = ["nftables", "iptables"];

/** Undefined where nothing was compiled for the workload that a kernel of ours can hold. */
export function hostRules(artefacts: readonly Artefact[], workload: string): HostRules | undefined {
  const own = artefacts.find(
    ({ entry }) => entry.workloads.includes(workload) && kinds.includes(entry.kind),
  );
  if (own === undefined) return undefined;
  const files = own.files.map((file) => ({
    ...file,
    path: file.path.split("/").slice(2).join("/"),
  }));
  return own.entry.kind === "iptables"
    ? ofIptables(files, planOf(iptables.parse(files)))
    : ofNftables(files, planOf(nftables.parse(files)));
}

function planOf<Plan>(parsed: Parsed<Plan>): Plan {
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.plan;
}

function ofNftables(files: readonly OutputFile[], plan: NftPlan): HostRules {
  const kinds = (wanted: readonly string[], chains = plan.chains) =>
    chains.some(({ rules }) =>
      rules.some(({ matches }) => matches.some(({ kind }) => wanted.includes(kind))),
    );
  return {
    files,
    asksProcess: kinds(["cgroup", "uid", "gid"]),
    asksListener: kinds(
      ["cgroup"],
      plan.chains.filter(({ name }) => name === "input" || name.startsWith("x_")),
    ),
    cgroups: plan.members.map(({ path }) => path),
    units: plan.units,
    nft: plan,
  };
}

function ofIptables(files: readonly OutputFile[], plan: IptPlan): HostRules {
  const matches = [...plan.chains[4], ...plan.chains[6]].flatMap(({ rules }) =>
    rules.flatMap((rule) => rule.matches),
  );
  return {
    files,
    asksProcess: matches.some(({ kind }) => kind === "cgroup" || kind === "owner"),
    asksListener: false,
    cgroups: matches.flatMap((match) =>
      match.kind === "cgroup" ? [components(match.path).join("/")] : [],
    ),
    units: plan.units,
    nft: undefined,
  };
}
