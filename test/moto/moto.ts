// moto as a process of its own on a free port of loopback.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { EC2Client } from "@aws-sdk/client-ec2";

export interface Moto {
  readonly endpoint: string;
  readonly client: EC2Client;
  readonly stop: () => void;
}

const program = `${import.meta.dirname}/../../dist/moto/bin/moto_server`;

/** Why moto cannot run here; undefined where it can. */
export const obstacle = (): string | undefined =>
  existsSync(program) ? undefined : "moto is not installed; CONTRIBUTING.md says how";

export async function startMoto(): Promise<Moto> {
  const port = await freePort();
  const child = spawn(program, ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const endpoint = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const answers = await fetch(`${endpoint}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (answers) break;
    if (tries > 300 || child.exitCode !== null) throw new Error("moto does not start");
    await sleep(100);
  }
  const credentials = { accessKeyId: "any", secretAccessKey: "any" };
  const client = new EC2Client({ region: "eu-west-1", endpoint, credentials });
  return { endpoint, client, stop: () => void child.kill() };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === "string") reject(new Error("no port"));
        else resolve(address.port);
      });
    });
  });
}
