// Generated projects whose hosts stand behind security groups, compiled.
import fc from "fast-check";
import type { Artefact } from "../../compiler/artefact-files.ts";
import { type GeneratedProject, generatedProject } from "../generated/project.ts";
import { repaired } from "../kernel/repaired.ts";
import type { GroupsDocument } from "./evaluator.ts";

/** What joins the two networks. */
const joinings = [
  "",
  "targets: { aws: { peerings: [[vpc-1, vpc-2]] } }\n",
  "targets: { aws: { transitGateways: [[vpc-2, vpc-1]] } }\n",
] as const;

/** Whether groups may name groups of the other network. */
export function isJoined({ files }: GeneratedProject, direction: "ingress" | "egress"): boolean {
  const text = files.get("segc.yaml") ?? "";
  return text.includes("peerings") || (direction === "ingress" && text.includes("transitGateways"));
}

const networksDrawn = { minLength: 2, maxLength: 4 };

/**
 * Groups know no end dates, so somebody promises to take out what has ended. All but one address is
 * 32 prefixes or 128: the account has room for that, and one to three groups an interface.
 */
export const awsProject: fc.Arbitrary<GeneratedProject> = behindGroups(
  fc.oneof(fc.constant(["default"]), fc.array(fc.constantFrom("vpc-1", "vpc-2"), networksDrawn)),
);

/** Some hosts have no groups in front of them, but a table of nftables of their own. */
export const mixedProject: fc.Arbitrary<GeneratedProject> = behindGroups(
  fc.array(fc.constantFrom("vpc-1", "vpc-1", "vpc-2", undefined), networksDrawn),
);

/** Each host's interface lies in one of the networks, in turns; undefined: it stays as it is. */
function behindGroups(
  drawn: fc.Arbitrary<readonly (string | undefined)[]>,
): fc.Arbitrary<GeneratedProject> {
  return fc
    .tuple(generatedProject, fc.integer({ min: 1, max: 3 }), drawn, fc.constantFrom(...joinings))
    .map(([project, slots, networks, joining]) => ({
      ...project,
      files: new Map(
        [...project.files].map(([path, text]) => [
          path,
          path === "segc.yaml" ? text + settings(slots) + joining : inNetworks(text, networks),
        ]),
      ),
    }));
}

function inNetworks(text: string, networks: readonly (string | undefined)[]): string {
  let turn = 0;
  return text.replaceAll(/"kind":\s*"nftables"/g, (found) => {
    const network = networks[turn++ % networks.length];
    return network === undefined ? found : `"kind": "aws-sg", "network": "${network}"`;
  });
}

const settings = (slots: number) => `
expiry: { schedule: daily }
quotas: { aws: { rulesPerGroup: 250, groupsPerInterface: 4, reserveSlots: ${4 - slots} } }
`;

/** Undefined where nothing can be compiled because a group would be too large. */
export function compiledAws(project: GeneratedProject, now: string, minimise = true) {
  try {
    return repaired(project, now, minimise).result;
  } catch (error) {
    if (String(error).includes("SEG901")) return undefined;
    throw error;
  }
}

export function awsText(artefacts: readonly Artefact[]): string | undefined {
  return artefacts.find(({ entry }) => entry.target === "aws")?.files[0]?.text;
}

export const documentOf = (text: string): GroupsDocument => JSON.parse(text);

/** Kinds of enforcers on whose artefacts groups may lean. */
export const hostKinds = ["iptables", "nftables"] as const;
