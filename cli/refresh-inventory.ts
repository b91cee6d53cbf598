// `--refresh`: what stands in the account is saved where the sources with `reader: ec2` of segc.yaml have it, as
// the AWS CLI would print it.
import { resolve } from "node:path";
import { replaceFile } from "../host/atomic-file.ts";
import { nodeFiles } from "../host/node-files.ts";
import { savedSources } from "../library/cloud.ts";
import { type Ec2, type ListOperation, listKeys } from "../targets/aws/account/ec2.ts";
import { type Failure, failure } from "./call.ts";
import { exit } from "./exit.ts";

/** Undefined when everything is saved. @throws Ec2Error */
export async function refreshInventory(folder: string, ec2: Ec2): Promise<Failure | undefined> {
  const sources = savedSources(nodeFiles(folder));
  if (sources.length === 0) {
    const help = "name one under `inventory:`, with `reader: ec2` and the file to save it in";
    return failure(exit.usage, "segc.yaml has no source with `reader: ec2` to refresh", help);
  }
  const texts = new Map<string, string>();
  for (const { file, instances } of sources) {
    texts.set(file, await answerText(ec2, "DescribeNetworkInterfaces"));
    if (instances !== undefined) texts.set(instances, await answerText(ec2, "DescribeInstances"));
  }
  for (const [path, text] of texts) {
    const fault = replaceFile(resolve(folder, path), text);
    if (fault !== undefined) return failure(exit.environment, `cannot write \`${path}\`: ${fault}`);
  }
  return undefined;
}

async function answerText(ec2: Ec2, operation: ListOperation): Promise<string> {
  const answer = { [listKeys[operation]]: await ec2.list(operation, {}) };
  return `${JSON.stringify(answer, null, 2)}\n`;
}
