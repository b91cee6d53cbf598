// `segc version`: of the program, of the language it reads, of the Node that runs it.
import type { Answer, Call } from "../call.ts";
import { exit } from "../exit.ts";
import { packageVersion } from "../package-files.ts";

const edition = 1;

export function version({ terminal }: Call): Answer {
  const node = process.versions.node;
  return {
    kind: "result",
    status: exit.fine,
    diagnostics: [],
    folder: terminal.folder,
    lines: () => [`segc ${packageVersion()} (language edition ${edition}, Node ${node})`],
    json: { edition, node },
  };
}
