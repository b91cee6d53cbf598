// The stand-in is what the cases say EC2 is.
import { EC2Client } from "@aws-sdk/client-ec2";
import { afterAll, beforeAll, describe, it } from "vitest";
import { Account } from "./account.ts";
import { cases } from "./cases.ts";
import { type StandIn, serve } from "./server.ts";

describe("the stand-in", () => {
  const account = new Account();
  let standIn: StandIn | undefined;
  let client = new EC2Client({ region: "eu-west-1" });

  beforeAll(async () => {
    standIn = await serve(account);
    client = new EC2Client({
      region: "eu-west-1",
      endpoint: standIn.endpoint,
      credentials: { accessKeyId: "any", secretAccessKey: "any" },
    });
  });
  afterAll(() => standIn?.close());

  it.each(cases)("$name", async ({ run }) => {
    const vpc = account.createVpc();
    const newInterface = async () => account.createInterface(vpc, ["10.0.0.9"]);
    await run({ client, vpc, newInterface });
  });
});
