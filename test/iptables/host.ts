// A host in a namespace of its own: an artefact in a folder, its own loader, both backends. Without
// root a user namespace besides, in which no owner but root can be named; and a /run of our own for
// the lock of the legacy tools.
import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { OutputFile } from "../../compiler/plan/target.ts";

export type Backend = "nft" | "legacy";
export const backends: readonly Backend[] = ["nft", "legacy"];

const isRoot = process.getuid?.() === 0;

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a shell script on the host, in a folder that holds one folder for each artefact. The script
 * may say `ipt4` and `ipt6` for the tools of the backend.
 */
export function onHost(
  artefacts: Readonly<Record<string, readonly OutputFile[]>>,
  backend: Backend,
  script: string,
): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "segc-host-"));
  try {
    for (const [name, files] of Object.entries(artefacts)) {
      for (const { path, text, executable } of [...files, { path: "backend", text: backend }]) {
        const file = join(folder, name, path);
        mkdirSync(dirname(file), { recursive: true });
        writeFileSync(file, isRoot ? text : text.replaceAll(/(-owner) \d+/g, "$1 0"));
        if (executable === true) chmodSync(file, 0o755);
      }
    }
    const preamble = `mount -t tmpfs none /run
if ! [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  mount -t tmpfs none /sys/fs/cgroup; touch /sys/fs/cgroup/cgroup.controllers
fi
ipt4() { iptables-${backend} "$@"; }
ipt6() { ip6tables-${backend} "$@"; }
`;
    const { status, stdout, stderr } = spawnSync(
      "unshare",
      [isRoot ? "-mn" : "-Urmn", "sh", "-c", preamble + script],
      {
        cwd: folder,
        encoding: "utf8",
        env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", TZ: "Pacific/Kiritimati" },
      },
    );
    return { status, stdout, stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
