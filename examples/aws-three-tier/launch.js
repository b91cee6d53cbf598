// Makes the shop's interfaces in the account of AWS_PROFILE (or the emulator of AWS_ENDPOINT_URL), in a network
// of their own with the default group, and writes this project with their ids to the folder named.
//
//   node examples/aws-three-tier/launch.js DIR
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  AssociateVpcCidrBlockCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  EC2Client,
} from "@aws-sdk/client-ec2";
import { parse } from "yaml";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("name the folder to write the project to");
const example = import.meta.dirname;
const client = new EC2Client();

const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.20.0.0/16" }));
const VpcId = idOf(Vpc?.VpcId);
// Staging has a range of its own.
await client.send(new AssociateVpcCidrBlockCommand({ VpcId, CidrBlock: "10.21.0.0/16" }));
const subnets = new Map();
let hosts = readFileSync(join(example, "interfaces.yaml"), "utf8");
for (const { name, tags, addresses, enforcers } of parse(hosts)) {
  const PrivateIpAddress = addresses.find((address) => !address.includes(":"));
  const Tags = Object.entries({ Name: name, ...tags }).map(([Key, Value]) => ({
    Key,
    Value: String(Value),
  }));
  const { NetworkInterface } = await client.send(
    new CreateNetworkInterfaceCommand({
      SubnetId: await subnetOf(PrivateIpAddress),
      PrivateIpAddress,
      TagSpecifications: [{ ResourceType: "network-interface", Tags }],
    }),
  );
  hosts = hosts.replace(enforcers[0].id, idOf(NetworkInterface?.NetworkInterfaceId));
}

cpSync(example, folder, { recursive: true });
writeFileSync(join(folder, "interfaces.yaml"), hosts);
const settings = readFileSync(join(example, "segc.yaml"), "utf8");
writeFileSync(join(folder, "segc.yaml"), settings.replace("vpc-shop", VpcId));
console.log(`${folder}: the shop, in ${VpcId}`);

/** The /24 that the address is in. */
async function subnetOf(address) {
  const CidrBlock = address.replace(/\.\d+$/, ".0/24");
  const before = subnets.get(CidrBlock);
  if (before !== undefined) return before;
  const { Subnet } = await client.send(new CreateSubnetCommand({ VpcId, CidrBlock }));
  const found = idOf(Subnet?.SubnetId);
  subnets.set(CidrBlock, found);
  return found;
}

function idOf(id) {
  if (id === undefined) throw new Error("EC2 gave no id");
  return id;
}
