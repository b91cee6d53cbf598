// `segc` as tests call it: in this process with a terminal of their own, or as a child process.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { run } from "../../cli/run.ts";
import type { Terminal } from "../../cli/terminal.ts";
import { temporaryFolder } from "../host/temporary-folder.ts";

export interface Said {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

export const checkout = resolve(import.meta.dirname, "../..");
export const today = "2026-11-23";

/** Runs in this process; the clock stands at `today`. */
export async function segc(
  folder: string,
  args: readonly string[],
  world: Partial<Terminal> = {},
): Promise<Said> {
  let out = "";
  let err = "";
  const status = await run(args, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    input: () => new Uint8Array(),
    folder,
    environment: {},
    outIsTerminal: false,
    errIsTerminal: false,
    today: () => today,
    ...world,
  });
  return { status, out, err };
}

/** Runs the launcher as a user does. */
export function segcProcess(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Said {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(checkout, "cli/segc.js"), ...args],
    { cwd: folder, env: { ...plainEnvironment(), ...environment }, encoding: "utf8" },
  );
  return { status: status ?? -1, out: stdout, err: stderr };
}

/** The environment of this process without what changes how segc speaks. */
export function plainEnvironment(): Record<string, string> {
  const chosen = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined || /^(NO_COLOR|FORCE_COLOR|GITHUB_|NODE_OPTIONS$)/.test(name)
      ? []
      : [[name, value] as const],
  );
  return Object.fromEntries(chosen);
}

/** A folder with these files. */
export function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return folder;
}
