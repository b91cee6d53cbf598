// The third party: what moto knows of EC2 holds there as it does in the stand-in, and examples/aws-three-tier is
// created, applied again, drifts and is changed as README says.
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import {
  AuthorizeSecurityGroupIngressCommand,
  CreateNetworkInterfaceCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DescribeSecurityGroupsCommand,
} from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { checkout, plainEnvironment } from "../cli/run-segc.ts";
import { cases, type Ec2Case, type Ec2World, type Fact } from "../ec2/cases.ts";
import { awsEnvironment } from "../ec2/server.ts";
import { temporaryFolder } from "../host/temporary-folder.ts";
import { type Moto, obstacle, startMoto } from "./moto.ts";

/** Facts of AWS that moto 5.2.5 does not have. */
const unknownToMoto: readonly Fact[] = [
  "a rule id that is not there has its own error",
  "authorize is all or nothing",
  "descriptions have an alphabet",
  "dependencies are kept",
  "families count apart",
  "groups of an interface are counted",
  "host bits are cleared",
  "names ignore case",
  "ports are checked",
  "one request may not say a thing twice",
];
const isKnown = ({ facts }: Ec2Case) => facts.every((fact) => !unknownToMoto.includes(fact));
const known = cases.filter(isKnown);
const excluded = cases.filter((one) => !isKnown(one));

const why = obstacle();

if (why !== undefined) {
  test(`CANNOT RUN HERE: ${why}`, () => {
    process.stderr.write(`\n*** tests against moto did not run: ${why} ***\n`);
    expect({ ran: false, why, tolerated: process.env.CI !== "true" }).toMatchObject({
      tolerated: true,
    });
  });
} else {
  let moto: Moto | undefined;
  const started = (): Moto => {
    if (moto === undefined) throw new Error("moto is not there");
    return moto;
  };
  beforeAll(async () => {
    moto = await startMoto();
  }, 60_000);
  afterAll(() => moto?.stop());

  describe("moto", () => {
    it.each(known)("$name", async ({ run }) => run(await worldIn(started())));

    it("runs at least six in ten of the cases", () => {
      expect(known.length / cases.length).toBeGreaterThanOrEqual(0.6);
    });

    it.each(excluded)("does not know: $name", async ({ run }) => {
      await expect(worldIn(started()).then(run), "moto has learnt this: run it").rejects.toThrow();
    });
  });

  describe("examples/aws-three-tier", () => {
    it("is created, stays, drifts and is changed", { timeout: 120_000 }, () =>
      threeTier(started()),
    );
  });
}

async function worldIn({ client }: Moto): Promise<Ec2World> {
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: "10.0.0.0/16" }));
  const vpc = String(Vpc?.VpcId);
  const newInterface = async () => {
    const { Subnet } = await client.send(
      new CreateSubnetCommand({ VpcId: vpc, CidrBlock: "10.0.0.0/24" }),
    );
    const { NetworkInterface } = await client.send(
      new CreateNetworkInterfaceCommand({ SubnetId: String(Subnet?.SubnetId) }),
    );
    return String(NetworkInterface?.NetworkInterfaceId);
  };
  return { client, vpc, newInterface };
}

async function threeTier({ endpoint, client }: Moto): Promise<void> {
  const folder = join(temporaryFolder(), "shop");
  const env = { ...plainEnvironment(), ...awsEnvironment(endpoint) };
  const node = async (...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)(process.execPath, args, { env, cwd: checkout });
    return stdout;
  };
  const segc = (...args: readonly string[]) =>
    node(join(checkout, "cli/segc.js"), ...args, "--project", folder).then(
      (out) => ({ status: 0, out }),
      (error: unknown) => ({
        status: Number(Object(error).code),
        out: String(Object(error).stdout),
      }),
    );
  const plan = join(folder, "plan.json");
  const planned = () => segc("plan", "--target", "aws", "--now", "2026-11-27", "--out", plan);
  const applied = () => segc("apply", plan, "--settle", "0");
  const drift = () => segc("drift", "--target", "aws", "--now", "2026-11-27");

  await node("examples/aws-three-tier/launch.js", folder);
  const first = await planned();
  expect(first).toMatchObject({ status: 0 });
  expect(first.out).toContain("gap: none, excess: none: proved");
  expect((await applied()).out).toMatch(/ok: applied in \d phases/);
  expect((await applied()).out).toBe("ok: no changes\n");
  expect(await drift()).toMatchObject({ status: 0 });

  const { SecurityGroups = [] } = await client.send(new DescribeSecurityGroupsCommand({}));
  const group = SecurityGroups.find(({ GroupName = "" }) =>
    GroupName.startsWith("segc-in-shop.web"),
  );
  const IpRanges = [{ CidrIp: "0.0.0.0/0" }];
  await client.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: String(group?.GroupId),
      IpPermissions: [{ IpProtocol: "tcp", FromPort: 22, ToPort: 22, IpRanges }],
    }),
  );
  const drifted = await drift();
  expect(drifted.status).toBe(1);
  expect(drifted.out).toMatch(
    new RegExp(`opened +0\\.0\\.0\\.0/0 -> \\S+ and \\d more : tcp/22 in ${group?.GroupId} `),
  );

  const policy = join(folder, "shop.seg");
  const text = readFileSync(policy, "utf8");
  writeFileSync(policy, text.replace("web -> api : tcp/8443", "web -> api : tcp/9443"));
  const second = await planned();
  expect(second).toMatchObject({ status: 0 });
  expect(second.out).toContain("gap: none, excess: none: proved");
  expect(second.out).toContain("tcp/9443");
  expect((await applied()).out).toMatch(/ok: applied in \d phases/);
  expect(await drift()).toMatchObject({ status: 0 });
}
