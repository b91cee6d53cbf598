// What verbs that speak to an account do first: which project, what it wants of the account, and what is in its
// way.
import { nodeFiles } from "../host/node-files.ts";
import { type CloudTarget, cloudTarget } from "../library/cloud.ts";
import { statusFor, stopping } from "./answer.ts";
import { withAccount } from "./aws-account.ts";
import { type Answer, type Call, failure } from "./call.ts";
import { exit } from "./exit.ts";
import { onlyAws } from "./only-aws.ts";
import { problemCount } from "./problems.ts";
import { projectFolder } from "./project-folder.ts";
import { refreshInventory } from "./refresh-inventory.ts";

export interface CloudProject {
  readonly folder: string;
  readonly target: CloudTarget;
}

/** @param undone what the verb did not do, where there is an answer already: `nothing was planned` */
export async function cloudProject(call: Call, undone: string): Promise<CloudProject | Answer> {
  const refusal = onlyAws(call);
  if (refusal !== undefined) return refusal;
  const folder = projectFolder(call);
  if (typeof folder !== "string") return folder;
  const { now, refresh } = call.options;
  const unsaved = refresh
    ? await withAccount(call, (ec2) => refreshInventory(folder, ec2))
    : undefined;
  if (unsaved !== undefined) return unsaved;
  const read = cloudTarget(nodeFiles(folder), { now });
  const diagnostics = stopping(read.diagnostics, call.options);
  const { target } = read;
  if (diagnostics.length > 0) {
    return {
      kind: "result",
      status: statusFor(diagnostics),
      diagnostics,
      folder,
      lines: (style) => [...problemCount({ diagnostics }, style), undone],
      json: { now },
    };
  }
  if (target !== undefined) return { folder, target };
  return failure(
    exit.usage,
    "the inventory has no interface with security groups",
    "give workloads an enforcer of kind `aws-sg`, with the id of the network interface",
  );
}
