// A small project in a folder, and the account it is about: for verbs that speak to one.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { listKeys } from "../../targets/aws/account/ec2.ts";
import { Account } from "./account.ts";
import { directEc2 } from "./direct.ts";
import { type Placed, place, policyOf } from "./fleet.ts";

export const shopPolicy = policyOf([
  "allow public = outside -> web : tcp/443",
  "allow web-to-api = web -> api : tcp/8443",
  "allow api-to-db = api -> db : tcp/5432",
]);

export interface Shop {
  readonly account: Account;
  readonly vpc: string;
  readonly hosts: readonly Placed[];
}

/** Four machines in the network's default group. */
export function newShop(account = new Account()): Shop {
  const vpc = account.createVpc();
  const hosts = place(account, vpc, [
    { role: "web", addresses: ["10.0.0.1", "fd00::1"] },
    { role: "web", addresses: ["10.0.0.2"] },
    { role: "api", addresses: ["10.0.1.1"] },
    { role: "db", addresses: ["10.0.2.1"] },
  ]);
  account.dataPlane.settle();
  return { account, vpc, hosts };
}

/** Writes the project, and what stands in its account into the folder `account`. */
export async function writeShop(
  folder: string,
  { account, vpc, hosts }: Shop,
  policy = shopPolicy,
): Promise<void> {
  const records = hosts.map(({ name, role, addresses, interface: id }) => ({
    name,
    platform: "linux",
    labels: { role },
    addresses,
    enforcers: [{ kind: "aws-sg", id, directions: ["ingress", "egress"] }],
  }));
  const files = {
    "segc.yaml": `edition: 1\nmodules: { shop: shop.seg }\ninventory: { file: hosts.json, realm: ${vpc} }\ntargets: { aws: { settle: 0 } }\n`,
    "shop.seg": policy,
    "hosts.json": JSON.stringify(records),
    ...(await savedAnswers(account)),
  };
  mkdirSync(join(folder, "account"), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
}

/** As the AWS CLI prints them. */
export async function savedAnswers(account: Account): Promise<Readonly<Record<string, string>>> {
  const ec2 = directEc2(account);
  const names = {
    DescribeNetworkInterfaces: "network-interfaces",
    DescribeSecurityGroups: "security-groups",
    DescribeSecurityGroupRules: "security-group-rules",
  } as const;
  const files = Object.entries(names).map(async ([operation, name]) => {
    const list = operation as keyof typeof names; // the keys of the table above
    const answer = { [listKeys[list]]: await ec2.list(list, {}) };
    return [`account/${name}.json`, JSON.stringify(answer, null, 2)] as const;
  });
  return Object.fromEntries(await Promise.all(files));
}
