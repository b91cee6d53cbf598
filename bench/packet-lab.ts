// Servers in network namespaces and packets to them: starts `traffic.py` and speaks to it in JSON
// lines. Needs root, because rule sets of this size pass the limits of a user namespace.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Family } from "../compiler/sets/address.ts";
import type { PacketFlow } from "./pairs.ts";

export interface Sent {
  /** Processor time for each packet. */
  readonly ns: number;
  /** Packets that reached a socket. */
  readonly arrived: number;
}

export class PacketLab {
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;

  private constructor(child: ChildProcess, answers: AsyncIterator<string>) {
    this.child = child;
    this.answers = answers;
  }

  static start(): PacketLab {
    if (process.getuid?.() !== 0) throw new Error("this needs root");
    const script = fileURLToPath(new URL("traffic.py", import.meta.url));
    const child = spawn("unshare", ["-mn", "python3", script], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C.UTF-8" },
    });
    if (child.stdout === null) throw new Error("traffic.py has no output");
    return new PacketLab(child, createInterface({ input: child.stdout })[Symbol.asyncIterator]());
  }

  /** A server with nothing loaded, and a socket on each of the ports. */
  async server(server: string, ports: readonly number[]): Promise<void> {
    await this.ask({ op: "server", server, ports });
  }

  /** Runs a command there; processor seconds of it and its children. */
  async run(server: string, command: readonly string[]): Promise<number> {
    return Number(await this.inside(server, { op: "run", command }));
  }

  async answer(server: string, family: Family, flows: readonly PacketFlow[]): Promise<void> {
    await this.inside(server, { op: "answer", family, flows });
  }

  async forget(server: string): Promise<void> {
    await this.inside(server, { op: "forget" });
  }

  async prepare(frames: string, family: Family, flows: readonly PacketFlow[]): Promise<void> {
    await this.ask({ op: "prepare", frames, family, flows });
  }

  /** Sends the first `count` of prepared frames, or as many from `anywhere`, around and around. */
  async send(
    server: string,
    frames: string,
    count: number,
    from: "first" | "anywhere" = "first",
  ): Promise<Sent> {
    const anywhere = from === "anywhere";
    const { ns, arrived } = Object(await this.ask({ op: "send", server, frames, count, anywhere }));
    return { ns: Number(ns), arrived: Number(arrived) };
  }

  async close(): Promise<void> {
    this.child.stdin?.end();
    if (this.child.exitCode === null) await once(this.child, "exit");
  }

  private inside(server: string, request: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.ask({ op: "inside", server, request });
  }

  private async ask(message: Readonly<Record<string, unknown>>): Promise<unknown> {
    this.child.stdin?.write(`${JSON.stringify(message)}\n`);
    const line = await this.answers.next();
    if (line.done === true) throw new Error("traffic.py ended");
    // Every reply of traffic.py is one of these.
    const reply = JSON.parse(line.value) as { ok?: unknown; fault?: string };
    if (reply.fault !== undefined) throw new Error(`traffic.py: ${reply.fault}`);
    return reply.ok;
  }
}
