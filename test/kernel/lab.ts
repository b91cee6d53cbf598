// Real packets between real network stacks: hosts as network namespaces on one bridge, processes
// with users, groups and cgroups, and probes between them. `lab.py` does the work inside the
// namespaces; this file starts it and speaks to it in JSON lines.
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { OutputFile } from "../../compiler/plan/target.ts";

export interface LabHost {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** `host/name` is its key. */
export interface LabProcess {
  readonly host: string;
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  /** Path under the mount point; undefined leaves it where the lab itself runs. */
  readonly cgroup: string | undefined;
}

export type ProbeKind = "tcp" | "udp" | "icmp";

/** A first packet that waits for an answer; the port is 0 for an ICMP echo. */
export interface Probe {
  readonly process: string;
  readonly kind: ProbeKind;
  readonly source: string;
  readonly destination: string;
  readonly port: number;
}

export interface LabOptions {
  /** Cgroups need real root: a user namespace may not make any. */
  readonly cgroups: boolean;
  readonly neighbours: "static" | "discovered";
  readonly mtu: number;
}

const searchPath = "/usr/sbin:/usr/bin:/sbin:/bin";
export const isRoot = process.getuid?.() === 0;

/** Why real packets cannot be had here; undefined where they can. */
export function obstacle(): string | undefined {
  if (process.platform !== "linux") return "network namespaces exist on Linux only";
  for (const command of ["nft", "ip", "unshare", "python3"]) {
    const found = spawnSync("sh", ["-c", `PATH=${searchPath} command -v ${command}`]);
    if (found.status !== 0) return `${command} is not installed`;
  }
  const tried = spawnSync("unshare", [...namespaces, "true"], { encoding: "utf8" });
  return tried.status === 0 ? undefined : `no namespaces: ${tried.stderr}`;
}

/** As root the identities keep their numbers; otherwise root is mapped in a user namespace. */
const namespaces = isRoot ? ["-mn"] : ["-Urmn"];

export class Lab {
  private readonly child: ChildProcess;
  private readonly answers: AsyncIterator<string>;
  private readonly folder = mkdtempSync(join(tmpdir(), "segc-lab-"));
  private turn: Promise<unknown> = Promise.resolve();

  private constructor(child: ChildProcess, answers: AsyncIterator<string>) {
    this.child = child;
    this.answers = answers;
  }

  static async start(
    hosts: readonly LabHost[],
    { cgroups = false, neighbours = "static", mtu = 1500 }: Partial<LabOptions> = {},
  ): Promise<Lab> {
    const script = fileURLToPath(new URL("lab.py", import.meta.url));
    const child = spawn("unshare", [...namespaces, "python3", script], {
      stdio: ["pipe", "pipe", "inherit"],
      env: { PATH: searchPath, LC_ALL: "C.UTF-8" },
    });
    if (child.stdout === null) throw new Error("the lab has no output");
    const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const lab = new Lab(child, answers);
    const pingGroups = isRoot ? "0 2147483647" : "0 0";
    try {
      await lab.ask({ op: "start", hosts, cgroups, neighbours, mtu, pingGroups });
    } catch (fault) {
      await lab.close();
      throw fault;
    }
    return lab;
  }

  /** Two processes of this identity, one that serves and one that asks. */
  async spawn({ host, name, uid, gid, cgroup }: LabProcess): Promise<string> {
    if (cgroup !== undefined) await this.makeCgroup(cgroup);
    const key = `${host}/${name}`;
    await this.ask({ op: "spawn", process: key, host, uid, gid, cgroup: cgroup ?? null });
    return key;
  }

  stop(key: string): Promise<unknown> {
    return this.ask({ op: "stop", process: key });
  }

  listen(
    key: string,
    sockets: readonly (readonly ["tcp" | "udp", string, number])[],
  ): Promise<unknown> {
    return this.ask({ op: "listen", process: key, sockets });
  }

  /** True for every probe that was answered, in order. */
  async probe(
    probes: readonly Probe[],
    { sourcePort }: { readonly sourcePort?: number } = {},
  ): Promise<readonly boolean[]> {
    const byProcess = Map.groupBy(probes.entries(), ([, probe]) => probe.process);
    const batches = [...byProcess].map(([key, entries]) => ({
      process: key,
      probes: entries.map(([, p]) => [p.kind, p.source, p.destination, p.port]),
    }));
    const answers = await this.ask({ op: "probe", batches, sourcePort });
    const passed = new Array<boolean>(probes.length).fill(false);
    for (const [index, entries] of [...byProcess.values()].entries()) {
      const text = Array.isArray(answers) ? String(answers[index]) : "";
      for (const [place, [number]] of entries.entries()) passed[number] = text[place] === "1";
    }
    return passed;
  }

  /** Opens a TCP connection and keeps it. */
  hold(probe: Probe): Promise<unknown> {
    return this.ask({ op: "hold", ...probe });
  }

  /** Whether every connection that this process holds still carries data. */
  async isAlive(key: string): Promise<boolean> {
    return (await this.ask({ op: "alive", process: key })) === true;
  }

  /** What reached each listener since the last call: `tcp 10.0.0.1 443` to a count. */
  async arrivals(): Promise<ReadonlyMap<string, number>> {
    const answer = await this.ask({ op: "arrivals" });
    const counts = new Map<string, number>();
    for (const perProcess of Object.values(answer ?? {})) {
      for (const [name, count] of Object.entries(perProcess ?? {})) {
        counts.set(name, (counts.get(name) ?? 0) + Number(count));
      }
    }
    return counts;
  }

  /** Runs a shell script as root of the host; its output, or an error with what it said. */
  async shell(host: string, script: string): Promise<string> {
    const answer = await this.ask({ op: "exec", host, command: ["sh", "-c", script] });
    // The reply of `run_here` in lab.py.
    const { status, stdout, stderr } = answer as { status: number; stdout: string; stderr: string };
    if (status !== 0) throw new Error(`${host}: ${script}: ${stderr}`);
    return stdout;
  }

  /** Puts an artefact on a host and loads it with its own loader. */
  async load(host: string, files: readonly OutputFile[]): Promise<void> {
    const folder = this.install(host, files);
    const loader = files.find(({ executable }) => executable === true)?.path ?? "no loader";
    await this.shell(host, `'${folder}/${loader}' load`);
  }

  /** Writes an artefact to the host's folder, and says where. */
  install(host: string, files: readonly OutputFile[]): string {
    const folder = join(this.folder, host);
    rmSync(folder, { recursive: true, force: true });
    for (const { path, text, executable } of files) {
      const file = join(folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
      if (executable === true) chmodSync(file, 0o755);
    }
    return folder;
  }

  makeCgroup(path: string): Promise<unknown> {
    return this.ask({ op: "cgroup", path, present: true });
  }

  removeCgroup(path: string): Promise<unknown> {
    return this.ask({ op: "cgroup", path, present: false });
  }

  async close(): Promise<void> {
    this.child.stdin?.end();
    if (this.child.exitCode === null) await once(this.child, "exit");
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** One question at a time. */
  private ask(message: Readonly<Record<string, unknown>>): Promise<unknown> {
    const answer = this.turn.then(async () => {
      this.child.stdin?.write(`${JSON.stringify(message)}\n`);
      const line = await this.answers.next();
      if (line.done === true) throw new Error("the lab ended");
      // Every reply of lab.py is one of these.
      const reply = JSON.parse(line.value) as { ok?: unknown; fault?: string };
      if (reply.fault !== undefined) throw new Error(`lab: ${reply.fault}`);
      return reply.ok;
    });
    this.turn = answer.catch(() => undefined);
    return answer;
  }
}
