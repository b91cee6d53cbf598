// An entry file -> one ES module for browsers. What it is for: the library must do no I/O, and
// nothing proves that better than a bundle in which no module of Node can be found.
import { build, formatMessages } from "esbuild";

export interface Bundle {
  readonly bytes: number;
  /** Why a browser could not load it; empty when it could. */
  readonly problems: readonly string[];
}

/** Bundles `entry` for browsers, in memory. */
export async function buildBrowserBundle(entry: string): Promise<Bundle> {
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    minify: true,
    write: false,
    metafile: true,
    logLevel: "silent",
  }).catch((error: unknown) => error as Awaited<ReturnType<typeof build>>); // has `errors`
  const errors = await formatMessages(result.errors ?? [], { kind: "error" });
  const text = result.outputFiles?.[0]?.text ?? "";
  const nodeImports = Object.values(result.metafile?.inputs ?? {})
    .flatMap((input) => input.imports)
    .filter((imported) => imported.path.startsWith("node:"))
    .map((imported) => `the browser bundle imports ${imported.path}`);
  return { bytes: text.length, problems: [...errors, ...nodeImports] };
}
